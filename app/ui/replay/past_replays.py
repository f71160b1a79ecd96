"""Earlier replays: when, what, how they ended; open one, or take back what it has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QItemSelectionModel, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.relay.replay_records import Replay, ReplayState
from app.ui.moments import moment_words
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.skeleton import Skeleton

_SHOWN = 30


class PastReplays(Card):
    """``open_requested`` and ``undo_requested`` carry a replay's number."""

    open_requested = Signal(int)
    undo_requested = Signal(int)

    def __init__(
        self,
        theme: Theme,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, QCoreApplication.translate("PastReplays", "Earlier replays"), parent=parent)
        self._now = now
        self._replays: tuple[Replay, ...] = ()
        columns = (
            Column(self.tr("When"), 140),
            Column(self.tr("State"), 140),
            Column(self.tr("Events"), 150),
            Column(self.tr("What")),
        )
        self.table = DataTable(theme, self.tr("Earlier replays"), columns, fit=True, inset=16, key="replays")
        self._model = CellTableModel(columns, self.table)
        self.table.setModel(self._model)
        self.open_button = Button(theme, self.tr("Open"), icon="eye", small=True)
        self.undo_button = Button(theme, self.tr("Undo…"), icon="undo-2", small=True)
        self._loading = Skeleton(theme, 2, self.tr("Reading the replays"))
        self._none = WrappedLabel(
            theme,
            self.tr("None yet. Every replay is kept here with its report, and can be undone."),
            Role.BODY,
            "muted",
        )
        self._buttons = QWidget()
        row = FlowLayout(self._buttons, spacing=8)
        row.setContentsMargins(16, 4, 16, 12)
        row.addWidget(self.open_button)
        row.addWidget(self.undo_button)
        self.body.setContentsMargins(1, 12, 1, 1)
        self.body.setSpacing(10)
        self.heading_row.setContentsMargins(15, 0, 15, 0)
        self._quiet = QWidget()
        quiet = QVBoxLayout(self._quiet)
        quiet.setContentsMargins(15, 0, 15, 14)
        quiet.addWidget(self._loading)
        quiet.addWidget(self._none)
        self.body.addWidget(self._quiet)
        self.body.addWidget(self.table)
        self.body.addWidget(self._buttons)
        self.open_button.clicked.connect(lambda: self._emit(self.open_requested))
        self.undo_button.clicked.connect(lambda: self._emit(self.undo_requested))
        self.table.activated.connect(lambda _: self._emit(self.open_requested))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.show_replays(None)

    @property
    def chosen(self) -> Replay | None:
        rows = self.table.selectionModel().selectedRows()
        return self._replays[rows[0].row()] if rows else None

    def show_replays(self, replays: tuple[Replay, ...] | None) -> None:
        """None while they are being read."""
        self._loading.setVisible(replays is None)
        self._none.setVisible(replays == ())
        self._quiet.setVisible(not replays)
        self.table.setVisible(bool(replays))
        self._buttons.setVisible(bool(replays))
        before = self.chosen
        self._replays = (replays or ())[:_SHOWN]
        now = self._now()
        self._model.set_rows([replay_cells(one, now) for one in self._replays])
        ids = [one.id for one in self._replays]
        if ids:
            row = ids.index(before.id) if before and before.id in ids else 0
            flag = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(
                self._model.index(row, 0), flag.ClearAndSelect | flag.Rows
            )
        self._show_buttons()

    def set_undoing(self, *, undoing: bool) -> None:
        self.undo_button.set_busy(busy=undoing)

    def _show_buttons(self) -> None:
        chosen = self.chosen
        undoable = chosen is not None and chosen.undone_ms is None and chosen.finished > 0
        self.undo_button.setVisible(
            undoable and chosen is not None and chosen.state is not ReplayState.RUNNING
        )

    def _emit(self, signal) -> None:  # type: ignore[no-untyped-def]
        if self.chosen is not None:
            signal.emit(self.chosen.id)


def replay_cells(one: Replay, now: datetime) -> tuple[Cell, ...]:
    word, icon, tone = state_look(one)
    when = moment_words(datetime.fromtimestamp(one.created_ms / 1000, UTC), now)
    events = _tr("{n} of {total}").format(n=f"{one.finished:,}", total=f"{one.to_run:,}")
    failed = _tr("{n} failed").format(n=f"{one.failed:,}") if one.failed else ""
    return (
        Cell(when, emphasis=Emphasis.MUTED),
        Cell(word, icon=icon, tone=tone),
        Cell(f"{events}, {failed}" if failed else events, tone=Tone.ERROR if failed else None),
        Cell(one.scope[:1].upper() + one.scope[1:], emphasis=Emphasis.NAME),
    )


def state_look(one: Replay) -> tuple[str, str, Tone]:
    """Word, icon and tone of where a replay is."""
    if one.undone_ms is not None:
        return _tr("Undone"), "undo-2", Tone.NEUTRAL
    if one.state is ReplayState.RUNNING and one.note:
        return _tr("Waiting"), "clock", Tone.WARN
    return {
        ReplayState.PREPARING: (_tr("Reading"), "loader-circle", Tone.INFO),
        ReplayState.PREPARED: (_tr("Not run"), "circle-dashed", Tone.NEUTRAL),
        ReplayState.RUNNING: (_tr("Running"), "play", Tone.INFO),
        ReplayState.PAUSED: (_tr("Paused"), "pause", Tone.WARN),
        ReplayState.DONE: (_tr("Done"), "circle-check", Tone.OK),
        ReplayState.CANCELED: (_tr("Canceled"), "circle-slash", Tone.NEUTRAL),
    }[one.state]


def _tr(text: str) -> str:
    return QCoreApplication.translate("PastReplays", text)
