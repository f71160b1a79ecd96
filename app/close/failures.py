"""How a call to Close can fail, in the terms the rest of the program decides by."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.errors import AppError


class FailureKind(StrEnum):
    """What a failed call means for the caller; the text of Close's answer never decides."""

    KEY_REFUSED = "key refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    INVALID = "invalid"
    PLAN_LIMIT = "plan limit"
    RATE_LIMITED = "rate limited"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no answer"
    SERVER_ERROR = "server error"
    BAD_ANSWER = "bad answer"
    PENDING = "pending"
    """Close is still at work on what was asked for."""


_TRANSIENT = frozenset(
    {
        FailureKind.RATE_LIMITED,
        FailureKind.UNREACHABLE,
        FailureKind.NO_ANSWER,
        FailureKind.SERVER_ERROR,
        FailureKind.BAD_ANSWER,
        FailureKind.PENDING,
    }
)

# After these a write may or may not have taken effect: look before creating again.
_AMBIGUOUS = frozenset(
    {FailureKind.NO_ANSWER, FailureKind.SERVER_ERROR, FailureKind.BAD_ANSWER, FailureKind.PENDING}
)


class CloseError(AppError):
    """A call to Close failed.

    ``field_errors`` maps the flattened path of a refused value (``emails.0.email``) to Close's own
    words. ``retry_after_s`` is set when Close said how long to wait, in seconds.
    """

    def __init__(
        self,
        kind: FailureKind,
        code: str,
        title: str,
        *,
        cause: str = "",
        remedy: str,
        detail: str = "",
        status: int | None = None,
        field_errors: Mapping[str, str] = MappingProxyType({}),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code, title, cause=cause, remedy=remedy, detail=detail)
        self.kind = kind
        self.status = status
        self.field_errors = field_errors
        self.retry_after_s = retry_after_s

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed later without anybody changing anything."""
        return self.kind in _TRANSIENT

    @property
    def may_have_happened(self) -> bool:
        """Whether a write that failed like this may still have changed Close."""
        return self.kind in _AMBIGUOUS
