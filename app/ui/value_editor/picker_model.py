"""What the picker lists: variables and functions, narrowed by what was typed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.json_value import JsonValue
from app.segment.event_variables import EventVariable
from app.segment.variable_labels import keys_of_label
from app.ui.value_editor.function_catalog import FunctionEntry, catalog
from app.ui.value_editor.words import tr, variable_label

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_LONGEST_EXAMPLE = 120


class Offer(Enum):
    """What the list is about."""

    ALL = auto()
    VARIABLES = auto()
    FUNCTIONS = auto()


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a kind of entries; it cannot be chosen."""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class NamedVariable:
    """A variable that no collected event has, named by what was typed."""

    keys: tuple[str, ...]


Entry = Heading | EventVariable | NamedVariable | FunctionEntry


def example_in_words(value: JsonValue) -> str:
    """An example value on one line."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict | list) and len(value) > 20:
        text = tr("{0} entries").format(len(value))
    else:
        text = json.dumps(value, ensure_ascii=False)
    return " ".join(text[:_LONGEST_EXAMPLE].split())


def presence_in_words(variable: EventVariable) -> str:
    """How many of the events have it, as a whole percentage; rounded so that 100 % means all of them."""
    if variable.total == 0:
        return ""
    percent = int(100 * variable.present / variable.total)
    return f"{percent} %" if percent or not variable.present else "< 1 %"


class VariableIndex:
    """Variables ready to be searched; made once and shared by every picker that is opened on them."""

    def __init__(self, variables: Sequence[EventVariable]) -> None:
        self.variables = variables
        self._labels = [variable.label.casefold() for variable in variables]
        self._lasts = [variable.keys[-1].casefold() if variable.keys else "" for variable in variables]
        self._by_keys = {variable.keys: variable for variable in variables}

    def find(self, keys: tuple[str, ...]) -> EventVariable | None:
        """The variable at a place, None when no event has it."""
        return self._by_keys.get(keys)

    def matching(self, words: Sequence[str]) -> list[EventVariable]:
        """Those that have all words in their label; first the ones whose last key begins with a word."""
        if not words:
            return list(self.variables)
        labels, lasts, last_word = self._labels, self._lasts, words[-1]
        found: Sequence[int] = range(len(labels))
        for word in words:
            found = [at for at in found if word in labels[at]]
        same = [at for at in found if lasts[at] == last_word]
        begun = [at for at in found if lasts[at].startswith(last_word) and lasts[at] != last_word]
        others = [at for at in found if not lasts[at].startswith(last_word)]
        return [self.variables[at] for at in (*same, *begun, *others)]


class PickerModel(QAbstractListModel):
    """Headings and entries in one list; ``set_query`` narrows it."""

    def __init__(self, index: VariableIndex, offer: Offer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self._offer = offer
        self._functions = catalog()
        self._entries: list[Entry] = []
        self.set_query("")

    def set_query(self, query: str) -> None:
        words = query.casefold().split()
        variables: list[Entry] = []
        functions: list[Entry] = []
        if self._offer is not Offer.FUNCTIONS:
            variables = [*self._index.matching(words), *self._named(query)]
        if self._offer is not Offer.VARIABLES:
            functions = [one for one in self._functions if _matches(one, words)]
        groups = [(tr("Variables"), variables), (tr("Functions"), functions)]
        if words and functions and all(isinstance(one, NamedVariable) for one in variables):
            groups.reverse()
        entries: list[Entry] = []
        for title, group in groups:
            if group:
                entries += [Heading(title, len(group)), *group]
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def next_choosable(self, row: int, step: int) -> int:
        """The row of the next entry that can be chosen, going round at the ends; -1 without any."""
        count = len(self._entries)
        for _ in range(count):
            row = (row + step) % count
            if not isinstance(self._entries[row], Heading):
                return row
        return -1

    def first_of_other_group(self, row: int) -> int:
        """The first entry below the other heading, ``row`` itself when there is only one."""
        headings = [at for at, entry in enumerate(self._entries) if isinstance(entry, Heading)]
        if len(headings) < 2:
            return row
        return (headings[0] if row > headings[1] else headings[1]) + 1

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(entry)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(entry, FunctionEntry):
            return entry.help
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if isinstance(self.entry(index.row()), Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _named(self, query: str) -> list[NamedVariable]:
        """What was typed as a variable of its own, where it could be one and is not listed."""
        name = query.strip()
        if not name or " " in name:
            return []
        try:
            keys = keys_of_label(name)
        except ValueError:
            return []
        return [] if self._index.find(keys) else [NamedVariable(keys)]


def spoken(entry: Entry) -> str:
    """An entry as it is read aloud."""
    if isinstance(entry, Heading):
        return f"{entry.title}, {entry.count}"
    if isinstance(entry, EventVariable):
        parts = (entry.label, example_in_words(entry.example), presence_in_words(entry))
        return ", ".join(filter(None, parts))
    if isinstance(entry, NamedVariable):
        return tr("{0}, in none of the collected events").format(variable_label(entry.keys))
    return f"{entry.title}, {entry.help}"


def _matches(entry: FunctionEntry, words: Sequence[str]) -> bool:
    text = f"{entry.title} {entry.words}".casefold()
    return all(word in text for word in words)
