"""A custom field for a variable that has none: its name, record and type, taken from all collected values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.actions.custom_values import as_text
from app.close.records import Account, CustomField, ObjectType
from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.segment.close_destination import ActionDefinition
from app.segment.event_variables import EventVariable
from app.segment.references import value_of
from app.storage.profile import MappingSpec
from app.workflows.fields import CloseFields, NewField, create_new_field
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.target_values import CUSTOM_CONTAINERS, with_value
from app.workflows.mapping_editor.targets import type_name
from app.workflows.mapping_editor.value_shapes import Shape, filled, is_code, shape_of, values_at
from app.workflows.mapping_editor.variable_names import in_words, name_of

CREATABLE_TYPES = ("text", "textarea", "number", "date", "datetime", "choices")
"""The types a person may choose instead of the proposed one; Close's others hold ids of its own records."""

MAX_CHOICES = 12
_CHOICE_LENGTH = 40
_VALUES_PER_CHOICE = 3
_FEWEST_FOR_CHOICES = 10
_LONG_TEXT = 255
_CREATED_BY = "Filled from Segment."


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """``reason`` says where the type comes from. ``plain_name`` is the variable's name in words; the field
    is called so unless it is taken. ``existing`` is the field that has it: mapping to that one is mostly
    better than a second one.
    """

    field: NewField
    reason: str
    plain_name: str
    caution: str = ""
    existing: CustomField | None = None

    @property
    def note(self) -> str:
        """What else to know, empty when there is nothing."""
        if self.existing is None:
            return self.caution
        kind = type_name(self.existing.type)
        return f"“{self.existing.name}” exists on {self.field.place} with type {kind}. {self.caution}".strip()

    @property
    def type_label(self) -> str:
        """“Number”, “Choice · several”."""
        several = " · several" if self.field.accepts_multiple_values else ""
        return f"{type_name(self.field.type)}{several}"


@dataclass(frozen=True, slots=True)
class _Type:
    type: str
    reason: str
    choices: tuple[str, ...] = ()
    several: bool = False
    caution: str = ""


@dataclass(frozen=True, slots=True)
class CreatedField:
    """The field as Close made it, and the mapping that fills it."""

    field: CustomField
    spec: MappingSpec


def propose_field(
    variable: EventVariable,
    bodies: Sequence[JsonObject],
    vocabulary: CloseVocabulary,
    *,
    about_company: bool = False,
) -> FieldProposal:
    """A field for the variable. ``about_company`` tells that traits are a company's (group events)."""
    about = name_of(variable.keys, about_company=about_company).about
    inferred = _inferred(variable, filled(values_at(variable.keys, bodies)))
    name = in_words(variable.keys) or variable.label
    wanted = NewField(name, about, inferred.type, _CREATED_BY, inferred.choices, inferred.several)
    return _named(FieldProposal(wanted, inferred.reason, name, inferred.caution), vocabulary)


def moved(proposal: FieldProposal, object_type: ObjectType, vocabulary: CloseVocabulary) -> FieldProposal:
    """The same proposal on the other record."""
    return _named(replace(proposal, field=replace(proposal.field, object_type=object_type)), vocabulary)


def offers_fields(action: ActionDefinition) -> tuple[ObjectType, ...]:
    """The records on which the action can fill custom fields."""
    return tuple(on for container, on in CUSTOM_CONTAINERS.items() if action.field(container) is not None)


def map_variable(spec: MappingSpec, field: CustomField, variable: EventVariable) -> MappingSpec:
    """The mapping with the variable in the field; it is not ignored any longer."""
    container = next(key for key, on in CUSTOM_CONTAINERS.items() if on == field.object_type)
    return replace(
        spec,
        mapping=with_value(spec.mapping, f"{container}.{field.id}", value_of(variable.keys)),
        ignored=tuple(label for label in spec.ignored if label != variable.label),
    )


async def create_field_and_map(
    close: CloseFields, account: Account, spec: MappingSpec, wanted: NewField, variable: EventVariable
) -> CreatedField:
    """Create the field in Close and map the variable to it.

    Raises ``AppError``: ``FIELD-NAME-MISSING``, ``FIELD-CHOICES-MISSING``, ``FIELD-EXISTS``,
    ``FIELD-NOT-PERMITTED``, ``FIELD-QUOTA`` or a ``CloseError``; then nothing is mapped.
    """
    wanted = _checked(wanted)
    created = await create_new_field(close, account, wanted)
    return CreatedField(created, map_variable(spec, created, variable))


def request_for_admin(wanted: NewField, organization_name: str) -> str:
    """A message to paste to somebody who may create fields."""
    several = "several values" if wanted.accepts_multiple_values else "single value"
    line = f"- {wanted.name}: on {wanted.place}, type {type_name(wanted.type)}, {several}"
    if wanted.choices:
        line += f"; choices: {', '.join(wanted.choices)}"
    return "\n".join(
        (
            f"Could you add this custom field in Close ({organization_name})?",
            "",
            line,
            "",
            "Settings > Customization > Custom Fields. It will be filled with what Segment sends.",
        )
    )


def _checked(wanted: NewField) -> NewField:
    wanted = replace(wanted, name=wanted.name.strip())
    if not wanted.name:
        raise AppError(
            "FIELD-NAME-MISSING",
            "The field needs a name.",
            remedy="Type a name as people will see it in Close.",
        )
    if wanted.type != "choices":
        return replace(wanted, choices=())
    if not wanted.choices:
        raise AppError(
            "FIELD-CHOICES-MISSING",
            "A choice field needs its choices.",
            remedy="Type the choices, or take the type Text.",
        )
    return wanted


# The name ----------------------------------------------------------------------------------------


def _named(proposal: FieldProposal, vocabulary: CloseVocabulary) -> FieldProposal:
    """With a name that no field of the record has."""
    on, name = proposal.field.object_type, proposal.plain_name
    taken = {one.name.strip().casefold(): one for one in vocabulary.custom_fields if one.object_type == on}
    existing = taken.get(name.casefold())
    free = name
    count = 1
    while free.casefold() in taken:
        free = f"{name} (Segment)" if count == 1 else f"{name} (Segment {count})"
        count += 1
    return replace(proposal, field=replace(proposal.field, name=free), existing=existing)


# The type ----------------------------------------------------------------------------------------


def _inferred(variable: EventVariable, values: tuple[JsonValue, ...]) -> _Type:
    if not values:
        return _Type("text", "no values were collected, so text, which takes any")
    lists = sum(map(_is_list, values))
    if not lists:
        return _of_single(variable, values)
    items = filled(item for value in values for item in _items(value))
    if any(isinstance(item, Mapping | list | tuple) for item in items):
        return _Type("textarea", "lists of objects, which are written as JSON")
    inner = _of_single(variable, items)
    if inner.type == "choices":
        return replace(inner, several=True, reason=f"lists with {inner.reason}")
    return _Type("text", f"lists in {lists} of {_values(len(values))}", several=True)


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _items(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _of_single(variable: EventVariable, values: tuple[JsonValue, ...]) -> _Type:
    shapes = Counter(map(shape_of, values))
    number = _values(len(values))
    every = f"all {number}" if len(values) > 1 else "the only value"
    if shapes.keys() == {Shape.OBJECT}:
        return _Type("textarea", "objects, which are written as JSON")
    if shapes.keys() == {Shape.NUMBER}:
        return _of_numbers(variable, values, every)
    if shapes.keys() == {Shape.DAY}:
        return _Type("date", f"a date in {every}")
    if shapes.keys() <= {Shape.DAY, Shape.MOMENT}:
        return _Type("datetime", f"a date and time in {every}")
    if shapes.keys() == {Shape.SWITCH}:
        reason = f"true or false in {every}; Close has no switch, so a choice of the two"
        return _Type("choices", reason, ("true", "false"))
    for shape in (Shape.EMAIL, Shape.PHONE):
        if shapes.keys() == {shape}:
            return _Type("text", f"{shape.value} in {every}; Close keeps those as text in custom fields")
    if shapes.keys() <= {Shape.URL, Shape.HOST}:
        return _Type("text", f"a web address in {every}; Close keeps those as text in custom fields")
    return _of_texts(tuple(map(as_text, values)), shapes)


def _of_numbers(variable: EventVariable, values: tuple[JsonValue, ...], every: str) -> _Type:
    if any(map(is_code, values)) or name_of(variable.keys).words[-1:] in {("id",), ("zip",), ("code",)}:
        return _Type("text", "digits that are a code and no quantity")
    return _Type("number", f"a number in {every}")


def _of_texts(texts: tuple[str, ...], shapes: Counter[Shape]) -> _Type:
    number = len(texts)
    if any("\n" in text or len(text) > _LONG_TEXT for text in texts):
        return _Type("textarea", "texts of several lines or more than 255 characters")
    different = Counter(texts)
    few = len(different) <= min(MAX_CHOICES, number // _VALUES_PER_CHOICE)
    short = all(len(text) <= _CHOICE_LENGTH for text in different)
    if number >= _FEWEST_FOR_CHOICES and few and short and shapes.keys() <= {Shape.TEXT, Shape.HOST}:
        choices = tuple(sorted(different, key=lambda text: (-different[text], text)))
        word = "1 text" if len(choices) == 1 else f"only {len(choices)} different texts"
        caution = "An event with a text that is not in the list will fail: take Text if others may come."
        return _Type("choices", f"{word} in {_values(number)}", choices, caution=caution)
    kinds = [shape.value for shape in shapes if shape is not Shape.TEXT]
    if kinds and Shape.TEXT in shapes:
        return _Type("text", f"text in some of {_values(number)}, {' or '.join(sorted(kinds))} in others")
    return _Type("text", f"{_values(len(different), 'different text')} in {_values(number)}")


def _values(number: int, word: str = "value") -> str:
    return f"1 {word}" if number == 1 else f"{number} {word}s"
