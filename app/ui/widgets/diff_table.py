"""What a plan would change in Close: per record, what is there now and what comes after."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.actions.plan import Change, ChangeKind, Plan, RecordRef
from app.actions.trace import HeldValue
from app.json_value import JsonValue
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable

_KIND_LOOK = {
    ChangeKind.CREATE: ("plus", Tone.OK),
    ChangeKind.SET: ("pencil", Tone.WARN),
    ChangeKind.APPEND: ("corner-down-right", Tone.INFO),
    ChangeKind.CLEAR: ("minus", Tone.WARN),
    ChangeKind.MERGE: ("git-merge", Tone.ERROR),
    ChangeKind.DELETE: ("trash-2", Tone.ERROR),
}


class DiffTable(Card):
    """Rows grouped by record; the last row counts the fields that already match.

    ``sent`` names the columns for changes that were made: what was there before, what is there now.
    """

    def __init__(
        self, theme: Theme, *, behind: str = "window", sent: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, flush=True, behind=behind, parent=parent)
        columns = (
            Column(self.tr("Kind"), 104),
            Column(self.tr("Field"), 112),
            Column(self.tr("Before") if sent else self.tr("Now in Close"), 176),
            Column(self.tr("Now in Close") if sent else self.tr("After")),
        )
        self._model = CellTableModel(columns, self)
        self.table = DataTable(theme, self.tr("Changes"), columns, row_height=33, fit=True, key="changes")
        self.table.setModel(self._model)
        self.body.addWidget(self.table)

    def set_plan(self, plan: Plan, held: Sequence[HeldValue] = ()) -> None:
        """Show the changes of ``plan``; where Close was read back, a value that differs stands out."""
        other = [one for one in held if not one.stands]
        rows: list[tuple[Cell, ...]] = []
        for record, changes in _by_record(plan).items():
            rows.append((_group_row(record),))
            for change in changes:
                found = next((one for one in other if one.change is change or one.change == change), None)
                rows.append(_change_row(change) if found is None else _other_row(found))
        if plan.matching:
            rows.append((_matching_row(plan.matching, changes=bool(plan.changes)),))
        self._model.set_rows(rows)
        self.setAccessibleName(_tr("{count} changes").format(count=len(plan.changes)))


def shown_value(value: JsonValue) -> str:
    """A value as a person reads it: text as it is, "empty" for nothing, JSON for the rest."""
    if value is None or value == "":
        return _tr("empty")
    if isinstance(value, str):
        return " ".join(value.split()) if "\n" in value else value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(str(each) for each in value)
    return json.dumps(value, ensure_ascii=False)


def shortened_id(record_id: str) -> str:
    """``cont_9hQ…mB2``: enough to tell IDs apart."""
    return record_id if len(record_id) <= 14 else f"{record_id[:8]}…{record_id[-3:]}"


def _by_record(plan: Plan) -> dict[RecordRef, list[Change]]:
    grouped: dict[RecordRef, list[Change]] = {}
    for change in plan.changes:
        grouped.setdefault(change.record, []).append(change)
    return grouped


def _group_row(record: RecordRef) -> Cell:
    kind, icon = {
        "lead": (_tr("Lead"), "building-2"),
        "contact": (_tr("Contact"), "user-round"),
    }.get(record.object_type, (_tr("Activity"), "activity"))
    return Cell(
        f"{kind} · {shown_value(record.name)}",
        icon=icon,
        right=shortened_id(record.id) if record.id else _tr("new"),
        group=True,
    )


def _change_row(change: Change) -> tuple[Cell, ...]:
    kind = change.kind
    if kind is ChangeKind.SET and change.before in (None, ""):
        icon, tone = _KIND_LOOK[ChangeKind.CREATE]
        word = _tr("Add")
    else:
        icon, tone = _KIND_LOOK[kind]
        word = _kind_word(kind)
    after = _after(change)
    return (
        Cell(word, icon=icon, tone=tone),
        Cell(change.field, emphasis=Emphasis.NAME),
        Cell(shown_value(change.before), emphasis=Emphasis.MUTED),
        Cell(after, tint=tone, emphasis=Emphasis.NAME),
    )


def _after(change: Change) -> str:
    after = shown_value(change.after)
    match change.kind:
        case ChangeKind.APPEND:
            return _tr("and {value}").format(value=after)
        case ChangeKind.MERGE:
            return _tr("part of {name}, final").format(name=after)
        case ChangeKind.DELETE:
            return _tr("deleted, final")
        case _:
            return after


def _other_row(held: HeldValue) -> tuple[Cell, ...]:
    """A change that Close holds otherwise than planned."""
    planned = _tr("planned: {value}").format(value=_after(held.change))
    return (
        Cell(_tr("Differs"), icon="triangle-alert", tone=Tone.ERROR),
        Cell(held.change.field, emphasis=Emphasis.NAME),
        Cell(shown_value(held.change.before), emphasis=Emphasis.MUTED),
        Cell(shown_value(held.value), right=planned, tint=Tone.ERROR, emphasis=Emphasis.NAME),
    )


def _matching_row(count: int, *, changes: bool) -> Cell:
    if count == 1:
        text = (
            _tr("1 more field already matches and is not written")
            if changes
            else _tr("1 field already matches")
        )
    elif changes:
        text = _tr("{count} more fields already match and are not written").format(count=count)
    else:
        text = _tr("{count} fields already match, nothing is written").format(count=count)
    return Cell(text, icon="equal", emphasis=Emphasis.MUTED)


def _kind_word(kind: ChangeKind) -> str:
    return {
        ChangeKind.CREATE: _tr("Add"),
        ChangeKind.SET: _tr("Change"),
        ChangeKind.APPEND: _tr("Append"),
        ChangeKind.CLEAR: _tr("Clear"),
        ChangeKind.MERGE: _tr("Merge"),
        ChangeKind.DELETE: _tr("Delete"),
    }[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("DiffTable", text)
