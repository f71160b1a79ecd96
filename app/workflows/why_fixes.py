"""What to do where an event stopped: one sentence, one button, one command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.actions.trace import EventReport, StepStatus
from app.errors import AppError
from app.relay.event_records import EventRow
from app.relay.event_stage import Cause, Stage, result_stage, skip_cause
from app.workflows.figure_words import CauseAction, action_of
from app.workflows.refused_requests import RefusedRequests

_SIGNATURE, _NO_ROOM = 401, 503


class FixKind(StrEnum):
    """What the button does."""

    NONE = "none"
    START_RELAY = "start relay"
    CHECK_SETUP = "check setup"
    EDIT_MAPPING = "edit mapping"
    GO_LIVE = "go live"
    RETRY = "retry"
    SHOW_EVENT = "show event"


@dataclass(frozen=True, slots=True)
class Fix:
    """``command`` does the same on the command line, empty where nothing needs doing."""

    kind: FixKind
    text: str
    command: str = ""
    event_id: int | None = None
    mapping: str = ""

    @classmethod
    def nothing(cls) -> Fix:
        return cls(FixKind.NONE, "Nothing needs doing.")

    @classmethod
    def start_relay(cls) -> Fix:
        text = "Start the relay. Segment sends what it could not deliver again for up to four hours."
        return cls(FixKind.START_RELAY, text, "segment-close relay")

    @classmethod
    def edit_mapping(cls, name: str) -> Fix:
        text = f"Change the mapping “{name}”, then run the event again." if name else "Change the mapping."
        return cls(FixKind.EDIT_MAPPING, text, "segment-close mappings show", mapping=name)

    @classmethod
    def go_live(cls, event_id: int) -> Fix:
        text = "Switch the relay to Live, then run the event again."
        return cls(FixKind.GO_LIVE, text, f"segment-close events retry {event_id}", event_id)

    @classmethod
    def replay(cls, text: str, event_id: int) -> Fix:
        return cls(FixKind.RETRY, text, f"segment-close events retry {event_id}", event_id)

    @classmethod
    def replay_only(cls, event_id: int) -> Fix:
        return cls.replay("Run the event again.", event_id)

    @classmethod
    def wait(cls, event_id: int) -> Fix:
        text = "It goes on by itself. Its place and next try are in the event."
        return cls(FixKind.SHOW_EVENT, text, f"segment-close events show {event_id}", event_id)

    @classmethod
    def look(cls, event_id: int) -> Fix:
        text = "What it changed is in the event."
        return cls(FixKind.SHOW_EVENT, text, f"segment-close events show {event_id}", event_id)

    @classmethod
    def correct_source(cls) -> Fix:
        return cls(FixKind.NONE, "Correct the event where it is made and send it again.")


def stage_of_report(report: EventReport) -> Stage:
    """How far the report's furthest mapping came."""
    order = tuple(Stage)
    return max(map(result_stage, report.results), key=order.index, default=Stage.VERIFIED)


def error_fix(error: AppError | None, mapping: str, event_id: int) -> Fix:
    if error is None:
        return Fix.replay_only(event_id)
    action = action_of(error.code)
    if action is CauseAction.EDIT_MAPPING:
        return Fix(FixKind.EDIT_MAPPING, error.remedy, "segment-close mappings show", event_id, mapping)
    if action in (CauseAction.CHECK_KEY, CauseAction.LOOK_AT_FIELDS):
        return Fix(FixKind.CHECK_SETUP, error.remedy, "segment-close doctor", event_id)
    return Fix(FixKind.RETRY, error.remedy, f"segment-close events retry {event_id}", event_id)


def skipped_fix(report: EventReport, row: EventRow) -> Fix:
    """For an event that no mapping has taken."""
    match skip_cause(report, Stage.VERIFIED):
        case Cause.NO_MAPPING_ON:
            text = "Switch a mapping on, then run the event again."
            return Fix(FixKind.EDIT_MAPPING, text, "segment-close mappings list", row.id)
        case Cause.NOT_FOR_CLOSE:
            text = 'Take "Close": false out of the integrations object where the event is made.'
            return Fix(FixKind.SHOW_EVENT, text, f"segment-close events show {row.id}", row.id)
        case Cause.FILTERED:
            text = "Change the destination filter if this event is meant to pass."
            return Fix(FixKind.SHOW_EVENT, text, f"segment-close events show {row.id}", row.id)
    name = report.results[0].mapping_name if report.results else ""
    broken = any(step.status is StepStatus.FAILED for one in report.results for step in one.steps)
    text = (
        f"Correct when “{name}” runs."
        if broken
        else f"Change when “{name}” runs, or add a mapping for {row.type} events."
    )
    return Fix(FixKind.EDIT_MAPPING, text, "segment-close mappings list", row.id, name)


def refused_fix(worst: RefusedRequests) -> Fix:
    if worst.status == _SIGNATURE:
        text = "Copy the shared secret from Setup into Segment again: the two differ."
        return Fix(FixKind.CHECK_SETUP, text, "segment-close secret show-state")
    if worst.status == _NO_ROOM:
        return Fix(
            FixKind.CHECK_SETUP,
            "Make room on the disk; Segment sends again by itself.",
            "segment-close doctor",
        )
    return Fix(
        FixKind.CHECK_SETUP,
        "Compare the webhook URL in Segment with the one in Setup.",
        "segment-close doctor",
    )


def no_event_fix(*, stored: bool) -> Fix:
    text = (
        "Look in Segment's source debugger whether the event was sent, and in the delivery overview of the "
        "webhook whether it left Segment."
        if stored
        else "Check that Segment sends to the URL of this relay."
    )
    return Fix(FixKind.CHECK_SETUP, text, "segment-close doctor")
