"""What happens with every variable of the events: map it, give it a field in Close, or leave it out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.close.records import ObjectType
from app.errors import AppError
from app.segment.event_variables import EventVariable
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.mapping.new_field_form import NewFieldForm
from app.ui.mapping.variables_model import VariablesModel, presence, shown_example
from app.ui.mapping.variables_panel import VariablesList
from app.ui.question_dialog import SurfaceDialog, unfilled
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.combo import ComboField
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import FlowLayout, clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.coverage import Coverage, CoverageState
from app.workflows.mapping_editor.field_types import FieldProposal
from app.workflows.mapping_editor.targets import MappingTarget

_SIZE = (820, 640)
_LIST_WIDTH = 270


class CoverageDialog(SurfaceDialog):
    """Only asks: every signal carries the variable it is about. The owner answers with ``show_coverage``.

    ``proposal_wanted`` is answered with ``show_proposal``. Without ``creating`` no field can be created.
    """

    map_requested = Signal(object, str)
    create_requested = Signal(object, object)
    ignore_requested = Signal(object)
    notice_requested = Signal(object)
    proposal_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        creating: AsyncTask | None,
        records: Sequence[ObjectType],
        parent: QWidget | None,
    ) -> None:
        super().__init__(theme, "", parent)
        self._creating = creating if records else None
        self._records = tuple(records)
        self._coverage = Coverage((), (), ())
        self._offered: list[str] | None = None
        title = self.tr("Variables of the events")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.model = VariablesModel(self)
        self.list = VariablesList(theme, self.model)
        self.list.setDragEnabled(False)
        self.list.setAccessibleDescription("")
        segments = (
            Segment(CoverageState.NEW, self.tr("New")),
            Segment(CoverageState.IGNORED, self.tr("Ignored")),
            Segment(CoverageState.MAPPED, self.tr("Mapped")),
        )
        self.states = Segmented(theme, self.tr("Which variables"), segments)
        self.summary = Label(theme, "", Role.CAPTION, "muted")
        self.name = ElidedLabel(theme, "", Role.MONO)
        self.example = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self.form = NewFieldForm(theme)
        self.create_button = Button(theme, "", ButtonKind.PRIMARY)
        self.target = ComboField(theme, self.tr("Or map it to a field that exists"), searchable=True)
        self.map_button = Button(theme, self.tr("Map"))
        self.ignore_button = Button(theme, self.tr("Ignore"), ButtonKind.GHOST, icon="circle-slash")
        self.notice_button = Button(theme, self.tr("Stop ignoring"), icon="undo-2")
        self._failure = QVBoxLayout()
        self._nothing = WrappedLabel(theme, "", Role.BODY, "muted")
        self._detail = QWidget()
        self._build(title)
        self._connect()
        room = parent.window().size() - QSize(48, 48) if parent is not None else QSize(4_000, 4_000)
        self.resize(QSize(theme.px(_SIZE[0]), theme.px(_SIZE[1])).boundedTo(room))

    @property
    def variable(self) -> EventVariable | None:
        """The one that is decided about."""
        return self.model.variable(self.list.currentIndex().row())

    @property
    def state(self) -> CoverageState:
        return CoverageState(self.states.current())

    def show_coverage(self, covered: Coverage, targets: Sequence[MappingTarget]) -> None:
        """What is new, ignored and mapped now; ``targets`` are the fields that are still free."""
        offered = [target.key for target in targets]
        if (covered, offered) == (self._coverage, self._offered):
            return
        self._coverage, self._offered = covered, offered
        self.target.combo.clear()
        for target in targets:
            self.target.combo.add(target.label, target.key, target.type_label)
        self.target.combo.setCurrentIndex(-1)
        texts = [covered.text] + ([covered.new_text] if covered.new else [])
        self.summary.setText(" · ".join(texts))
        self._show_state(self.list.currentIndex().row())

    def show_proposal(self, proposal: FieldProposal, vocabulary: CloseVocabulary) -> None:
        self.form.set_proposal(proposal, vocabulary, self._records)
        if proposal.existing is not None:
            container = f"{proposal.existing.object_type}_custom_fields"
            self.target.combo.choose(f"{container}.{proposal.existing.id}")

    def show_failure(self, error: AppError | None) -> None:
        """Why the field was not created; None takes the message away."""
        clear_layout(self._failure)
        if error is not None:
            self._failure.addWidget(ErrorBlock(self._theme, error))

    def _build(self, title: str) -> None:
        theme = self._theme
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        head = FlowLayout(spacing=12)
        head.addWidget(self.states)
        head.addWidget(self.summary)
        self.column.addLayout(head)
        detail = QVBoxLayout(self._detail)
        detail.setContentsMargins(16, 14, 16, 14)
        detail.setSpacing(12)
        detail.addWidget(self.name)
        detail.addWidget(self.example)
        detail.addWidget(Hair(theme))
        detail.addLayout(self._failure)
        if self._creating is not None:
            detail.addWidget(self.form)
            detail.addWidget(TaskLine(theme, self._creating))
            detail.addWidget(self.create_button)
            detail.addWidget(Hair(theme))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.target.row.addWidget(self.map_button)
        row.addWidget(self.target, 1)
        detail.addLayout(row)
        decide = FlowLayout(spacing=8)
        decide.addWidget(self.ignore_button)
        decide.addWidget(self.notice_button)
        detail.addLayout(decide)
        detail.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._detail)
        column.addWidget(self._nothing)
        column.addStretch(1)
        area.setWidget(inside)
        unfilled(area)
        card = Card(theme, flush=True, behind="surface")
        card.body.addWidget(self.list)
        card.setMaximumWidth(theme.px(_LIST_WIDTH))
        columns = QHBoxLayout()
        columns.setSpacing(8)
        columns.addWidget(card, 2)
        columns.addWidget(area, 4)
        self.column.addLayout(columns, 1)
        done = Button(theme, self.tr("Done"))
        done.clicked.connect(self.accept)
        self.add_buttons(done)

    def _connect(self) -> None:
        self.states.chosen.connect(lambda _state: self._show_state(0))
        self.list.selectionModel().selectionChanged.connect(self._selected)
        self.form.changed.connect(self._name_button)
        self.target.chosen.connect(lambda _key: self.map_button.setFocus())
        self.map_button.clicked.connect(self._map)
        self.create_button.clicked.connect(self._create)
        self.ignore_button.clicked.connect(lambda: self._ask(self.ignore_requested))
        self.notice_button.clicked.connect(lambda: self._ask(self.notice_requested))
        if self._creating is not None:
            self._creating.changed.connect(self._show_work)
            self._creating.failed.connect(self.show_failure)

    def _show_state(self, row: int) -> None:
        shown = {
            CoverageState.NEW: self._coverage.new,
            CoverageState.IGNORED: self._coverage.ignored,
            CoverageState.MAPPED: self._coverage.mapped,
        }[self.state]
        self.model.set_variables(shown)
        self._detail.setVisible(bool(shown))
        self._nothing.setVisible(not shown)
        self._nothing.set_text("" if shown else self._nothing_words())
        if shown:
            self.list.setCurrentIndex(self.model.index(min(max(0, row), len(shown) - 1), 0))
            self.list.setFocus()
        new = self.state is CoverageState.NEW
        mapped = self.state is CoverageState.MAPPED
        self.ignore_button.setVisible(new)
        self.notice_button.setVisible(self.state is CoverageState.IGNORED)
        if mapped:
            words = self.tr("Map it to another field too")
        elif self._creating is not None:
            words = self.tr("Or map it to a field that exists")
        else:
            words = self.tr("Map it to a field that exists")
        self.target.set_label(words)

    def _nothing_words(self) -> str:
        return {
            CoverageState.NEW: self.tr("Nothing is new: every variable is mapped or left out on purpose."),
            CoverageState.IGNORED: self.tr("No variable is left out."),
            CoverageState.MAPPED: self.tr("No variable is mapped yet."),
        }[self.state]

    def _selected(self, _on: QItemSelection, _off: QItemSelection) -> None:
        variable = self.variable
        if variable is None:
            return
        self.show_failure(None)
        self.name.setText(variable.label)
        words = self.tr("In {share} of events").format(share=presence(variable))
        example = shown_example(variable.example)
        self.example.set_text(self.tr("{words}, for example {example}").format(words=words, example=example))
        self.target.combo.setCurrentIndex(-1)
        self.proposal_wanted.emit(variable)

    def _name_button(self) -> None:
        field = self.form.field()
        name = field.name if field is not None else ""
        self.create_button.set_text(self.tr("Create “{name}” in Close and map").format(name=name))

    def _map(self) -> None:
        key = self.target.combo.current_key()
        if self.variable is not None and isinstance(key, str) and self.target.combo.currentIndex() >= 0:
            self.target.set_error("")
            self.map_requested.emit(self.variable, key)
        else:
            self.target.set_error(self.tr("Pick a field first."))
            self.target.combo.setFocus()

    def _create(self) -> None:
        field = self.form.field()
        if self.variable is not None and field is not None:
            self.show_failure(None)
            self.create_requested.emit(self.variable, field)

    def _ask(self, signal: object) -> None:
        if self.variable is not None:
            signal.emit(self.variable)  # type: ignore[attr-defined]

    def _show_work(self) -> None:
        if self._creating is not None:
            self.create_button.set_busy(busy=self._creating.busy)
