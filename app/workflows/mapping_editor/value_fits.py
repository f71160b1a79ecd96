"""Whether a value of an event looks right for a target, without any mapping around it."""

from __future__ import annotations

from collections.abc import Callable

from app.actions.custom_values import ValueRefusedError, convert
from app.close.records import CustomField
from app.json_value import JsonValue
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.targets import MappingTarget
from app.workflows.mapping_editor.value_shapes import Shape, is_phone, shape_of

Fits = Callable[[JsonValue], bool]


def fit_of(target: MappingTarget, vocabulary: CloseVocabulary) -> Fits:
    """The question for one target, asked for values that are not null."""
    field = vocabulary.field(target.key.partition(".")[2])
    if field is not None:
        return lambda value: _fits_custom(field, value)
    if target.choices:
        return lambda value: value in target.choices
    return _OWN_FITS.get(target.key, _is_scalar)


def value_in_words(target: MappingTarget) -> str:
    """What fits, for sentences: “an email”, “a choice of its list”."""
    own = {"contact_email": "an email", "contact_phone": "a phone number", "contact_url": "a web address"}
    if target.key in own:
        return own[target.key]
    types = {
        "number": "a number",
        "date": "a date",
        "datetime": "a date and time",
        "choices": "a choice of its list",
        "status": "a lead status",
    }
    return types.get(target.close_type, "a value")


def _fits_custom(field: CustomField, value: JsonValue) -> bool:
    shape = shape_of(value)
    if shape is Shape.OBJECT or (shape is Shape.LIST and not field.accepts_multiple_values):
        return False
    try:
        convert(field, value)
    except ValueRefusedError:
        return False
    # Any number is a moment to convert: seconds since 1970.
    return field.type not in {"date", "datetime"} or shape in {Shape.DAY, Shape.MOMENT}


def _is_scalar(value: JsonValue) -> bool:
    return shape_of(value) not in {Shape.LIST, Shape.OBJECT, Shape.SWITCH}


def _is_name(value: JsonValue) -> bool:
    return shape_of(value) in {Shape.TEXT, Shape.HOST}


def _is_phone(value: JsonValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return shape_of(value) not in {Shape.DAY, Shape.MOMENT} and is_phone(str(value).strip())


_OWN_FITS: dict[str, Fits] = {
    "lead_name": _is_name,
    "contact_name": _is_name,
    "contact_title": _is_name,
    "contact_email": lambda value: shape_of(value) is Shape.EMAIL,
    "contact_phone": _is_phone,
    "contact_url": lambda value: shape_of(value) in {Shape.URL, Shape.HOST},
}
