"""The line above the events: what to look for, and the filters that are on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.segment.events import EVENT_TYPES
from app.ui.events.events_model import PAGE_ROWS
from app.ui.events.outcome_cell import state_word
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.chip import FilterChip
from app.ui.widgets.field import SearchField
from app.ui.widgets.flow import FlowLayout, clear_layout

_PAUSE_MS = 300


class FilterBar(QWidget):
    """``changed`` fires after a pause in typing and at once for chips."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._states: frozenset[State] = frozenset()
        self._types: frozenset[str] = frozenset()
        self._cause = ""
        self._cause_words = ""
        self._since_ms: int | None = None
        self.search = SearchField(theme, self.tr("Filter by name, ID, value or reason"), key_hint="/")
        self.add_button = Button(theme, self.tr("Add filter"), ButtonKind.GHOST, icon="plus")
        self.why_button = IconButton(theme, "circle-question-mark", self.tr("Why did nothing happen?"))
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.add_button.clicked.connect(self._open_menu)
        self._chips_box = QWidget()
        self._chips = FlowLayout(self._chips_box, spacing=8)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self.search.textChanged.connect(lambda _: self._pause.start())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.add_button)
        row.addWidget(self.why_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._chips_box)
        self._show_chips()

    @property
    def active(self) -> bool:
        wanted = self.filter()
        return bool(wanted.states or wanted.types or wanted.text or self.by_database)

    @property
    def by_database(self) -> bool:
        """Whether only the database knows what matches: a row has neither its values nor its cause."""
        return bool(self.search.text().strip() or self._cause or self._since_ms is not None)

    def filter(self) -> EventFilter:
        return EventFilter(
            states=self._states,
            types=self._types,
            text=self.search.text().strip(),
            cause=self._cause,
            since_ms=self._since_ms,
            limit=PAGE_ROWS,
        )

    def set_filter(self, wanted: EventFilter, cause_words: str = "") -> None:
        """Replace every filter; ``cause_words`` say the cause on its chip."""
        self._states, self._types, self._since_ms = wanted.states, wanted.types, wanted.since_ms
        self._cause, self._cause_words = wanted.cause, cause_words or wanted.cause
        self.search.setText(wanted.text)
        self._chosen()

    def clear(self) -> None:
        self._states, self._types = frozenset(), frozenset()
        self._cause, self._since_ms = "", None
        self.search.clear()
        self._chosen()

    def toggle_state(self, state: State) -> None:
        self._states ^= {state}
        self._chosen()

    def toggle_type(self, name: str) -> None:
        self._types ^= {name}
        self._chosen()

    def _chosen(self) -> None:
        self._pause.stop()
        self._show_chips()
        self.changed.emit()

    def _open_menu(self) -> None:
        self._menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.addSection(self.tr("Outcome"))
        for state in State:
            self._add_choice(state_word(state), state in self._states, partial(self.toggle_state, state))
        self._menu.addSection(self.tr("Type"))
        for name in sorted(EVENT_TYPES):
            self._add_choice(name, name in self._types, partial(self.toggle_type, name))

    def _add_choice(self, text: str, checked: bool, toggle: Callable[[], None]) -> None:
        action = self._menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(lambda _: toggle())

    def _show_chips(self) -> None:
        clear_layout(self._chips)
        for state in State:
            if state in self._states:
                text = self.tr("Outcome: {word}").format(word=state_word(state))
                self._add_chip(text, partial(self.toggle_state, state))
        for name in sorted(self._types):
            self._add_chip(self.tr("Type: {name}").format(name=name), partial(self.toggle_type, name))
        if self._cause:
            text = self.tr("Reason: {words}").format(words=self._cause_words)
            self._add_chip(text, self._drop_cause)
        if self._since_ms is not None:
            since = datetime.fromtimestamp(self._since_ms / 1000).astimezone()
            self._add_chip(self.tr("Since {time}").format(time=f"{since:%Y-%m-%d %H:%M}"), self._drop_since)
        since_or_cause = bool(self._cause) or self._since_ms is not None
        self._chips_box.setVisible(bool(self._states or self._types) or since_or_cause)

    def _drop_cause(self) -> None:
        self._cause = ""
        self._chosen()

    def _drop_since(self) -> None:
        self._since_ms = None
        self._chosen()

    def _add_chip(self, text: str, remove: Callable[[], None]) -> None:
        chip = FilterChip(self._theme, text)
        chip.removed.connect(remove)
        chip.clicked.connect(self._open_menu)
        self._chips.addWidget(chip)
