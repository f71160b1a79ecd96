"""Rows on the clipboard and in drags: chips survive inside the program, and are words outside it.

What comes in is checked like any foreign text: a clip that is not exactly what this module writes is no row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData

from app.segment.value_expression import (
    FUNCTIONS,
    Advanced,
    Expression,
    Joined,
    JsonMode,
    LetterCase,
    Liquid,
    Static,
    Text,
    Variable,
)
from app.ui.value_editor.row import AsText, FunctionChip, Group, Item, Items, text_of, units_of
from app.ui.value_editor.words import chip_label, variable_label

ROW_MIME = "application/x-segment-close-value"
"""A piece of a row, written by ``row_mime_data``."""

VARIABLE_MIME = "application/x-segment-close-variable"
"""One variable: a JSON list of its keys in UTF-8, written by ``variable_mime_data``."""

_TYPES: dict[str, type] = {
    one.__name__: one
    for one in (Text, Variable, Static, Joined, Liquid, Advanced, Group, AsText, FunctionChip, *FUNCTIONS)
}
_ENUMS: dict[str, type[StrEnum]] = {"case": LetterCase, "mode": JsonMode}
_NOT_EXPRESSIONS = (Group, AsText, FunctionChip)
_MOST_BYTES = 1_000_000


def row_mime_data(items: Sequence[Item]) -> QMimeData:
    """The items as a row and, for other programs, as text with variables in double braces."""
    data = QMimeData()
    packed = [_packed(item) for item in items]
    data.setData(ROW_MIME, QByteArray(json.dumps(packed).encode()))
    data.setText(plain_text(items))
    return data


def variable_mime_data(keys: Sequence[str]) -> QMimeData:
    """What a list of variables puts into a drag."""
    data = QMimeData()
    data.setData(VARIABLE_MIME, QByteArray(json.dumps(list(keys)).encode()))
    data.setText(variable_label(keys))
    return data


def can_read(data: QMimeData | None) -> bool:
    """Whether there is something that can stand in a row; some systems give None for an empty clipboard."""
    if data is None:
        return False
    return data.hasFormat(ROW_MIME) or data.hasFormat(VARIABLE_MIME) or data.hasText()


def items_from(data: QMimeData) -> Items:
    """The row in a clip: our own form, a variable, or plain text; empty when there is nothing usable."""
    if data.hasFormat(VARIABLE_MIME):
        keys = _decoded(data.data(VARIABLE_MIME))
        if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
            return (Variable(tuple(keys)),)
    if data.hasFormat(ROW_MIME):
        packed = _decoded(data.data(ROW_MIME))
        try:
            return tuple(_unpacked_item(one) for one in packed)
        except (TypeError, ValueError, KeyError, RecursionError):
            pass  # another version of the program wrote it; its text is beside it
    return tuple(units_of(data.text().replace("\r\n", "\n")))


def plain_text(items: Sequence[Item]) -> str:
    """The row for other programs: variables as ``{{traits.email}}``, other chips by their label."""
    units: list[str] = []
    for item in items:
        if isinstance(item, str):
            units.append(item)
        elif isinstance(item, Variable):
            units += units_of(f"{{{{{variable_label(item.keys)}}}}}")
        elif isinstance(item, Liquid):
            units += units_of(item.source)
        else:
            units += units_of(f"[{chip_label(item)}]")
    # A clipboard holds real characters only.
    return text_of(units).encode("utf-16-le", "replace").decode("utf-16-le")


def _decoded(raw: QByteArray) -> Any:
    text = bytes(raw.data())
    if len(text) > _MOST_BYTES:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _packed(value: Any) -> Any:
    """A node as ``{"is": type, field: …}``; fields hold nodes, lists of nodes, or plain JSON values."""
    if type(value).__name__ not in _TYPES:
        return value
    packed = {"is": type(value).__name__}
    for field in fields(value):
        inner = getattr(value, field.name)
        if isinstance(inner, tuple):
            inner = [_packed(one) for one in inner]
        elif field.name not in ("mapping",) and not (field.name == "value" and isinstance(value, Static)):
            inner = _packed(inner)
        packed[field.name] = inner
    return packed


def _unpacked_item(packed: Any) -> Item:
    if isinstance(packed, str):
        if len(packed) != 1 or ord(packed) > 0xFFFF:
            raise ValueError("not one unit of text")
        return packed
    item = _unpacked(packed)
    if isinstance(item, (Text, Joined, AsText, *FUNCTIONS)):
        raise TypeError("a part that cannot stand in a row alone")
    return item


def _unpacked(packed: Any) -> Any:
    """Raises ``TypeError``, ``ValueError`` or ``KeyError`` for anything ``_packed`` does not write."""
    kind = _TYPES[packed["is"]]
    values: dict[str, Any] = {}
    for field in fields(kind):
        values[field.name] = _unpacked_field(kind, field.name, packed[field.name])
    return kind(**values)


def _unpacked_field(kind: type, name: str, raw: Any) -> Any:
    if kind is Advanced or (kind is Static and name == "value"):
        return raw
    if name in _ENUMS:
        return _ENUMS[name](raw)
    if name == "keys":
        return tuple(_checked(str, key) for key in raw)
    if name == "parts":
        return tuple(_expression(part) for part in raw)
    if name in ("value", "fallback"):
        return _expression(raw)
    if kind is Group:
        return _expression(raw)
    if name == "function":
        return _checked((AsText, *FUNCTIONS), _unpacked(raw))
    return _checked(bool if name in _SWITCHES else str, raw)


_SWITCHES = frozenset({"whole", "blank", "ignore_case", "everywhere", "keep_lists"})


def _expression(raw: Any) -> Expression:
    node = _unpacked(raw)
    if isinstance(node, _NOT_EXPRESSIONS):
        raise TypeError("a chip where a value belongs")
    return node


def _checked(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind}")
    return value
