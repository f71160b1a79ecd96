"""A custom field that Close no longer has, or no longer lets us use."""

from __future__ import annotations

from app.close.failures import CloseError, FailureKind


def field_gone(title: str, field_name: str, *, detail: str = "", status: int | None = None) -> CloseError:
    """``field_name`` is what people call it, or its id."""
    return CloseError(
        FailureKind.INVALID,
        "CLOSE-FIELD-GONE",
        title,
        cause=f"The field {field_name} may have been deleted, or the key's user may not edit it.",
        remedy="Open ID fields (or run `segment-close fields`) to check it, then retry the event.",
        detail=detail,
        status=status,
    )
