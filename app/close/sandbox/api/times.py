"""Moments in request parameters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from app.close.sandbox.api.answers import field_error


def moment_param(params: Mapping[str, str], name: str) -> datetime | None:
    """``None`` when it is not given; without an offset it is UTC."""
    if name not in params:
        return None
    try:
        at = datetime.fromisoformat(params[name])
    except (TypeError, ValueError):
        raise field_error(name, "Input should be a valid datetime") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
