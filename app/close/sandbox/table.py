"""A table that remembers how it looked a while ago.

Close's search index follows writes with a delay, and a record read by its id right after a
delete may still be there. Both are views of the past, so every record keeps its recent versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeAlias

from app.close.sandbox.entities import EntityT

IndexLag: TypeAlias = float | Literal["never"]

HISTORY_S = 300.0
"""How far back versions are kept, in seconds; longer than any delay worth imitating."""


@dataclass(frozen=True, slots=True)
class _Version(Generic[EntityT]):
    """``at`` is ``None`` for what was there before the sandbox started; ``record`` after a delete."""

    at: datetime | None
    record: EntityT | None

    def as_old_as(self, moment: datetime | None) -> bool:
        return self.at is None or (moment is not None and self.at <= moment)


class Table(Mapping[str, EntityT]):
    """Records by id, in the order they were created. ``custom_of`` gives a record's custom values, so that
    ``ever_held`` knows them.
    """

    def __init__(self, custom_of: Callable[[EntityT], Mapping[str, Any]] | None = None) -> None:
        self._current: dict[str, EntityT] = {}
        self._versions: dict[str, list[_Version[EntityT]]] = {}
        self._custom_of = custom_of
        self._holders: dict[tuple[str, str], set[str]] = {}
        self._places: dict[str, int] = {}

    def __getitem__(self, record_id: str) -> EntityT:
        return self._current[record_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    def load(self, record: EntityT) -> None:
        """Put a record that has always been there, so that the index knows it."""
        self._current[record.id] = record
        self._versions[record.id] = [_Version(None, record)]
        self._note_custom(record)

    def put(self, record: EntityT, at: datetime) -> None:
        self._current[record.id] = record
        self._add_version(record.id, _Version(at, record))
        self._note_custom(record)

    def remove(self, record_id: str, at: datetime) -> EntityT:
        record = self._current.pop(record_id)
        self._add_version(record_id, _Version(at, None))
        return record

    def settle(self) -> None:
        """Forget the past: what is there now has always been there."""
        for record in list(self._current.values()):
            self.load(record)
        for record_id in self._versions.keys() - self._current.keys():
            del self._versions[record_id]

    def recent(self, record_id: str, now: datetime, stale_s: float) -> EntityT | None:
        """The record, or what it was before a delete less than ``stale_s`` seconds ago."""
        record = self._current.get(record_id)
        return (
            record if record is not None else self._deleted_since(record_id, now - timedelta(seconds=stale_s))
        )

    def all_recent(self, now: datetime, stale_s: float) -> list[EntityT]:
        if stale_s <= 0:
            return list(self._current.values())
        found = (self.recent(record_id, now, stale_s) for record_id in self._versions)
        return [record for record in found if record is not None]

    def indexed(self, now: datetime, lag: IndexLag) -> list[EntityT]:
        """What an index that follows after ``lag`` seconds holds; ``never`` sees no write at all."""
        if lag == 0:
            return list(self._current.values())
        horizon = None if lag == "never" else now - timedelta(seconds=lag)
        found = (_latest(versions, horizon) for versions in self._versions.values())
        return [record for record in found if record is not None]

    def indexed_one(self, record_id: str, now: datetime, lag: IndexLag) -> EntityT | None:
        """One record as the index knows it."""
        if lag == 0:
            return self._current.get(record_id)
        horizon = None if lag == "never" else now - timedelta(seconds=lag)
        return _latest(self._versions.get(record_id, []), horizon)

    def ever_held(self, field_id: str, value: str) -> list[str]:
        """Ids of all records that have the custom value or ever had it, whatever its letter case: a search
        for it needs to look at no others, however late its index is.
        """
        held = self._holders.get((field_id, value.casefold()), ())
        return sorted(held, key=self._places.__getitem__)

    def _note_custom(self, record: EntityT) -> None:
        if self._custom_of is None:
            return
        self._places.setdefault(record.id, len(self._places))
        for field_id, held in self._custom_of(record).items():
            for value in held if isinstance(held, tuple) else (held,):
                self._holders.setdefault((field_id, str(value).casefold()), set()).add(record.id)

    def _deleted_since(self, record_id: str, moment: datetime) -> EntityT | None:
        versions = self._versions.get(record_id, ())
        if len(versions) < 2 or versions[-1].as_old_as(moment):
            return None
        return versions[-2].record

    def _add_version(self, record_id: str, version: _Version[EntityT]) -> None:
        versions = self._versions.setdefault(record_id, [])
        versions.append(version)
        if len(versions) > 2 and version.at is not None:
            limit = version.at - timedelta(seconds=HISTORY_S)
            # The first version stays for "never"; of the old ones only the newest can still be seen.
            old = [entry for entry in versions[1:] if entry.as_old_as(limit)]
            if len(old) > 1:
                self._versions[record_id] = versions[:1] + versions[len(old) :]


def _latest(versions: list[_Version[EntityT]], horizon: datetime | None) -> EntityT | None:
    for version in reversed(versions):
        if version.as_old_as(horizon):
            return version.record
    return None
