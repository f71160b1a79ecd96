"""Search cursors: where a walk through results stands, for thirty seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.close.sandbox.ids import IdSource

LIFE_S = 30.0


@dataclass(frozen=True, slots=True)
class Row:
    object_type: str
    id: str


@dataclass(frozen=True, slots=True)
class _Place:
    rows: tuple[Row, ...]
    issued: datetime


class Cursors:
    """Hands out cursors for the rest of a result and takes them back while they live."""

    def __init__(self, ids: IdSource) -> None:
        self._ids = ids
        self._places: dict[str, _Place] = {}

    def issue(self, rest: tuple[Row, ...], now: datetime) -> str | None:
        """``None`` when nothing is left."""
        self._places = {token: place for token, place in self._places.items() if _alive(place, now)}
        if not rest:
            return None
        token = self._ids.new("cursor")
        self._places[token] = _Place(rest, now)
        return token

    def rows(self, token: str, now: datetime) -> tuple[Row, ...] | None:
        """What is left from there; ``None`` when the cursor has expired. It may be asked for again."""
        place = self._places.get(token)
        return place.rows if place is not None and _alive(place, now) else None


def _alive(place: _Place, now: datetime) -> bool:
    return (now - place.issued).total_seconds() < LIFE_S
