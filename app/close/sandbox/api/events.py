"""``/event/``: the event log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.close.sandbox.api.answers import error, field_error
from app.close.sandbox.api.pages import trimmed, whole_number
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.api.times import moment_param
from app.close.sandbox.entities import Json
from app.close.sandbox.event_log import ALLOWED_FILTERS, EventRecord, event_filters

MAX_LIMIT = 50
_NEXT, _PREVIOUS = "n", "p"


def list_events(exchange: Exchange) -> Json:
    """Newest first. ``cursor_next`` leads to older events, ``cursor_previous`` to newer ones."""
    params = exchange.params
    filters = event_filters(params)
    if frozenset(filters) not in ALLOWED_FILTERS:
        raise error(400, f"These filters cannot be used together: {', '.join(sorted(filters))}.")
    if "_skip" in params:
        raise field_error("_skip", "Use _cursor to go through events.")
    limit = whole_number(params, "_limit", MAX_LIMIT)
    if limit > MAX_LIMIT:
        raise field_error("_limit", f"Input should be less than or equal to {MAX_LIMIT}")
    events = exchange.store.events.matching(filters, _within(params), exchange.now)
    events = [event for event in events if _visible(event, exchange)]
    start = _start(params.get("_cursor"), events, limit)
    shown = events[start : start + limit]
    return {
        "data": [trimmed(event.to_json(), params) for event in shown],
        "cursor_next": f"{_NEXT}{shown[-1].number}" if shown and start + limit < len(events) else None,
        "cursor_previous": f"{_PREVIOUS}{shown[0].number}" if shown and start > 0 else None,
    }


def _start(cursor: str | None, events: list[EventRecord], limit: int) -> int:
    """Where the page begins in the list of events, which is newest first."""
    if not cursor:
        return 0
    direction, number = cursor[0], cursor[1:]
    if direction not in (_NEXT, _PREVIOUS) or not number.isdigit():
        raise field_error("_cursor", "Invalid cursor")
    if direction == _NEXT:
        return sum(event.number >= int(number) for event in events)
    newer = sum(event.number > int(number) for event in events)
    return max(0, newer - limit)


def _within(params: Mapping[str, str]) -> Callable[[datetime], bool]:
    after, since = moment_param(params, "date_updated__gt"), moment_param(params, "date_updated__gte")
    before, until = moment_param(params, "date_updated__lt"), moment_param(params, "date_updated__lte")

    def test(at: datetime) -> bool:
        return (
            (after is None or at > after)
            and (since is None or at >= since)
            and (before is None or at < before)
            and (until is None or at <= until)
        )

    return test


def _visible(event: EventRecord, exchange: Exchange) -> bool:
    if event.lead_id is None or exchange.member.may("view_all_leads"):
        return True
    return exchange.may_see(exchange.store.leads.get(event.lead_id))
