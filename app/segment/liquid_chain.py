"""Liquid templates that are one value with filters: ``{{ traits.name | strip | capitalize }}``."""

from __future__ import annotations

import re
from typing import Final

from app.segment.references import Keys, keys_of_liquid_name, liquid_text_value
from app.segment.value_expression import (
    ChangeCase,
    Expression,
    FormatDate,
    JoinList,
    LetterCase,
    Text,
    Trim,
    Variable,
)

_LITERAL: Final = r"""(?:"(?:[^"\\]|\\["'\\])*"|'(?:[^'\\]|\\["'\\])*')"""
_NAME: Final = rf"[A-Za-z_][A-Za-z0-9_-]*|\.[A-Za-z0-9_-]+|\[(?:[0-9]+|{_LITERAL})\]"
_BLANK: Final = r"[ \t\r\n]*"
_FILTER: Final = (
    rf"{_BLANK}\|{_BLANK}([a-z]+){_BLANK}(?::{_BLANK}({_LITERAL}){_BLANK}(?:,{_BLANK}({_LITERAL}))?)?"
)
_CHAIN: Final = re.compile(
    rf"\{{\{{{_BLANK}(?P<value>{_LITERAL}|(?:{_NAME})+)(?P<filters>(?:{_FILTER})+){_BLANK}\}}\}}"
)
_ONE_FILTER: Final = re.compile(_FILTER)


def read_chain(source: str, held: str = "", over: Expression | None = None) -> Expression | None:
    """The functions a template applies, around a text or variable of the event.

    ``held`` is a name that stands for the expression ``over`` instead. None for every other template.
    """
    chain = _CHAIN.fullmatch(source)
    if chain is None:
        return None
    expression = over if over is not None and chain["value"] == held else _value(chain["value"])
    for found in _ONE_FILTER.finditer(chain["filters"]):
        if expression is None:
            return None
        name, first, second = found.groups()
        expression = _function(expression, name, tuple(map(_text, filter(None, (first, second)))))
    return expression


def _value(name: str) -> Expression | None:
    if name[0] in "\"'":
        return Text(_text(name))
    keys: Keys | None = keys_of_liquid_name(name)
    return None if keys is None else Variable(keys)


def _text(literal: str) -> str:
    return liquid_text_value(literal[1:-1])


def _function(value: Expression, name: str, arguments: tuple[str, ...]) -> Expression | None:
    match name, arguments:
        case "strip", ():
            return Trim(value)
        case "capitalize", ():
            return ChangeCase(value, LetterCase.CAPITALIZE)
        case "join", (separator,):
            return JoinList(value, separator)
        case "date", (form,):
            return FormatDate(value, form)
        case "date", (form, zone) if zone:
            return FormatDate(value, form, zone)
    return None
