"""What a dry run was made of, in one line, with the way back to choosing something else."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.relay.replay_records import MappingsOf, Replay
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.labels import WrappedLabel


class ChosenScope(Card):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=14, parent=parent)
        self.change_button = Button(theme, self.tr("Change"), icon="pencil", small=True)
        self._title = WrappedLabel(theme, "", Role.SECTION)
        self._text = WrappedLabel(theme, "", Role.CAPTION, "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._row = QHBoxLayout()
        self._row.setDirection(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(12)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.change_button)
        self.body.addLayout(self._row)

    def show_replay(self, replay: Replay) -> None:
        scope = replay.scope[:1].upper() + replay.scope[1:]
        self._title.set_text(scope)
        then = replay.mappings is MappingsOf.THEN
        mappings = self.tr("mappings as of then") if then else self.tr("mappings as of now")
        self._text.set_text(
            self.tr("{n} events to run, {mappings}").format(n=f"{replay.to_run:,}", mappings=mappings)
        )
        self.setAccessibleName(scope)
