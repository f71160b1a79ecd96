"""Proposals for targets that nothing fills yet, from the names of variables and the look of their values.

The same events always give the same proposals, each with its reason in words. Nothing that is mapped is
ever proposed anew, and only what is sure is ticked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.json_value import JsonObject, JsonValue
from app.segment.event_variables import EventVariable
from app.segment.references import Keys
from app.segment.value_expression import ChangeCase, Coalesce, Expression, Joined, LetterCase, Text, Variable
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.name_matches import Grade, NameMatch, VariableIndex
from app.workflows.mapping_editor.target_values import base_of, value_at
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup
from app.workflows.mapping_editor.value_fits import fit_of, value_in_words
from app.workflows.mapping_editor.value_shapes import MAX_EVENTS, Shape, filled, shape_of, values_at

MAX_PER_TARGET = 3
_SURE_FIT, _LIKELY_FIT, _LEAST_FIT = 0.95, 0.5, 0.2
_RARE = 0.05
_UNSUGGESTED = {"object", "boolean"}
_FIRST_NAMES = ("firstname", "givenname", "fname", "forename")
_LAST_NAMES = ("lastname", "familyname", "surname", "lname")


class Confidence(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``source`` names the variables for people; ``reason`` is one phrase. Only sure ones are ticked."""

    key: str
    label: str
    expression: Expression
    source: str
    confidence: Confidence
    reason: str
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class SuggestionSources:
    """``bodies`` are events the mapping runs on, newest first; ``variables`` are theirs. ``ignored`` are
    labels left out on purpose; ``about_company`` tells that traits are a company's (group events)."""

    variables: Sequence[EventVariable]
    bodies: Sequence[JsonObject]
    ignored: Collection[str] = ()
    about_company: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """``present`` and ``fitting`` count the events that were looked into."""

    expression: Expression
    keys: tuple[Keys, ...]
    source: str
    grade: Grade
    how: str
    present: int
    fitting: int

    @property
    def fit(self) -> float:
        return self.fitting / self.present if self.present else 0.0


def suggest(
    targets: Sequence[MappingTarget],
    mapping: JsonObject,
    vocabulary: CloseVocabulary,
    sources: SuggestionSources,
) -> tuple[Suggestion, ...]:
    """Up to three proposals for each unmapped target, in the order of the targets, the best first."""
    if base_of(mapping) is not None:
        return ()
    suggester = _Suggester(targets, vocabulary, sources)
    found: list[Suggestion] = []
    used: set[tuple[Keys, ...]] = set()
    for target in targets:
        if value_at(mapping, target.key) is not None or not _is_open(target, mapping):
            continue
        for place, (suggestion, keys) in enumerate(suggester.for_target(target)):
            sure = suggestion.confidence is Confidence.SURE
            # One variable in two fields is unusual enough to be left to a person.
            ticked = place == 0 and sure and keys not in used
            if ticked:
                used.add(keys)
            found.append(replace(suggestion, ticked=ticked))
    return tuple(found)


def _is_open(target: MappingTarget, mapping: JsonObject) -> bool:
    """Whether proposals make sense; fields that one value fills all at once are filled already."""
    container, _, member = target.key.partition(".")
    if member and value_at(mapping, container) is not None:
        return False
    return target.group is not TargetGroup.RULES and target.close_type not in _UNSUGGESTED


class _Suggester:
    def __init__(
        self, targets: Sequence[MappingTarget], vocabulary: CloseVocabulary, sources: SuggestionSources
    ) -> None:
        ignored = frozenset(sources.ignored)
        usable = [one for one in sources.variables if not one.is_object and one.label not in ignored]
        usable.sort(key=lambda variable: variable.keys)
        self._index = VariableIndex(usable, about_company=sources.about_company)
        self._usable = usable
        self._bodies = sources.bodies[:MAX_EVENTS]
        self._vocabulary = vocabulary
        names = [target.label.strip().casefold() for target in targets if "." in target.key]
        self._unique = {name for name in names if names.count(name) == 1}
        self._observed: dict[Keys, tuple[JsonValue, ...]] = {}

    def for_target(self, target: MappingTarget) -> list[tuple[Suggestion, tuple[Keys, ...]]]:
        fits = fit_of(target, self._vocabulary)
        found = list(self._by_name(target, fits))
        found += self._composed(target, fits, found)
        if not found:
            found += self._by_values(target, fits)
        graded = [(_confidence(one, len(self._bodies)), one) for one in found]
        order = tuple(Confidence)
        ranked = sorted(
            ((confidence, one) for confidence, one in graded if confidence is not None),
            key=lambda pair: (order.index(pair[0]), pair[1].grade, -pair[1].fitting, pair[1].source),
        )
        return [
            (self._suggestion(target, confidence, one), one.keys)
            for confidence, one in ranked[:MAX_PER_TARGET]
        ]

    def _suggestion(self, target: MappingTarget, confidence: Confidence, one: _Candidate) -> Suggestion:
        what = value_in_words(target)
        reason = f"{one.how}, {what} in {one.fitting} of {len(self._bodies)} events"
        return Suggestion(target.key, target.label, one.expression, one.source, confidence, reason)

    # Candidates ----------------------------------------------------------------------------------

    def _by_name(self, target: MappingTarget, fits: Callable[[JsonValue], bool]) -> Iterator[_Candidate]:
        only_object = target.label.strip().casefold() in self._unique
        for match in self._index.matches(target, only_object=only_object):
            yield self._candidate(target, match, fits)

    def _candidate(
        self, target: MappingTarget, match: NameMatch, fits: Callable[[JsonValue], bool]
    ) -> _Candidate:
        values = filled(self._values(match.variable))
        expression, how = _shaped(target, Variable(match.variable.keys), values, match.how)
        return _Candidate(
            expression,
            (match.variable.keys,),
            match.variable.label,
            match.grade,
            how,
            len(values),
            sum(map(fits, values)),
        )

    def _by_values(self, target: MappingTarget, fits: Callable[[JsonValue], bool]) -> Iterator[_Candidate]:
        """Without a name to go by: values that can hardly be anything else."""
        if target.key != "contact_email" and target.close_type != "choices":
            return
        for variable in self._usable:
            name = self._index.name(variable)
            if variable.keys[0] not in {"traits", "properties"} or name.about != _about(target):
                continue
            if isinstance(variable.example, bool) or not fits(variable.example):
                continue
            match = NameMatch(variable, Grade.LOOSE, "its values look right")
            yield self._candidate(target, match, fits)

    def _composed(
        self, target: MappingTarget, fits: Callable[[JsonValue], bool], found: Sequence[_Candidate]
    ) -> Iterator[_Candidate]:
        sure = [one for one in found if one.grade <= Grade.ALIAS and one.fit >= _SURE_FIT]
        best = min(sure, key=lambda one: (one.grade, -one.fitting, one.source), default=None)
        if target.key == "contact_name":
            yield from self._full_names(best)
        elif best is not None:
            others = sorted((one for one in sure if one is not best), key=lambda one: (one.grade, one.source))
            if others and (both := self._either(best, others[0], fits)) is not None:
                yield both

    def _full_names(self, best: _Candidate | None) -> Iterator[_Candidate]:
        for one, two in self._index.parts_of_name(_FIRST_NAMES, _LAST_NAMES):
            firsts, lasts = self._values(one), self._values(two)
            whole = Joined((Variable(one.keys), Text(" "), Variable(two.keys)))
            has_parts = [
                first is not None or last is not None for first, last in zip(firsts, lasts, strict=True)
            ]
            source = f"{one.label} {two.label}"
            joined = _Candidate(
                whole,
                (one.keys, two.keys),
                source,
                Grade.ALIAS,
                "first and last name put together",
                sum(has_parts),
                sum(has_parts),
            )
            if best is None or not isinstance(best.expression, Variable):
                yield joined
                return
            names = self._observed[best.expression.keys]
            either = sum(name is not None or part for name, part in zip(names, has_parts, strict=True))
            if either > best.fitting:
                yield replace(
                    joined,
                    expression=Coalesce(best.expression, whole),
                    keys=(*best.keys, *joined.keys),
                    source=f"{best.source} or {source}",
                    grade=Grade.PLACE,
                    how="the name, else first and last name",
                    present=either,
                    fitting=either,
                )
            return

    def _either(
        self, best: _Candidate, other: _Candidate, fits: Callable[[JsonValue], bool]
    ) -> _Candidate | None:
        """Both, one as the fallback of the other, when some events have only the other."""
        pairs = zip(self._observed[best.keys[0]], self._observed[other.keys[0]], strict=True)
        values = filled(one if one is not None else two for one, two in pairs)
        fitting = sum(map(fits, values))
        if fitting <= best.fitting:
            return None
        return _Candidate(
            Coalesce(best.expression, other.expression),
            (*best.keys, *other.keys),
            f"{best.source} or {other.source}",
            Grade.PLACE,
            f"{best.how}, at one of two places",
            len(values),
            fitting,
        )

    # Values --------------------------------------------------------------------------------------

    def _values(self, variable: EventVariable) -> tuple[JsonValue, ...]:
        if variable.keys not in self._observed:
            self._observed[variable.keys] = values_at(variable.keys, self._bodies)
        return self._observed[variable.keys]


def _about(target: MappingTarget) -> str:
    return "lead" if target.key.startswith("lead_") else "contact"


def _confidence(one: _Candidate, events: int) -> Confidence | None:
    if not one.fitting or one.fit < _LEAST_FIT:
        return None
    if one.grade is Grade.LOOSE:
        return Confidence.GUESS if one.fit >= _LIKELY_FIT else None
    if one.fit < _LIKELY_FIT:
        return Confidence.GUESS
    sure = one.grade <= Grade.ALIAS and one.fit >= _SURE_FIT and one.fitting > _RARE * events
    return Confidence.SURE if sure else Confidence.LIKELY


def _shaped(
    target: MappingTarget, variable: Variable, values: Sequence[JsonValue], how: str
) -> tuple[Expression, str]:
    """The variable with what its values need to fit."""
    texts = [value for value in values if isinstance(value, str)]
    if target.key == "contact_email" and any(text != text.lower() for text in texts):
        return ChangeCase(variable, LetterCase.LOWER), f"{how}, in lower case"
    if target.key == "contact_url" and texts and all(shape_of(text) is Shape.HOST for text in texts):
        return Joined((Text("https://"), variable)), f"{how}, with https:// before it"
    return variable, how
