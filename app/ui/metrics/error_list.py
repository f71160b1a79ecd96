"""Errors in words: one row per kind, with what helps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.metrics.figure_text import last_text
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from app.workflows.event_figures import ErrorGroup, EventFigures
from app.workflows.figure_words import CauseAction

_SHOWN = 5


class ErrorList(Card):
    """``chosen`` fires with an ``ErrorGroup`` whose button was pressed, ``replay_requested`` for all."""

    chosen = Signal(object)
    replay_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, flush=True, parent=parent)
        self._groups: tuple[ErrorGroup, ...] | None = None
        self.setAccessibleName(self.tr("Errors in words"))
        head = QHBoxLayout()
        head.setContentsMargins(15, 12, 15, 10)
        head.addWidget(Label(theme, self.tr("Errors in words"), Role.HEADING))
        head.addStretch(1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.replay_button = Button(theme, "", icon="rotate-ccw", small=True)
        self.replay_button.clicked.connect(self.replay_requested)
        self._nothing_lost = WrappedLabel(theme, "", Role.CAPTION, "muted")
        foot = QHBoxLayout()
        foot.setContentsMargins(15, 10, 15, 12)
        foot.setSpacing(10)
        foot.addWidget(Icon(theme, "shield-check", "ok", 16))
        foot.addWidget(self._nothing_lost, 1)
        foot.addWidget(self.replay_button)
        self.body.addLayout(head)
        self.body.addWidget(Hair(theme))
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self.body.addLayout(foot)

    def show_figures(self, figures: EventFigures) -> None:
        failed = figures.failed + figures.would_fail
        self.replay_button.setVisible(failed > 0)
        self.replay_button.set_text(self.tr("Replay {n}").format(n=f"{failed:,}"))
        self._nothing_lost.set_text(
            self.tr("No event was lost. Failed events can be replayed after the cause is fixed.")
            if failed
            else self.tr("No event was lost.")
        )
        if figures.errors != self._groups:
            self._groups = figures.errors
            self._fill_rows(figures)

    def _fill_rows(self, figures: EventFigures) -> None:
        clear_layout(self._rows)
        for group in figures.errors[:_SHOWN]:
            self._rows.addWidget(_ErrorRow(self._theme, group, figures.now_ms, self._choose))
            self._rows.addWidget(Hair(self._theme))
        left = len(figures.errors) - _SHOWN
        if left > 0:
            text = self.tr("{n} more kinds of errors are in the table.").format(n=left)
            self._rows.addWidget(_Padded(Label(self._theme, text, Role.CAPTION, "muted")))
        if not figures.errors:
            text = self.tr("Nothing failed in this time.")
            self._rows.addWidget(_Padded(Label(self._theme, text, Role.BODY, "muted")))

    def _choose(self, group: ErrorGroup) -> None:
        self.chosen.emit(group)


class _Padded(QWidget):
    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 14, 15, 14)
        row.addWidget(inner)


class _ErrorRow(QWidget):
    def __init__(
        self, theme: Theme, group: ErrorGroup, now_ms: int, choose: Callable[[ErrorGroup], None]
    ) -> None:
        super().__init__()
        words = group.words or group.code
        count = self.tr("1 event") if group.count == 1 else self.tr("{n} events").format(n=f"{group.count:,}")
        when = self.tr("{count}, last {time}").format(count=count, time=last_text(group.last_ms, now_ms))
        button = Button(theme, self._action_words(group.action), ButtonKind.LINK)
        button.setAccessibleName(f"{button.text()}: {words}")
        button.clicked.connect(lambda _checked=False: choose(group))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(ElidedLabel(theme, words, Role.LABEL))
        texts.addWidget(ElidedLabel(theme, when, Role.CAPTION, "muted"))
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 7, 15, 7)
        row.setSpacing(8)
        row.addWidget(
            Icon(theme, "clock", "warn", 16) if group.waiting else Icon(theme, "circle-x", "error", 16)
        )
        row.addLayout(texts, 1)
        row.addWidget(button)
        self.setAccessibleName(words)
        self.setAccessibleDescription(when)

    def _action_words(self, action: CauseAction) -> str:
        return {
            CauseAction.EDIT_MAPPING: self.tr("Edit mapping"),
            CauseAction.CHECK_KEY: self.tr("Check key"),
            CauseAction.LOOK_AT_FIELDS: self.tr("Look at fields"),
        }.get(action, self.tr("Show events"))
