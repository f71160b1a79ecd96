"""What people do to a mapping on this page, as the mapping that comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.segment.value_expression import Expression, Joined, Text, Variable
from app.segment.value_writer import write
from app.segment.variable_labels import label_of
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup, value_at, with_value


def with_expression(spec: MappingSpec, key: str, expression: Expression | None) -> MappingSpec:
    """A row with another value; an empty one is taken out of the mapping."""
    empty = expression is None or expression in (Text(""), Joined(()))
    value = None if expression is None or empty else write(expression)
    return replace(spec, mapping=with_value(spec.mapping, key, value))


def with_switch(spec: MappingSpec, key: str, *, on: bool) -> MappingSpec:
    return replace(spec, mapping=with_value(spec.mapping, key, on))


def moved_to(spec: MappingSpec, lost: str, successor: str) -> MappingSpec:
    """The value of a field that is gone, in the field that takes its place."""
    value = value_at(spec.mapping, lost)
    return replace(spec, mapping=with_value(with_value(spec.mapping, lost, None), successor, value))


def with_variable(spec: MappingSpec, key: str, keys: tuple[str, ...]) -> MappingSpec:
    """A row that takes one variable as it is."""
    return with_expression(spec, key, Variable(keys))


def ignoring(spec: MappingSpec, variables: Iterable[tuple[str, ...]]) -> MappingSpec:
    """These variables are left out on purpose from now on."""
    labels = dict.fromkeys([*spec.ignored, *map(label_of, variables)])
    return replace(spec, ignored=tuple(labels))


def noticing(spec: MappingSpec, variables: Iterable[tuple[str, ...]]) -> MappingSpec:
    """These variables are no longer left out."""
    back = set(map(label_of, variables))
    return replace(spec, ignored=tuple(label for label in spec.ignored if label not in back))


def successors_of(target: MappingTarget, targets: Iterable[MappingTarget]) -> tuple[MappingTarget, ...]:
    """The custom fields of the same object that are still free."""
    container = target.key.partition(".")[0]
    return tuple(
        one
        for one in targets
        if one.group is TargetGroup.CUSTOM and one.key.startswith(f"{container}.") and not one.missing
    )
