"""Which events run a mapping: triggers, read and evaluated as Segment's action runtime does it.

A trigger is stored as text. Segment reads that text into a small condition tree with gaps of its own and
evaluates the tree; the same text gives the same answer here, and ``warnings`` says where the reading is
not what a person would expect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from app.json_value import JsonObject
from app.segment.js_values import TooLargeError
from app.segment.trigger_evaluation import Clause, clauses, in_words, matcher
from app.segment.trigger_reader import Reading, read
from app.segment.trigger_tree import (
    OPERATORS,
    Comparison,
    Condition,
    EmptyGroup,
    Group,
    Subject,
    TriggerError,
    tree_from_json,
    tree_to_json,
)
from app.segment.trigger_writer import generate

__all__ = [
    "OPERATORS",
    "Clause",
    "Comparison",
    "Condition",
    "EmptyGroup",
    "Group",
    "Reading",
    "Subject",
    "TriggerError",
    "compile",
    "generate",
    "in_words",
    "matches",
    "parse",
    "trace",
    "tree_from_json",
    "tree_to_json",
    "warnings",
]


def parse(text: str) -> Group:
    """The tree Segment reads from the text. Raises ``TriggerError`` when it cannot read it."""
    return read(text).tree


def matches(trigger: Group | str, event: JsonObject) -> bool:
    """Whether the event runs the mapping. A text Segment cannot read never matches.

    Raises ``TriggerError`` where Segment's evaluation fails (an empty group is reached).
    """
    return compile(trigger)(event)


def compile(trigger: Group | str) -> Callable[[JsonObject], bool]:  # noqa: A001 - as ``mapping.compile``
    """The trigger as a function, to be made once and run for every event. See ``matches``."""
    if isinstance(trigger, str):
        try:
            trigger = parse(trigger)
        except TriggerError:
            return lambda _event: False
    return cast("Callable[[JsonObject], bool]", matcher(trigger))


def trace(trigger: Group | str, event: JsonObject) -> tuple[Clause, ...]:
    """Every condition in words with the value the event has and whether it passed.

    A trigger that cannot be read gives one failing clause that says so.
    """
    if isinstance(trigger, str):
        try:
            trigger = parse(trigger)
        except TriggerError as error:
            return (Clause(f"the trigger cannot be read: {error}", "", passed=False),)
    return clauses(trigger, event)


def warnings(text: str) -> tuple[str, ...]:
    """Sentences that say where Segment reads the text differently from what it seems to mean."""
    try:
        reading = read(text)
    except TriggerError as error:
        return (f"Segment cannot read this trigger, so it never matches. {error}",)
    if not reading.notes:
        return ()
    try:
        return (*reading.notes, f"Segment reads: {generate(reading.tree)}")
    except (TriggerError, TooLargeError):
        return reading.notes
