"""What undo does with one step, decided from its image and what Close holds now. Pure.

Only what still is as we left it goes back. Everything else stays, with the reason in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from app.actions.custom_values import same_value
from app.actions.plan import RecordRef
from app.actions.undo_images import LISTS, SAME, entries_of, pairs
from app.close.records import CUSTOM_PREFIX, ListEntry
from app.json_value import JsonObject, JsonValue


class UndoOutcome(StrEnum):
    """``FINAL`` is what nobody can take back: merges and deletions."""

    REVERTED = "reverted"
    REMOVED = "removed"
    LEFT = "left"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class UndoLine:
    """One field or record. ``now`` is what Close holds, ``back`` what it goes back to.

    ``field`` is empty for a whole record; ``reason`` is a sentence for everything that stays.
    """

    record: RecordRef
    field: str
    outcome: UndoOutcome
    now: JsonValue = None
    back: JsonValue = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reversal:
    """What to write to take an update back: values by Close's keys, None clears. ``left`` are the keys of
    the fields that stay.
    """

    values: Mapping[str, JsonValue]
    lines: tuple[UndoLine, ...]
    left: tuple[str, ...] = ()


def reversal(record: RecordRef, image: JsonObject, held: Mapping[str, JsonValue], *, later: bool) -> Reversal:
    """Take back the fields that still hold our value; ``later``: later events wrote to the record.

    A field that is as it was before is back already: an undo may have been interrupted after its call.
    """
    values: dict[str, JsonValue] = {}
    lines: list[UndoLine] = []
    left: list[str] = []
    for key, one in _members(image.get("fields")).items():
        name = str(one.get("name") or key)
        if key in LISTS:
            kept, gone = _without(key, entries_of(held.get(key)), entries_of(one.get("after")))
            if gone:
                values[key] = pairs(kept)
                shown = ", ".join(entry.value for entry in gone)
                lines.append(UndoLine(record, name, UndoOutcome.REVERTED, shown, None))
            else:
                left.append(key)
                lines.append(_left(record, name, held.get(key), "The value was removed in Close since."))
        elif _still_ours(one.get("after"), held.get(key)):
            values[key] = one.get("before")
            lines.append(UndoLine(record, name, UndoOutcome.REVERTED, held.get(key), one.get("before")))
        elif _still_ours(one.get("before"), held.get(key)):
            now = held.get(key)
            lines.append(UndoLine(record, name, UndoOutcome.REVERTED, now, now, "It is back already."))
        else:
            left.append(key)
            who = "A later event has changed it." if later else "Somebody has changed it in Close since."
            lines.append(_left(record, name, held.get(key), who))
    return Reversal(values, tuple(lines), tuple(left))


def remaining(image: JsonObject, left: Sequence[str]) -> JsonObject:
    """The image of an update when only these fields are still as they were written."""
    fields = _members(image.get("fields"))
    return {**image, "fields": {key: fields[key] for key in left}}


def additions(made: JsonValue, held: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """The fields of a record that are no longer as they were when it was created."""
    image = {key: one for key, one in made.items() if key != "id"} if isinstance(made, Mapping) else {}
    changed = [key for key, value in held.items() if not _as_made(key, value, image)]
    # A refused list never was in Close; a single value that has gone was taken away by somebody.
    missing = [key for key in image if key not in held and key not in LISTS]
    return tuple(key.removeprefix("custom.") for key in (*changed, *missing))


def _as_made(key: str, held: JsonValue, image: Mapping[str, JsonValue]) -> bool:
    if key in LISTS:
        known = entries_of(image.get(key))
        return all(any(SAME[key](e.value, k.value) for k in known) for e in entries_of(held))
    if key not in image:
        # Every lead has a status; an image from before the answer does not know which.
        return key == "status_id"
    return same_value(image[key], held)


def shares_value(made: JsonValue, held: Mapping[str, JsonValue]) -> bool:
    """Whether a contact still has an address or a custom value it was created with."""
    image = made if isinstance(made, Mapping) else {}
    for key, value in held.items():
        if key in LISTS and any(
            SAME[key](one.value, each.value)
            for one in entries_of(image.get(key))
            for each in entries_of(value)
        ):
            return True
        if key.startswith(CUSTOM_PREFIX) and key in image and same_value(image[key], value):
            return True
    return False


def changed_since(fields: Sequence[str]) -> str:
    """The sentence about a created record that was changed."""
    return f"It was changed since it was created ({', '.join(fields)})."


def list_entries(values: Mapping[str, JsonValue], key: str) -> tuple[ListEntry, ...] | None:
    """The list to send, None when it is not to be touched."""
    return entries_of(values[key]) if key in values else None


def _still_ours(ours: JsonValue, held: JsonValue) -> bool:
    return held is None if ours is None else same_value(ours, held)


def _left(record: RecordRef, name: str, now: JsonValue, reason: str) -> UndoLine:
    return UndoLine(record, name, UndoOutcome.LEFT, now, None, reason)


def _without(
    key: str, held: Sequence[ListEntry], ours: Sequence[ListEntry]
) -> tuple[list[ListEntry], list[ListEntry]]:
    same = SAME[key]
    gone = [entry for entry in held if any(same(entry.value, our.value) for our in ours)]
    return [entry for entry in held if entry not in gone], gone


def _members(value: JsonValue) -> Mapping[str, JsonObject]:
    return cast("Mapping[str, JsonObject]", value) if isinstance(value, Mapping) else {}
