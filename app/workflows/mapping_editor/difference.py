"""What differs between two versions of the mappings, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.actions.action_definitions import definition
from app.errors import AppError
from app.json_value import JsonValue
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.rule_reading import read_rule
from app.workflows.mapping_editor.rule_words import TYPE_NAMES, readback, sentence
from app.workflows.mapping_editor.rules import Rule
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup, targets_of, value_at
from app.workflows.mapping_editor.value_words import is_fixed, value_words

Mappings = tuple[MappingSpec, ...]


class DifferenceKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class MappingDifference:
    """What happened to one mapping, or (``MOVED``) to their order; ``name`` is the later one."""

    kind: DifferenceKind
    name: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything in one paragraph: “Identify”: Title now comes from …"""
        return f"“{self.name}”: {' '.join(self.lines)}" if self.name else " ".join(self.lines)


def difference(
    before: Mappings, after: Mappings, vocabulary: CloseVocabulary | None = None
) -> tuple[MappingDifference, ...]:
    """From one version to the next; ``vocabulary`` names custom fields that Close still has."""
    known = vocabulary or CloseVocabulary()
    pairs = _pairs(before, after)
    found = []
    for index, spec in enumerate(after):
        former = pairs.get(index)
        if former is None:
            found.append(MappingDifference(DifferenceKind.ADDED, spec.name, (_introduced(spec),)))
        elif lines := _changes(before[former], spec, known):
            found.append(MappingDifference(DifferenceKind.CHANGED, spec.name, lines))
    gone = [spec for index, spec in enumerate(before) if index not in pairs.values()]
    found += [MappingDifference(DifferenceKind.DELETED, spec.name, ("It was deleted.",)) for spec in gone]
    stayed = [pairs[index] for index in sorted(pairs)]
    if stayed != sorted(stayed):
        order = ", ".join(f"“{spec.name}”" for spec in after)
        found.append(MappingDifference(DifferenceKind.MOVED, "", (f"The order is now {order}.",)))
    return tuple(found)


def summary(differences: tuple[MappingDifference, ...]) -> str:
    """All of it in a few words, for a list: “Identify” changed, “Newsletter” added."""
    if not differences:
        return "Nothing changed"
    return ", ".join(f"“{each.name}” {each.kind}" if each.name else "order changed" for each in differences)


def distinct_labels(targets: Collection[MappingTarget]) -> dict[str, str]:
    """The labels by key, with the record behind those that several fields share: “Name (lead)”."""
    often = Counter(each.label for each in targets)
    side = {TargetGroup.LEAD: "lead", TargetGroup.CONTACT: "contact"}
    return {
        each.key: f"{each.label} ({side[each.group]})"
        if often[each.label] > 1 and each.group in side
        else each.label
        for each in targets
    }


def _pairs(before: Mappings, after: Mappings) -> dict[int, int]:
    """Which mapping of ``after`` was which of ``before``: by name, then by content, then by trigger."""
    pairs: dict[int, int] = {}
    alike = (
        lambda one, other: one.name == other.name,
        lambda one, other: (
            (one.action, one.trigger, one.mapping) == (other.action, other.trigger, other.mapping)
        ),
        lambda one, other: (
            one.action == other.action and (one.mapping == other.mapping or one.trigger == other.trigger)
        ),
    )
    for same in alike:
        for index, spec in enumerate(after):
            if index in pairs:
                continue
            free = (number for number in range(len(before)) if number not in pairs.values())
            found = next((number for number in free if same(before[number], spec)), None)
            if found is not None:
                pairs[index] = found
    return pairs


def _introduced(spec: MappingSpec) -> str:
    return "It was added." if spec.enabled else "It was added and is off."


def _changes(before: MappingSpec, after: MappingSpec, vocabulary: CloseVocabulary) -> tuple[str, ...]:
    lines = []
    if before.name != after.name:
        lines.append(f"It was named “{before.name}”.")
    if before.enabled != after.enabled:
        lines.append("It was switched on." if after.enabled else "It was switched off.")
    if before.only_changes != after.only_changes:
        lines.append("It sends only changes." if after.only_changes else "It asks Close for every event.")
    if before.action != after.action:
        lines.append(f"It now does “{_action_name(after)}” (was “{_action_name(before)}”).")
    lines += _trigger_lines(before.trigger, after.trigger)
    lines += _field_lines(before, after, vocabulary)
    lines += _ignored_lines(before.ignored, after.ignored)
    return tuple(lines)


def _action_name(spec: MappingSpec) -> str:
    try:
        return definition(spec.action).name
    except AppError:
        return spec.action


def _trigger_lines(before: str, after: str) -> list[str]:
    if before == after:
        return []
    was, now = read_rule(before), read_rule(after)
    if not (was.rule and now.rule and was.rule.types and now.rule.types) or _rows(was.rule) != _rows(
        now.rule
    ):
        return [sentence(readback(now.tree)), f"Until then: {_lowered(sentence(readback(was.tree)))}"]
    lines = []
    if more := [TYPE_NAMES[one] for one in now.rule.types if one not in was.rule.types]:
        lines.append(f"Runs also for {_listed(more)}.")
    if fewer := [TYPE_NAMES[one] for one in was.rule.types if one not in now.rule.types]:
        lines.append(f"Runs no longer for {_listed(fewer)}.")
    return lines


def _rows(rule: Rule) -> tuple[object, ...]:
    return rule.joiner, rule.conditions, rule.group


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _field_lines(before: MappingSpec, after: MappingSpec, vocabulary: CloseVocabulary) -> list[str]:
    lines = []
    for key, label in _labels(before, after, vocabulary).items():
        was, now = value_at(before.mapping, key), value_at(after.mapping, key)
        if was != now:
            lines.append(_field_line(label, was, now))
    return lines


def _field_line(label: str, was: JsonValue, now: JsonValue) -> str:
    if isinstance(now, bool) and (was is None or isinstance(was, bool)):
        return f"“{label}” was switched {'on' if now else 'off'}."
    if now is None:
        return f"{label} is no longer mapped (was {value_words(was)})."
    verb = "is now" if is_fixed(now) else "now comes from"
    return f"{label} {verb} {value_words(now)} (was {'not mapped' if was is None else value_words(was)})."


def _labels(before: MappingSpec, after: MappingSpec, vocabulary: CloseVocabulary) -> dict[str, str]:
    """Every field that either version fills, by key, in the editor's order and words."""
    try:
        action = definition(after.action)
    except AppError:
        return {key: key for key in (*after.mapping, *before.mapping)}
    targets = {
        each.key: each
        for version in (before, after)
        for each in targets_of(action, vocabulary, version.mapping)
    }
    return distinct_labels(targets.values())


def _ignored_lines(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    more = [label for label in after if label not in before]
    fewer = [label for label in before if label not in after]
    lines = []
    if more:
        lines.append(f"{_listed(more)} {'is' if len(more) == 1 else 'are'} ignored on purpose.")
    if fewer:
        lines.append(f"{_listed(fewer)} {'is' if len(fewer) == 1 else 'are'} no longer ignored.")
    return lines


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
