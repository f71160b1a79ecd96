"""What a replay would come to: the sentence, the numbers, what to look at first, and every outcome."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.relay.replay_records import ItemState, Replay
from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.tile import Tile
from app.workflows.replay_pace import span_words
from app.workflows.replay_totals import CaseKind, ReplayTotals

_MOST_CASES = 100
_ICONS = {
    CaseKind.NEW_LEAD: ("building-2", Tone.WARN),
    CaseKind.MERGE: ("git-merge", Tone.WARN),
    CaseKind.DELETION: ("trash-2", Tone.ERROR),
    CaseKind.SEVERAL_CONTACTS: ("user-round", Tone.WARN),
}


class TotalsView(QWidget):
    """Shows ``ReplayTotals``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.banner = Banner(theme, Tone.INFO, " ", " ", icon="eye")
        self._tiles = {
            key: Tile(theme, caption, icon=icon)
            for key, caption, icon in (
                ("new", self.tr("New records"), "plus"),
                ("updated", self.tr("Updated records"), "pencil"),
                ("fields", self.tr("Fields that change"), "list-checks"),
                ("failed", self.tr("Would fail"), "circle-alert"),
            )
        }
        row = Columns(theme, stack_below=560, spacing=12)
        for tile in self._tiles.values():
            row.add(tile)
        cases = (
            Column(self.tr("What"), 190),
            Column(self.tr("Record"), 300),
            Column(self.tr("Because of")),
        )
        self._cases_card, self.cases = _table_card(
            theme, self.tr("Look at these first"), cases, "replay cases"
        )
        outcomes = (
            Column(self.tr("Outcome"), 170),
            Column(self.tr("Events"), 90, align_right=True),
            Column(self.tr("Why")),
        )
        self._outcomes_card, self.outcomes = _table_card(
            theme, self.tr("Outcome of the dry run"), outcomes, "replay outcomes"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.banner, row, self._cases_card, self._outcomes_card):
            column.addWidget(widget)

    def show_totals(self, replay: Replay, totals: ReplayTotals) -> None:
        self.banner.set(*self._headline(replay, totals))
        tiles = self._tiles
        tiles["new"].set(
            f"{totals.new_leads + totals.new_contacts:,}",
            self.tr("{leads} leads, {contacts} contacts").format(
                leads=f"{totals.new_leads:,}", contacts=f"{totals.new_contacts:,}"
            ),
        )
        tiles["updated"].set(
            f"{totals.updated_leads + totals.updated_contacts:,}",
            self.tr("{leads} leads, {contacts} contacts").format(
                leads=f"{totals.updated_leads:,}", contacts=f"{totals.updated_contacts:,}"
            ),
        )
        entries = self.tr("{n} entries on leads").format(n=f"{totals.entries:,}")
        tiles["fields"].set(f"{totals.fields:,}", entries if totals.entries else self.tr("counted once each"))
        share = self.tr("of {n} events").format(n=f"{totals.events:,}")
        tiles["failed"].set(f"{totals.would_fail:,}", share, needs_person=bool(totals.would_fail))
        rows = case_rows(totals)
        self.cases.set_rows(rows)
        self._cases_card.setVisible(bool(rows))
        self.outcomes.set_rows(outcome_rows(replay, totals))

    def _headline(self, replay: Replay, totals: ReplayTotals) -> tuple[Tone, str, str, str]:
        time = span_words(totals.seconds)
        text = self.tr("Nothing has been written. A run takes {time} or more at Close’s limits.").format(
            time=time
        )
        if not totals.complete:
            stopped = self.tr("Stopped after {n} of {total} events.").format(
                n=f"{totals.events:,}", total=f"{replay.to_run:,}"
            )
            return (
                Tone.WARN,
                totals.words,
                f"{stopped} {self.tr('Nothing has been written.')}",
                "triangle-alert",
            )
        if totals.merges or totals.deletions:
            final = self.tr("Merges and deletions cannot be undone.")
            return Tone.WARN, totals.words, f"{final} {text}", "triangle-alert"
        return Tone.INFO, totals.words, text, "eye"


def case_rows(totals: ReplayTotals) -> list[tuple[Cell, ...]]:
    """What deserves a look, the gravest first."""
    order = [CaseKind.DELETION, CaseKind.MERGE, CaseKind.SEVERAL_CONTACTS, CaseKind.NEW_LEAD]
    cases = sorted(totals.cases, key=lambda case: order.index(case.kind))
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(_kind_words(case.kind), icon=_ICONS[case.kind][0], tone=_ICONS[case.kind][1]),
            Cell(case.record, emphasis=Emphasis.NAME),
            Cell(case.event, emphasis=Emphasis.MUTED),
        )
        for case in cases[:_MOST_CASES]
    ]
    hidden = len(cases) - len(rows) + totals.cases_left_out
    if hidden > 0:
        rows.append((Cell(_tr("and {n} more").format(n=f"{hidden:,}"), emphasis=Emphasis.MUTED),))
    return rows


def outcome_rows(replay: Replay, totals: ReplayTotals) -> list[tuple[Cell, ...]]:
    """Every outcome with its number, reasons below."""
    counts = replay.counts
    entries = (
        (_tr("Would change"), totals.would_change, "flask-conical", Tone.ACCENT, _changes(totals)),
        (
            _tr("Unchanged"),
            totals.unchanged,
            "equal",
            Tone.NEUTRAL,
            _tr("Close already holds every mapped value."),
        ),
    )
    rows = [_row(word, count, icon, tone, why) for word, count, icon, tone, why in entries if count]
    for one in totals.reasons:
        failing = one.outcome == "would fail"
        word = _tr("Would fail") if failing else _tr("Skipped")
        icon = "circle-x" if failing else "circle-slash"
        rows.append(_row(word, one.count, icon, Tone.ERROR if failing else Tone.NEUTRAL, one.reason))
    left_out = (
        (
            ItemState.DUPLICATE,
            _tr("Duplicate"),
            "copy",
            _tr("Received before, or twice in the file: left out."),
        ),
        (
            ItemState.REFUSED,
            _tr("No event"),
            "circle-slash",
            _tr("Nothing that could be delivered: left out."),
        ),
    )
    for state, word, icon, why in left_out:
        if counts.get(state):
            rows.append(_row(word, counts[state], icon, Tone.NEUTRAL, why))
    return rows


def _changes(totals: ReplayTotals) -> str:
    records = totals.new_leads + totals.new_contacts + totals.updated_leads + totals.updated_contacts
    return _tr("{fields} fields of {records} records, as above.").format(
        fields=f"{totals.fields:,}", records=f"{records:,}"
    )


def _row(word: str, count: int, icon: str, tone: Tone, why: str) -> tuple[Cell, ...]:
    return (
        Cell(word, icon=icon, tone=tone),
        Cell(f"{count:,}", emphasis=Emphasis.FIGURE, align_right=True),
        Cell(why, emphasis=Emphasis.MUTED),
    )


def _table_card(theme: Theme, name: str, columns: Sequence[Column], key: str) -> tuple[Card, CellTableModel]:
    """A table that is as high as its rows, under its name."""
    card = Card(theme, name)
    card.body.setContentsMargins(1, 12, 1, 8)
    card.heading_row.setContentsMargins(15, 0, 15, 0)
    card.body.setSpacing(10)
    table = DataTable(theme, name, columns, fit=True, inset=16, key=key)
    model = CellTableModel(columns, table)
    table.setModel(model)
    holder = QHBoxLayout()
    holder.addWidget(table)
    card.body.addLayout(holder)
    return card, model


def _kind_words(kind: CaseKind) -> str:
    return {
        CaseKind.NEW_LEAD: _tr("New lead"),
        CaseKind.MERGE: _tr("Merge, final"),
        CaseKind.DELETION: _tr("Deletion, final"),
        CaseKind.SEVERAL_CONTACTS: _tr("Several contacts"),
    }[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("TotalsView", text)
