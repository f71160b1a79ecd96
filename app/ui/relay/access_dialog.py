"""Who may post to the relay: the shared secret and its rotation, sources with write keys, web pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.task_line import TaskLine
from app.ui.language.translator import said
from app.ui.question_dialog import QuestionDialog, SurfaceDialog, unfilled
from app.ui.relay.access_desk import AccessDesk
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.field import TextField
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField
from app.workflows.relay_access import AccessNow

_SIZE = (560, 600)


class NameList(QWidget):
    """Short lines that can be taken away; ``remove_requested`` carries the line."""

    remove_requested = Signal(str)

    def __init__(self, theme: Theme, empty: str, icon: str = "x") -> None:
        super().__init__()
        self._theme = theme
        self._empty = empty
        self._icon = icon
        self._names: tuple[str, ...] | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self.buttons: dict[str, Button] = {}

    def set_names(self, names: tuple[str, ...]) -> None:
        if names == self._names:
            return
        self._names = names
        self.buttons = {}
        clear_layout(self._rows)
        if not names:
            self._rows.addWidget(Label(self._theme, self._empty, Role.CAPTION, "muted"))
        for name in names:
            self._rows.addLayout(self._row(name))

    def _row(self, name: str) -> QHBoxLayout:
        remove = Button(self._theme, self.tr("Remove"), ButtonKind.GHOST, icon=self._icon, small=True)
        remove.setAccessibleName(self.tr("Remove {name}").format(name=name))
        remove.clicked.connect(lambda: self.remove_requested.emit(name))
        self.buttons[name] = remove
        row = QHBoxLayout()
        row.addWidget(ElidedLabel(self._theme, name), 1)
        row.addWidget(remove)
        return row


class AccessDialog(SurfaceDialog):
    """Shows what ``desk`` knows; every change holds at once, also for a relay that runs."""

    def __init__(self, theme: Theme, parent: QWidget | None, desk: AccessDesk) -> None:
        super().__init__(theme, "", parent)
        self.setWindowTitle(self.tr("Who may post"))
        self.resize(theme.px(_SIZE[0]), theme.px(_SIZE[1]))
        self.desk = desk
        self.question: QuestionDialog | None = None
        self.rotate_button = Button(theme, self.tr("Rotate"), icon="refresh-cw")
        self.secret = ReadOnlyField(theme, self.tr("Shared secret"), secret=True, side=(self.rotate_button,))
        self.end_button = Button(theme, self.tr("Refuse the old one now"), ButtonKind.LINK)
        self.rotated = Banner(theme, Tone.INFO, "")
        self.libraries = QCheckBox(self.tr("Segment’s own libraries may post here directly"))
        self.sources = NameList(theme, self.tr("No source has a write key."))
        self.add_button = Button(theme, self.tr("Make a write key"), icon="plus")
        self.source_name = TextField(theme, self.tr("New source"), side=(self.add_button,))
        self.new_key = ReadOnlyField(theme, self.tr("New write key"), secret=True)
        self.pages = NameList(theme, self.tr("No web page may post; programs that are no web page may."))
        self.allow_button = Button(theme, self.tr("Allow"), icon="plus")
        self.page_origin = TextField(theme, self.tr("New web page"), mono=True, side=(self.allow_button,))
        self._problem = QVBoxLayout()
        self._parts: list[QWidget] = []
        self._build()
        self._connect()
        self._show()
        if desk.now is None:
            desk.read()

    # Building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self._theme
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        column.addWidget(WrappedLabel(theme, self.tr("Segment’s webhooks"), Role.SECTION))
        column.addWidget(self.secret)
        column.addWidget(self.rotated)
        column.addWidget(self.end_button)
        column.addWidget(Hair(theme))
        column.addWidget(WrappedLabel(theme, self.tr("Segment’s libraries"), Role.SECTION))
        column.addWidget(self.libraries)
        why = self.tr(
            "Each source posts with a write key of its own. A web page shows its key to everybody, so such "
            "events never delete anything."
        )
        column.addWidget(WrappedLabel(theme, why, Role.CAPTION, "muted"))
        column.addWidget(self.sources)
        column.addWidget(self.source_name)
        column.addWidget(self.new_key)
        column.addWidget(Label(theme, self.tr("Web pages that may post"), Role.HEADING))
        column.addWidget(self.pages)
        column.addWidget(self.page_origin)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        unfilled(area)
        self.page_origin.edit.setPlaceholderText("https://app.example.com")
        self.source_name.edit.setPlaceholderText(self.tr("Website"))
        self.column.addLayout(self._problem)
        self.column.addWidget(area, 1)
        self.column.addWidget(TaskLine(theme, self.desk.task))
        done = Button(theme, self.tr("Done"), ButtonKind.PRIMARY)
        done.clicked.connect(self.accept)
        self.add_buttons(done)
        self._parts = [
            self.rotate_button, self.end_button, self.libraries, self.sources, self.source_name,
            self.add_button, self.pages, self.page_origin, self.allow_button,
        ]  # fmt: skip

    def _connect(self) -> None:
        desk = self.desk
        desk.changed.connect(self._show)
        desk.failed.connect(self._show_problem)
        desk.rotated.connect(self._show_rotated)
        desk.key_made.connect(self._show_key)
        desk.sources_saved.connect(lambda _: self.page_origin.set_text(""))
        self.rotate_button.clicked.connect(lambda: self._run(desk.rotate))
        self.end_button.clicked.connect(self._ask_end)
        self.libraries.clicked.connect(lambda on: self._run(lambda: desk.set_sources(enabled=on)))
        self.add_button.clicked.connect(lambda: self._run(lambda: desk.add_source(self.source_name.text())))
        self.source_name.edit.returnPressed.connect(self.add_button.click)
        self.sources.remove_requested.connect(lambda name: self._run(lambda: desk.remove_source(name)))
        self.allow_button.clicked.connect(
            lambda: self._run(lambda: desk.set_sources(add=self.page_origin.text()))
        )
        self.page_origin.edit.returnPressed.connect(self.allow_button.click)
        self.pages.remove_requested.connect(lambda one: self._run(lambda: desk.set_sources(remove=one)))

    # Acting ------------------------------------------------------------------------------------

    def _run(self, change: Callable[[], None]) -> None:
        clear_layout(self._problem)
        self.source_name.set_error("")
        self.page_origin.set_error("")
        change()

    def _ask_end(self) -> None:
        """What Segment has signed with the old secret is refused from then on: asked first."""
        self.question = QuestionDialog(
            self._theme,
            self,
            title=self.tr("Refuse the old secret now?"),
            text=self.tr(
                "Until the new secret and the new URL are entered in Segment, its events are refused. "
                "It tries them again for four hours."
            ),
            yes=self.tr("Refuse the old secret"),
            no=self.tr("Keep both"),
        )
        self.question.accepted.connect(lambda: self._run(self.desk.end_rotation))
        self.question.open()

    # Showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        for part in self._parts:
            part.setEnabled(not self.desk.busy)
        now = self.desk.now
        if now is None:
            for part in self._parts:
                part.setEnabled(False)
            self.rotated.hide()
            self.end_button.hide()
            self.new_key.hide()
            return
        self.secret.set_value(now.secret)
        self.secret.copy_button.setEnabled(bool(now.secret))
        self.secret.set_help(_rotation_words(self, now))
        self.rotate_button.set_text(self.tr("Rotate") if now.secret else self.tr("Make one"))
        self.end_button.setVisible(now.rotation.overlapping)
        if not now.rotation.overlapping:
            self.rotated.hide()
        self.libraries.setChecked(now.settings.enabled)
        self.sources.set_names(now.sources)
        self.pages.set_names(now.settings.origins)
        self.new_key.setVisible(bool(self.new_key.value()))

    def _show_rotated(self) -> None:
        self.rotated.set(
            Tone.INFO,
            self.tr("A new secret, and with it a new webhook URL"),
            self.tr(
                "Enter both in Segment. Events under the old ones are taken until then, for a day at most."
            ),
        )
        self.rotated.show()

    def _show_key(self, name: str, key: str) -> None:
        self.source_name.set_text("")
        self.new_key.set_label(self.tr("Write key of {name}").format(name=name))
        self.new_key.set_help(self.tr("Copy it now: it is not shown again once this window is closed."))
        self.new_key.set_value(key)
        self.new_key.show()
        self.new_key.copy_button.setFocus()

    def _show_problem(self, error: AppError) -> None:
        text = f"{said(error.title)} {said(error.remedy)}"
        fields = {
            "SOURCE-NAME": self.source_name,
            "SOURCE-KEY": self.source_name,
            "SOURCE-ORIGIN": self.page_origin,
        }
        field = fields.get(error.code)
        if field is not None:
            field.set_error(text)
            field.edit.setFocus()
            return
        clear_layout(self._problem)
        self._problem.addWidget(ErrorBlock(self._theme, error))


def _rotation_words(dialog: AccessDialog, now: AccessNow) -> str:
    if not now.secret:
        return dialog.tr("There is none: the relay takes nothing from Segment.")
    if not now.rotation.overlapping:
        return dialog.tr("Segment signs with it. Rotating keeps the old one valid for a day.")
    until_ms = now.rotation.previous_until_ms
    if until_ms is None:
        return dialog.tr("The secret before it is accepted as well.")
    moment = datetime.fromtimestamp(until_ms / 1000).astimezone()
    return dialog.tr("The secret before it is accepted until {time}.").format(time=f"{moment:%d %b, %H:%M}")
