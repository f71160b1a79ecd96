"""One of the two ID fields: what was found, and what the person wants instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.errors import AppError
from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge, State, contact_badge, lead_badge
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.diff_table import shortened_id
from app.ui.widgets.field import NoteLine, TextField
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField
from app.ui.widgets.skeleton import Skeleton
from app.workflows.fields import FieldStatus, FieldView, IdField, choose_field


class Way(StrEnum):
    """The entries of the menu that are no fields."""

    CREATE = "create"
    PASTE = "paste"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class Creation:
    """A field to create in Close, under the name the person gave it."""

    wanted: IdField
    name: str


class FieldChoice(Card):
    """``changed`` fires when the choice changes, so that the page can rename its primary command."""

    changed = Signal()

    def __init__(self, theme: Theme, wanted: IdField) -> None:
        super().__init__(theme)
        self.wanted = wanted
        self._view: FieldView | None = None
        self._may_create = True
        is_lead = wanted.object_type == "lead"
        self._status = Badge(theme, State.WORKING.word, State.WORKING.tone, State.WORKING.icon)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(lead_badge(theme) if is_lead else contact_badge(theme))
        head.addWidget(WrappedLabel(theme, wanted.name, Role.SECTION), 1)
        head.addWidget(self._status)
        self.combo = ComboBox(theme, searchable=True)
        self.combo.setAccessibleName(wanted.name)
        self.copy_button = Button(theme, self.tr("Copy ID"), icon="copy")
        self.copy_button.setAccessibleName(self.tr("Copy the ID of {name}").format(name=wanted.name))
        self.create_button = Button(theme, self.tr("Create for me"), icon="plus")
        self.create_button.setAccessibleName(self.tr("Create {name} for me").format(name=wanted.name))
        self._picker = QFrame()
        picker = QHBoxLayout(self._picker)
        picker.setContentsMargins(0, 0, 0, 0)
        picker.setSpacing(8)
        picker.addWidget(self.combo, 1)
        picker.addWidget(self.copy_button)
        picker.addWidget(self.create_button)
        self._loading = Skeleton(
            theme, 2, self.tr("Reading the fields of {place}").format(place=wanted.place)
        )
        self._note = NoteLine(theme)
        self._warning = NoteLine(theme)
        self.new_name = TextField(theme, self.tr("Name in Close"), wanted.name)
        self._new = self._creation_panel()
        self.field_id = TextField(
            theme,
            self.tr("Field ID"),
            placeholder="cf_…",
            mono=True,
            help_text=self.tr("In Close: Settings, Customization, Custom Fields."),
        )
        self.body.addLayout(head)
        for widget in (self._loading, self._picker, self._note, self._warning, self.field_id, self._new):
            self.body.addWidget(widget)
        self.setAccessibleName(wanted.name)
        self.combo.activated.connect(self._picked)
        self.copy_button.clicked.connect(self._copy)
        self.create_button.clicked.connect(self._create)
        self.new_name.edited.connect(lambda _text: self._edited(self.new_name))
        self.field_id.edited.connect(lambda _text: self._edited(self.field_id))
        self.set_loading()

    @property
    def way(self) -> Way | None:
        """What is chosen instead of a field that exists."""
        # Qt hands an entry's data back as plain text; no field id is one of these words.
        key = self.combo.current_key()
        return Way(key) if isinstance(key, str) and key in tuple(Way) else None

    @property
    def chosen_id(self) -> str | None:
        """The chosen or typed field id; None while one is to be created or none is wanted."""
        if self.way is Way.PASTE:
            return self.field_id.text().strip().removeprefix("custom.")
        key = self.combo.current_key()
        return str(key) if self.way is None and key is not None else None

    @property
    def creation(self) -> Creation | None:
        if self.way is not Way.CREATE:
            return None
        return Creation(self.wanted, self.new_name.text().strip())

    @property
    def without(self) -> bool:
        return self.way is Way.WITHOUT

    def set_loading(self) -> None:
        self._status.set(State.WORKING.word, State.WORKING.tone, State.WORKING.icon)
        self._loading.setVisible(True)
        for widget in (self._picker, self._note, self._warning, self.field_id, self._new):
            widget.setVisible(False)

    def show_view(self, view: FieldView, *, may_create: bool, chosen_id: str | None = None) -> None:
        """Offer what Close holds; ``chosen_id`` is kept when it still exists."""
        self._view = view
        self._may_create = may_create
        place = self.tr("on leads") if self.wanted.object_type == "lead" else self.tr("on contacts")
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for field in view.candidates:
                kind = self.tr("Text") if field.type == "text" else field.type
                self.combo.add(field.name, field.id, f"{kind} · {shortened_id(field.id)}")
            if may_create:
                self.combo.add(self.tr("Create a new field"), Way.CREATE, place)
            self.combo.add(self.tr("Paste a field ID"), Way.PASTE, self.tr("from somebody else"))
            self.combo.add(self.tr("Go without {name}").format(name=self.wanted.name), Way.WITHOUT)
            self._preselect(view, chosen_id)
        if view.status in (FieldStatus.WRONG_TYPE, FieldStatus.MULTI_VALUE):
            self.new_name.set_text(self.tr("{name} (Segment)").format(name=self.wanted.name))
        self._loading.setVisible(False)
        self._picker.setVisible(True)
        self._show_choice()

    def choose_without(self) -> None:
        self.combo.choose(Way.WITHOUT)
        self._picked(0)

    def problem(self, *, other_id: str | None) -> AppError | None:
        """Why the choice cannot be taken; also shown at the field it belongs to."""
        if self.combo.currentIndex() < 0:
            return self._shown(
                AppError(
                    "FIELD-NOT-CHOSEN", self.tr("Choose a field."), remedy=self.tr("Pick one from the list.")
                )
            )
        creation = self.creation
        if creation is not None and not creation.name:
            error = AppError("FIELD-NAME-EMPTY", self.tr("Enter a name for the field."), remedy="")
            self.new_name.set_error(error.title)
            return error
        if self._view is None or self.chosen_id is None:
            return None
        try:
            choose_field(self.wanted, self._view.candidates, self.chosen_id, other_id=other_id)
        except AppError as error:
            return self._shown(error)
        return None

    def focus_problem(self) -> None:
        place = {Way.PASTE: self.field_id, Way.CREATE: self.new_name}.get(self.way or Way.WITHOUT)
        (place or self.combo).setFocus()

    def _preselect(self, view: FieldView, chosen_id: str | None) -> None:
        if chosen_id is not None and self.combo.choose(chosen_id):
            return
        if view.field is not None and view.status is FieldStatus.FOUND:
            self.combo.choose(view.field.id)
        elif view.status is FieldStatus.SEVERAL:
            self.combo.setCurrentIndex(-1)
        else:
            self.combo.choose(Way.CREATE if self._may_create else Way.PASTE)

    def _picked(self, _index: int) -> None:
        self._mark_combo(invalid=False)
        self._show_choice()
        self.changed.emit()

    def _create(self) -> None:
        self.combo.choose(Way.CREATE)
        self._picked(0)
        self.new_name.edit.setFocus()
        self.new_name.edit.selectAll()

    def _edited(self, field: TextField) -> None:
        field.set_error("")
        self.changed.emit()

    def _show_choice(self) -> None:
        way = self.way
        self._new.setVisible(way is Way.CREATE)
        self.field_id.setVisible(way is Way.PASTE)
        self.copy_button.setVisible(way is None and self.combo.currentIndex() >= 0)
        self.create_button.setVisible(self._may_create and way is not Way.CREATE and self._offers_creation())
        self._show_status()
        self._show_note()

    def _offers_creation(self) -> bool:
        return self._view is not None and self._view.status is not FieldStatus.FOUND

    def _show_status(self) -> None:
        view = self._view
        if self.way is Way.CREATE:
            self._status.set(self.tr("Will be created"), Tone.ACCENT, "plus")
        elif self.way is Way.WITHOUT:
            self._status.set(self.tr("Not used"), Tone.NEUTRAL, "minus")
        elif self.way is Way.PASTE:
            self._status.set(self.tr("ID needed"), Tone.WARN, "triangle-alert")
        elif self.combo.currentIndex() < 0:
            self._status.set(State.ATTENTION.word, State.ATTENTION.tone, State.ATTENTION.icon)
        elif view is not None and view.field is not None and view.field.id == self.chosen_id:
            self._status.set(self.tr("Found"), Tone.OK, "circle-check")
        else:
            self._status.set(self.tr("Chosen"), Tone.OK, "circle-check")

    def _show_note(self) -> None:
        view = self._view
        if view is None:
            return
        found = view.status is FieldStatus.FOUND
        text = view.message or self.wanted.why
        icon, color = ("corner-down-right", "muted") if found else ("info", "muted")
        if view.status in (FieldStatus.WRONG_TYPE, FieldStatus.MULTI_VALUE, FieldStatus.SEVERAL):
            icon, color = "triangle-alert", "warn"
        if self.way is Way.WITHOUT:
            text, icon, color = self._without_text(), "info", "muted"
        elif view.status is FieldStatus.MISSING and not self._may_create:
            text = self.tr("{name} does not exist yet, and this key may not create it.").format(
                name=self.wanted.name
            )
        elif self.way is None and self.combo.currentIndex() >= 0:
            text, icon, color = self.wanted.why, "corner-down-right", "muted"
        self._note.show_text(text, color, icon)
        picked_found = view.field is not None and view.field.id == self.chosen_id
        self._warning.show_text(view.warning if picked_found else "", "warn", "triangle-alert")

    def _without_text(self) -> str:
        if self.wanted.object_type == "lead":
            return self.tr("Without Company ID, leads are found through their contacts only.")
        return self.tr("Without User ID, people are matched by email only.")

    def _shown(self, error: AppError) -> AppError:
        text = f"{error.title} {error.remedy}".strip()
        if self.way is Way.PASTE:
            self.field_id.set_error(text)
        else:
            self._mark_combo(invalid=True)
            self._note.show_text(text, "error", "circle-alert")
        return error

    def _mark_combo(self, *, invalid: bool) -> None:
        self.combo.setProperty("invalid", invalid)
        self.combo.update()

    def _copy(self) -> None:
        if self.chosen_id:
            QGuiApplication.clipboard().setText(self.chosen_id)

    def _creation_panel(self) -> QFrame:
        panel = Card(self._theme, padding=14, fill="sunken", behind="surface")
        kind = ReadOnlyField(
            self._theme, self.tr("Type"), self.tr("Text (single value)"), mono=False, copyable=False
        )
        columns = Columns(self._theme, stack_below=360, spacing=12)
        columns.add(self.new_name)
        columns.add(kind)
        panel.body.addWidget(columns)
        note = NoteLine(self._theme)
        note.show_text(
            self.tr("Text keeps leading zeros and UUIDs intact. The type cannot be changed later."),
            "muted",
            "info",
        )
        panel.body.addWidget(note)
        holder = QFrame()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 2, 0, 0)
        column.addWidget(panel)
        return holder
