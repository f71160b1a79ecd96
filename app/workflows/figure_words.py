"""Causes in plain words, and what a person can do about each."""

from __future__ import annotations

from enum import StrEnum

from app.relay.delivery import State
from app.relay.event_stage import Cause, Stage


class CauseAction(StrEnum):
    """What helps against an error; the window makes a button of it, the command line a sentence."""

    EDIT_MAPPING = "edit mapping"
    CHECK_KEY = "check key"
    LOOK_AT_FIELDS = "look at fields"
    START_RELAY = "start relay"
    SHOW_EVENTS = "show events"


_ACTIONS = {
    "MAPPING": CauseAction.EDIT_MAPPING,
    "TRIGGER": CauseAction.EDIT_MAPPING,
    "VALUE": CauseAction.EDIT_MAPPING,
    "CLOSE-KEY": CauseAction.CHECK_KEY,
    "KEY": CauseAction.CHECK_KEY,
    "FIELD": CauseAction.LOOK_AT_FIELDS,
}

_CAUSES = {
    Cause.NO_MAPPING_ON: "no mapping is switched on",
    Cause.NOT_FOR_CLOSE: "its integrations object leaves Close out",
    Cause.FILTERED: "stopped by a destination filter",
    Cause.UNCHANGED: "unchanged: already matches Close",
}

_OPEN_WORDS = {
    State.QUEUED: "in the queue",
    State.IN_FLIGHT: "in the queue",
    State.WAITING: "waiting for another try",
    State.RECEIVED: "recorded only (Observe mode)",
}

_STAGES = {
    Stage.RECEIVED: "Received",
    Stage.VERIFIED: "Verified",
    Stage.MATCHED: "Matched",
    Stage.MAPPED: "Mapped",
    Stage.CHANGED: "Changed",
}


def action_of(code: str) -> CauseAction:
    """What to do about an error with this code."""
    return next(
        (action for prefix, action in _ACTIONS.items() if code.startswith(prefix)), CauseAction.SHOW_EVENTS
    )


def stage_word(stage: Stage) -> str:
    return _STAGES[stage]


def cause_words(cause: str, kind: str, stage: Stage, state: State | None) -> str:
    """Why events went no further, to stand behind their number."""
    if not cause:
        if state in _OPEN_WORDS:
            return _OPEN_WORDS[state]
        if state is State.UNCHANGED:
            return _CAUSES[Cause.UNCHANGED]
        return "not readable as an event" if stage is Stage.RECEIVED else "no cause is stored any more"
    if cause == Cause.NO_MATCH:
        return f"no mapping for {kind} events"
    if cause in _CAUSES:
        return _CAUSES[Cause(cause)]
    _, _, words = cause.partition(": ")
    return (words or cause).rstrip(".")
