"""Keeps the lists of the page in step with the mapping that is edited, and carries out what people do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.actions.action_definitions import definition
from app.errors import AppError
from app.json_value import JsonObject
from app.segment.close_destination import ActionDefinition
from app.segment.event_variables import EventVariable
from app.segment.value_expression import Expression
from app.storage.profile import MappingSpec
from app.ui.mapping import map_changes
from app.ui.mapping.live_results import LiveResults, Question, ShownValues, Survey
from app.ui.mapping.row_builder import RowBuilder
from app.ui.mapping.rows_model import RowsModel
from app.ui.mapping.session import EditingSession
from app.ui.mapping.variables_model import VariablesModel
from app.workflows.mapping_editor.advice import Advice
from app.workflows.mapping_editor.evaluation import Evaluation
from app.workflows.mapping_editor.targets import MappingTarget, value_at
from app.workflows.mapping_editor.variables_read import variables_read
from app.workflows.samples import Sample


class MappingDesk(QObject):
    """Follows the session while ``active``; everything that is edited goes through the session as one step.

    ``rebuilt`` fires when the rows were brought up to date, ``valued`` and ``surveyed`` carry the answers
    they were made from. ``told`` carries what has just happened in words, and how to take it back.
    """

    rebuilt = Signal()
    valued = Signal(object)
    surveyed = Signal(object)
    listed = Signal(object)
    told = Signal(str)

    def __init__(
        self,
        session: EditingSession,
        unexpected: Callable[[BaseException], None],
        *,
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.rows = RowsModel(self)
        self.variables = VariablesModel(self)
        self.live = LiveResults(unexpected, clock=clock, parent=self)
        self.evaluation: Evaluation | None = None
        self.survey: Survey | None = None
        self._builder = RowBuilder()
        self._active = False
        self._editing = ""
        self._listed_for: tuple[Sample, ...] | None = None
        session.document_changed.connect(self._changed)
        session.chosen_changed.connect(self._other_mapping)
        session.vocabulary_changed.connect(self._changed)
        session.sample_changed.connect(self._other_sample)
        session.events_changed.connect(self._other_events)
        self.live.valued.connect(self._take_values)
        self.live.surveyed.connect(self._take_survey)
        self.live.listed.connect(self._take_variables)

    @property
    def spec(self) -> MappingSpec | None:
        return self.session.spec

    @property
    def action(self) -> ActionDefinition | None:
        """The definition of the mapping's action; None when there is no mapping or no such action."""
        found = self._look_up()
        return found if isinstance(found, ActionDefinition) else None

    @property
    def trouble(self) -> AppError | None:
        """Why there are no rows although there is a mapping."""
        found = self._look_up()
        return found if isinstance(found, AppError) else None

    @property
    def targets(self) -> tuple[MappingTarget, ...]:
        spec, action = self.session.spec, self.action
        if spec is None or action is None:
            return ()
        return self._builder.targets(spec.mapping, action, self.session.vocabulary)

    def body(self) -> JsonObject | None:
        return self.session.sample.body if self.session.sample is not None else None

    def start(self) -> None:
        """The page is in front: catch up and follow from now on."""
        self._active = True
        if self._listed_for is not self.session.events:
            self._other_events()
        self._changed()

    def stop(self) -> None:
        self._active = False
        if self.live.busy:
            # The list of variables may not have come; the next start asks for it again.
            self._listed_for = None
        self.live.stop()

    def set_editing(self, key: str) -> None:
        """The row with the editor also shows what is only good to know."""
        self._editing = key
        self._rebuild()

    def successors(self, target: MappingTarget) -> Sequence[MappingTarget]:
        """The free fields that can take the place of a lost one."""
        spec = self.session.spec
        if spec is None:
            return ()
        found = map_changes.successors_of(target, self.targets)
        return [one for one in found if value_at(spec.mapping, one.key) is None]

    # What people do ----------------------------------------------------------------------------

    def set_expression(self, key: str, expression: Expression | None, merge_key: str = "") -> None:
        spec = self.session.spec
        if spec is not None:
            changed = map_changes.with_expression(spec, key, expression)
            self.session.change(self._label(key), changed, merge_key=merge_key)

    def clear(self, key: str) -> None:
        spec = self.session.spec
        if spec is not None and value_at(spec.mapping, key) is not None:
            label = self._label(key)
            self.session.change(label, map_changes.with_expression(spec, key, None))
            self.told.emit(_tr("{field} cleared").format(field=label))

    def toggle(self, key: str) -> None:
        """Switch a rule over."""
        spec, row = self.session.spec, self.rows.field(key)
        if spec is not None and row is not None and row.switch is not None:
            changed = map_changes.with_switch(spec, key, on=not row.switch)
            self.session.change(self._label(key), changed)

    def replace_lost(self, lost: str, successor: str) -> None:
        spec = self.session.spec
        if spec is not None:
            label = self._label(successor)
            self.session.change(label, map_changes.moved_to(spec, lost, successor))
            self.told.emit(_tr("Moved to {field}").format(field=label))

    def change(self, label: str, spec: MappingSpec, told: str = "") -> None:
        """Any other change of the mapping as one step."""
        self.session.change(label, spec)
        if told:
            self.told.emit(told)

    def undo(self) -> None:
        label = self.session.document.undo_label
        if label:
            self.session.undo()

    def redo(self) -> None:
        label = self.session.document.redo_label
        if label:
            self.session.redo()

    # Following the session ---------------------------------------------------------------------

    def _other_mapping(self) -> None:
        self.evaluation = self.survey = None
        self._changed()

    def _other_sample(self) -> None:
        self.evaluation = None
        self._changed()

    def _other_events(self) -> None:
        if self._active:
            self._listed_for = self.session.events
            bodies = [sample.body for sample in self.session.events]
            self.live.set_events(bodies, made_up=self.session.made_up)

    def _changed(self) -> None:
        if not self._active:
            return
        self._rebuild()
        spec = self.session.spec
        if spec is None or self.action is None:
            self.variables.set_used(())
            return
        self.variables.set_used(variables_read(spec.mapping))
        self.live.ask(Question(spec, self.session.vocabulary), self.body())

    def _rebuild(self) -> None:
        spec, action = self.session.spec, self.action
        if spec is None or action is None:
            self.rows.set_rows((), {})
        else:
            advice: tuple[Advice, ...] = self.survey.advice if self.survey is not None else ()
            found = self._builder.build(
                spec.mapping,
                action,
                self.session.vocabulary,
                self.evaluation,
                advice,
                editing=self._editing,
            )
            self.rows.set_rows(found.groups, found.fields)
        self.rebuilt.emit()

    def _take_values(self, values: ShownValues) -> None:
        self.evaluation = values.evaluation
        self._rebuild()
        self.valued.emit(values)

    def _take_survey(self, survey: Survey) -> None:
        self.survey = survey
        self._rebuild()
        self.surveyed.emit(survey)

    def _take_variables(self, variables: tuple[EventVariable, ...]) -> None:
        self.variables.set_variables(variables)
        self.listed.emit(variables)

    def _look_up(self) -> ActionDefinition | AppError | None:
        spec = self.session.spec
        if spec is None:
            return None
        try:
            return definition(spec.action)
        except AppError as error:
            return error

    def _label(self, key: str) -> str:
        row = self.rows.field(key)
        return row.target.label if row is not None else key


def _tr(text: str) -> str:
    return QCoreApplication.translate("MappingDesk", text)
