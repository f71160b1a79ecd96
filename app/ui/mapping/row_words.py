"""A row for people who hear it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.ui.mapping.rows import GroupRow, Row, RowResult, RowState
from app.ui.value_editor.words import value_in_words


def spoken(row: Row) -> str:
    """“Title, Text, from title then Trim, gives VP Growth, ok”, and all that is said below it."""
    if isinstance(row, GroupRow):
        state = _tr("folded") if row.collapsed else _tr("open")
        return f"{row.title}, {row.fact}, {state}"
    target = row.target
    parts = [target.label, target.type_label]
    if row.switch is not None:
        parts += [_tr("On") if row.switch else _tr("Off"), target.consequence]
    elif row.expression is None:
        parts.append(_tr("not mapped"))
    else:
        source = row.named_value or value_in_words(row.expression)
        parts.append(_tr("from {source}").format(source=source))
        parts += _spoken_result(row.result)
    parts += [note.text for note in (*row.notes, *row.asides)]
    return ", ".join(part for part in parts if part)


def _spoken_result(result: RowResult) -> list[str]:
    if result.state is RowState.OK:
        return [_tr("gives {value}").format(value=result.text), _tr("ok")]
    if result.state is RowState.EMPTY:
        return [_tr("empty in this event")]
    return [_tr("cannot be used")] if result.state is RowState.ERROR else []


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapRows", text)
