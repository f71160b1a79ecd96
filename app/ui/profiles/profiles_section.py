"""All profiles, each with its colour and organization, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView

from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.profiles.colors import COLOR_TONES
from app.ui.relay.wording import mode_word
from app.ui.settings.rows import Section
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import WrappedLabel
from app.workflows.profile_care import ProfileSummary

_LEAST_COLUMN = 120


class ProfilesSection(Section):
    """``requested`` carries what is to be done and the name of the chosen profile."""

    requested = Signal(str, str)

    def __init__(self, theme: Theme, task: AsyncTask, current: str) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("Profiles"))
        self._current = current
        self._summaries: tuple[ProfileSummary, ...] = ()
        self.column.addWidget(
            WrappedLabel(
                theme,
                self.tr(
                    "One profile for each source: its own organization, key, mappings, events and relay. "
                    "Another profile opens in a window of its own; the relay of this one goes on."
                ),
                Role.BODY,
                "muted",
            )
        )
        columns = (
            Column(self.tr("Profile")),
            Column(self.tr("Organization"), 190),
            Column(self.tr("State"), 150),
        )
        self._theme = theme
        self.table = DataTable(theme, self.tr("Profiles"), columns, inset=14, fit=True, key="profiles")
        self._model = CellTableModel(columns, self.table)
        self.table.setModel(self._model)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        theme.changed.connect(self._keep_names)
        self._keep_names()
        card = Card(theme, flush=True)
        card.body.addWidget(self.table)
        self.column.addWidget(card)
        self.buttons: dict[str, Button] = {}
        chosen = FlowLayout(spacing=8)
        for key, text, icon in (
            ("open", self.tr("Open"), "external-link"),
            ("edit", self.tr("Name and colour…"), "pencil"),
            ("promote", self.tr("Promote…"), "rocket"),
            ("export", self.tr("Export…"), "upload"),
        ):
            self.buttons[key] = Button(theme, text, icon=icon, small=True)
            chosen.addWidget(self.buttons[key])
        self.buttons["remove"] = Button(
            theme, self.tr("Remove…"), ButtonKind.DANGER, icon="trash-2", small=True
        )
        chosen.addWidget(self.buttons["remove"])
        self.column.addLayout(chosen)
        every = FlowLayout(spacing=8)
        for key, text, icon in (
            ("new", self.tr("New profile…"), "plus"),
            ("import", self.tr("Import…"), "download"),
        ):
            self.buttons[key] = Button(theme, text, icon=icon, small=True)
            every.addWidget(self.buttons[key])
        self.column.addLayout(every)
        self.column.addWidget(TaskLine(theme, task))
        self.slot = MessageSlot(theme)
        self.column.addWidget(self.slot)
        self.column.addStretch(1)
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _=False, what=key: self._request(what))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.table.activated.connect(lambda _: self._request("open"))

    def _keep_names(self) -> None:
        """Large text makes the other columns wide; the names never give way to them."""
        self.table.horizontalHeader().setMinimumSectionSize(self._theme.px(_LEAST_COLUMN))

    @property
    def chosen(self) -> ProfileSummary | None:
        row = self.table.currentIndex().row()
        return self._summaries[row] if 0 <= row < len(self._summaries) else None

    def show_summaries(self, summaries: tuple[ProfileSummary, ...]) -> None:
        before = self.chosen
        wanted = before.name if before else self._current
        self._summaries = summaries
        self._model.set_rows([self._row(each) for each in summaries])
        names = [each.name for each in summaries]
        if names:
            self.table.selectRow(names.index(wanted) if wanted in names else 0)
        self._show_buttons()

    def select(self, name: str) -> None:
        self.table.selectRow([each.name for each in self._summaries].index(name))

    def _row(self, one: ProfileSummary) -> tuple[Cell, ...]:
        mappings = self.tr("{on} of {all} mappings on").format(on=one.mappings_on, all=one.mappings)
        name = Cell(
            one.name,
            icon="circle-filled",
            tone=COLOR_TONES[one.color],
            sub=self.tr("cannot be read") if one.trouble else mappings,
            emphasis=Emphasis.NAME,
        )
        if one.trouble:
            return (name, Cell("–"), Cell(""))
        return (
            name,
            Cell(one.organization or self.tr("not connected"), sub=one.person),
            Cell(mode_word(one.mode), sub=self._use(one)),
        )

    def _use(self, one: ProfileSummary) -> str:
        if one.name == self._current:
            return self.tr("This window, relay runs") if one.relay_running else self.tr("This window")
        return self.tr("Relay runs") if one.relay_running else self.tr("Open") if one.window_open else ""

    def _show_buttons(self) -> None:
        one = self.chosen
        other = one is not None and one.name != self._current
        sound = one is not None and not one.trouble
        self.buttons["open"].setEnabled(other)
        self.buttons["edit"].setEnabled(sound)
        self.buttons["export"].setEnabled(sound)
        self.buttons["promote"].setEnabled(one is not None and bool(one.organization))
        self.buttons["remove"].setEnabled(other)

    def _request(self, what: str) -> None:
        one = self.chosen
        if what in ("new", "import"):
            self.requested.emit(what, "")
        elif one is not None and self.buttons[what].isEnabled():
            self.requested.emit(what, one.name)
