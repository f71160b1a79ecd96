"""Which events a replay covers: stored ones by a filter, or those of files; in words and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.actions.unchanged import event_key
from app.json_value import JsonObject
from app.relay.delivery import OPEN_STATES, State
from app.relay.event_records import EventFilter, EventRow, Trust
from app.relay.intake import new_event
from app.relay.replay_records import ItemState, MappingsOf, NewItem
from app.relay.replay_store import ReplayStore
from app.segment.bodies import BodyError, RawEvent, decode_event, read_element
from app.segment.events import EventError, read_event, read_time
from app.storage.profile import Mode
from app.workflows.replay_files import FileEvent, event_files, read_events
from app.workflows.sample_files import Stopped

_PAGE = 500


@dataclass(frozen=True, slots=True)
class StoredScope:
    """Events of the inbox; ``limit`` and ``before_id`` of the filter are not looked at."""

    wanted: EventFilter

    @property
    def words(self) -> str:
        """“failed identify events of u_42 since 2026-03-04 09:00 UTC”."""
        one = self.wanted
        kinds = [*sorted(one.states), *sorted(one.types)]
        words = " ".join([*kinds, "events"]) if kinds else "all events"
        words += f" named “{one.name}”" if one.name else ""
        words += f" of {one.person}" if one.person else ""
        words += f" that ran “{one.mapping}”" if one.mapping else ""
        words += f" containing “{one.text.strip()}”" if one.text.strip() else ""
        words += f" since {_moment(one.since_ms)}" if one.since_ms is not None else ""
        words += f" until {_moment(one.until_ms)}" if one.until_ms is not None else ""
        return words


@dataclass(frozen=True, slots=True)
class FileScope:
    """Events of files, and of the files in folders."""

    paths: tuple[Path, ...]

    @property
    def words(self) -> str:
        first = self.paths[0].name or str(self.paths[0])
        return (
            f"events in {first}"
            if len(self.paths) == 1
            else f"events in {first} and {len(self.paths) - 1} more"
        )


Scope = StoredScope | FileScope


def items_of(
    scope: Scope, store: ReplayStore, mappings: MappingsOf, stopped: Callable[[], bool]
) -> Iterator[NewItem]:
    """The events of a scope, oldest first, files in the order of their names. Blocks.

    Raises ``AppError`` and ``Stopped``.
    """
    if isinstance(scope, FileScope):
        for path in event_files(list(scope.paths)):
            for event in read_events(path, stopped):
                yield _of_file(event, mappings)
        return
    last = 0
    while rows := store.select(scope.wanted, after_id=last, limit=_PAGE):
        if stopped():
            raise Stopped
        for row, body, deliverable in rows:
            yield _of_row(row, body, mappings, deliverable=deliverable)
        last = rows[-1][0].id


def _of_row(row: EventRow, body: bytes, mappings: MappingsOf, *, deliverable: bool) -> NewItem:
    state, reason = ItemState.WAITING, ""
    if row.state in OPEN_STATES:
        state, reason = ItemState.SKIPPED, "It is in the queue already."
    elif not deliverable:
        state, reason = ItemState.REFUSED, row.reason or "It is no event that can be delivered."
    return NewItem(
        key=row.message_id,
        plan_key=row.message_id or _plan_key(body),
        type=row.type,
        title=row.title,
        place=f"event {row.id}",
        state=state,
        reason=reason,
        event_id=row.id,
        as_of_ms=row.received_ms if mappings is MappingsOf.THEN else None,
    )


def _of_file(found: FileEvent, mappings: MappingsOf) -> NewItem:
    if found.trouble:
        return NewItem("", "", "", "", found.place, ItemState.REFUSED, found.trouble, body=found.body or None)
    raw = read_element(found.body)
    event = new_event(raw, Trust.FILE, Mode.LIVE, 0)
    usable = event.state is State.QUEUED
    return NewItem(
        key=event.key,
        plan_key=event.message_id or _plan_key(found.body),
        type=event.type,
        title=event.title,
        place=found.place,
        state=ItemState.WAITING if usable else ItemState.REFUSED,
        reason="" if usable else event.reason,
        body=found.body,
        as_of_ms=_happened_ms(raw) if mappings is MappingsOf.THEN else None,
    )


def _plan_key(body: bytes) -> str:
    """What applied plans of an event without a message id are kept under; empty for what is no event."""
    try:
        return event_key(read_event(decode_event(body)))
    except (BodyError, EventError):
        return ""


def _happened_ms(raw: RawEvent) -> int | None:
    body: JsonObject = raw.body or {}
    for member in ("receivedAt", "timestamp", "originalTimestamp", "sentAt"):
        time = read_time(body.get(member))
        if time is not None:
            return round(time.timestamp() * 1000)
    return None


def _moment(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
