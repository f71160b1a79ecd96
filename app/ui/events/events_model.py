"""Stored events as a table: pages are read when they are scrolled to, live news goes in at the top."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.relay.event_records import EventFilter, EventRow
from app.ui.events.outcome_cell import row_cells
from app.ui.relay.wording import exact_time, tr
from app.ui.widgets.cell import CELL_ROLE

_AnyIndex = QModelIndex | QPersistentModelIndex

COLUMNS = 5
MOST_ROWS = 20_000
"""Rows kept in memory; whoever looks further down narrows the filter."""

PAGE_ROWS = 200


class EventsModel(QAbstractTableModel):
    """Rows are sorted by id, newest first. The page fetches: ``more_wanted`` carries the id to go on below.

    ``arrived`` counts events that are held back while the view does not follow.
    """

    more_wanted = Signal(int)
    held_back_changed = Signal()

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now().astimezone(), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._rows: list[EventRow] = []
        self._filter = EventFilter()
        self._complete = False
        self._fetching = False
        self._held_back: dict[int, EventRow] = {}
        self._marks: frozenset[int] = frozenset()
        self.stale = False

    def set_marks(self, marks: frozenset[int]) -> None:
        """Which events have a bookmark."""
        changed, self._marks = self._marks ^ marks, marks
        for event_id in changed:
            position = self.position(event_id)
            if position is not None:
                self.dataChanged.emit(self.index(position, 0), self.index(position, COLUMNS - 1))

    @property
    def filter(self) -> EventFilter:
        return self._filter

    @property
    def held_back(self) -> int:
        return len(self._held_back)

    def row(self, number: int) -> EventRow:
        return self._rows[number]

    def look(self, number: int) -> Hashable:
        """What the cells of a row are made of: alike rows look alike."""
        row = self._rows[number]
        return row, row.id in self._marks, self._now().date()

    def position(self, event_id: int) -> int | None:
        """The row of an event, None when it is not among those read so far."""
        low, high = 0, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            if self._rows[middle].id > event_id:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._rows) and self._rows[low].id == event_id else None

    def restart(self, wanted: EventFilter, rows: Sequence[EventRow]) -> None:
        """Show the newest page of a filter."""
        self.beginResetModel()
        self._filter = wanted
        self._rows = list(rows)
        self._complete = len(rows) < wanted.limit
        self._fetching = False
        self._held_back = {}
        self.stale = False
        self.endResetModel()
        self.held_back_changed.emit()

    def add_page(self, rows: Sequence[EventRow]) -> None:
        """Append what was read below the last row."""
        self._fetching = False
        self._complete = len(rows) < self._filter.limit
        last = self._rows[-1].id if self._rows else None
        new = [row for row in rows if last is None or row.id < last]
        if new:
            start = len(self._rows)
            self.beginInsertRows(QModelIndex(), start, start + len(new) - 1)
            self._rows += new
            self.endInsertRows()

    def fetch_failed(self) -> None:
        """The page asked for will not come; scrolling on asks again."""
        self._fetching = False

    def apply(self, rows: Iterable[EventRow], *, follow: bool) -> None:
        """Take news: changed rows in place, new ones at the top or, without ``follow``, held back."""
        new: list[EventRow] = []
        top = self._rows[0].id if self._rows else 0
        for row in rows:
            position = self.position(row.id)
            if position is not None:
                self._rows[position] = row
                self.dataChanged.emit(self.index(position, 0), self.index(position, COLUMNS - 1))
            elif row.id > top and self._matches(row):
                new.append(row)
        if follow:
            self._prepend(new)
        elif new:
            self.hold_back(new)

    def hold_back(self, rows: Iterable[EventRow]) -> None:
        """Keep news for later; more than a page of them are read again instead."""
        self._held_back.update((row.id, row) for row in rows)
        if len(self._held_back) > MOST_ROWS:
            self._held_back.clear()
            self.stale = True
        self.held_back_changed.emit()

    def release(self) -> None:
        """Show what was held back."""
        held, self._held_back = self._held_back, {}
        self.held_back_changed.emit()
        self.apply(held.values(), follow=True)

    # Qt ------------------------------------------------------------------------------------------

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else COLUMNS

    def canFetchMore(self, parent: _AnyIndex) -> bool:
        return not parent.isValid() and not self._complete and 0 < len(self._rows) < MOST_ROWS

    def fetchMore(self, parent: _AnyIndex) -> None:
        if self.canFetchMore(parent) and not self._fetching:
            self._fetching = True
            self.more_wanted.emit(self._rows[-1].id)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return exact_time(row.received_ms) if index.column() == 0 else row.reason or None
        if role not in (CELL_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        cell = row_cells(row, self._now(), marked=row.id in self._marks)[index.column()]
        if role == CELL_ROLE:
            return cell
        return cell.text if role == Qt.ItemDataRole.DisplayRole else cell.spoken

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        said = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if orientation is Qt.Orientation.Horizontal and said:
            return (tr("Time"), tr("Type"), tr("Who or what"), tr("Outcome"), tr("Detail"))[section]
        return None

    # ---------------------------------------------------------------------------------------------

    def _prepend(self, rows: list[EventRow]) -> None:
        if not rows:
            return
        rows.sort(key=lambda row: row.id, reverse=True)
        self.beginInsertRows(QModelIndex(), 0, len(rows) - 1)
        self._rows[:0] = rows
        self.endInsertRows()
        surplus = len(self._rows) - MOST_ROWS
        if surplus > 0:
            # They are on the disk and are read again when somebody scrolls down.
            self.beginRemoveRows(QModelIndex(), MOST_ROWS, len(self._rows) - 1)
            del self._rows[MOST_ROWS:]
            self._complete = False
            self.endRemoveRows()

    def _matches(self, row: EventRow) -> bool:
        """Whether a new event belongs into the list; a text is looked for by the database, not here."""
        wanted = self._filter
        person = wanted.person
        return (
            (not wanted.states or row.state in wanted.states)
            and (not wanted.types or row.type in wanted.types)
            and (not wanted.name or row.title.lower() == wanted.name.lower())
            and (not person or row.person_key in (person, f"user:{person}", f"anonymous:{person}"))
        )
