"""A value as one row of characters and chips: the form in which people type it.

A row is a flat sequence, so that a text cursor can walk over it. Every position is either one UTF-16 unit of
text (what Qt's documents count) or one chip. A function chip stands directly after the chip it applies to;
those marked ``whole`` stand at the end and apply to everything before them.

``expression_of(items_of(e))`` is ``tidy(e)`` for every expression: nothing is lost by showing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.segment.value_expression import (
    FUNCTIONS,
    Advanced,
    Coalesce,
    Expression,
    Function,
    Joined,
    Liquid,
    Static,
    Text,
    Variable,
)

HOLE = Text("")
"""Stands in a function chip's settings where the value it applies to would be."""


@dataclass(frozen=True, slots=True)
class Group:
    """Text, or several parts, that functions apply to in the middle of a row; one chip to the eye."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class AsText:
    """What is before it, as text: a ``Joined`` of a single part."""


@dataclass(frozen=True, slots=True)
class FunctionChip:
    """``function`` with ``HOLE`` as its value. ``whole``: applies to the row, not to its left neighbour."""

    function: Function | AsText
    whole: bool = False


Base: TypeAlias = Variable | Static | Liquid | Advanced | Group
Chip: TypeAlias = Base | FunctionChip
Item: TypeAlias = str | Chip
Items: TypeAlias = tuple[Item, ...]


def units_of(text: str) -> list[str]:
    """The UTF-16 units of a text, each as a text of its own; halves of a pair are lone surrogates."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2)]


def text_of(units: Iterable[str]) -> str:
    """The text that units make; pairs come together again."""
    return "".join(units).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def chip_for(function: Expression | AsText, *, whole: bool = False) -> FunctionChip:
    """The chip of a function, whatever value it was built with."""
    if isinstance(function, AsText):
        return FunctionChip(function, whole)
    if not isinstance(function, FUNCTIONS):
        raise TypeError(f"{type(function).__name__} is no function")
    return FunctionChip(replace(function, value=HOLE), whole)


def tidy(expression: Expression) -> Expression:
    """The same value in normal form: joined parts lie flat, neighbouring texts are one, empty ones gone."""
    if isinstance(expression, Joined):
        return _tidy_joined(expression)
    if isinstance(expression, Coalesce):
        return replace(expression, value=tidy(expression.value), fallback=tidy(expression.fallback))
    if isinstance(expression, FUNCTIONS):
        return replace(expression, value=tidy(expression.value))
    return expression


def _tidy_joined(joined: Joined) -> Expression:
    parts: list[Expression] = []
    for part in map(tidy, joined.parts):
        inner = part.parts if isinstance(part, Joined) and len(part.parts) > 1 else (part,)
        for one in inner:
            last = parts[-1] if parts else None
            if isinstance(one, Text) and isinstance(last, Text):
                parts[-1] = Text(text_of(units_of(last.text + one.text)))
            elif one != Text(""):
                parts.append(one)
    if not parts:
        return Text("")
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Text) else Joined(tuple(parts))


def items_of(expression: Expression) -> Items:
    """The row that shows an expression."""
    base, functions = _unwound(tidy(expression))
    if isinstance(base, Joined):
        body = [item for part in base.parts for item in _part_items(part)]
    elif isinstance(base, Text):
        body = list(units_of(base.text))
    else:
        return (base, *functions)
    return (*body, *(replace(chip, whole=True) for chip in functions))


def expression_of(items: Sequence[Item]) -> Expression:
    """The expression a row means, in normal form. Functions without anything before them apply to all."""
    parts: list[Expression] = []
    whole: list[FunctionChip] = []
    units: list[str] = []
    for item in items:
        if isinstance(item, str):
            units.append(item)
            continue
        follows_text = bool(units)
        if units:
            parts.append(Text(text_of(units)))
            units = []
        if not isinstance(item, FunctionChip):
            parts.append(item.expression if isinstance(item, Group) else item)
        elif item.whole or follows_text or not parts:
            whole.append(item)
        else:
            parts[-1] = _applied(item, parts[-1])
    if units:
        parts.append(Text(text_of(units)))
    value: Expression = parts[0] if len(parts) == 1 else Joined(tuple(parts))
    for chip in whole:
        value = _applied(chip, value)
    return tidy(value)


def chain_end(items: Sequence[Item], at: int) -> int:
    """The nearest position from ``at`` on that does not part a function from what it applies to."""
    if at == 0 or isinstance(items[at - 1], str):
        return at
    while at < len(items) and _sticks(items[at]):
        at += 1
    return at


def body_end(items: Sequence[Item]) -> int:
    """Where the functions on the whole row begin."""
    at = len(items)
    while at > 0 and _is_whole(items[at - 1]):
        at -= 1
    return at


def chip_start(items: Sequence[Item], at: int) -> int:
    """The position of the chip that the function chip at ``at`` belongs to, or ``at`` itself."""
    while at > 0 and _sticks(items[at]):
        at -= 1
    return at


def repaired(items: Sequence[Item]) -> Items:
    """The same row with every function where it can be read: beside its chip, or at the end for the row."""
    body: list[Item] = []
    whole: list[FunctionChip] = []
    for item in items:
        if isinstance(item, FunctionChip) and (item.whole or not body or isinstance(body[-1], str)):
            whole.append(replace(item, whole=True))
        else:
            body.append(item)
    single = bool(body) and not isinstance(body[0], str) and chain_end(body, 1) == len(body)
    return (*body, *(replace(chip, whole=not single) for chip in whole))


def moved(items: Sequence[Item], at: int, step: int) -> tuple[Items, int]:
    """The row with the chip at ``at`` moved one place to the left (``step`` -1) or right (1), and its new
    position. A chip that is no function takes its functions along."""
    item = items[at]
    if isinstance(item, str):
        return tuple(items), at
    if isinstance(item, FunctionChip):
        return _moved_function(list(items), at, item, step)
    end = chain_end(items, at + 1)
    chain, rest = list(items[at:end]), [*items[:at], *items[end:]]
    target = _step_over(rest, at, step)
    if target > body_end(rest):
        return tuple(items), at
    return (*rest[:target], *chain, *rest[target:]), target


def _step_over(rest: Sequence[Item], at: int, step: int) -> int:
    """One character or one chip with its functions away from ``at``."""
    if step > 0:
        if at >= len(rest):
            return at
        first = rest[at]
        if isinstance(first, str):
            return at + (2 if _is_high_surrogate(first) and at + 1 < len(rest) else 1)
        return chain_end(rest, at + 1)
    if at == 0:
        return 0
    before = rest[at - 1]
    if isinstance(before, str):
        return at - (2 if at > 1 and _is_low_surrogate(before) and isinstance(rest[at - 2], str) else 1)
    return chip_start(rest, at - 1)


def _moved_function(items: list[Item], at: int, chip: FunctionChip, step: int) -> tuple[Items, int]:
    rest = [*items[:at], *items[at + 1 :]]
    swapped = at + step
    if 0 <= swapped < len(items):
        neighbour = items[swapped]
        if isinstance(neighbour, FunctionChip) and neighbour.whole == chip.whole:
            return (*rest[:swapped], chip, *rest[swapped:]), swapped
    if chip.whole and step > 0:
        return tuple(items), at
    stop = body_end(rest)
    if step > 0:
        following = next((i for i in range(at, stop) if not isinstance(rest[i], str)), None)
        if following is not None:
            return (*rest[: following + 1], chip, *rest[following + 1 :]), following + 1
        return _repaired_around([*rest[:stop], replace(chip, whole=True), *rest[stop:]], items, at, stop)
    before = min(chip_start(items, at), stop)
    previous = next((i for i in range(before - 1, -1, -1) if not isinstance(rest[i], str)), None)
    if previous is None:
        return tuple(items), at
    return (*rest[: previous + 1], replace(chip, whole=False), *rest[previous + 1 :]), previous + 1


def _repaired_around(changed: list[Item], items: list[Item], at: int, to: int) -> tuple[Items, int]:
    """``changed`` with the moved chip at ``to``, unless repairing it would only undo the move."""
    result = repaired(changed)
    return (tuple(items), at) if result == tuple(items) else (result, to)


def same_items(one: Sequence[Item], other: Sequence[Item]) -> bool:
    """Whether two rows are equal in every type as well; to ``==`` alone, 1 is ``True``."""
    return tuple(one) == tuple(other) and repr(tuple(one)) == repr(tuple(other))


def is_half(unit: Item) -> bool:
    """Whether this is the first half of a character of two units."""
    return isinstance(unit, str) and _is_high_surrogate(unit)


def _unwound(expression: Expression) -> tuple[Text | Joined | Base, list[FunctionChip]]:
    """What the functions apply to, and their chips in the order in which they are applied."""
    chips: list[FunctionChip] = []
    while True:
        if isinstance(expression, FUNCTIONS):
            chips.append(chip_for(expression))
            expression = expression.value
        elif isinstance(expression, Joined) and len(expression.parts) == 1:
            chips.append(FunctionChip(AsText()))
            expression = expression.parts[0]
        else:
            return expression, chips[::-1]


def _part_items(part: Expression) -> list[Item]:
    if isinstance(part, Text):
        return list(units_of(part.text))
    base, functions = _unwound(part)
    return [Group(base) if isinstance(base, Text | Joined) else base, *functions]


def _applied(chip: FunctionChip, value: Expression) -> Expression:
    if isinstance(chip.function, AsText):
        return Joined((value,))
    return replace(chip.function, value=value)


def _sticks(item: Item) -> bool:
    return isinstance(item, FunctionChip) and not item.whole


def _is_whole(item: Item) -> bool:
    return isinstance(item, FunctionChip) and item.whole


def _is_high_surrogate(unit: str) -> bool:
    return "\ud800" <= unit <= "\udbff"


def _is_low_surrogate(unit: str) -> bool:
    return "\udc00" <= unit <= "\udfff"
