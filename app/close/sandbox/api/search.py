"""``POST /data/search/``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.close.sandbox.api.answers import field_error
from app.close.sandbox.api.pages import DEFAULT_LIMIT, MAX_LIMIT, only
from app.close.sandbox.api.rendering import contact_answer, lead_answer, merge_answer, note_answer
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.entities import Json
from app.close.sandbox.search.conditions import BadQueryError, Surroundings
from app.close.sandbox.search.cursors import Row
from app.close.sandbox.search.index import Index, Item
from app.close.sandbox.search.query import RESULT_TYPES, QueryReader, result_types, value_looked_for

MAX_RESULTS = 10_000
_STAMPS = frozenset({"id", "created_by", "updated_by", "date_created", "date_updated", "organization_id"})
_LEAD_FIELDS = _STAMPS | {
    *("name", "display_name", "description", "url", "status_id", "status_label", "addresses"),
    *("contacts", "contact_ids", "opportunities", "tasks", "integration_links", "custom"),
    *("created_by_name", "updated_by_name", "html_url"),
}
_CONTACT_FIELDS = _STAMPS | {
    *("lead_id", "name", "display_name", "title", "emails", "phones", "urls"),
    *("timezone", "timezone_source", "integration_links", "custom"),
}
_NEED_CONTACTS = frozenset({"contacts", "contact_ids", "display_name"})
_ANY_FIELDS: dict[str, frozenset[str]] = {"lead": _LEAD_FIELDS, "contact": _CONTACT_FIELDS}


def search(exchange: Exchange) -> Json:
    """One page of ids, or of the fields asked for; ``cursor`` leads to the next page."""
    body = exchange.body
    fields = _fields(body.get("_fields"), exchange)
    limit = _number(body, "_limit", DEFAULT_LIMIT, MAX_LIMIT)
    token = body.get("cursor")
    if token is not None:
        rows = exchange.cursors.rows(str(token), exchange.now)
        if rows is None:
            raise field_error("cursor", "Expired cursor")
        total = None
    else:
        rows = _run(exchange)
        total = len(rows)
        rows = rows[: _number(body, "results_limit", MAX_RESULTS, MAX_RESULTS)]
    data = [_answer(row, fields.get(row.object_type, []), exchange) for row in rows[:limit]]
    answer: Json = {
        "cursor": exchange.cursors.issue(rows[limit:], exchange.now),
        "data": [row for row in data if row is not None],
    }
    if body.get("include_counts") is True and total is not None:
        answer["count"] = {"total": total, "limited": min(total, len(rows))}
    return answer


def _run(exchange: Exchange) -> tuple[Row, ...]:
    switches = exchange.switches
    around = Surroundings(exchange.now, exchange.tz_offset_h, switches.exact_value_case == "insensitive")
    index = Index(exchange.store, exchange.now, switches.index_lag_s, exchange.may_see)
    reader = QueryReader(index, around)
    query = exchange.body.get("query")
    try:
        matches = reader.read(query)
        looked_for = value_looked_for(query)
        found = [
            item
            for kind in result_types(query)
            for item in (index.holding(kind, *looked_for) if looked_for else index.items(kind))
            if matches(item)
        ]
    except BadQueryError as bad:
        raise field_error("query", str(bad)) from bad
    try:
        found = _sorted(found, exchange.body.get("sort"), reader)
    except BadQueryError as bad:
        raise field_error("sort", str(bad)) from bad
    return tuple(Row(item.type, item.id) for item in found)


def _sorted(items: list[Item], sort: Any, reader: QueryReader) -> list[Item]:
    """By each key in turn; objects without a value come last whatever the direction."""
    if sort is None:
        return items
    if not isinstance(sort, list):
        raise BadQueryError("Input should be a valid list")
    for key in reversed(sort):
        if not isinstance(key, dict) or key.get("direction") not in ("asc", "desc"):
            raise BadQueryError("direction should be 'asc' or 'desc'")
        values = reader.field(key.get("field"))
        with_value = [item for item in items if values(item)]
        without = [item for item in items if not values(item)]
        with_value.sort(key=lambda item: _sort_key(values(item)), reverse=key["direction"] == "desc")
        items = with_value + without
    return items


def _sort_key(values: Sequence[Any]) -> tuple[bool, Any]:
    """Numbers before text, so that a field that changed its type can still be sorted."""
    value = values[0]
    if isinstance(value, str):
        return True, value.casefold()
    return False, value


def _answer(row: Row, names: list[str], exchange: Exchange) -> Json | None:
    """``None`` for an object that has vanished since; the type is told whatever is asked for."""
    record = _rendered(row, names, exchange) if names else {"id": row.id}
    if record is None:
        return None
    return {"__object_type": row.object_type, **only(record, names or ["id"])}


def _rendered(row: Row, names: list[str], exchange: Exchange) -> Json | None:
    """As the index knows it, not as it is now."""
    store, lag = exchange.store, exchange.switches.index_lag_s
    now = exchange.now
    if row.object_type == "lead":
        lead = store.leads.indexed_one(row.id, now, lag)
        contacts = [
            contact
            for contact in (store.contacts.indexed(now, lag) if _NEED_CONTACTS.intersection(names) else ())
            if contact.lead_id == row.id
        ]
        return None if lead is None else lead_answer(lead, contacts, store)
    if row.object_type == "contact":
        contact = store.contacts.indexed_one(row.id, now, lag)
        return None if contact is None else contact_answer(contact, store)
    if row.object_type == "activity.note":
        note = store.notes.indexed_one(row.id, now, lag)
        return None if note is None else note_answer(note, store)
    merge = store.merges.indexed_one(row.id, now, lag)
    return None if merge is None else merge_answer(merge, store)


def _fields(sent: Any, exchange: Exchange) -> dict[str, list[str]]:
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        raise field_error("_fields", "Input should be a valid dictionary")
    for kind, names in sent.items():
        if kind not in RESULT_TYPES or not isinstance(names, list):
            raise field_error("_fields", f"{kind!r} is not an object type with a list of fields")
        unknown = [name for name in names if not _known(kind, name, exchange)]
        if unknown:
            raise field_error("_fields", f"{kind} has no field {unknown[0]!r}")
    return sent


def _known(kind: str, name: Any, exchange: Exchange) -> bool:
    if not isinstance(name, str):
        return False
    if kind in _ANY_FIELDS and name.startswith("custom."):
        return name.removeprefix("custom.") in exchange.store.fields
    return kind not in _ANY_FIELDS or name in _ANY_FIELDS[kind]


def _number(body: Json, name: str, default: int, most: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise field_error(name, "Input should be a valid integer")
    if value > most:
        raise field_error(name, f"Input should be less than or equal to {most}")
    return value
