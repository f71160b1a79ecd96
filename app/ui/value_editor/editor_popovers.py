"""What opens around a value's field: the picker, the settings of chips, and the menu."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.segment import value_reader, value_writer
from app.segment.event_variables import EventVariable
from app.segment.value_expression import Advanced, Expression, Replace, Static, Text, Variable
from app.ui.theme.theme import Theme
from app.ui.value_editor.function_catalog import FunctionEntry
from app.ui.value_editor.picker import Picker
from app.ui.value_editor.picker_model import NamedVariable, Offer, VariableIndex
from app.ui.value_editor.popover import Popover
from app.ui.value_editor.row import Chip, FunctionChip, body_end, chip_start
from app.ui.value_editor.row_clipboard import can_read
from app.ui.value_editor.settings_form import Surroundings
from app.ui.value_editor.settings_popover import Preview, SettingsPopover
from app.ui.value_editor.words import chip_label

if TYPE_CHECKING:
    from app.ui.value_editor.value_editor import ValueEditor

_ALONE = -1


class EditorPopovers(QObject):
    """At most one of them is open. What is set in a popover takes effect at once; Escape takes it back."""

    def __init__(self, theme: Theme, editor: ValueEditor) -> None:
        super().__init__(editor)
        self._theme = theme
        self._editor = editor
        self._edit = editor.edit
        self._popover: Popover | None = None
        self._menu: QMenu | None = None
        self._braces = False
        self._at = _ALONE
        self._before: tuple[Expression, int] = (Text(""), 0)
        self.index = VariableIndex(())
        self.preview: Preview | None = None

    @property
    def is_open(self) -> bool:
        return self._popover is not None or (self._menu is not None and self._menu.isVisible())

    @property
    def popover(self) -> Popover | None:
        """What is open now, apart from the menu."""
        return self._popover

    def close(self) -> None:
        if self._popover is not None:
            self._popover.accept()
        if self._menu is not None:
            self._menu.close()

    # The picker

    def open_picker(self, offer: Offer = Offer.ALL) -> None:
        if self._popover is not None:
            return
        self._braces = False
        picker = Picker(self._theme, self._editor, self.index, offer, self._target())
        picker.picked.connect(self._picked)
        self._show(picker)

    def open_picker_for_braces(self) -> None:
        """``{{`` was typed: what is picked takes the place of the braces."""
        self.open_picker()
        self._braces = True

    def _target(self) -> str:
        """What a function picked now would apply to, empty for the whole row."""
        row, cursor = self._edit.items(), self._edit.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if end > start:
            return "" if (start, end) == (0, len(row)) and len(row) > 1 else self.tr("the selection")
        before = row[end - 1] if 0 < end <= body_end(row) else ""
        if isinstance(before, str):
            return ""
        base = row[chip_start(row, end - 1)]
        return "" if isinstance(base, str) else chip_label(base)

    def _picked(self, entry: object, whole: bool) -> None:
        if self._braces:
            self._braces = False
            at = self._edit.textCursor().position()
            self._edit.remove(at - 2, at)
        if isinstance(entry, EventVariable | NamedVariable):
            self._edit.insert_items((Variable(entry.keys),))
        elif isinstance(entry, FunctionEntry):
            self._insert_function(entry, whole=whole)

    def _insert_function(self, entry: FunctionEntry, *, whole: bool) -> None:
        chip = entry.make()
        before = self._edit.expression(), self._edit.textCursor().position()
        if isinstance(chip, FunctionChip):
            chip = FunctionChip(chip.function, whole)
        if isinstance(chip, FunctionChip) and isinstance(chip.function, Replace):
            # There is nothing to replace yet: the chip comes with the first characters to find.
            self._open_settings(chip, _ALONE, before)
            return
        at = self._put(chip)
        if entry.asks:
            self._open_settings(chip, at, before)

    def _put(self, chip: Chip) -> int:
        if isinstance(chip, FunctionChip):
            return self._edit.insert_function(chip)
        return self._edit.insert_items((chip,))

    # Settings

    def open_chip(self, at: int) -> None:
        """The settings of the chip at ``at``; for a variable, the list of others to take its place."""
        if self._popover is not None:
            return
        chip = self._edit.items()[at]
        if isinstance(chip, str):
            return
        if isinstance(chip, Variable):
            self._edit.select_item(at)
            self.open_picker(Offer.VARIABLES)
            return
        before = self._edit.expression(), self._edit.textCursor().position()
        self._open_settings(chip, at, before)

    def _open_settings(self, chip: Chip, at: int, before: tuple[Expression, int]) -> None:
        self._at, self._before = at, before
        popover = SettingsPopover(self._surroundings(), self._editor, chip)
        popover.changed.connect(self._set_chip)
        popover.remove_requested.connect(self._remove_chip)
        popover.closed.connect(self._settings_closed)
        self._show(popover)
        self._show_result()

    def _set_chip(self, chip: Chip) -> None:
        if self._at == _ALONE:
            self._at = self._put(chip)
        else:
            self._edit.replace_chip(self._at, chip)
        self._show_result()

    def _remove_chip(self) -> None:
        at, popover = self._at, self._popover
        self._at = _ALONE
        if popover is not None:
            popover.accept()
        if at != _ALONE:
            self._edit.remove(at, at + 1)

    def _settings_closed(self, accepted: bool) -> None:
        if not accepted:
            self._edit.replace_row(*self._before)
        elif self._at != _ALONE:
            self._show_as_chips()

    def _show_as_chips(self) -> None:
        """JSON that says what chips can say becomes those chips, when it is all there is."""
        row = self._edit.items()
        chip = row[self._at] if self._at < len(row) else ""
        read = value_reader.read(chip.mapping) if isinstance(chip, Advanced) else None
        if len(row) == 1 and read is not None and not isinstance(read, Advanced):
            self._edit.replace_row(read)
        elif not isinstance(chip, str):
            self._edit.select_item(self._at)

    # The whole row

    def make_static(self) -> None:
        """Set a fixed value in the place of all that is there."""
        chip = _static_from(self._edit.expression())
        popover = self._open_for_row(chip)
        # What is proposed counts when it is accepted as it is.
        popover.done_button.clicked.disconnect()
        popover.done_button.clicked.connect(popover.form.tell)
        popover.done_button.clicked.connect(popover.accept)

    def edit_as_json(self) -> None:
        """Write the whole value as JSON."""
        self._open_for_row(Advanced(value_writer.write(self._edit.expression())))

    def clear(self) -> None:
        self._edit.replace_row(Text(""))

    def _open_for_row(self, chip: Chip) -> SettingsPopover:
        self.close()
        self._at = _ALONE
        self._before = self._edit.expression(), self._edit.textCursor().position()
        popover = SettingsPopover(self._surroundings(), self._editor, chip, can_remove=False)
        popover.changed.connect(self._set_row)
        popover.closed.connect(self._settings_closed)
        self._show(popover)
        self._show_result()
        return popover

    def _set_row(self, chip: Chip) -> None:
        if isinstance(chip, Advanced):
            self._edit.replace_row(value_reader.read(chip.mapping))
        elif isinstance(chip, Static):
            self._edit.replace_row(chip)
        self._show_result()

    # The menu

    def open_menu(self, place: QPoint) -> None:
        if self.is_open:
            return
        menu = QMenu(self._editor)
        near = self._edit.chip_near_cursor()
        row = self._edit.items()
        icons = self._theme.menu_icon
        add = menu.addAction
        add(icons("variable"), self.tr("Insert variable…\tCtrl+Space"), self._pick_variable)
        add(icons("zap"), self.tr("Insert function…"), self._pick_function)
        if near >= 0:
            menu.addSeparator()
            label = chip_label(row[near])  # type: ignore[arg-type]
            words = (
                self.tr("Replace {0}…\tF2") if isinstance(row[near], Variable) else self.tr("Set {0}…\tF2")
            )
            add(icons("settings-2"), words.format(label.replace("&", "&&")), self._open_near)
            add(icons("trash-2"), self.tr("Remove {0}").format(label.replace("&", "&&")), self._remove_near)
        menu.addSeparator()
        has_selection = self._edit.textCursor().hasSelection()
        add(self.tr("Cut\tCtrl+X"), self._edit.cut_selection).setEnabled(has_selection)
        add(icons("copy"), self.tr("Copy\tCtrl+C"), self._edit.copy).setEnabled(has_selection)
        can_paste = can_read(QGuiApplication.clipboard().mimeData())
        add(icons("clipboard-paste"), self.tr("Paste\tCtrl+V"), self._edit.paste).setEnabled(can_paste)
        menu.addSeparator()
        add(icons("hash"), self.tr("Make static…"), self.make_static)
        add(icons("braces"), self.tr("Edit as JSON…"), self.edit_as_json)
        add(icons("x"), self.tr("Clear"), self.clear).setEnabled(bool(row))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.destroyed.connect(self._menu_gone)
        self._menu = menu
        menu.popup(place)

    def _menu_gone(self) -> None:
        self._menu = None

    def _pick_variable(self) -> None:
        self.open_picker(Offer.VARIABLES)

    def _pick_function(self) -> None:
        self.open_picker(Offer.FUNCTIONS)

    def _open_near(self) -> None:
        self.open_chip(self._edit.chip_near_cursor())

    def _remove_near(self) -> None:
        near = self._edit.chip_near_cursor()
        self._edit.remove(near, near + 1)

    # All of them

    def _surroundings(self) -> Surroundings:
        return Surroundings(self._theme, self._editor.sibling)

    def _show(self, popover: Popover) -> None:
        self._popover = popover
        popover.closed.connect(self._closed)
        field = self._editor
        cursor = self._edit.viewport().mapTo(field, self._edit.cursorRect().topLeft())
        left = min(max(0, cursor.x() - 12), max(0, field.width() - 40))
        place = QRect(field.mapToGlobal(QPoint(left, 0)), field.size())
        place.setWidth(max(1, field.width() - left))
        popover.open_beside(place)
        field.update()

    def _closed(self, _accepted: bool) -> None:
        self._popover = None
        self._editor.update()
        self._edit.setFocus()

    def _show_result(self) -> None:
        if isinstance(self._popover, SettingsPopover) and self.preview is not None:
            self._popover.show_result(self.preview(self._edit.expression()))


def _static_from(expression: Expression) -> Static:
    """A fixed value to begin with: what the text of a row would be as a number or a word of JSON."""
    if isinstance(expression, Static):
        return expression
    if isinstance(expression, Text):
        try:
            value = json.loads(expression.text)
        except ValueError:
            return Static(0)
        if not isinstance(value, str):
            return Static(value)
    return Static(0)
