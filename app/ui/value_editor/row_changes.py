"""What typing, picking and erasing do to a row: decided here, carried out by the editor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.segment.value_expression import Function, Joined, Text
from app.ui.value_editor.row import (
    AsText,
    FunctionChip,
    Group,
    Item,
    Items,
    body_end,
    chain_end,
    chip_start,
    expression_of,
    repaired,
)


@dataclass(frozen=True, slots=True)
class Change:
    """The row afterwards, the position of the first new item, and where the cursor goes."""

    items: Items
    at: int
    cursor: int


def inserted(row: Sequence[Item], start: int, end: int, items: Sequence[Item]) -> Change:
    """``items`` in the place of what is selected. A chip in the place of another takes over its functions."""
    takes_over = (
        len(items) == 1
        and not isinstance(items[0], str | FunctionChip)
        and end == start + 1
        and not isinstance(row[start], FunctionChip)
    )
    if not takes_over:
        end = _with_functions(row, start, end)
    if start == end:
        start = end = room_for_text(row, start)
    return _spliced(row, start, end, items)


def function_added(row: Sequence[Item], start: int, end: int, chip: FunctionChip) -> Change:
    """A function on what is selected, else on the chip before the cursor, else on the whole row."""
    stop = body_end(row)
    if chip.whole or end > stop or (start == 0 and end == stop):
        return _on_the_whole(row, chip)
    if end > start and not _is_on_one_chip(row, start, end):
        part = expression_of(row[start:end])
        if isinstance(part, Text | Joined):
            change = _spliced(row, start, end, (Group(part), chip))
            return Change(change.items, start + 1, change.cursor)
    if end > start and not isinstance(row[start], FunctionChip):
        end = chain_end(row, end)
    if end and not isinstance(row[end - 1], str):
        return _spliced(row, end, end, (chip,))
    return _on_the_whole(row, chip)


def removed(row: Sequence[Item], start: int, end: int) -> Change:
    """A part of the row taken away, and with a chip the functions on it."""
    return _spliced(row, start, _with_functions(row, start, end), ())


def room_for_text(row: Sequence[Item], at: int) -> int:
    """Where text typed at ``at`` goes: never between a chip and its functions, nor behind the row's own."""
    return min(chain_end(row, at), body_end(row))


def _on_the_whole(row: Sequence[Item], chip: FunctionChip) -> Change:
    return _spliced(row, len(row), len(row), (FunctionChip(chip.function, whole=True),))


def _is_on_one_chip(row: Sequence[Item], start: int, end: int) -> bool:
    """Whether what is selected is a chip, with or without functions, or functions of one chip."""
    return not isinstance(row[start], str) and chain_end(row, start + 1) >= end


def _with_functions(row: Sequence[Item], start: int, end: int) -> int:
    """``end``, moved on over the functions of a chip that lies within."""
    reach = chain_end(row, end) if end > start else end
    return reach if reach > end and chip_start(row, end) >= start else end


def _spliced(row: Sequence[Item], start: int, end: int, items: Sequence[Item]) -> Change:
    changed = repaired([*row[:start], *items, *row[end:]])
    at = start
    if len(items) == 1 and isinstance(items[0], FunctionChip):
        # The function may have found another place than asked for: behind its chip, or at the row's end.
        wanted = items[0].function
        at = next((i for i in range(start, len(changed)) if _is_function(changed[i], wanted)), start)
    return Change(changed, at, min(at + len(items), len(changed)))


def _is_function(item: Item, function: Function | AsText) -> bool:
    return isinstance(item, FunctionChip) and item.function == function
