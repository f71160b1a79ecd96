"""What a replay is: the events it covers, how far it is, and what became of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReplayState(StrEnum):
    """A replay that runs is carried on by whichever relay of the profile is running in Live mode."""

    PREPARING = "preparing"
    PREPARED = "prepared"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "canceled"


class MappingsOf(StrEnum):
    """Which mappings a replay uses: those that held when the event came, or the present ones."""

    THEN = "then"
    NOW = "now"


class ItemState(StrEnum):
    """Where one event of a replay is. The last seven are ends."""

    WAITING = "waiting"
    QUEUED = "queued"
    DELIVERED = "delivered"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    CANCELED = "canceled"


RUN_ENDS = (ItemState.DELIVERED, ItemState.UNCHANGED, ItemState.SKIPPED, ItemState.FAILED)
TROUBLED = (ItemState.FAILED, ItemState.REFUSED)


@dataclass(frozen=True, slots=True)
class NewItem:
    """An event to be replayed: a stored one by ``event_id``, or one of a file by ``body``.

    ``key`` is what duplicates are recognised by, ``plan_key`` what applied plans are kept under. ``state``
    is other than waiting for what will not be run, with its ``reason``. ``as_of_ms`` is the moment whose
    mappings are wanted, None for the present ones.
    """

    key: str
    plan_key: str
    type: str
    title: str
    place: str = ""
    state: ItemState = ItemState.WAITING
    reason: str = ""
    event_id: int | None = None
    body: bytes | None = None
    as_of_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ReplayItem:
    """One line of a report. ``place`` says where in which file it stood. ``body`` is
    its bytes, if asked for.
    """

    number: int
    event_id: int | None
    type: str
    title: str
    place: str
    state: ItemState
    outcome: str
    reason: str
    as_of_ms: int | None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """``scope`` says in words which events it covers. ``totals`` is a dry run as JSON, if any.

    ``again`` runs events of files also when they were received before. ``note`` says why a running replay
    does not go on; empty when it does.
    """

    id: int
    created_ms: int
    state: ReplayState
    scope: str
    mappings: MappingsOf
    again: bool
    started_ms: int | None = None
    ended_ms: int | None = None
    undone_ms: int | None = None
    note: str = ""
    totals: bytes | None = None
    counts: Mapping[ItemState, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def to_run(self) -> int:
        """How many events it runs altogether: everything but duplicates and what is no event."""
        left_out = (ItemState.DUPLICATE, ItemState.REFUSED)
        return sum(count for state, count in self.counts.items() if state not in left_out)

    @property
    def finished(self) -> int:
        return sum(self.counts.get(state, 0) for state in RUN_ENDS)

    @property
    def under_way(self) -> int:
        return self.counts.get(ItemState.QUEUED, 0)

    @property
    def left(self) -> int:
        """How many events are still to be run."""
        return self.counts.get(ItemState.WAITING, 0) + self.under_way

    @property
    def failed(self) -> int:
        return self.counts.get(ItemState.FAILED, 0)
