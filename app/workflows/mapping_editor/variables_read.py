"""Which variables of the event a mapping reads, wherever they hide: paths, templates, Liquid, branches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.json_value import JsonValue
from app.segment.references import (
    Keys,
    keys_of_liquid_name,
    keys_of_path,
    keys_of_template_name,
    keys_of_value,
)

_TEMPLATE_NAME = re.compile(r"\{\{\{?([^}]+)\}\}\}?")
_LIQUID_CODE = re.compile(r"\{\{-?(.*?)-?\}\}|\{%-?\s*[a-z]*(.*?)-?%\}", re.DOTALL)
# A filter's or an argument's name is no variable, and neither is a text that stands alone.
_LIQUID_TOKEN = re.compile(
    r"""\|\s*[\w-]+ | [\w-]+\s*: |"""
    r"""(?P<variable>(?:[A-Za-z_][\w-]*|\[(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])"""
    r"""(?:\.[\w-]+|\[(?:\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])*)"""
    r"""| "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' """,
    re.VERBOSE,
)


def variables_read(value: JsonValue) -> frozenset[Keys]:
    """The keys of every variable read; ``()`` when something takes the whole event.

    What a ``@transform`` makes is no variable, nor are the members of a list's items. Liquid is read
    generously: a name that it assigns itself may be among the results.
    """
    return frozenset(_read(value))


def _read(value: JsonValue) -> Iterator[Keys]:
    if isinstance(value, Mapping):
        keys = keys_of_value(value)
        if keys is not None:
            yield keys
            return
        for name, argument in value.items():
            yield from _SOURCES[name](argument) if name in _SOURCES else _read(argument)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for member in value:
            yield from _read(member)


def _of_path(path: JsonValue) -> Iterator[Keys]:
    if isinstance(path, str):
        yield keys_of_path(path)
    else:
        yield from _read(path)


def _of_template(template: JsonValue) -> Iterator[Keys]:
    if not isinstance(template, str):
        yield from _read(template)
        return
    for name in _TEMPLATE_NAME.findall(template):
        yield keys_of_template_name(name.lstrip("{"))


def _of_liquid(source: JsonValue) -> Iterator[Keys]:
    if not isinstance(source, str):
        return
    for code in _LIQUID_CODE.finditer(source):
        for token in _LIQUID_TOKEN.finditer(code[1] if code[1] is not None else code[2]):
            keys = keys_of_liquid_name(token["variable"]) if token["variable"] else None
            if keys is not None:
                yield keys


def _of_list(argument: JsonValue) -> Iterator[Keys]:
    if isinstance(argument, Sequence) and not isinstance(argument, str) and argument:
        yield from _of_path(argument[0])


def _of_transform(argument: JsonValue) -> Iterator[Keys]:
    if isinstance(argument, Mapping):
        yield from _read(argument.get("apply"))


_SOURCES: dict[str, Callable[[JsonValue], Iterator[Keys]]] = {
    "@path": _of_path,
    "@template": _of_template,
    "@liquid": _of_liquid,
    "@arrayPath": _of_list,
    "@transform": _of_transform,
}
