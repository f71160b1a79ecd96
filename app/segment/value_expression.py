"""The value of one field as people build it: text, variables of the event, and functions, freely combined.

An expression is a view of the mapping language, never a second language: ``value_writer`` turns it into the
directives that Segment runs, ``value_reader`` turns any mapping value back into the expression that shows
it. What has no form here is kept whole as ``Advanced``, so reading and writing loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from app.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class Text:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A place in the event: its keys from the top, any text each; ``()`` is the whole event."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Static:
    """A fixed value that is not text: a number, true, false, null, a list or an object without directives."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts written one after the other, as text; a part without a value adds nothing."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Coalesce:
    """``value`` unless it is missing or null (or, with ``blank``, empty), else ``fallback``."""

    value: Expression
    fallback: Expression
    blank: bool = False


class LetterCase(StrEnum):
    LOWER = "lower"
    UPPER = "upper"
    CAPITALIZE = "capitalize"


@dataclass(frozen=True, slots=True)
class ChangeCase:
    value: Expression
    case: LetterCase


@dataclass(frozen=True, slots=True)
class Replace:
    """Literal ``pattern`` (1-10 UTF-16 units) to ``replacement`` (0-10), at every place or the first only."""

    value: Expression
    pattern: str
    replacement: str = ""
    ignore_case: bool = False
    everywhere: bool = True


@dataclass(frozen=True, slots=True)
class Trim:
    value: Expression


@dataclass(frozen=True, slots=True)
class JoinList:
    """The items of a list as one text."""

    value: Expression
    separator: str = ", "


@dataclass(frozen=True, slots=True)
class Flatten:
    """Nested objects as one flat object; keys are joined with ``separator``."""

    value: Expression
    separator: str = "."
    keep_lists: bool = False


class JsonMode(StrEnum):
    ENCODE = "encode"
    DECODE = "decode"


@dataclass(frozen=True, slots=True)
class ConvertJson:
    value: Expression
    mode: JsonMode


@dataclass(frozen=True, slots=True)
class FormatDate:
    """A moment in another form; ``format`` is strftime's as Liquid has it, ``zone`` a name such as
    ``Europe/London``, empty for UTC."""

    value: Expression
    format: str = "%Y-%m-%d"
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Liquid:
    """A Liquid template, at most 1000 characters; its result is text."""

    source: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """Any value of the mapping language that has no form of its own here; shown and edited as JSON."""

    mapping: JsonValue


Function: TypeAlias = Coalesce | ChangeCase | Replace | Trim | JoinList | Flatten | ConvertJson | FormatDate
Expression: TypeAlias = Text | Variable | Static | Joined | Function | Liquid | Advanced

FUNCTIONS = (Coalesce, ChangeCase, Replace, Trim, JoinList, Flatten, ConvertJson, FormatDate)
