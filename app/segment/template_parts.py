"""Templates taken apart into texts and variables, and put together from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.segment.references import keys_of_template_name, template_name_of
from app.segment.value_expression import Expression, Text, Variable

TemplatePart = Text | Variable

_TRIPLE: Final = re.compile(r"\{\{\{([^}]+)\}\}\}")
_DOUBLE: Final = re.compile(r"\{\{([^}]+)\}\}")


def template_of(parts: Sequence[Expression]) -> str | None:
    """The template that puts the parts one after the other.

    None when a part is no text or variable, when a template cannot name a variable, and when a text would
    be taken for a variable or hide one.
    """
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, Text):
            pieces.append(part.text)
        elif isinstance(part, Variable) and (name := template_name_of(part.keys)) is not None:
            pieces.append(f"{{{{{name}}}}}")
        else:
            return None
    template = "".join(pieces)
    return template if parts_of(template) == tuple(parts) else None


def parts_of(template: str) -> tuple[TemplatePart, ...] | None:
    """The texts and variables of a template in order, without empty texts.

    Segment scans what a triple ``{{{x}}}`` puts in once more for doubles. Here a triple is a plain variable,
    unless the text around it has braces of its own to pair with: such a template has no parts (None).
    """
    triples = _TRIPLE.split(template)
    if len(triples) == 1:
        return _doubles(template)
    parts: list[TemplatePart] = []
    for place, piece in enumerate(triples):
        if place % 2:
            parts.append(Variable(keys_of_template_name(piece)))
            continue
        between = _doubles(piece)
        if any(isinstance(part, Text) and {"{", "}"} & set(part.text) for part in between):
            return None
        parts += between
    return tuple(parts)


def _doubles(template: str) -> tuple[TemplatePart, ...]:
    pieces = _DOUBLE.split(template)
    parts: list[TemplatePart] = []
    for place, piece in enumerate(pieces):
        if place % 2:
            parts.append(Variable(keys_of_template_name(piece)))
        elif piece:
            parts.append(Text(piece))
    return tuple(parts)
