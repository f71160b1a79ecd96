"""The event store on SQLite: one file per profile, one writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from app.errors import AppError
from app.relay import inbox_sql, replay_sql
from app.relay.delivery import OPEN_STATES, State
from app.relay.disk_room import DiskRoom
from app.relay.event_records import Appended, Claims, EventRow, Mark, NewEvent
from app.relay.event_store import Requeued
from app.relay.group_commit import QUEUE_BYTES, GroupCommitWriter
from app.relay.inbox_append import append_requests
from app.relay.inbox_schema import MIGRATIONS
from app.relay.replay_sql import Advanced
from app.relay.report_codec import Redact, encode_report
from app.storage.database import open_database, transaction, translated
from app.storage.profile import Mode

# What a row costs in memory beside its body, roughly; only the bound on memory uses it.
_ROW_BYTES = 1_000


KEPT_IDS = 100_000
"""How many of the newest message ids are remembered whatever their age: about 10 MB."""


class Inbox:
    """An ``EventStore``. Belongs to the loop that opened it; read through ``InboxReader``."""

    def __init__(
        self, writer: GroupCommitWriter, depth: int, redact: Redact, room: DiskRoom, kept_ids: int
    ) -> None:
        self._writer = writer
        self._room = room
        self._kept_ids = kept_ids
        self._depth = depth
        self._redact = redact

    @classmethod
    async def open(
        cls,
        path: Path,
        redact: Redact,
        *,
        open_connection: Callable[[], sqlite3.Connection] | None = None,
        queue_bytes: int = QUEUE_BYTES,
        room: DiskRoom | None = None,
        kept_ids: int = KEPT_IDS,
    ) -> Inbox:
        """Open or create the file and start its writer. Raises ``AppError``.

        ``open_connection`` replaces how the file is opened, for disks that misbehave in tests.
        """

        def open_usual() -> sqlite3.Connection:
            return open_database(path, MIGRATIONS, check_same_thread=False)

        writer = GroupCommitWriter(path, open_connection or open_usual, queue_bytes=queue_bytes)
        writer.start()
        try:
            depth = await writer.run(inbox_sql.depth)
        except BaseException:
            await writer.close()
            raise
        return cls(writer, depth, redact, room or DiskRoom(path), kept_ids)

    async def close(self) -> None:
        await self._writer.close()

    @property
    def depth(self) -> int:
        return self._depth

    @property
    def trouble(self) -> str:
        """Why the last write was refused, empty when all is well."""
        return self._writer.trouble.title if self._writer.trouble else self._room.trouble

    async def append(self, events: Sequence[NewEvent]) -> Appended:
        if not events:
            return Appended((), 0)
        size_bytes = sum(len(event.body) + _ROW_BYTES for event in events)
        self._room.take(size_bytes)
        appended = await self._writer.run_together(
            append_requests, events, rows=len(events), size_bytes=size_bytes, quick=True
        )
        self._depth += sum(row.state in OPEN_STATES for row in appended.rows)
        return appended

    async def claim(self, limit: int, *, mode: Mode, now_ms: int) -> Claims:
        return await self._writer.run(
            lambda connection: inbox_sql.claim(connection, limit, mode, now_ms), rows=limit
        )

    async def record(self, mark: Mark) -> EventRow:
        report = None if mark.report is None else encode_report(mark.report, self._redact)
        row = await self._writer.run(lambda connection: inbox_sql.record(connection, mark, report))
        # Another program may have queued the event: then it was never counted here.
        self._depth = max(0, self._depth - (row.state not in OPEN_STATES))
        return row

    async def release_claims(self, *, keep: Collection[int] = ()) -> int:
        kept = tuple(keep)
        return await self._writer.run(lambda connection: inbox_sql.release_claims(connection, kept))

    async def requeue(self, event_id: int, *, now_ms: int) -> tuple[Requeued, EventRow | None]:
        result, row = await self._writer.run(
            lambda connection: inbox_sql.requeue(connection, event_id, now_ms)
        )
        # A waiting event was counted already and stays in that state.
        self._depth += result is Requeued.DONE and row is not None and row.state is State.QUEUED
        return result, row

    async def advance_replays(self, *, now_ms: int, live: bool) -> Advanced:
        """Carry on what is being replayed: see ``replay_sql``."""
        advanced = await self._writer.run(
            lambda connection: replay_sql.advance(connection, now_ms, live=live), rows=replay_sql.AT_A_TIME
        )
        self._depth += advanced.added
        return advanced

    async def prune(self, *, before_ms: int, ids_before_ms: int, max_bytes: int) -> int:
        return await self._writer.run(
            lambda connection: inbox_sql.prune(
                connection, before_ms, ids_before_ms, max_bytes, self._kept_ids
            )
        )


def requeue_event(path: Path, event_id: int, now_ms: int) -> EventRow:
    """Queue an event again from outside the relay; one that runs in another program notices by itself.

    Raises ``AppError`` RELAY-EVENT-UNKNOWN, RELAY-EVENT-UNREADABLE or what the disk says.
    """
    connection = open_database(path, MIGRATIONS)
    try:
        with translated(path), transaction(connection):
            result, row = inbox_sql.requeue(connection, event_id, now_ms)
    finally:
        connection.close()
    return requeued_row(event_id, result, row)


def requeued_row(event_id: int, result: Requeued, row: EventRow | None) -> EventRow:
    """The row of an event that is in the queue now. Raises ``AppError`` when it cannot be."""
    if row is None:
        raise AppError(
            "RELAY-EVENT-UNKNOWN",
            f"There is no event {event_id}.",
            cause="It may have been deleted when its retention period ended.",
            remedy="Look it up in the list of events.",
        )
    if result is Requeued.UNREADABLE:
        raise AppError(
            "RELAY-EVENT-UNREADABLE",
            f"Event {event_id} cannot be delivered.",
            cause=row.reason,
            remedy="Correct it at its source and send it again.",
        )
    return row
