"""Failed calls put into words: from a status and a body, or from a connection that did not hold.

The text of Close's answers is shown and kept, never matched on: two dialects are in use and
neither is promised to stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.close.failures import CloseError, FailureKind
from app.json_value import JsonValue

_TEXT_CHARS = 200
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class CloseWords:
    """What a refusing answer says: the refused fields by flattened path, and one line of text."""

    text: str
    field_errors: Mapping[str, str]


def read_words(body: str) -> CloseWords:
    """Find Close's own words in either dialect; else the beginning of the text."""
    try:
        answer: JsonValue = json.loads(body)
    except (ValueError, RecursionError):
        return CloseWords(_page_or_text(body), MappingProxyType({}))
    if not isinstance(answer, Mapping):
        return CloseWords(_one_line(body), MappingProxyType({}))
    refused: dict[str, str] = {}
    for path, text in _flatten(answer.get("field-errors"), (), 0):
        key = ".".join(path) or "request"
        refused[key] = f"{refused[key]}; {text}" if key in refused else text
    general = [text for _, text in _flatten(answer.get("errors"), (), 0)]
    texts = [*(f"{path}: {text}" for path, text in refused.items()), *general] or _single_error(answer)
    return CloseWords(_one_line("; ".join(texts) or body), MappingProxyType(refused))


def _without_secrets(words: CloseWords, redact: Callable[[str], str]) -> CloseWords:
    # After reading: taking secrets out of the JSON text could leave it unreadable.
    kept = {path: redact(text) for path, text in words.field_errors.items()}
    return CloseWords(redact(words.text), MappingProxyType(kept))


def _flatten(value: JsonValue, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in a nest of errors with where it stands; the dialects' own wrappers leave no trace."""
    if value is None:
        return
    if depth > _DEEPEST:
        yield path, "nested too deeply to show"
    elif isinstance(value, bool | int | float):
        yield path, _one_line(json.dumps(value))
    elif isinstance(value, str):
        yield path, _one_line(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            wrapper = key in ("errors", "field-errors")
            yield from _flatten(inner, path if wrapper else (*path, key), depth + 1)
    else:
        for index, inner in enumerate(value):
            place = (*path, str(index)) if isinstance(inner, Mapping) else path
            yield from _flatten(inner, place, depth + 1)


def _single_error(answer: Mapping[str, JsonValue]) -> Sequence[str]:
    error = answer.get("error")
    if isinstance(error, Mapping):
        error = error.get("message")
    return [error] if isinstance(error, str) else []


def _page_or_text(body: str) -> str:
    if body.lstrip()[:1] == "<":
        return "a web page instead of an answer"
    return _one_line(body)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_TEXT_CHARS]


@dataclass(frozen=True, slots=True)
class _Wording:
    kind: FailureKind
    code: str
    title: str
    cause: str
    remedy: str


_KEY_REFUSED = _Wording(
    FailureKind.KEY_REFUSED,
    "CLOSE-KEY-REFUSED",
    "Close refused this key.",
    "It may be revoked or from another account.",
    "Create a key in Close under Settings, Developer, API Keys, and enter it here.",
)
_FORBIDDEN = _Wording(
    FailureKind.FORBIDDEN,
    "CLOSE-FORBIDDEN",
    "This key may not do that in Close.",
    "The key works, but its user's role lacks the permission.",
    "Ask an administrator of the Close organization for the permission, or use the key of another user.",
)
_INVALID = _Wording(
    FailureKind.INVALID,
    "CLOSE-INVALID",
    "Close did not accept the values.",
    "",
    "Change the values named here, or the mapping that produced them.",
)
_SERVER_ERROR = _Wording(
    FailureKind.SERVER_ERROR,
    "CLOSE-SERVER-ERROR",
    "Close has a problem of its own.",
    "Its servers could not handle the request.",
    "Wait a few minutes and try again. Close reports outages at status.close.com.",
)
_REDIRECTED = _Wording(
    FailureKind.BAD_ANSWER,
    "CLOSE-REDIRECTED",
    "Close's address led somewhere else.",
    "The address may be wrong, or a sign-in page of this network is in the way.",
    "Check the address of Close's API and whether this network asks you to sign in.",
)
_WORDINGS = {
    401: _KEY_REFUSED,
    402: _Wording(
        FailureKind.PLAN_LIMIT,
        "CLOSE-PLAN-LIMIT",
        "Your Close plan does not allow more of this.",
        "A limit of the plan is reached, such as the number of custom fields or leads.",
        "Remove what is no longer needed in Close, or change the plan.",
    ),
    403: _FORBIDDEN,
    404: _Wording(
        FailureKind.NOT_FOUND,
        "CLOSE-NOT-FOUND",
        "Close does not have this record.",
        "It may have been deleted or merged, or this key's user may not see it.",
        "Look for it in Close.",
    ),
    407: _Wording(
        FailureKind.UNREACHABLE,
        "CLOSE-UNREACHABLE",
        "The proxy of this network does not let requests through.",
        "It asks for a sign-in.",
        "Check the proxy settings of this computer.",
    ),
    408: _SERVER_ERROR,
}


def refusal(
    status: int,
    body: bytes,
    call: str,
    redact: Callable[[str], str],
    *,
    retry_after_s: float | None = None,
) -> CloseError:
    """The failure that an answer outside 200-299 means, except for 429.

    ``call`` is method and path, for the technical detail.
    """
    wording = _wording_of(status)
    words = _without_secrets(read_words(body.decode("utf-8", "replace")), redact)
    cause = wording.cause
    if words.text and wording is not _KEY_REFUSED and wording is not _REDIRECTED:
        cause = f"{cause} Close says: {words.text}".strip()
    return CloseError(
        wording.kind,
        wording.code,
        wording.title,
        cause=cause,
        remedy=wording.remedy,
        detail=f"{call} was answered with {status}: {words.text}",
        status=status,
        field_errors=words.field_errors,
        retry_after_s=retry_after_s,
    )


def _wording_of(status: int) -> _Wording:
    if status in _WORDINGS:
        return _WORDINGS[status]
    if 300 <= status < 400:
        return _REDIRECTED
    return _INVALID if 400 <= status < 500 else _SERVER_ERROR


def forbidden_despite_key(refused: CloseError) -> CloseError:
    """A 401 on one call while the key still opens the account: a missing permission."""
    return CloseError(
        _FORBIDDEN.kind,
        _FORBIDDEN.code,
        _FORBIDDEN.title,
        cause=_FORBIDDEN.cause,
        remedy=_FORBIDDEN.remedy,
        detail=refused.detail,
        status=refused.status,
    )


def key_unchecked(refused: CloseError, check: CloseError) -> CloseError:
    """A 401 on one call, and no word from Close on whether the key still works. Nothing was changed."""
    return CloseError(
        FailureKind.UNREACHABLE,
        "CLOSE-UNREACHABLE",
        "Close refused a request, and the key could not be checked.",
        cause=check.title,
        remedy=check.remedy,
        detail=f"{refused.detail}; then {check.code}: {check.detail}",
        status=refused.status,
        retry_after_s=check.retry_after_s,
    )


def rate_limited(wait_s: float, call: str, *, status: int | None = None) -> CloseError:
    """Close's limits ask for a wait of ``wait_s`` seconds; nothing was done."""
    return CloseError(
        FailureKind.RATE_LIMITED,
        "CLOSE-RATE-LIMITED",
        "Close asks for a pause.",
        cause="More requests were made than Close allows at a time.",
        remedy=f"Try again in {max(1, round(wait_s))} seconds.",
        detail=f"{call} has to wait {wait_s:.1f} s",
        status=status,
        retry_after_s=wait_s,
    )


def bad_answer(cause: str, detail: str, status: int | None = None) -> CloseError:
    """An answer came, but it is not one of Close's."""
    return CloseError(
        FailureKind.BAD_ANSWER,
        "CLOSE-BAD-ANSWER",
        "The answer cannot be read.",
        cause=cause,
        remedy="Try again. If it stays, a proxy may stand between this computer and Close.",
        detail=detail,
        status=status,
    )


def not_an_id(text: str) -> CloseError:
    """An id no record of Close can have, refused before it gets into an address."""
    return CloseError(
        FailureKind.NOT_FOUND,
        "CLOSE-NOT-FOUND",
        "Close does not have this record.",
        cause="The ID is empty or holds characters that IDs of Close do not have.",
        remedy="Look for the record in Close.",
        detail=f"id {text[:80]!r}",
    )


def not_json(detail: str) -> CloseError:
    """Values that JSON cannot express, found before anything was sent."""
    return CloseError(
        _INVALID.kind,
        _INVALID.code,
        "A value cannot be sent to Close.",
        cause="It is not a number or a text that JSON can hold.",
        remedy=_INVALID.remedy,
        detail=detail,
    )
