"""Map fields: what the events hold, the fields of Close, and what one event would put into them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.actions.trace import EventReport
from app.errors import AppError
from app.segment.value_expression import Expression, Text
from app.storage.profile import MappingSpec
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.drawer import PREVIEW_WIDTH
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.page_keys import bind_key
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.mapping.fields_column import FieldsColumn
from app.ui.mapping.json_side import JsonSide
from app.ui.mapping.live_results import ShownValues, Survey
from app.ui.mapping.map_header import FIELDS, JSON, VARIABLES, MapHeader
from app.ui.mapping.mapping_desk import MappingDesk
from app.ui.mapping.preview_lines import changes_text, values_text
from app.ui.mapping.preview_panel import PreviewPanel
from app.ui.mapping.reviews import CreateField, Reviews
from app.ui.mapping.row_editing import RowEditing
from app.ui.mapping.session import EditingSession
from app.ui.mapping.value_preview import value_preview
from app.ui.mapping.variables_panel import VariablesPanel
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.workflows.mapping_editor.advice import Severity
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.samples import Sample

ReadFields = Callable[[], Awaitable[CloseVocabulary]]
Compare = Callable[[MappingSpec, Sample], Awaitable[EventReport]]

_LEAST_COLUMN = 440
_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARN, Severity.INFO: Tone.INFO}


class MapPage(Page):
    """``done`` and ``back`` as on every step; the page changes nothing but the session's document.

    ``read_fields`` reads Close's fields again (F5), ``create_field`` makes one, ``compare`` makes a dry run
    of one mapping on one event and writes nothing; what is not given is not offered. ``fact`` is what the
    bar says beside Back, ``next_text`` its primary button. ``clock`` gives seconds. Undo and redo are
    actions that all pages of a session share (``UndoActions.serve``).
    """

    done = Signal()
    back = Signal()
    history_requested = Signal()
    samples_requested = Signal()

    icons_below = 1280

    def __init__(
        self,
        theme: Theme,
        session: EditingSession,
        unexpected: Callable[[BaseException], None],
        *,
        read_fields: ReadFields | None = None,
        create_field: CreateField | None = None,
        compare: Compare | None = None,
        fact: Callable[[], Fact] | None = None,
        next_text: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(theme, "", scrolls=False)
        self.retitle(self.tr("Map fields"), self.tr("Each row shows what this event would put into Close."))
        self.session = session
        self._read_fields = read_fields
        self._compare_with = compare
        self._fact = fact
        self._next_text = next_text or self.tr("Choose when it runs")
        self.desk = MappingDesk(session, unexpected, clock=clock, parent=self)
        self.reading = AsyncTask("read fields", unexpected=unexpected, parent=self)
        self.comparing = AsyncTask("compare with Close", unexpected=unexpected, parent=self)
        self.map_header = MapHeader(theme, self.title, self.why)
        self.column = FieldsColumn(theme, self.map_header, self.desk.rows)
        self.variables = VariablesPanel(theme, self.desk.variables)
        self.preview = PreviewPanel(theme, self.comparing if compare is not None else None)
        self.editing = RowEditing(theme, self.column.rows, self.desk.rows)
        self.json = JsonSide(theme, session, self)
        self.reviews = Reviews(theme, self.desk, self, unexpected, create_field)
        self._row = QHBoxLayout()
        self._narrow = False
        self._build()
        self._connect()
        bind_key(self, "F5", self.refresh)

    # The frame's questions ---------------------------------------------------------------------

    def initial_focus(self) -> QWidget:
        return self.column.rows

    def filter_field(self) -> QWidget:
        self._show_view(FIELDS)
        self.column.filter.show()
        return self.column.filter.field

    def commands(self) -> CommandSet:
        return CommandSet(
            primary=Command(self._next_text, self.done.emit, trailing="arrow-right"),
            ghost=Command(self.tr("History"), self.history_requested.emit, icon="history"),
            back=Command(self.tr("Back"), self.back.emit),
            fact=self._fact() if self._fact is not None else Fact(self.tr("Nothing is sent to Close")),
        )

    def drawer(self) -> DrawerContent:
        return DrawerContent(self.tr("Preview"), self.preview, PREVIEW_WIDTH)

    def activated(self) -> None:
        self._show_mappings()
        self._show_samples()
        self.desk.start()

    def left(self) -> None:
        self.editing.end()
        self.desk.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # Building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._row.setSpacing(0)
        self._row.addWidget(self.variables)
        self._row.addWidget(self.column, 1)
        self.body.addLayout(self._row)
        self.column.messages.addWidget(TaskLine(self.theme, self.reading))
        self.map_header.refresh_button.setVisible(self._read_fields is not None)
        self.editing.stay_open_for(self.variables)
        self.editing.set_successors(self.desk.successors)

    def _connect(self) -> None:
        desk, column, editing = self.desk, self.column, self.editing
        desk.rebuilt.connect(self._rebuilt)
        desk.valued.connect(self._show_values)
        desk.surveyed.connect(self._show_survey)
        desk.listed.connect(editing.set_variables)
        desk.told.connect(self._tell)
        rows = column.rows
        rows.edit_requested.connect(editing.begin)
        rows.switch_requested.connect(desk.toggle)
        rows.clear_requested.connect(desk.clear)
        rows.choices_requested.connect(self._offer_choices)
        rows.variable_dropped.connect(editing.insert)
        rows.filter_requested.connect(column.filter.ask)
        editing.changed.connect(self._typed)
        editing.picked.connect(desk.replace_lost)
        editing.began.connect(desk.set_editing)
        editing.ended.connect(lambda: desk.set_editing(""))
        editing.undo_requested.connect(desk.undo)
        editing.redo_requested.connect(desk.redo)
        editing.announced.connect(self.announce)
        self.variables.insert_requested.connect(self._insert)
        column.bar.mapping_chosen.connect(self._choose_mapping)
        column.bar.suggest_requested.connect(self.reviews.suggest)
        column.bar.coverage_requested.connect(self.reviews.open_coverage)
        self.reviews.thinking.connect(lambda: column.bar.suggest_button.set_busy(busy=True))
        self.reviews.ready.connect(lambda: column.bar.suggest_button.set_busy(busy=False))
        self.reviews.told.connect(lambda text: self.toast_requested.emit(text, None))
        column.filter.changed.connect(self._filter)
        column.filter.closed.connect(lambda: rows.setFocus(Qt.FocusReason.OtherFocusReason))
        column.filter.down_pressed.connect(self._into_rows)
        self.map_header.find_button.clicked.connect(column.filter.ask)
        self.map_header.refresh_button.clicked.connect(self.refresh)
        self.map_header.view_chosen.connect(self._show_view)
        self.preview.sample_chosen.connect(self.session.set_sample)
        self.preview.compare_requested.connect(self.compare)
        self.preview.collect_requested.connect(self.samples_requested)
        self.reading.succeeded.connect(self.session.set_vocabulary)
        self.reading.changed.connect(lambda: column.slot.clear() if self.reading.busy else None)
        self.reading.failed.connect(self._reading_failed)
        self.comparing.succeeded.connect(self._compared)
        self.comparing.failed.connect(self.preview.show_failure)
        session = self.session
        session.document_changed.connect(self._show_mappings)
        session.chosen_changed.connect(self._other_mapping)
        session.sample_changed.connect(self._show_samples)
        session.events_changed.connect(self._show_samples)

    # What people do ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the fields from Close again; what is known stays until the answer is there."""
        read = self._read_fields
        if read is not None and not self.reading.busy:

            async def work() -> CloseVocabulary:
                return await read()

            self.reading.run(work, self.tr("Reading fields from Close…"))

    def compare(self) -> None:
        """A dry run of the mapping as it stands; the preview then says what would change in Close."""
        spec, sample, compare = self.session.spec, self.session.sample, self._compare_with
        if spec is None or sample is None or compare is None:
            return

        async def work() -> tuple[MappingSpec, Sample, EventReport]:
            return spec, sample, await compare(spec, sample)

        self.preview.show_failure(None)
        self.comparing.run(work, self.tr("Comparing with Close…"))

    def _typed(self, key: str, expression: Expression) -> None:
        self.desk.set_expression(key, expression, self.editing.merge_key)

    def _insert(self, keys: tuple[str, ...]) -> None:
        """Into the row that is edited, else into the selected one."""
        key = self.editing.key or self.column.rows.current_key()
        row = self.desk.rows.field(key)
        if row is None or row.switch is not None:
            self.announce(self.tr("Choose a field first"), assertive=True)
            self.column.rows.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.map_header.views.current() != FIELDS:
            self._show_view(FIELDS)
        self.editing.insert(key, keys)

    def _offer_choices(self, key: str) -> None:
        """The values that the field in Close takes, by name."""
        row = self.desk.rows.field(key)
        if row is None:
            return
        menu = QMenu(self)
        target, current = row.target, row.expression
        names = target.choice_labels or target.choices
        for value, name in zip(target.choices, names, strict=False):
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(current == Text(value))
            action.triggered.connect(lambda _on=False, text=value: self._fix(key, Text(text)))
        if current is not None:
            menu.addSeparator()
            menu.addAction(self.tr("Not mapped")).triggered.connect(lambda: self._fix(key, None))
        menu.aboutToHide.connect(menu.deleteLater)
        place = self.column.rows.field_rect(key)
        menu.setMinimumWidth(place.width())
        menu.popup(self.column.rows.viewport().mapToGlobal(place.bottomLeft() + QPoint(0, 2)))

    def _fix(self, key: str, expression: Expression | None) -> None:
        self.editing.end()
        self.desk.set_expression(key, expression)

    def _choose_mapping(self, index: int) -> None:
        self.editing.end()
        self.session.choose(index)

    def _filter(self, text: str, only_mapped: bool) -> None:
        self.desk.rows.set_filter(text, only_mapped=only_mapped)
        self._tell_when_nothing_is_left()

    def _into_rows(self) -> None:
        rows = self.column.rows
        rows.setFocus(Qt.FocusReason.OtherFocusReason)
        if not rows.current_key():
            rows.select_first()

    # Showing -----------------------------------------------------------------------------------

    def _other_mapping(self) -> None:
        self.editing.end()
        self._show_mappings()

    def _show_mappings(self) -> None:
        self.column.bar.set_mappings(self.session.document.mappings, self.session.chosen)
        self.commands_changed.emit()

    def _show_samples(self) -> None:
        sample = self.session.sample
        self.preview.set_samples(self.session.events, sample)
        self.variables.set_made_up(made_up=self.session.made_up)
        self.editing.set_preview(value_preview(sample.body if sample is not None else None))
        if sample is None:
            self.preview.show_nothing(self.tr("Collect an event to see what the fields get."))

    def _rebuilt(self) -> None:
        self.editing.refresh()
        trouble = self.desk.trouble
        whole = [one for one in (self.desk.survey.advice if self.desk.survey else ()) if not one.key]
        if trouble is not None:
            self.column.say(Tone.ERROR, trouble.title, f"{trouble.cause} {trouble.remedy}".strip())
        elif whole:
            self.column.say(_TONES[whole[0].severity], whole[0].text)
        else:
            self.column.say(None, "")
        self._tell_when_nothing_is_left()

    def _show_values(self, values: ShownValues) -> None:
        self.preview.show_text(values_text(self.desk.targets, values.evaluation))
        self.preview.show_evaluation(values.evaluation, values.took_ms)

    def _show_survey(self, survey: Survey) -> None:
        self.column.bar.set_coverage(survey.coverage)

    def _reading_failed(self, error: AppError) -> None:
        """What was read before stays in use; its age is said at the custom fields."""
        self.column.slot.show_error(error)
        self.announce(error.title, assertive=True)

    def _compared(self, answer: tuple[MappingSpec, Sample, EventReport]) -> None:
        spec, sample, report = answer
        if (spec, sample) != (self.session.spec, self.session.sample):
            return  # something was changed while Close was asked: the answer is about another mapping
        plan = next((result.plan for result in report.results if result.plan is not None), None)
        if report.error is not None:
            self.preview.show_failure(report.error)
        elif plan is not None:
            text = changes_text(plan)
            self.preview.show_text(text, compared=True)
            self.announce(text.headline)

    def _tell(self, text: str) -> None:
        self.toast_requested.emit(text, self.desk.undo)

    def _tell_when_nothing_is_left(self) -> None:
        empty = not self.desk.rows.rowCount()
        words = self.tr("No field matches.") if self.desk.rows.filtered else self.tr("No mapping yet.")
        self.column.nothing.set_text(words if empty else "")
        self.column.nothing.setVisible(empty)
        self.column.card.setVisible(not empty)

    def _show_view(self, view: str) -> None:
        if self.map_header.views.current() != view:
            self.map_header.views.choose(view)
        self.editing.end()
        self.json.set_shown(shown=view == JSON)
        if view == VARIABLES:
            self.column.show_view(self.variables)
        elif view == JSON:
            self.column.show_view(self.json.view)
            self.json.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.column.show_fields()
        self.column.bar.setVisible(view != VARIABLES)

    def _fit(self) -> None:
        """Where three columns have no room the variables become a view of the middle one."""
        narrow = self.width() < self.variables.column_width() + self.theme.px(_LEAST_COLUMN)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.variables.set_wide(wide=narrow)
        if narrow:
            self.column.show_fields()
            self.column.views.addWidget(self.variables)
        else:
            self.column.views.removeWidget(self.variables)
            self._row.insertWidget(0, self.variables)
            self.variables.show()
        self.map_header.offer_variables(offered=narrow)
