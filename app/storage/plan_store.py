"""Plans that were carried out, with how far they came and what is needed to take them back.

A step is known before its call is sent and marked when Close has answered, so after a crash it is
certain which steps may have happened. What a step has changed (its *image*) stays with it: undo reads it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias

from app.json_value import JsonObject
from app.storage.erased_images import without_record
from app.storage.shared_connection import SharedConnection, storable

PLAN_TABLES: tuple[str, ...] = (
    """
    CREATE TABLE plan (
        id INTEGER PRIMARY KEY,
        event_key TEXT NOT NULL,
        mapping TEXT NOT NULL,
        action TEXT NOT NULL,
        reason TEXT NOT NULL,
        state TEXT NOT NULL,
        at_ms INTEGER NOT NULL
    )
    """,
    "CREATE INDEX plan_event ON plan (event_key)",
    "CREATE INDEX plan_at ON plan (at_ms)",
    """
    CREATE TABLE plan_step (
        plan_id INTEGER NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        record_type TEXT NOT NULL,
        record_id TEXT,
        record_name TEXT NOT NULL,
        keys TEXT NOT NULL,
        image TEXT NOT NULL,
        state TEXT NOT NULL,
        note TEXT NOT NULL,
        PRIMARY KEY (plan_id, position)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX plan_step_record ON plan_step (record_id)",
    """
    CREATE TABLE made_record (
        close_id TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)
"""The tables of this module, for the migrations of the file that holds them."""

RecordType: TypeAlias = Literal["lead", "contact", "activity"]


class StepKind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    DELETE = "delete"


class StepState(StrEnum):
    """``SENT`` may have happened: its answer was never seen. ``LEFT`` could not be taken back."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    NOT_DONE = "not done"
    UNDONE = "undone"
    LEFT = "left"


class PlanState(StrEnum):
    """``OPEN`` until every step is done; after a crash or a failure it stays so until the next try."""

    OPEN = "open"
    DONE = "done"
    REPLACED = "replaced"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One write. ``record_id`` is None for a record that is not there yet.

    ``keys`` are the identities (kind, external id) that stand for a created record. ``image`` is the
    undo image in the form of ``app.actions.undo_images``.
    """

    kind: StepKind
    record_type: RecordType
    record_id: str | None
    record_name: str
    image: JsonObject
    keys: tuple[tuple[str, str], ...] = ()
    state: StepState = StepState.PLANNED
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    id: int
    event_key: str
    mapping: str
    action: str
    reason: str
    state: PlanState
    at_ms: int
    steps: tuple[PlanStep, ...]


@dataclass(frozen=True, slots=True)
class NewPlan:
    """``event_key`` is what the event is recognised by again (its ``messageId``)."""

    event_key: str
    mapping: str
    action: str
    reason: str
    at_ms: int
    steps: tuple[PlanStep, ...] = field(default=())


class PlanStore(Protocol):
    """Used from any thread; what a method says is durable when it returns."""

    def begin(self, plan: NewPlan) -> int:
        """Keep the plan, its first step as sent; the plan's number. Unfinished plans of the same event
        and mapping are marked as replaced.
        """

    def mark(
        self,
        plan_id: int,
        position: int,
        state: StepState,
        record_id: str | None = None,
        image: JsonObject | None = None,
    ) -> None:
        """Note what became of a step, with the record that a create has made and its image. A step that
        is done makes the next one sent, or the plan done.
        """

    def settle_step(self, plan_id: int, position: int, state: StepState, note: str) -> None:
        """Note what undo made of a step, without moving the plan on."""

    def set_image(self, plan_id: int, position: int, image: JsonObject) -> None:
        """What is left to take back of a step."""

    def set_record(self, plan_id: int, position: int, record_id: str) -> None:
        """The record of a create whose answer was lost is known now."""

    def set_state(self, plan_id: int, state: PlanState) -> None: ...

    def plan(self, plan_id: int) -> StoredPlan | None: ...

    def plans_of(self, event_key: str) -> tuple[StoredPlan, ...]:
        """All plans of an event, oldest first."""

    def later_steps(self, plan_id: int, record_id: str) -> int:
        """How many steps of later plans changed the record and still stand."""

    def made_here(self, close_id: str, since_ms: int = 0) -> bool:
        """Whether the record was created by this program, by default however long ago."""

    def written_for(self, kind: str, key: str, since_ms: int) -> tuple[str, ...]:
        """The records that plans since then created for this identity, or gave it to, oldest first."""

    def creations(self, since_ms: int) -> tuple[StoredPlan, ...]:
        """Plans since then that created records, oldest first."""

    def forget_record(self, close_id: str) -> None:
        """Drop what was kept about a record that was erased, also with a lead that it was created in."""

    def prune(self, before_ms: int) -> int:
        """Delete older plans, and with them what undo needs; how many."""


class SqlitePlans:
    """Plans in a profile's database."""

    def __init__(self, shared: SharedConnection) -> None:
        self._shared = shared

    def begin(self, plan: NewPlan) -> int:
        with self._shared.writing() as connection:
            connection.execute(
                "UPDATE plan SET state = ? WHERE event_key = ? AND mapping = ? AND state = ?",
                (PlanState.REPLACED, storable(plan.event_key), plan.mapping, PlanState.OPEN),
            )
            cursor = connection.execute(
                "INSERT INTO plan (event_key, mapping, action, reason, state, at_ms) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    storable(plan.event_key),
                    plan.mapping,
                    plan.action,
                    storable(plan.reason),
                    PlanState.OPEN,
                    plan.at_ms,
                ),
            )
            plan_id = int(cursor.lastrowid or 0)
            for position, step in enumerate(plan.steps):
                state = StepState.PLANNED if position else StepState.SENT
                connection.execute(
                    "INSERT INTO plan_step (plan_id, position, kind, record_type, record_id, record_name, "
                    "keys, image, state, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
                    (
                        plan_id,
                        position,
                        step.kind,
                        step.record_type,
                        step.record_id,
                        storable(step.record_name),
                        json.dumps(step.keys),
                        json.dumps(step.image),
                        state,
                    ),
                )
            return plan_id

    def mark(
        self,
        plan_id: int,
        position: int,
        state: StepState,
        record_id: str | None = None,
        image: JsonObject | None = None,
    ) -> None:
        with self._shared.writing() as connection:
            connection.execute(
                "UPDATE plan_step SET state = ?, record_id = coalesce(?, record_id), "
                "image = coalesce(?, image) WHERE plan_id = ? AND position = ?",
                (state, record_id, None if image is None else json.dumps(image), plan_id, position),
            )
            if state is not StepState.DONE:
                return
            nested = image.get("contacts") if image else None
            # A contact that was created inside its lead has no step of its own.
            inside = [one["id"] for one in nested if "id" in one] if isinstance(nested, list) else []
            for made_id in (record_id, *inside) if record_id is not None else ():
                _note_made(connection, plan_id, position, made_id)
            moved = connection.execute(
                "UPDATE plan_step SET state = ? WHERE plan_id = ? AND position = ? AND state = ?",
                (StepState.SENT, plan_id, position + 1, StepState.PLANNED),
            )
            if not moved.rowcount:
                connection.execute("UPDATE plan SET state = ? WHERE id = ?", (PlanState.DONE, plan_id))

    def settle_step(self, plan_id: int, position: int, state: StepState, note: str) -> None:
        with self._shared.writing() as connection:
            connection.execute(
                "UPDATE plan_step SET state = ?, note = ? WHERE plan_id = ? AND position = ?",
                (state, storable(note), plan_id, position),
            )

    def set_image(self, plan_id: int, position: int, image: JsonObject) -> None:
        with self._shared.writing() as connection:
            connection.execute(
                "UPDATE plan_step SET image = ? WHERE plan_id = ? AND position = ?",
                (json.dumps(image), plan_id, position),
            )

    def set_record(self, plan_id: int, position: int, record_id: str) -> None:
        with self._shared.writing() as connection:
            connection.execute(
                "UPDATE plan_step SET record_id = ? WHERE plan_id = ? AND position = ?",
                (record_id, plan_id, position),
            )
            _note_made(connection, plan_id, position, record_id)

    def set_state(self, plan_id: int, state: PlanState) -> None:
        with self._shared.writing() as connection:
            connection.execute("UPDATE plan SET state = ? WHERE id = ?", (state, plan_id))

    def plan(self, plan_id: int) -> StoredPlan | None:
        found = self._read("WHERE id = ?", (plan_id,))
        return found[0] if found else None

    def plans_of(self, event_key: str) -> tuple[StoredPlan, ...]:
        return self._read("WHERE event_key = ? ORDER BY id", (storable(event_key),))

    def later_steps(self, plan_id: int, record_id: str) -> int:
        row = self._shared.row(
            "SELECT count(*) FROM plan_step WHERE record_id = ? AND plan_id > ? AND state IN (?, ?)",
            (record_id, plan_id, StepState.SENT, StepState.DONE),
        )
        return int(row[0]) if row else 0

    def made_here(self, close_id: str, since_ms: int = 0) -> bool:
        asked = "SELECT 1 FROM made_record WHERE close_id = ? AND at_ms >= ?"
        return self._shared.row(asked, (close_id, since_ms)) is not None

    def written_for(self, kind: str, key: str, since_ms: int) -> tuple[str, ...]:
        rows = self._shared.rows(
            "SELECT record_type, record_id, image FROM plan_step JOIN plan ON plan.id = plan_step.plan_id "
            "WHERE plan.at_ms >= ? AND record_id IS NOT NULL AND instr(keys, ?) "
            "ORDER BY plan_id, position",
            (since_ms, json.dumps([kind, key])),
        )
        found: list[str] = []
        for record_type, record_id, image in rows:
            if record_type == kind:
                found.append(record_id)
            else:
                # A contact that was created inside its lead is only in the lead's image.
                found += [one["id"] for one in json.loads(image).get("contacts", ()) if "id" in one]
        return tuple(dict.fromkeys(found))

    def creations(self, since_ms: int) -> tuple[StoredPlan, ...]:
        return self._read(
            "WHERE at_ms >= ? AND id IN (SELECT plan_id FROM plan_step WHERE kind = ?) ORDER BY id",
            (since_ms, StepKind.CREATE),
        )

    def forget_record(self, close_id: str) -> None:
        with self._shared.writing() as connection:
            rows = connection.execute(
                "SELECT plan_id, position, record_id, image FROM plan_step "
                "WHERE record_id = ? OR instr(image, ?) > 0",
                (close_id, json.dumps(close_id)),
            ).fetchall()
            for plan_id, position, record_id, image in rows:
                left = without_record(json.loads(image), close_id, whole=record_id == close_id)
                connection.execute(
                    "UPDATE plan_step SET image = ? WHERE plan_id = ? AND position = ?",
                    (json.dumps(left), plan_id, position),
                )
            connection.execute(
                "UPDATE plan_step SET record_name = '', keys = '[]' WHERE record_id = ?", (close_id,)
            )

    def prune(self, before_ms: int) -> int:
        with self._shared.writing() as connection:
            old = "SELECT id FROM plan WHERE at_ms < ?"
            connection.execute(f"DELETE FROM plan_step WHERE plan_id IN ({old})", (before_ms,))  # noqa: S608
            return connection.execute("DELETE FROM plan WHERE at_ms < ?", (before_ms,)).rowcount

    def _read(self, condition: str, values: Sequence[str | int]) -> tuple[StoredPlan, ...]:
        plans = self._shared.rows(
            f"SELECT id, event_key, mapping, action, reason, state, at_ms FROM plan {condition}",  # noqa: S608
            values,
        )
        return tuple(self._with_steps(row) for row in plans)

    def _with_steps(self, row: Sequence[Any]) -> StoredPlan:
        steps = self._shared.rows(
            "SELECT kind, record_type, record_id, record_name, image, keys, state, note FROM plan_step "
            "WHERE plan_id = ? ORDER BY position",
            (row[0],),
        )
        plan_id, event_key, mapping, action, reason, state, at_ms = row
        return StoredPlan(
            plan_id, event_key, mapping, action, reason, PlanState(state), at_ms, tuple(map(_step, steps))
        )


def _note_made(connection: sqlite3.Connection, plan_id: int, position: int, record_id: str) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO made_record (close_id, at_ms) SELECT ?, plan.at_ms FROM plan "
        "JOIN plan_step ON plan_step.plan_id = plan.id WHERE plan.id = ? AND position = ? AND kind = ?",
        (record_id, plan_id, position, StepKind.CREATE),
    )


def _step(row: Sequence[Any]) -> PlanStep:
    kind, record_type, record_id, name, image, keys, state, note = row
    return PlanStep(
        StepKind(kind),
        record_type,
        record_id,
        name,
        json.loads(image),
        tuple((one, key) for one, key in json.loads(keys)),
        StepState(state),
        note,
    )
