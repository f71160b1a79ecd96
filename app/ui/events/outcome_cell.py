"""One event as the cells of a row: what became of it, in words that fit the mode it was handled in."""

from __future__ import annotations

from datetime import datetime

from app.actions.trace import Outcome
from app.relay.delivery import State
from app.relay.event_records import EventRow
from app.ui.relay.wording import clock_time, tr
from app.ui.theme.tokens import Tone
from app.ui.widgets.cell import Cell, Emphasis

_LOOKS = {
    State.RECEIVED: ("eye", Tone.NEUTRAL),
    State.QUEUED: ("clock", Tone.NEUTRAL),
    State.IN_FLIGHT: ("loader-circle", Tone.INFO),
    State.DELIVERED: ("circle-check", Tone.OK),
    State.UNCHANGED: ("equal", Tone.NEUTRAL),
    State.SKIPPED: ("circle-slash", Tone.NEUTRAL),
    State.WAITING: ("clock", Tone.WARN),
    State.FAILED: ("circle-x", Tone.ERROR),
}


def state_word(state: State) -> str:
    return {
        State.RECEIVED: tr("Recorded"),
        State.QUEUED: tr("Queued"),
        State.IN_FLIGHT: tr("In flight"),
        State.DELIVERED: tr("Delivered"),
        State.UNCHANGED: tr("Unchanged"),
        State.SKIPPED: tr("Skipped"),
        State.WAITING: tr("Waiting"),
        State.FAILED: tr("Failed"),
    }[state]


def needs_person(row: EventRow) -> bool:
    """Whether the event failed, or would have."""
    return row.state is State.FAILED or (row.state is State.SKIPPED and row.outcome == Outcome.WOULD_FAIL)


def outcome_cell(row: EventRow) -> Cell:
    """Icon and word: Close cannot refuse what was not sent, so a dry run says "Would fail"."""
    if row.state in (State.SKIPPED, State.FAILED) and row.outcome == Outcome.WOULD_FAIL:
        return Cell(tr("Would fail"), icon="circle-x", tone=Tone.ERROR)
    if row.state is State.SKIPPED and row.outcome == Outcome.WOULD_CHANGE:
        return Cell(tr("Would change"), icon="flask-conical", tone=Tone.ACCENT)
    icon, tone = _LOOKS[row.state]
    return Cell(state_word(row.state), icon=icon, tone=tone)


def detail_text(row: EventRow) -> str:
    if row.state is State.WAITING and row.next_attempt_ms is not None:
        return tr("again at {time}: {reason}").format(time=clock_time(row.next_attempt_ms), reason=row.reason)
    if row.state is State.IN_FLIGHT:
        return tr("looking up and writing")
    return row.reason.removeprefix("Dry run: would change. ").removeprefix("Dry run: would fail. ")


def time_text(row: EventRow, today: datetime) -> str:
    """The time of day; with the date for events of other days."""
    moment = datetime.fromtimestamp(row.received_ms / 1000).astimezone()
    return f"{moment:%H:%M:%S}" if moment.date() == today.date() else f"{moment:%m-%d %H:%M}"


def row_cells(row: EventRow, today: datetime, *, marked: bool = False) -> tuple[Cell, ...]:
    return (
        Cell(time_text(row, today), emphasis=Emphasis.MUTED),
        Cell(row.type, emphasis=Emphasis.MUTED),
        Cell(row.title, icon="bookmark-filled" if marked else "", emphasis=Emphasis.NAME),
        outcome_cell(row),
        Cell(detail_text(row), emphasis=Emphasis.MUTED),
    )
