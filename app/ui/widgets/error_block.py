"""An error as people need it: what happened, the likely cause, what to do, and details to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.theme.painting import CARD_RADIUS, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.chip import Chip
from app.ui.widgets.chip_painting import ChipLook, ChipSpec
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel


class ErrorBlock(QWidget):
    """Shows an ``AppError``. ``actions`` are buttons that mend it; the details start folded."""

    details_toggled = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        error: AppError,
        actions: Sequence[Button] = (),
        *,
        tone: Tone = Tone.ERROR,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self.error = error
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 15)
        column.setSpacing(14)
        column.addLayout(self._headline())
        if actions:
            row = FlowLayout(spacing=8)
            for action in actions:
                row.addWidget(action)
            row.setContentsMargins(theme.px(20) + 12, 0, 0, 0)
            column.addLayout(row)
        self.details = _Details(theme, error, tone)
        self.details.toggled.connect(self.details_toggled)
        column.addWidget(self.details)
        self.setAccessibleName(error.title)
        self.setAccessibleDescription(f"{error.cause} {error.remedy}".strip())
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tone = self._theme.tone(self._tone)
        rounded(QPainter(self), self.rect(), CARD_RADIUS, tone.bg, tone.line)

    def _headline(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        holder = QVBoxLayout()
        holder.addWidget(Icon(self._theme, "circle-alert", self._tone.value, 20))
        holder.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(WrappedLabel(self._theme, self.error.title, Role.SECTION))
        text = " ".join(part for part in (self.error.cause, self.error.remedy) if part)
        if text:
            words.addWidget(WrappedLabel(self._theme, text))
        row.addLayout(holder)
        row.addLayout(words, 1)
        return row


class _Details(QWidget):
    """The code badge and Copy are always there; the technical text folds."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme, error: AppError, tone: Tone) -> None:
        super().__init__()
        self._theme = theme
        self._tone = tone
        self._error = error
        self.fold = Button(theme, _tr("Details"), ButtonKind.GHOST, icon="chevron-right", small=True)
        if not error.detail:
            self.fold.hide()
        self.fold.setCheckable(False)
        self.copy_button = Button(theme, _tr("Copy"), ButtonKind.GHOST, icon="copy", small=True)
        self.copy_button.setAccessibleName(_tr("Copy the details of this error"))
        self._text = WrappedLabel(theme, error.detail, Role.MONO)
        self._text.setVisible(False)
        head = QHBoxLayout()
        head.setContentsMargins(2, 3, 4, 3)
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(Chip(theme, ChipSpec(error.code, ChipLook.CODE)))
        head.addWidget(self.copy_button)
        body = QVBoxLayout()
        body.setContentsMargins(10, 9, 10, 12)
        body.addWidget(self._text)
        self._body = QWidget()
        self._body.setLayout(body)
        self._body.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._body)
        self.fold.clicked.connect(self.toggle)
        self.copy_button.clicked.connect(self._copy)
        theme.changed.connect(self.update)

    @property
    def open(self) -> bool:
        return not self._body.isHidden()

    def toggle(self) -> None:
        self.set_open(is_open=not self.open)

    def set_open(self, *, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self._text.setVisible(is_open)
        self.fold.set_icon("chevron-down" if is_open else "chevron-right")
        self.fold.setAccessibleDescription(_tr("Expanded") if is_open else _tr("Collapsed"))
        self.toggled.emit(is_open)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        rounded(painter, self.rect(), 8, tokens.sunken, self._theme.tone(self._tone).line)
        if self.open:
            painter.fillRect(1, self._body.y(), self.width() - 2, 1, self._theme.color("hair"))

    def _copy(self) -> None:
        error = self._error
        parts = (error.code, error.title, error.cause, error.remedy, error.detail)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))


def _tr(text: str) -> str:
    return QCoreApplication.translate("ErrorBlock", text)
