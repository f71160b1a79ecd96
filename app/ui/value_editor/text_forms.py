"""Settings of functions that work on text and lists."""

from __future__ import annotations

from app.segment.js_values import utf16_length
from app.segment.value_expression import (
    ChangeCase,
    Coalesce,
    ConvertJson,
    Flatten,
    JoinList,
    JsonMode,
    LetterCase,
    Replace,
)
from app.ui.theme.typography import Role
from app.ui.value_editor.row import HOLE, Chip, FunctionChip, Group
from app.ui.value_editor.settings_form import SettingsForm, Surroundings
from app.ui.widgets.field import TextField
from app.ui.widgets.labels import Label

_MOST_UNITS = 10
"""Segment's limit for what is looked for and what it becomes, in UTF-16 units."""


class CoalesceForm(SettingsForm):
    """The value that stands in, which may be anything a field may be."""

    def __init__(self, surroundings: Surroundings, function: Coalesce) -> None:
        super().__init__(surroundings)
        label = Label(self.theme, self.tr("Use instead"), Role.LABEL)
        self.fallback = self.inner_value(self.tr("Use instead"), function.fallback)
        label.setBuddy(self.fallback)
        line = self.column
        line.addWidget(label)
        line.setSpacing(8)
        line.addWidget(self.fallback)
        self.blank = self.switch(
            self.tr("Also instead of empty text, 0, false and empty lists"), on=function.blank
        )

    def chip(self) -> Chip:
        return FunctionChip(Coalesce(HOLE, self.fallback.expression(), self.blank.isChecked()))


class CaseForm(SettingsForm):
    def __init__(self, surroundings: Surroundings, function: ChangeCase) -> None:
        super().__init__(surroundings)
        names = (
            (LetterCase.LOWER.value, self.tr("lower")),
            (LetterCase.UPPER.value, self.tr("UPPER")),
            (LetterCase.CAPITALIZE.value, self.tr("Capitalize")),
        )
        self.case = self.choice(self.tr("Letters"), names, function.case.value)

    def chip(self) -> Chip:
        return FunctionChip(ChangeCase(HOLE, LetterCase(self.case.current())))


class JsonModeForm(SettingsForm):
    def __init__(self, surroundings: Surroundings, function: ConvertJson) -> None:
        super().__init__(surroundings)
        names = (
            (JsonMode.ENCODE.value, self.tr("Value to JSON text")),
            (JsonMode.DECODE.value, self.tr("JSON text to value")),
        )
        self.mode = self.choice(self.tr("Direction"), names, function.mode.value)

    def chip(self) -> Chip:
        return FunctionChip(ConvertJson(HOLE, JsonMode(self.mode.current())))


class ReplaceForm(SettingsForm):
    def __init__(self, surroundings: Surroundings, function: Replace) -> None:
        super().__init__(surroundings)
        self.pattern = TextField(self.theme, self.tr("Find"), function.pattern, mono=True)
        self.replacement = TextField(
            self.theme,
            self.tr("Replace with"),
            function.replacement,
            placeholder=self.tr("Nothing: what is found goes away"),
            mono=True,
        )
        self.column.addWidget(self.pattern)
        self.column.addWidget(self.replacement)
        self.ignore_case = self.switch(
            self.tr("Find capital and small letters alike"), on=function.ignore_case
        )
        self.everywhere = self.switch(
            self.tr("Replace everywhere, not only the first"), on=function.everywhere
        )
        self._describe(function.pattern)
        self.pattern.edited.connect(self.tell)
        self.replacement.edited.connect(self.tell)

    def chip(self) -> Chip | None:
        pattern, replacement = self.pattern.text(), self.replacement.text()
        self.pattern.set_error(self._too_long(pattern) or ("" if pattern else self._nothing_to_find()))
        self.replacement.set_error(self._too_long(replacement))
        self._describe(pattern)
        if self.pattern.error or self.replacement.error:
            return None
        switches = self.ignore_case.isChecked(), self.everywhere.isChecked()
        return FunctionChip(Replace(HOLE, pattern, replacement, *switches))

    def _describe(self, pattern: str) -> None:
        """Spaces cannot be seen in a field, so they are counted in words."""
        if pattern and not pattern.strip():
            words = self.tr("1 space") if len(pattern) == 1 else self.tr("{0} spaces").format(len(pattern))
        else:
            words = self.tr("1 to 10 characters, exactly as they stand in the value")
        self.pattern.set_help(words)

    def _nothing_to_find(self) -> str:
        return self.tr("Enter the characters to find, 1 to 10 of them.")

    def _too_long(self, text: str) -> str:
        length = utf16_length(text)
        if length <= _MOST_UNITS:
            return ""
        return self.tr("Segment takes at most 10 characters here; these are {0}.").format(length)


class JoinForm(SettingsForm):
    def __init__(self, surroundings: Surroundings, function: JoinList) -> None:
        super().__init__(surroundings)
        self.separator = TextField(
            self.theme,
            self.tr("Between the items"),
            function.separator,
            placeholder=self.tr("Nothing"),
            help_text=self.tr("Spaces count: a comma and a space give “red, green”."),
            mono=True,
        )
        self.column.addWidget(self.separator)
        self.separator.edited.connect(self.tell)

    def chip(self) -> Chip:
        return FunctionChip(JoinList(HOLE, self.separator.text()))


class FlattenForm(SettingsForm):
    def __init__(self, surroundings: Surroundings, function: Flatten) -> None:
        super().__init__(surroundings)
        self.separator = TextField(
            self.theme,
            self.tr("Between the keys"),
            function.separator,
            help_text=self.tr("With a dot, address → city becomes address.city."),
            mono=True,
        )
        self.column.addWidget(self.separator)
        self.keep_lists = self.switch(self.tr("Leave lists as they are"), on=function.keep_lists)
        self.separator.edited.connect(self.tell)

    def chip(self) -> Chip | None:
        separator = self.separator.text()
        self.separator.set_error("" if separator else self.tr("Enter at least one character."))
        if not separator:
            return None
        return FunctionChip(Flatten(HOLE, separator, self.keep_lists.isChecked()))


class GroupForm(SettingsForm):
    """Text and chips inside a chip, because functions apply to them together."""

    def __init__(self, surroundings: Surroundings, group: Group) -> None:
        super().__init__(surroundings)
        self.parts = self.inner_value(self.tr("Parts"), group.expression)
        self.column.addWidget(self.parts)

    def chip(self) -> Chip:
        return Group(self.parts.expression())
