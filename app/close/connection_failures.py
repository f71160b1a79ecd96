"""Connections that did not come about or did not hold, in words for people."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping

from app.close.failures import CloseError, FailureKind


class SendWatch:
    """Listens to the HTTP library to know whether anything of a request may have left.

    A transport that was handed in may not tell, so its requests count as sent from the start.
    """

    def __init__(self, *, listens: bool) -> None:
        self.may_have_sent = not listens

    async def __call__(self, event: str, details: Mapping[str, object]) -> None:
        if not event.endswith("send_request_headers.started"):
            return
        # Asking a proxy for a tunnel is not yet talking to Close.
        if getattr(details.get("request"), "method", b"") != b"CONNECT":
            self.may_have_sent = True


def never_sent(error: BaseException, detail: str) -> CloseError:
    """A call that failed before anything of it was sent."""
    causes = tuple(_chain(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return CloseError(
            FailureKind.UNREACHABLE,
            "CLOSE-TLS",
            "No secure connection to Close is possible.",
            cause="The certificate shown is not Close's, has expired, or a program on this network "
            "reads encrypted traffic.",
            remedy="Check the date and time of this computer, or ask who runs this network.",
            detail=detail,
        )
    return CloseError(
        FailureKind.UNREACHABLE,
        "CLOSE-UNREACHABLE",
        "Close cannot be reached.",
        cause=_cause(causes),
        remedy="Check the internet connection and the proxy settings of this computer.",
        detail=detail,
    )


def no_answer(cause: str, detail: str) -> CloseError:
    """The request went out; whether it took effect is open."""
    return CloseError(
        FailureKind.NO_ANSWER,
        "CLOSE-NO-ANSWER",
        "Close did not answer.",
        cause=cause,
        remedy="Try again. A change may have been made all the same.",
        detail=detail,
    )


def _cause(causes: tuple[BaseException, ...]) -> str:
    # Types of the HTTP library are told by name: only the client imports it.
    names = {type(cause).__name__ for cause in causes}
    if "ProxyError" in names:
        return "The proxy of this network did not let the request through."
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "The address of Close could not be looked up, so there may be no internet connection."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "The connection was refused."
    if names & {"TimeoutError", "ConnectTimeout", "PoolTimeout"}:
        return "No connection came about in time."
    return "No connection came about."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it was raised from, groups of errors included."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting.extend(cause.exceptions)
        waiting += [cause.__cause__, cause.__context__]
