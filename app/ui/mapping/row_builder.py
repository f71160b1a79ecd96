"""Puts mapping, values and advice together into the rows of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import is_

from PySide6.QtCore import QCoreApplication

from app.json_value import JsonObject, JsonValue
from app.segment.close_destination import ActionDefinition
from app.segment.value_expression import Expression, Static, Text
from app.segment.value_reader import read
from app.ui.mapping.rows import FieldRow, GroupRow, Note, RowResult, RowState
from app.ui.theme.tokens import Tone
from app.workflows.mapping_editor.advice import Advice, Severity
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.evaluation import Evaluation, TargetValue, ValueState
from app.workflows.mapping_editor.targets import (
    GroupCount,
    MappingTarget,
    TargetGroup,
    mapped_count,
    targets_of,
    values_of,
)

_ICONS = {
    TargetGroup.LEAD: "building-2",
    TargetGroup.CONTACT: "user-round",
    TargetGroup.CUSTOM: "sliders-horizontal",
    TargetGroup.RULES: "list-checks",
}
_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARN, Severity.INFO: Tone.INFO}
_STATES = {
    ValueState.OK: RowState.OK,
    ValueState.EMPTY: RowState.EMPTY,
    ValueState.PROBLEM: RowState.ERROR,
    ValueState.UNMAPPED: RowState.UNMAPPED,
}


@dataclass(frozen=True, slots=True)
class RowSet:
    """Everything the list shows."""

    groups: tuple[GroupRow, ...]
    fields: Mapping[TargetGroup, Sequence[FieldRow]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What rows are made of before any event: the same for all answers to one question."""

    mapping: JsonObject
    action: ActionDefinition
    vocabulary: CloseVocabulary
    targets: tuple[MappingTarget, ...]
    values: Mapping[str, JsonValue]
    counts: Mapping[TargetGroup, GroupCount]


class RowBuilder:
    """Remembers what it made: while people type in one row the others stay the objects they are."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[JsonValue, Expression]] = {}
        self._made: dict[str, tuple[tuple[object, ...], FieldRow]] = {}
        self._frame: _Frame | None = None

    def targets(
        self, mapping: JsonObject, action: ActionDefinition, vocabulary: CloseVocabulary
    ) -> tuple[MappingTarget, ...]:
        """The fields of Close that the rows are for."""
        return self._framed(mapping, action, vocabulary).targets

    def build(
        self,
        mapping: JsonObject,
        action: ActionDefinition,
        vocabulary: CloseVocabulary,
        evaluation: Evaluation | None,
        advice: Sequence[Advice],
        *,
        editing: str = "",
    ) -> RowSet:
        """The rows. Without an evaluation (no event, or none yet) values stay blank; notes that are only good
        to know are shown on the row that is being edited."""
        frame = self._framed(mapping, action, vocabulary)
        about: dict[str, list[Advice]] = {}
        for one in advice:
            about.setdefault(one.key, []).append(one)
        fields: dict[TargetGroup, list[FieldRow]] = {group: [] for group in frame.counts}
        for target in frame.targets:
            found = None if evaluation is None else evaluation.of(target.key)
            value = frame.values.get(target.key)
            made_of = (target, value, action, found, about.get(target.key, []), target.key == editing)
            known = self._made.get(target.key)
            if known is None or known[0] != made_of:
                known = self._made[target.key] = (made_of, self._row(*made_of))
            fields[target.group].append(known[1])
        groups = []
        for group, counted in frame.counts.items():
            as_of = vocabulary.as_of if group is TargetGroup.CUSTOM else ""
            fact = f"{counted.text} · {as_of}" if as_of else counted.text
            groups.append(GroupRow(group, _title(group), _ICONS[group], fact))
        return RowSet(tuple(groups), fields)

    def _row(
        self,
        target: MappingTarget,
        value: JsonValue | None,
        action: ActionDefinition,
        found: TargetValue | None,
        advice: Sequence[Advice],
        editing: bool,
    ) -> FieldRow:
        expression = None if value is None else self._expression(target.key, value)
        result = _result(found) if expression is not None else RowResult(state=RowState.UNMAPPED)
        notes = _notes(target, found, advice)
        switch = _switch(target, action, expression)
        asides = tuple(note for note in notes if note.tone is Tone.INFO and not editing)
        return FieldRow(
            target,
            expression,
            result,
            tuple(note for note in notes if note not in asides),
            asides,
            named_value=_named(target, expression),
            switch=switch,
            departs=switch is not None and switch != _default(target, action),
        )

    def _framed(self, mapping: JsonObject, action: ActionDefinition, vocabulary: CloseVocabulary) -> _Frame:
        known = self._frame
        asked = (mapping, action, vocabulary)
        # All three are replaced and never changed, so the same objects mean the same rows.
        if known is not None and all(map(is_, (known.mapping, known.action, known.vocabulary), asked)):
            return known
        targets = targets_of(action, vocabulary, mapping)
        values = values_of(mapping, (target.key for target in targets))
        counts = mapped_count(targets, mapping, action)
        self._frame = _Frame(mapping, action, vocabulary, targets, values, counts)
        return self._frame

    def _expression(self, key: str, value: JsonValue) -> Expression:
        known = self._read.get(key)
        if known is not None and known[0] == value:
            return known[1]
        expression = read(value)
        self._read[key] = (value, expression)
        return expression


def _result(found: TargetValue | None) -> RowResult:
    if found is None:
        return RowResult()
    return RowResult(found.shown, _STATES[found.state])


def _notes(target: MappingTarget, found: TargetValue | None, advice: Sequence[Advice]) -> tuple[Note, ...]:
    """What is said below a row: the shown event's problem first, then what all events tell."""
    notes = [Note(_TONES[one.severity], one.text) for one in advice if not _is_said(target, one)]
    if found is not None and found.state is ValueState.PROBLEM:
        texts = [note.text for note in notes]
        if found.problem not in texts:
            notes.insert(0, Note(Tone.ERROR, found.problem))
    return tuple(notes)


def _is_said(target: MappingTarget, advice: Advice) -> bool:
    """A switch shows its own consequence."""
    return target.group is TargetGroup.RULES and advice.text == target.consequence


def _switch(target: MappingTarget, action: ActionDefinition, expression: Expression | None) -> bool | None:
    """Whether a rule is on; None for fields, and for rules that take their value from the event."""
    if target.group is not TargetGroup.RULES:
        return None
    if expression is None:
        return _default(target, action)
    if isinstance(expression, Static) and isinstance(expression.value, bool):
        return expression.value
    return None


def _default(target: MappingTarget, action: ActionDefinition) -> bool:
    """How a rule stands when the mapping says nothing about it."""
    field = action.field(target.key)
    return field is not None and field.default is True


def _named(target: MappingTarget, expression: Expression | None) -> str:
    """The name for a fixed id, such as a lead status."""
    if isinstance(expression, Text) and expression.text in target.choices and target.choice_labels:
        return target.choice_labels[target.choices.index(expression.text)]
    return ""


def _title(group: TargetGroup) -> str:
    return {
        TargetGroup.LEAD: _tr("Lead"),
        TargetGroup.CONTACT: _tr("Contact"),
        TargetGroup.CUSTOM: _tr("Custom fields"),
        TargetGroup.RULES: _tr("Rules"),
    }[group]


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapRows", text)
