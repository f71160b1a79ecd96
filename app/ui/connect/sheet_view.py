"""Every value to enter in Segment, form by form, in the order in which Segment asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.connect.sheet_row import SheetRow
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.language.translator import said
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import WrappedLabel
from app.workflows.paste_sheet import PasteLine, PasteSection

# A keyring may wait for a person who unlocks it.
_PATIENT = TaskLimits(give_up=120.0)


class SheetCard(Card):
    """One form. ``row_copied`` carries the row."""

    row_copied = Signal(object)
    fetch_requested = Signal(object)

    def __init__(self, theme: Theme, section: PasteSection) -> None:
        super().__init__(theme, said(section.title), " ")
        self.section = section
        self.rows = tuple(SheetRow(theme, line) for line in self._lines(section))
        self.body.addWidget(WrappedLabel(theme, section.place.replace(", ", " › "), Role.CAPTION, "muted"))
        for row in self.rows:
            self.body.addWidget(Hair(theme))
            self.body.addWidget(row)
            row.copied.connect(lambda row=row: self._copied(row))
            row.fetch_requested.connect(lambda row=row: self.fetch_requested.emit(row))
        self.count()

    def count(self) -> None:
        """Say how many values were copied already."""
        wanted = [row for row in self.rows if row.copyable]
        done = sum(row.done for row in wanted)
        self.fact.setText(self.tr("{done} of {all} copied").format(done=done, all=len(wanted)))

    def _copied(self, row: SheetRow) -> None:
        self.count()
        self.row_copied.emit(row)

    def _lines(self, section: PasteSection) -> tuple[PasteLine, ...]:
        if not section.json:
            return section.lines
        note = self.tr("All fields of this mapping as one object, for Segment’s Public API.")
        return (*section.lines, PasteLine(self.tr("Mapping as JSON"), section.json, note))


class SheetView(QWidget):
    """``secrets`` reads the value of a secret line by its label. ``copied`` carries the label of a line.

    ``failed`` carries the ``AppError`` of a secret that could not be read.
    """

    copied = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        secrets: Mapping[str, Callable[[], Awaitable[str]]],
        unexpected: Callable[[BaseException], None],
    ) -> None:
        super().__init__()
        self._theme = theme
        self._secrets = secrets
        self._sections: tuple[PasteSection, ...] = ()
        self._wanted: SheetRow | None = None
        self.cards: tuple[SheetCard, ...] = ()
        self._fetch = AsyncTask("read a secret", unexpected=unexpected, limits=_PATIENT, parent=self)
        self._fetch.changed.connect(self._show_fetching)
        self._fetch.succeeded.connect(self._fetched)
        self._fetch.failed.connect(self.failed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    def set_sections(self, sections: Sequence[PasteSection]) -> None:
        """Replace all forms; values that were copied already and are the same still count as copied."""
        if tuple(sections) == self._sections:
            return
        self.stop()
        done = {(card.section.title, row.line) for card in self.cards for row in card.rows if row.done}
        self._sections = tuple(sections)
        clear_layout(self._column)
        self.cards = tuple(SheetCard(self._theme, section) for section in sections)
        for card in self.cards:
            self._column.addWidget(card)
            card.row_copied.connect(lambda row: self.copied.emit(row.line.label))
            card.fetch_requested.connect(self._read)
            for row in card.rows:
                if (card.section.title, row.line) in done:
                    row.mark_done()
            card.count()

    @property
    def busy(self) -> bool:
        """Whether a secret is being read."""
        return self._fetch.busy

    def stop(self) -> None:
        """Wait for nothing any more: the page goes to the back."""
        self._fetch.cancel()
        self._wanted = None

    def row(self, label: str) -> SheetRow:
        """The first row of this label. Raises ``StopIteration`` when there is none."""
        return next(row for card in self.cards for row in card.rows if row.line.label == label)

    def _read(self, row: SheetRow) -> None:
        read = self._secrets.get(row.line.label)
        if read is None or self._fetch.busy:
            return
        self._wanted = row

        async def secret() -> str:
            return await read()

        self._fetch.run(secret, self.tr("Reading the secret…"))

    def _fetched(self, secret: str) -> None:
        row, self._wanted = self._wanted, None
        if row is None:
            return
        if secret:
            row.take_secret(secret)
            return
        self.failed.emit(
            AppError(
                "SHEET-NO-SECRET",
                self.tr("There is no shared secret yet."),
                cause=self.tr("It is made when the key of Close is kept."),
                remedy=self.tr("Open Connect to Close in Setup, and check the key once more."),
            )
        )

    def _show_fetching(self) -> None:
        if self._wanted is not None:
            self._wanted.set_fetching(busy=self._fetch.busy)
