"""Values of custom fields: ``custom.cf_…`` members of a request, checked and normalised by type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.close.sandbox.api.answers import error
from app.close.sandbox.api.problems import Path, Wrong
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import CustomValue, FieldRecord, ObjectType, Scalar

PREFIX = "custom."
TEXT_TYPES = ("text", "textarea", "hidden", "custom_object")


class BadValueError(Exception):
    """A value that its field's type does not take."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.name)
        self.wrong = wrong


def apply_custom(
    values: Mapping[str, CustomValue],
    object_type: ObjectType,
    body: Mapping[str, Any],
    rules: Rules,
    path: Path,
) -> dict[str, CustomValue]:
    """``values`` with the request's ``custom.…`` members applied; ``null`` takes a value away."""
    result = dict(values)
    for key, sent in body.items():
        if not key.startswith(PREFIX):
            continue
        field_id, _, operation = key[len(PREFIX) :].partition(".")
        field = rules.store.fields.get(field_id)
        if field is None or object_type not in field.object_types or operation not in ("", "add", "remove"):
            if rules.switches.unknown_custom_field == "refused":
                rules.problems.add((*path, key), Wrong.NO_SUCH_OBJECT)
            continue
        if not _may_edit(field, rules):
            continue
        try:
            _assign(result, field, operation, sent, rules)
        except BadValueError as bad:
            rules.problems.add((*path, key), bad.wrong)
    return result


def _may_edit(field: FieldRecord, rules: Rules) -> bool:
    """Raises the refusal, or answers ``False`` when the value is to be dropped silently."""
    roles = field.editable_with_roles
    if not roles or rules.member.role_id in roles:
        return True
    if rules.switches.role_restricted_write == "403":
        raise error(403, f"You do not have permission to edit the field {field.id}.")
    if rules.switches.role_restricted_write == "401":
        raise error(401, "Unauthorized")
    return False


def _assign(
    result: dict[str, CustomValue], field: FieldRecord, operation: str, sent: Any, rules: Rules
) -> None:
    if operation:
        _add_or_remove(result, field, operation, sent, rules)
    elif sent is None or sent in ("", []):
        result.pop(field.id, None)
    elif field.accepts_multiple_values:
        entries = sent if isinstance(sent, list) else [sent]
        result[field.id] = tuple(field_value(field, entry, rules) for entry in entries)
    else:
        result[field.id] = field_value(field, sent, rules)


def _add_or_remove(
    result: dict[str, CustomValue], field: FieldRecord, operation: str, sent: Any, rules: Rules
) -> None:
    if not field.accepts_multiple_values:
        raise BadValueError(Wrong.NOT_LIST)
    held = result.get(field.id, ())
    entries = held if isinstance(held, tuple) else (held,)
    value = field_value(field, sent, rules)
    rest = tuple(entry for entry in entries if entry != value)
    kept = (entries if value in entries else (*entries, value)) if operation == "add" else rest
    if kept:
        result[field.id] = kept
    else:
        result.pop(field.id, None)


def field_value(field: FieldRecord, sent: Any, rules: Rules) -> Scalar:
    """One value as Close stores it; raises ``BadValueError``."""
    if field.type == "number":
        return _number(sent)
    if field.type in TEXT_TYPES:
        return _text(sent, rules)
    if not isinstance(sent, str):
        raise BadValueError(Wrong.NOT_TEXT)
    if field.type == "date":
        return _moment(sent).date().isoformat()
    if field.type == "datetime":
        return _moment(sent).isoformat()
    return _one_of(field, sent, rules)


def _one_of(field: FieldRecord, sent: str, rules: Rules) -> str:
    if field.type == "choices" and sent not in field.choices:
        raise BadValueError(Wrong.CHOICE)
    if field.type == "user" and not rules.store.account.user_name(sent):
        raise BadValueError(Wrong.NO_SUCH_OBJECT)
    if field.type == "contact" and sent not in rules.store.contacts:
        raise BadValueError(Wrong.NO_SUCH_OBJECT)
    return sent


def _number(sent: Any) -> Scalar:
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise BadValueError(Wrong.NOT_NUMBER)
    return sent


def _text(sent: Any, rules: Rules) -> str:
    if isinstance(sent, str):
        return sent
    is_number = isinstance(sent, int | float) and not isinstance(sent, bool)
    if is_number and rules.switches.number_into_text == "stored":
        return str(sent)
    raise BadValueError(Wrong.NOT_TEXT)


def _moment(sent: str) -> datetime:
    """A day or a moment; without an offset it is UTC."""
    try:
        parsed = datetime.fromisoformat(sent)
    except ValueError:
        try:
            parsed = datetime.combine(date.fromisoformat(sent), datetime.min.time())
        except ValueError:
            raise BadValueError(Wrong.NOT_DATE) from None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
