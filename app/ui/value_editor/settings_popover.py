"""The panel in which a chip is set, with the result as it changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    JoinList,
    Liquid,
    Replace,
    Static,
    Trim,
)
from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.code_forms import JsonForm, LiquidForm, StaticForm
from app.ui.value_editor.date_form import DateForm
from app.ui.value_editor.popover import Popover
from app.ui.value_editor.row import Chip, FunctionChip, Group
from app.ui.value_editor.settings_form import NothingToSet, SettingsForm, Surroundings
from app.ui.value_editor.text_forms import (
    CaseForm,
    CoalesceForm,
    FlattenForm,
    GroupForm,
    JoinForm,
    JsonModeForm,
    ReplaceForm,
)
from app.ui.value_editor.words import tr
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label, WrappedLabel

Preview = Callable[[Expression], str]
"""Gives the result of a value for the event that is looked at, in words for people; never raises."""

_FORMS: dict[type, Callable[..., SettingsForm]] = {
    Coalesce: CoalesceForm,
    ChangeCase: CaseForm,
    Replace: ReplaceForm,
    JoinList: JoinForm,
    Flatten: FlattenForm,
    ConvertJson: JsonModeForm,
    FormatDate: DateForm,
}
_WIDE = 420


def form_for(chip: Chip, surroundings: Surroundings) -> SettingsForm:
    """The form of a chip's settings. Raises ``TypeError`` for a variable, which has none."""
    if isinstance(chip, FunctionChip):
        make = _FORMS.get(type(chip.function), NothingToSet)
        return make(surroundings, chip.function)
    if isinstance(chip, Static):
        return StaticForm(surroundings, chip)
    if isinstance(chip, Liquid):
        return LiquidForm(surroundings, chip)
    if isinstance(chip, Advanced):
        return JsonForm(surroundings, chip.mapping)
    if isinstance(chip, Group):
        return GroupForm(surroundings, chip)
    raise TypeError("a variable has no settings")


def title_of(chip: Chip) -> tuple[str, str, str]:
    """Title, one line of help and icon for a chip's settings."""
    if isinstance(chip, FunctionChip):
        title, words = _function_title(chip)
        return title, words, "zap"
    if isinstance(chip, Static):
        return tr("Fixed value"), tr("The same for every event"), "hash"
    if isinstance(chip, Liquid):
        return tr("Liquid template"), tr("Its result is always text"), "code"
    if isinstance(chip, Advanced):
        return tr("JSON"), tr("A value of the mapping language, as Segment stores it"), "braces"
    return tr("Parts taken together"), tr("Functions behind this chip apply to all of it"), "braces"


def _function_title(chip: FunctionChip) -> tuple[str, str]:
    titles = {
        Coalesce: (tr("If empty, use…"), tr("Another value where this one is missing")),
        ChangeCase: (tr("Case"), tr("Small or capital letters")),
        Replace: (tr("Replace"), tr("Some characters by others")),
        JoinList: (tr("Join list"), tr("The items of a list as one text")),
        Flatten: (tr("Flatten"), tr("Nested objects as one flat object")),
        ConvertJson: (tr("JSON"), tr("Between a value and its JSON text")),
        FormatDate: (tr("Date"), tr("A date or time in another form")),
        Trim: (tr("Trim"), tr("Takes spaces away at the beginning and the end")),
    }
    otherwise = (tr("As text"), tr("A number or a list becomes text"))
    return titles.get(type(chip.function), otherwise)


class SettingsPopover(Popover):
    """``changed`` carries every usable chip; ``remove_requested`` asks to take the chip out of the row."""

    changed = Signal(object)
    remove_requested = Signal()

    def __init__(
        self, surroundings: Surroundings, anchor: QWidget, chip: Chip, *, can_remove: bool = True
    ) -> None:
        theme = surroundings.theme
        title, words, icon = title_of(chip)
        super().__init__(theme, anchor, title, width=_WIDE)
        self.setAccessibleDescription(words)
        head = QHBoxLayout()
        head.setSpacing(8)
        is_function = isinstance(chip, FunctionChip | Liquid)
        head.addWidget(Icon(theme, icon, "violet" if is_function else "muted", 16))
        head.addWidget(Label(theme, title, Role.HEADING))
        head.addStretch(1)
        self.form = form_for(chip, surroundings)
        if isinstance(self.form, NothingToSet):
            self.form.hide()
        self.result = _ResultBox(theme)
        self.done_button = Button(theme, self.tr("Done"), small=True)
        self.remove_button = Button(theme, self.tr("Remove"), ButtonKind.GHOST, icon="trash-2", small=True)
        if not can_remove:
            self.remove_button.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        buttons.addWidget(self.done_button)
        top = QVBoxLayout()
        top.setSpacing(2)
        top.addLayout(head)
        top.addWidget(WrappedLabel(theme, words, Role.CAPTION, "muted"))
        self.body.addLayout(top)
        self.body.addWidget(self.form)
        self.body.addWidget(self.result)
        self.body.addLayout(buttons)
        self.form.changed.connect(self.changed)
        self.form.refused.connect(self.result.hide)
        self.form.finished.connect(self.accept)
        self.form.given_up.connect(self.reject)
        self.done_button.clicked.connect(self.accept)
        self.remove_button.clicked.connect(self.remove_requested)

    def show_result(self, words: str) -> None:
        """What the field gives now; nothing is shown while what is being written cannot be used."""
        self.result.show_words("" if self.form.problem else words)

    def initial_focus(self) -> QWidget:
        """The form's first control; Done where there is nothing to set."""
        first = self.form.first()
        if first is not None:
            return first
        own = [widget for widget in self.focus_stops() if self.form.isAncestorOf(widget)]
        return own[0] if own else self.done_button


class _ResultBox(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._words = WrappedLabel(theme, "", Role.MONO)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 8)
        column.setSpacing(2)
        column.addWidget(Label(theme, self.tr("Result for this event"), Role.CAPTION, "muted"))
        column.addWidget(self._words)
        self.hide()

    def show_words(self, words: str) -> None:
        self._words.set_text(words)
        self.setAccessibleName(self.tr("Result for this event: {0}").format(words))
        self.setVisible(bool(words))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        rounded(QPainter(self), self.rect(), 8, tokens.sunken, tokens.border)
