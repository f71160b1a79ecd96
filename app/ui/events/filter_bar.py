"""The line above the events: what to look for, and the filters that are on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.relay.delivery import State
from app.relay.event_records import EventFilter, EventRow
from app.segment.events import EVENT_TYPES
from app.ui.events.events_model import PAGE_ROWS
from app.ui.events.outcome_cell import state_word
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.chip import FilterChip
from app.ui.widgets.field import SearchField
from app.ui.widgets.flow import FlowLayout, clear_layout

_PAUSE_MS = 300
_MENU_LETTERS = 40
_LEAST_SEARCH = 110


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
        self._name = self._person = self._mapping = ""
        self._bookmarked = False
        self._chosen_row: EventRow | None = None
        self._mappings: Callable[[], Iterable[str]] = tuple
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
        self._tools = QHBoxLayout()
        self._tools.setSpacing(8)
        self._tools.addWidget(self.add_button)
        self._tools.addWidget(self.why_button)
        self._tools.addStretch(1)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self.search, 1)
        self._row.addLayout(self._tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._row)
        column.addWidget(self._chips_box)
        self._show_chips()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        left = self.width() - self._tools.sizeHint().width()
        crowded = left < self._theme.px(_LEAST_SEARCH)
        wanted = QBoxLayout.Direction.TopToBottom if crowded else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)

    @property
    def active(self) -> bool:
        wanted = self.filter()
        named = wanted.name or wanted.person
        return bool(wanted.states or wanted.types or named or self.by_database)

    @property
    def by_database(self) -> bool:
        """Whether only the database knows what matches: a row has neither its values nor its cause."""
        elsewhere = self._cause or self._mapping or self._bookmarked
        return bool(self.search.text().strip() or elsewhere or self._since_ms is not None)

    def filter(self) -> EventFilter:
        return EventFilter(
            states=self._states,
            types=self._types,
            text=self.search.text().strip(),
            cause=self._cause,
            since_ms=self._since_ms,
            name=self._name,
            person=self._person,
            mapping=self._mapping,
            bookmarked=self._bookmarked,
            limit=PAGE_ROWS,
        )

    def set_sources(self, mappings: Callable[[], Iterable[str]]) -> None:
        """Where the menu gets the names of the mappings from."""
        self._mappings = mappings

    def set_chosen_row(self, row: EventRow) -> None:
        """The event whose name and person the menu offers."""
        self._chosen_row = row

    def set_filter(self, wanted: EventFilter, cause_words: str = "") -> None:
        """Replace every filter; ``cause_words`` say the cause on its chip."""
        self._states, self._types, self._since_ms = wanted.states, wanted.types, wanted.since_ms
        self._cause, self._cause_words = wanted.cause, cause_words or wanted.cause
        self._name, self._person, self._mapping = wanted.name, wanted.person, wanted.mapping
        self._bookmarked = wanted.bookmarked
        self.search.setText(wanted.text)
        self._chosen()

    def clear(self) -> None:
        self._states, self._types = frozenset(), frozenset()
        self._cause, self._since_ms = "", None
        self._name = self._person = self._mapping = ""
        self._bookmarked = False
        self.search.clear()
        self._chosen()

    def toggle_state(self, state: State) -> None:
        self._states ^= {state}
        self._chosen()

    def toggle_type(self, name: str) -> None:
        self._types ^= {name}
        self._chosen()

    def choose_name(self, name: str) -> None:
        """Only events of this name; an empty one lets all of them through."""
        self._name = name
        self._chosen()

    def choose_person(self, person: str) -> None:
        """Only events of the person with this id."""
        self._person = person
        self._chosen()

    def choose_mapping(self, name: str) -> None:
        """Only events that this mapping has run on."""
        self._mapping = name
        self._chosen()

    def set_bookmarked(self, *, bookmarked: bool) -> None:
        self._bookmarked = bookmarked
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
        mappings = tuple(self._mappings())
        if mappings:
            self._menu.addSection(self.tr("Mapping"))
        for name in mappings:
            other = "" if name == self._mapping else name
            self._add_choice(_plain(name), name == self._mapping, partial(self.choose_mapping, other))
        self._menu.addSection(self.tr("Name and person"))
        self._fill_names()
        marked = self._bookmarked
        self._add_choice(self.tr("Bookmarked"), marked, lambda: self.set_bookmarked(bookmarked=not marked))

    def _fill_names(self) -> None:
        """What was typed, and the event that is chosen, give names and people to choose."""
        typed = self.search.text().strip()
        row = self._chosen_row
        person = row.person_key.partition(":")[2] if row else ""
        for name in dict.fromkeys(filter(None, (typed, row.title if row else "", self._name))):
            text = self.tr("Name is {name}").format(name=_plain(name))
            on = name == self._name
            self._add_choice(text, on, partial(self._take_name, "" if on else name))
        for one in dict.fromkeys(filter(None, (typed, person, self._person))):
            text = self.tr("Person is {person}").format(person=_plain(one))
            on = one == self._person
            self._add_choice(text, on, partial(self._take_person, "" if on else one))

    def _take_name(self, name: str) -> None:
        self._use_up(name)
        self.choose_name(name)

    def _take_person(self, person: str) -> None:
        self._use_up(person)
        self.choose_person(person)

    def _use_up(self, text: str) -> None:
        """What was typed has become a chip."""
        if text and text == self.search.text().strip():
            self.search.clear()

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
        if self._mapping:
            text = self.tr("Mapping: {name}").format(name=self._mapping)
            self._add_chip(text, partial(self.choose_mapping, ""))
        if self._name:
            self._add_chip(self.tr("Name: {name}").format(name=self._name), partial(self.choose_name, ""))
        if self._person:
            text = self.tr("Person: {person}").format(person=self._person)
            self._add_chip(text, partial(self.choose_person, ""))
        if self._bookmarked:
            self._add_chip(self.tr("Bookmarked"), lambda: self.set_bookmarked(bookmarked=False))
        if self._cause:
            text = self.tr("Reason: {words}").format(words=self._cause_words)
            self._add_chip(text, self._drop_cause)
        if self._since_ms is not None:
            since = datetime.fromtimestamp(self._since_ms / 1000).astimezone()
            self._add_chip(self.tr("Since {time}").format(time=f"{since:%Y-%m-%d %H:%M}"), self._drop_since)
        self._chips_box.setVisible(self._chips.count() > 0)

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


def _plain(text: str) -> str:
    """A text that a menu shows as it is, cut where it would make the menu too wide."""
    short = text if len(text) <= _MENU_LETTERS else text[: _MENU_LETTERS - 1] + "…"
    return short.replace("&", "&&")
