"""What the mapping gives, worked out beside the window: at once for the shown event, then over all events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.actions.action_definitions import definition
from app.json_value import JsonObject
from app.segment.event_variables import EventVariable, collect
from app.storage.profile import MappingSpec
from app.ui.mapping.background import LatestOnly, Superseded
from app.workflows.mapping_editor.advice import Advice, MappingUnderReview, advise
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.coverage import Coverage, coverage
from app.workflows.mapping_editor.evaluation import Evaluation, Evaluator
from app.workflows.mapping_editor.statistics import MappingStatistics, count

_PAUSE_MS = 200
# Python runs one thread at a time. Without a break after each event the window's thread would wait five
# milliseconds for every step of its own, and typing would stick while many events are counted.
_BREAK_S = 0.0002


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: this mapping, with these fields of Close."""

    spec: MappingSpec
    vocabulary: CloseVocabulary


@dataclass(frozen=True, slots=True)
class ShownValues:
    """The answer for the shown event. ``took_ms`` counts from the change to the answer in the window."""

    question: Question
    evaluation: Evaluation
    took_ms: float


@dataclass(frozen=True, slots=True)
class Survey:
    """The answer over all events."""

    question: Question
    statistics: MappingStatistics
    advice: tuple[Advice, ...]
    coverage: Coverage


class LiveResults(QObject):
    """Ask as often as keys are pressed: only the last question is answered.

    ``clock`` gives seconds. The counting over all events waits for a short pause in the typing and stops
    when the next question comes.
    """

    valued = Signal(object)
    surveyed = Signal(object)
    listed = Signal(object)

    def __init__(
        self,
        unexpected: Callable[[BaseException], None],
        *,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._question: Question | None = None
        self._bodies: tuple[JsonObject, ...] = ()
        self._made_up = False
        self._variables: tuple[EventVariable, ...] = ()
        self._values: LatestOnly[tuple[Question, Evaluation, float]] = LatestOnly(
            "values of one event", self._tell_values, unexpected, self
        )
        self._surveys: LatestOnly[Survey | None] = LatestOnly(
            "all events", self._tell_survey, unexpected, self
        )
        self._lists: LatestOnly[tuple[EventVariable, ...] | None] = LatestOnly(
            "variables of events", self._tell_variables, unexpected, self
        )
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._survey)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        lanes = (self._values, self._surveys, self._lists)
        return self._pause.isActive() or any(lane.busy for lane in lanes)

    @property
    def variables(self) -> tuple[EventVariable, ...]:
        return self._variables

    def set_events(self, bodies: Sequence[JsonObject], *, made_up: bool = False) -> None:
        """The events to count over, newest first. ``listed`` gives their variables. With ``made_up`` ones
        the advice does not warn of what they lack."""
        self._bodies, self._made_up = tuple(bodies), made_up
        events = self._bodies
        self._lists.run(lambda superseded: _variables(events, superseded))

    def ask(self, question: Question, body: JsonObject | None) -> None:
        """``valued`` answers for ``body``, then ``surveyed`` for all events."""
        self._question = question
        asked = self._clock()
        if body is None:
            self._values.cancel()
        else:
            self._values.run(lambda _superseded: (question, _evaluate(question, body), asked))
        self._surveys.cancel()
        self._pause.start()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._pause.stop()
        self._values.cancel()
        self._surveys.cancel()
        self._lists.cancel()

    def _survey(self) -> None:
        question, made_up = self._question, self._made_up
        bodies, variables = self._bodies, self._variables
        if question is not None:
            self._surveys.run(
                lambda superseded: _survey(question, bodies, variables, superseded, made_up=made_up)
            )

    def _tell_values(self, answer: tuple[Question, Evaluation, float]) -> None:
        question, evaluation, asked = answer
        self.valued.emit(ShownValues(question, evaluation, (self._clock() - asked) * 1000))

    def _tell_survey(self, survey: Survey | None) -> None:
        if survey is not None:
            self.surveyed.emit(survey)

    def _tell_variables(self, variables: tuple[EventVariable, ...] | None) -> None:
        if variables is None:
            return
        self._variables = variables
        self.listed.emit(variables)
        if self._question is not None:
            self._pause.start()


def _evaluator(question: Question) -> Evaluator:
    return Evaluator(question.spec, definition(question.spec.action), question.vocabulary)


def _evaluate(question: Question, body: JsonObject) -> Evaluation:
    return _evaluator(question).run(body)


def _survey(
    question: Question,
    bodies: tuple[JsonObject, ...],
    variables: tuple[EventVariable, ...],
    superseded: Superseded,
    *,
    made_up: bool,
) -> Survey | None:
    """Everything that needs all events; None when nobody wants to know any more."""
    evaluator = _evaluator(question)
    found = MappingStatistics()
    try:
        for step in count(evaluator, _Paced(bodies, superseded)):
            found = step.statistics
    except _SupersededError:
        return None
    mapping = question.spec.mapping
    review = MappingUnderReview(
        mapping, evaluator.action, question.vocabulary, evaluator.targets, found, variables, made_up
    )
    return Survey(question, found, advise(review), coverage(variables, mapping, question.spec.ignored))


def _variables(bodies: tuple[JsonObject, ...], superseded: Superseded) -> tuple[EventVariable, ...] | None:
    try:
        return collect(_Paced(bodies, superseded))
    except _SupersededError:
        return None


class _SupersededError(Exception):
    """Nobody wants the answer any more."""


class _Paced(Sequence[JsonObject]):
    """Events for a worker: it takes a break before each, and stops when it has been superseded."""

    def __init__(self, bodies: tuple[JsonObject, ...], superseded: Superseded) -> None:
        self._bodies = bodies
        self._superseded = superseded

    def __len__(self) -> int:
        return len(self._bodies)

    def __getitem__(self, index: Any) -> Any:
        return self._bodies[index]

    def __iter__(self) -> Iterator[JsonObject]:
        for body in self._bodies:
            if self._superseded():
                raise _SupersededError
            time.sleep(_BREAK_S)
            yield body
