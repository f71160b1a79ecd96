"""Counting tries while they are recorded, inside the transaction of the inbox's writer."""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import sqlite3

from app.relay.delivery import OPEN_STATES
from app.relay.event_records import Mark
from app.relay.event_stage import counts_of, slot_of

_MINUTE_MS = 60_000
_KEPT_MINUTES = 62 * 24 * 60
RUN_COUNTS = (
    "leads_created",
    "contacts_created",
    "leads_updated",
    "contacts_updated",
    "fields_changed",
    "calls_made",
    "with_calls",
    "without_calls",
)
"""The columns of ``run_figure`` beside its minute."""


def note_run(connection: sqlite3.Connection, mark: Mark) -> None:
    """Count a try that is being recorded, inside its transaction."""
    minute = mark.ended_ms // _MINUTE_MS
    if mark.state not in OPEN_STATES:
        _note_latency(connection, mark)
    counts = counts_of(mark)
    if mark.report is None:
        return
    values = (
        counts.leads_created,
        counts.contacts_created,
        counts.leads_updated,
        counts.contacts_updated,
        counts.fields_changed,
        counts.calls_made,
        int(counts.calls_made > 0),
        int(counts.spared),
    )
    if any(values):
        added = ", ".join(f"{name} = {name} + excluded.{name}" for name in RUN_COUNTS)
        connection.execute(
            f"INSERT INTO run_figure (minute, {', '.join(RUN_COUNTS)}) VALUES (?{', ?' * len(values)}) "
            f"ON CONFLICT (minute) DO UPDATE SET {added}",
            (minute, *values),
        )


def forget_old(connection: sqlite3.Connection, now_ms: int) -> None:
    """Drop counts that no page can show any more."""
    oldest = now_ms // _MINUTE_MS - _KEPT_MINUTES
    for table in ("event_figure", "latency_figure", "run_figure"):
        connection.execute(f"DELETE FROM {table} WHERE minute < ?", (oldest,))


def _note_latency(connection: sqlite3.Connection, mark: Mark) -> None:
    """From receipt to the first end: running an event again days later says nothing about speed."""
    first = connection.execute(
        "UPDATE event SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL RETURNING received_ms",
        (mark.ended_ms, mark.event_id),
    ).fetchone()
    if first is not None:
        connection.execute(
            "INSERT INTO latency_figure (minute, slot, count) VALUES (?, ?, 1) "
            "ON CONFLICT (minute, slot) DO UPDATE SET count = count + 1",
            (first[0] // _MINUTE_MS, slot_of(mark.ended_ms - first[0])),
        )
