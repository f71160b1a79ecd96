"""One mapping over many events: how often each row is empty, does not fit, or is always the same.

Only events count that the mapping's trigger lets through: “empty in 12 of 200” means of 200 that would be
sent. Everything is counted in steps, so that whoever asks can show progress, and stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.json_value import JsonObject
from app.workflows.mapping_editor.evaluation import Evaluation, Evaluator
from app.workflows.mapping_editor.target_check import ProblemKind, TargetValue, ValueState

STEP = 200
"""Events per step: about 10 ms, short enough to stop at once."""

MAX_EXAMPLES = 3
OBJECT_AS_TEXT = "[object Object]"


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """``sentence`` is the first event's problem; ``examples`` are up to three different values."""

    kind: ProblemKind
    events: int
    sent_kind: str
    sentence: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetStatistics:
    """``events`` is how many were counted. ``constant`` is the value all of them give, when it is one and
    the same, else None; ``objects_in_text`` counts values in which an object was put into text."""

    key: str
    events: int
    empty: int
    problems: tuple[ProblemCount, ...] = ()
    constant: str | None = None
    objects_in_text: int = 0


@dataclass(frozen=True, slots=True)
class SharedEmails:
    """Addresses that come with more than one user id; ``example`` is one with ``most`` of them."""

    addresses: int = 0
    most: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class MappingStatistics:
    """``events`` were looked at, ``matching`` of them run the mapping, ``delivered`` of those are handed
    over, ``failing`` of those write nothing because a value does not fit its field.

    ``targets`` holds the mapped rows.
    """

    events: int = 0
    matching: int = 0
    delivered: int = 0
    failing: int = 0
    targets: Mapping[str, TargetStatistics] = field(default_factory=dict)
    shared_emails: SharedEmails = SharedEmails()


@dataclass(frozen=True, slots=True)
class StatisticsStep:
    """``done`` of ``total`` events are counted; ``statistics`` is what they give, whole after the last."""

    done: int
    total: int
    statistics: MappingStatistics


def count(evaluator: Evaluator, events: Sequence[JsonObject]) -> Iterator[StatisticsStep]:
    """Count event after event, pausing every ``STEP``: stop by not asking for more.

    At least one step comes, for no events too; the last one has all of them.
    """
    counter = _Counter(evaluator)
    for done, event in enumerate(events, start=1):
        counter.add(event)
        if done % STEP == 0 and done < len(events):
            yield StatisticsStep(done, len(events), counter.statistics())
    yield StatisticsStep(len(events), len(events), counter.statistics())


def statistics_of(evaluator: Evaluator, events: Sequence[JsonObject]) -> MappingStatistics:
    """All events at once."""
    counter = _Counter(evaluator)
    for event in events:
        counter.add(event)
    return counter.statistics()


@dataclass(slots=True)
class _Problems:
    sent_kind: str
    sentence: str
    events: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, value: TargetValue) -> None:
        self.events += 1
        if value.sent and len(self.examples) < MAX_EXAMPLES and value.sent not in self.examples:
            self.examples.append(value.sent)


class _TargetCounter:
    def __init__(self, key: str) -> None:
        self._key = key
        self._events = self._empty = self._objects_in_text = 0
        self._problems: dict[tuple[ProblemKind, str], _Problems] = {}
        self._first: TargetValue | None = None
        self._always_same = True

    def add(self, value: TargetValue) -> None:
        self._events += 1
        if value.state is ValueState.EMPTY:
            self._empty += 1
            self._always_same = False
            return
        if value.kind is not None:
            self._always_same = False
            # Text and lists in a number field are different mistakes with different ways out.
            sort = (value.kind, value.sent_kind)
            if sort not in self._problems:
                self._problems[sort] = _Problems(value.sent_kind, value.problem)
            self._problems[sort].add(value)
            return
        if isinstance(value.value, str) and OBJECT_AS_TEXT in value.value:
            self._objects_in_text += 1
        if self._first is None:
            self._first = value
        elif self._always_same and value.value != self._first.value:
            self._always_same = False

    def statistics(self) -> TargetStatistics:
        return TargetStatistics(
            key=self._key,
            events=self._events,
            empty=self._empty,
            problems=tuple(
                ProblemCount(kind, found.events, found.sent_kind, found.sentence, tuple(found.examples))
                for (kind, _), found in self._problems.items()
            ),
            constant=self._first.shown if self._first and self._always_same else None,
            objects_in_text=self._objects_in_text,
        )


class _Counter:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._events = self._matching = self._delivered = self._failing = 0
        self._targets: dict[str, _TargetCounter] = {}
        self._users_of: dict[str, set[str]] = {}

    def add(self, event: JsonObject) -> None:
        self._events += 1
        if not self._evaluator.matches(event):
            return
        self._matching += 1
        found = self._evaluator.run(event)
        self._delivered += found.delivered
        self._failing += found.delivered and found.fails
        for key, value in found.values.items():
            counter = self._targets.get(key)
            if counter is None:
                counter = self._targets[key] = _TargetCounter(key)
            counter.add(value)
        self._add_email(found, event)

    def _add_email(self, found: Evaluation, event: JsonObject) -> None:
        email = found.of("contact_email")
        if email.state is not ValueState.OK:
            return
        mapped = found.of("contact_external_id")
        # Without a mapped User ID the event's own still tells people apart.
        user = mapped.value if mapped.state is ValueState.OK else event.get("userId")
        if user is not None and user != "":
            self._users_of.setdefault(str(email.value).casefold(), set()).add(str(user))

    def statistics(self) -> MappingStatistics:
        shared = {email: len(users) for email, users in self._users_of.items() if len(users) > 1}
        example = max(shared, key=shared.__getitem__, default="")
        return MappingStatistics(
            events=self._events,
            matching=self._matching,
            delivered=self._delivered,
            failing=self._failing,
            targets={key: counter.statistics() for key, counter in self._targets.items()},
            shared_emails=SharedEmails(len(shared), shared.get(example, 0), example),
        )
