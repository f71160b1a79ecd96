"""What the inbox takes in and gives out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.actions.trace import EventReport
from app.json_value import JsonValue
from app.relay.delivery import State
from app.storage.profile import Mode


class Trust(StrEnum):
    """What vouches for an event: Segment signs only the first event of a batch."""

    SIGNED = "signed"
    IN_SIGNED_BATCH = "in a signed batch"
    UNSIGNED = "unsigned"
    WRITE_KEY = "with a write key"
    FILE = "from a file"
    EDITED = "edited here"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be stored. ``key`` is what duplicates are recognised by.

    ``entity_keys`` name the person and the company whose order it keeps; empty for what can never be
    delivered. ``body`` holds the bytes as received.
    """

    key: str
    message_id: str
    type: str
    title: str
    person_key: str
    entity_keys: tuple[str, ...]
    received_ms: int
    state: State
    reason: str
    mode: Mode | None
    trust: Trust
    body: bytes


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of a list of events. ``mode`` is the one it was handled in, None before that.

    ``outcome`` is how the last run ended ("would change" after a dry run), empty before one.
    """

    id: int
    message_id: str
    type: str
    title: str
    received_ms: int
    state: State
    reason: str
    outcome: str
    mode: Mode | None
    attempts: int
    next_attempt_ms: int | None
    person_key: str


@dataclass(frozen=True, slots=True)
class ClaimedEvent:
    """An event that the dispatcher holds; ``first_try_ms`` is None before the first try.

    ``as_of_ms`` is set for a replay that wants the mappings of that moment.
    """

    row: EventRow
    body: bytes
    first_try_ms: int | None
    as_of_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """``next_due_ms`` is when the next event that nothing holds up becomes due, None without one."""

    events: tuple[ClaimedEvent, ...]
    next_due_ms: int | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of one try: the event's new place and what the try was like."""

    event_id: int
    state: State
    reason: str
    outcome: str
    mode: Mode
    attempts: int
    first_try_ms: int
    due_ms: int | None
    started_ms: int
    ended_ms: int
    error_code: str
    report: EventReport | None


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a request's events once they are on disk; ``rows`` holds the new ones."""

    rows: tuple[EventRow, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Newest first. Empty sets mean all; each word of ``text`` is looked for in the title, ids,
    reason and body.

    ``name`` is a whole title, ``person`` an id, ``mapping`` one that has run on the event. ``until_ms`` is
    left out itself. ``before_id`` continues a list below its last row. ``cause`` is what stopped the event,
    as the figures count it.
    """

    states: frozenset[State] = frozenset()
    types: frozenset[str] = frozenset()
    text: str = ""
    since_ms: int | None = None
    before_id: int | None = None
    limit: int = 100
    until_ms: int | None = None
    name: str = ""
    person: str = ""
    mapping: str = ""
    cause: str = ""
    bookmarked: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of an event, oldest first from 1. ``report`` is None when there is nothing to show."""

    number: int
    started_ms: int
    ended_ms: int
    mode: Mode
    state: State
    outcome: str
    reason: str
    error_code: str
    report: EventReport | None


@dataclass(frozen=True, slots=True)
class EventDetail:
    """Everything about one event. ``body`` is None when ``raw`` is not readable as JSON."""

    row: EventRow
    raw: bytes
    body: JsonValue
    trust: Trust
    attempts: tuple[Attempt, ...]

    @property
    def report(self) -> EventReport | None:
        """The latest report: the answer to why the event is where it is."""
        return next((attempt.report for attempt in reversed(self.attempts) if attempt.report), None)


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """Events received in the minute that starts at ``minute_ms`` and are now in ``state``."""

    minute_ms: int
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """Like ``MinuteCount``, with how the last run ended: a dry run's events are all skipped."""

    minute_ms: int
    state: State
    outcome: str
    count: int
