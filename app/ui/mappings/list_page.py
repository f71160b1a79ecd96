"""The page with all mappings: their order, their switches, and the ways to get more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.storage.profile import MappingSpec
from app.ui.frame.page import Page
from app.ui.mapping.session import EditingSession
from app.ui.mapping.undo_actions import UndoActions
from app.ui.mappings.mapping_files import MappingFiles
from app.ui.mappings.mapping_list import MappingList
from app.ui.mappings.preset_dialog import PresetDialog
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.field import NoteLine
from app.workflows.mapping_editor import document as steps


class MappingsPage(Page):
    """``opened`` asks for the fields of the chosen mapping, ``trigger_requested`` for when it runs.

    What the command bar offers says whoever puts the page into a window.
    """

    opened = Signal()
    trigger_requested = Signal()
    history_requested = Signal()

    def __init__(self, theme: Theme, session: EditingSession, undo: UndoActions) -> None:
        super().__init__(theme, "", scrolls=False)
        self.retitle(
            self.tr("Mappings"),
            self.tr(
                "Each mapping says which events run and what they change in Close. They run in this order."
            ),
        )
        self._session = session
        self._undo = undo
        self._dialog: PresetDialog | None = None
        self.list = MappingList(theme, session)
        self.files = MappingFiles(session, self)
        self.add_button = Button(theme, self.tr("Add mapping"), icon="plus")
        self.more_button = IconButton(theme, "ellipsis", self.tr("More"), ButtonKind.SECONDARY, small=False)
        self.header.add(self.add_button)
        self.header.add(self.more_button)
        self.slot = MessageSlot(theme)
        self.nothing_banner = Banner(
            theme,
            Tone.WARN,
            self.tr("Nothing will be sent to Close"),
            self.tr("Every mapping is off. Switch one on, or add another."),
        )
        self._hint = NoteLine(theme)
        self._hint.show_text(
            self.tr("Space switches a mapping, Alt+Up and Alt+Down move it, F2 renames it."), "muted", "info"
        )
        self.first_button = Button(theme, self.tr("Add mapping"), ButtonKind.PRIMARY, icon="plus")
        self._stack = QStackedLayout()
        self._lay_out()
        self._connect()
        undo.serve(self)
        self._show()

    @property
    def error(self) -> AppError | None:
        return self.slot.error

    def initial_focus(self) -> QWidget:
        return self.list if self._session.document.mappings else self.first_button

    def add_mapping(self) -> None:
        """Let a person choose what the new mapping begins with."""
        dialog = PresetDialog(self.theme, self.window())
        dialog.chosen.connect(self._add)
        self._dialog = dialog
        dialog.open()

    def show_error(self, error: AppError) -> None:
        self.slot.show_error(error)
        self.announce(error.title, assertive=True)

    # -------------------------------------------------------------------------------------------

    def _add(self, spec: MappingSpec) -> None:
        document = self._session.document
        self._try(
            lambda: self._session.set_document(steps.add(document, spec), choose=len(document.mappings))
        )
        self.list.setFocus()

    def _duplicate(self) -> None:
        document, place = self._session.document, self._session.chosen
        self._try(lambda: self._session.set_document(steps.duplicate(document, place), choose=place + 1))

    def _delete(self) -> None:
        spec = self._session.spec
        if spec is None:
            return
        before, place = self._session.document, self._session.chosen
        after = steps.delete(before, place)
        self._session.set_document(after)

        def bring_back() -> None:
            # Only while nothing else has happened: otherwise Undo would take back something else.
            if self._session.document == after:
                self._session.undo()
                self._session.choose(place)

        self.toast_requested.emit(self.tr("“{name}” deleted").format(name=spec.name), bring_back)

    def _switch(self) -> None:
        spec, place = self._session.spec, self._session.chosen
        if spec is not None:
            self._session.set_document(steps.switch(self._session.document, place, enabled=not spec.enabled))

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except AppError as error:
            self.show_error(error)
        else:
            self.slot.clear()

    def _show(self) -> None:
        mappings = self._session.document.mappings
        self._stack.setCurrentIndex(0 if mappings else 1)
        self.header.setVisible(bool(mappings))
        self.nothing_banner.setVisible(bool(mappings) and not any(spec.enabled for spec in mappings))
        self.commands_changed.emit()

    # Menus -------------------------------------------------------------------------------------

    def _row_menu(self, position: QPoint) -> None:
        spec = self._session.spec
        if spec is None:
            return
        menu = QMenu(self)
        switch = self.tr("Switch off") if spec.enabled else self.tr("Switch on")
        place = self._session.chosen
        entries: tuple[tuple[str, str, str, Callable[[], object]] | None, ...] = (
            ("pencil", self.tr("Map fields"), "Return", self.opened.emit),
            ("clock", self.tr("When it runs"), "", self.trigger_requested.emit),
            None,
            ("tag", self.tr("Rename"), "F2", self.list.rename),
            ("copy", self.tr("Duplicate"), "Ctrl+D", self._duplicate),
            ("check", switch, "Space", self._switch),
            ("chevron-up", self.tr("Move up"), "Alt+Up", lambda: self.list.rows.move(place, place - 1)),
            ("chevron-down", self.tr("Move down"), "Alt+Down", lambda: self.list.rows.move(place, place + 1)),
            None,
            ("download", self.tr("Export as Segment JSON…"), "", lambda: self.files.export((spec,))),
            None,
            ("trash-2", self.tr("Delete"), "Del", self._delete),
        )
        self._fill(menu, entries)
        self._pop_up(menu, position)

    def _more_menu(self) -> None:
        menu = QMenu(self)
        self._undo.add_to(menu)
        mappings = self._session.document.mappings
        self._fill(
            menu,
            (
                None,
                ("history", self.tr("History…"), "", self.history_requested.emit),
                None,
                ("upload", self.tr("Import Segment JSON…"), "", self.files.import_file),
                ("download", self.tr("Export all as Segment JSON…"), "", lambda: self.files.export(mappings)),
            ),
        )
        corner = self.more_button.rect().bottomLeft()
        self._pop_up(menu, self.more_button.mapToGlobal(corner))

    def _fill(
        self, menu: QMenu, entries: tuple[tuple[str, str, str, Callable[[], object]] | None, ...]
    ) -> None:
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            icon, text, keys, run = entry
            action = QAction(self.theme.menu_icon(icon), text, menu)
            # Only shown: the list itself listens to these keys.
            action.setText(f"{text}\t{QKeySequence(keys).toString()}" if keys else text)
            action.triggered.connect(lambda _checked=False, run=run: run())
            menu.addAction(action)

    @staticmethod
    def _pop_up(menu: QMenu, position: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    # Building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        card = Card(self.theme, flush=True)
        card.body.addWidget(self.list)
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addSpacing(8)
        for widget in (self.slot, self.nothing_banner):
            column.addWidget(widget)
        column.addWidget(card)
        column.addWidget(self._hint)
        column.addStretch(1)
        empty = EmptyState(
            self.theme,
            self.tr("No mapping yet"),
            self.tr("A mapping says which events run and what they change in Close."),
            icon="workflow",
            buttons=(self.first_button, self._import_button()),
        )
        self._stack.addWidget(filled)
        self._stack.addWidget(empty)
        self.body.addLayout(self._stack)

    def _import_button(self) -> Button:
        button = Button(self.theme, self.tr("Import Segment JSON"), icon="upload")
        button.clicked.connect(self.files.import_file)
        return button

    def _connect(self) -> None:
        for button in (self.add_button, self.first_button):
            button.clicked.connect(self.add_mapping)
        self.more_button.clicked.connect(self._more_menu)
        self.list.opened.connect(self.opened)
        self.list.deleted.connect(self._delete)
        self.list.duplicated.connect(self._duplicate)
        self.list.menu_requested.connect(self._row_menu)
        self.list.rows.refused.connect(self.show_error)
        self.files.failed.connect(self.show_error)
        self.files.told.connect(lambda text: self.toast_requested.emit(text, None))
        self._session.document_changed.connect(self.slot.clear)
        self._session.document_changed.connect(self._show)
