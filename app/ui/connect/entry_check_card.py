"""The check of what was entered in Segment: paste it back, and every value is compared."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.errors import AppError
from app.storage.profile import Profile
from app.ui.connect.entered_words import check_lines, verdict, without_keys, wrong_lines
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.badge import State, StateBadge
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.check_list import CheckList
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import Label, WrappedLabel
from app.workflows.entry_check import EntryLine, check_entries

_ROWS = 6


class EntryCheckCard(Card):
    """``told`` carries what the check has found; ``alarmed`` says what needs a person."""

    told = Signal(str)
    alarmed = Signal(str)

    def __init__(self, theme: Theme, profile: Callable[[], Profile]) -> None:
        super().__init__(theme)
        self._profile = profile
        self._badge = StateBadge(theme, State.IDLE, self.tr("Not checked"))
        self.box = CodeBox(theme, "", name=self.tr("What was entered in Segment"), editable=True)
        self.box.edit.setPlaceholderText(self.tr("Paste the destination’s JSON here"))
        self.paste_button = Button(theme, self.tr("Paste and check"), icon="clipboard-paste")
        self.check_button = Button(theme, self.tr("Check what was entered"), icon="list-checks")
        self._slot = MessageSlot(theme)
        self._lines = CheckList(theme, ruled=True)
        self._lines.setVisible(False)
        self._lay_out()
        self._fit_box()
        theme.changed.connect(self._fit_box)
        self.paste_button.clicked.connect(self.paste)
        self.check_button.clicked.connect(self.check)
        self.box.edit.textChanged.connect(self._outdated)

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def paste(self) -> None:
        """Take the clipboard's text, without API keys, and compare it."""
        text = QGuiApplication.clipboard().text()
        if text.strip():
            self.box.set_text(without_keys(text))
        self.check()

    def check(self) -> None:
        """Compare what stands in the box; an empty box gets the keyboard."""
        text = self.box.text()
        if not text.strip():
            self.box.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.alarmed.emit(self.tr("Paste the destination’s JSON first"))
            return
        if (clean := without_keys(text)) != text:
            self.box.set_text(clean)
        try:
            lines = check_entries(self._profile(), clean)
        except AppError as error:
            self._outdated()
            self._slot.show_error(error)
            self.alarmed.emit(error.title)
            return
        self._show(lines)

    def _show(self, lines: tuple[EntryLine, ...]) -> None:
        self._slot.clear()
        state, words = verdict(lines)
        self._badge.set_state(state, words)
        copies = {}
        for number, line in enumerate(wrong_lines(lines)):
            if line.wanted:
                copies[number] = self._copy_button(line)
        self._lines.set_lines(check_lines(lines), copies)
        self._lines.setVisible(True)
        (self.alarmed if state is State.FAILED else self.told).emit(words)

    def _outdated(self) -> None:
        """A result belongs to the text it was made of."""
        self._slot.clear()
        self._lines.setVisible(False)
        self._badge.set_state(State.IDLE, self.tr("Not checked"))

    def _copy_button(self, line: EntryLine) -> QWidget:
        button = Button(self._theme, self.tr("Copy the right value"), icon="copy", small=True)
        button.setAccessibleName(self.tr("Copy {name}").format(name=line.label))
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(line.wanted))
        return button

    def _fit_box(self) -> None:
        metrics = self.box.edit.fontMetrics()
        self.box.setMinimumHeight(_ROWS * metrics.lineSpacing() + 20)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(self._theme, self.tr("Check what you entered"), Role.HEADING), 1)
        head.addWidget(self._badge)
        buttons = FlowLayout(spacing=8)
        buttons.addWidget(self.paste_button)
        buttons.addWidget(self.check_button)
        self.body.setSpacing(12)
        self.body.addLayout(head)
        self.body.addWidget(
            WrappedLabel(
                self._theme,
                self.tr(
                    "Paste what Segment’s Public API gives for the destination, or single values as a JSON "
                    "object. Every value is compared here; nothing is sent, and API keys are taken out."
                ),
                Role.BODY,
                "muted",
            )
        )
        self.body.addWidget(self.box)
        self.body.addLayout(buttons)
        self.body.addWidget(self._slot)
        self.body.addWidget(self._lines)
        self.setAccessibleName(self.tr("Check what you entered"))
