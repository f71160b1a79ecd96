"""Suggestions and coverage: asked for on the page, decided in a dialog, carried out as one step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.json_value import JsonObject
from app.segment.event_variables import EventVariable
from app.segment.value_writer import write
from app.storage.profile import MappingSpec
from app.ui.frame.tasks import AsyncTask
from app.ui.mapping import map_changes
from app.ui.mapping.background import LatestOnly
from app.ui.mapping.coverage_dialog import CoverageDialog
from app.ui.mapping.mapping_desk import MappingDesk
from app.ui.mapping.suggestion_table import Proposal
from app.ui.mapping.suggestions_dialog import SuggestionsDialog
from app.ui.theme.theme import Theme
from app.workflows.fields import NewField
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.coverage import coverage
from app.workflows.mapping_editor.evaluation import Evaluator
from app.workflows.mapping_editor.field_types import (
    CreatedField,
    map_variable,
    offers_fields,
    propose_field,
)
from app.workflows.mapping_editor.suggestions import Suggestion, SuggestionSources, suggest
from app.workflows.mapping_editor.targets import TargetGroup, value_at, with_value

CreateField = Callable[[MappingSpec, NewField, EventVariable], Awaitable[CreatedField]]


class Reviews(QObject):
    """``thinking`` and ``ready`` frame the working out of suggestions, ``told`` is to be said in passing."""

    thinking = Signal()
    ready = Signal()
    told = Signal(str)

    def __init__(
        self,
        theme: Theme,
        desk: MappingDesk,
        page: QWidget,
        unexpected: Callable[[BaseException], None],
        create_field: CreateField | None,
    ) -> None:
        super().__init__(page)
        self._theme = theme
        self._desk = desk
        self._page = page
        self._create = create_field
        self._creating = AsyncTask("create a field", unexpected=unexpected, parent=self)
        self._creating.succeeded.connect(self._created)
        self._thinking: LatestOnly[tuple[MappingSpec, Sequence[Proposal]]] = LatestOnly(
            "suggestions", self._show_suggestions, unexpected, self
        )
        self.coverage_dialog: CoverageDialog | None = None
        self.suggestions_dialog: SuggestionsDialog | None = None
        desk.rebuilt.connect(self._show_coverage)

    # Suggestions -------------------------------------------------------------------------------

    def suggest(self) -> None:
        """Work out proposals beside the window, then show them."""
        spec, action = self._desk.spec, self._desk.action
        if spec is None or action is None or self._thinking.busy:
            return
        session = self._desk.session
        vocabulary, variables = session.vocabulary, self._desk.live.variables
        bodies = [sample.body for sample in session.events]
        shown = self._desk.body()
        evaluator = Evaluator(spec, action, vocabulary)

        def work(_superseded: Callable[[], bool]) -> tuple[MappingSpec, Sequence[Proposal]]:
            matching = [body for body in bodies if evaluator.matches(body)]
            groups = bool(matching) and all(body.get("type") == "group" for body in matching)
            sources = SuggestionSources(variables, matching or bodies, spec.ignored, about_company=groups)
            found = suggest(evaluator.targets, spec.mapping, vocabulary, sources)
            return spec, [_proposal(one, spec, evaluator, vocabulary, shown) for one in found]

        self.thinking.emit()
        self._thinking.run(work)

    def _show_suggestions(self, answer: tuple[MappingSpec, Sequence[Proposal]]) -> None:
        self.ready.emit()
        _, proposals = answer
        if not proposals:
            self.told.emit(self.tr("No suggestions: the events hold nothing for the empty fields."))
            return
        dialog = SuggestionsDialog(self._theme, proposals, self._page)
        dialog.accepted_suggestions.connect(self._take_over)
        dialog.destroyed.connect(lambda: setattr(self, "suggestions_dialog", None))
        self.suggestions_dialog = dialog
        dialog.open()

    def _take_over(self, chosen: Sequence[Suggestion]) -> None:
        spec = self._desk.spec
        if spec is None:
            return
        changed = spec
        for one in chosen:
            if value_at(changed.mapping, one.key) is None:
                changed = map_changes.with_expression(changed, one.key, one.expression)
        count = len(chosen)
        words = self.tr("1 field mapped") if count == 1 else self.tr("{count} fields mapped")
        self._desk.change(self.tr("Suggestions"), changed, words.format(count=count))

    # Coverage ----------------------------------------------------------------------------------

    def open_coverage(self) -> None:
        action = self._desk.action
        if action is None:
            return
        creating = self._creating if self._create is not None else None
        dialog = CoverageDialog(self._theme, creating, offers_fields(action), self._page)
        dialog.map_requested.connect(self._map)
        dialog.create_requested.connect(self._create_field)
        dialog.ignore_requested.connect(self._ignore)
        dialog.notice_requested.connect(self._notice)
        dialog.proposal_wanted.connect(self._propose)
        dialog.finished.connect(lambda _result: setattr(self, "coverage_dialog", None))
        self.coverage_dialog = dialog
        self._show_coverage()
        dialog.open()

    def _show_coverage(self) -> None:
        dialog, spec = self.coverage_dialog, self._desk.spec
        if dialog is None or spec is None:
            return
        free = [
            target
            for target in self._desk.targets
            if target.group is not TargetGroup.RULES
            and not target.missing
            and value_at(spec.mapping, target.key) is None
        ]
        dialog.show_coverage(coverage(self._desk.live.variables, spec.mapping, spec.ignored), free)

    def _propose(self, variable: EventVariable) -> None:
        dialog, session = self.coverage_dialog, self._desk.session
        if dialog is not None:
            bodies = [sample.body for sample in session.events]
            groups = bool(bodies) and all(body.get("type") == "group" for body in bodies)
            proposal = propose_field(variable, bodies, session.vocabulary, about_company=groups)
            dialog.show_proposal(proposal, session.vocabulary)

    def _map(self, variable: EventVariable, key: str) -> None:
        spec = self._desk.spec
        if spec is not None:
            row = self._desk.rows.field(key)
            label = row.target.label if row is not None else key
            changed = map_changes.noticing(spec, [variable.keys])
            self._desk.change(label, map_changes.with_variable(changed, key, variable.keys))

    def _ignore(self, variable: EventVariable) -> None:
        spec = self._desk.spec
        if spec is not None:
            label = self.tr("Ignore {name}").format(name=variable.label)
            self._desk.change(label, map_changes.ignoring(spec, [variable.keys]))

    def _notice(self, variable: EventVariable) -> None:
        spec = self._desk.spec
        if spec is not None:
            label = self.tr("Stop ignoring {name}").format(name=variable.label)
            self._desk.change(label, map_changes.noticing(spec, [variable.keys]))

    def _create_field(self, variable: EventVariable, wanted: NewField) -> None:
        spec, create = self._desk.spec, self._create
        if spec is None or create is None or self._creating.busy:
            return

        async def work() -> tuple[CreatedField, EventVariable]:
            return await create(spec, wanted, variable), variable

        self._creating.run(work, self.tr("Creating the field in Close…"))

    def _created(self, answer: tuple[CreatedField, EventVariable]) -> None:
        """The mapping may have changed meanwhile, so the field is put into it as it is now."""
        created, variable = answer
        session, spec = self._desk.session, self._desk.spec
        session.set_vocabulary(session.vocabulary.with_field(created.field))
        if spec is not None:
            name = created.field.name
            told = self.tr("“{name}” is in Close now and mapped").format(name=name)
            self._desk.change(name, map_variable(spec, created.field, variable), told)


def _proposal(
    one: Suggestion,
    spec: MappingSpec,
    evaluator: Evaluator,
    vocabulary: CloseVocabulary,
    body: JsonObject | None,
) -> Proposal:
    if body is None:
        return Proposal(one, None)
    alone = MappingSpec(spec.name, spec.action, spec.trigger, with_value({}, one.key, write(one.expression)))
    return Proposal(one, Evaluator(alone, evaluator.action, vocabulary).run(body).of(one.key))
