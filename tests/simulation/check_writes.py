"""What was written: lists only grow, switches hold, and older events overwrite nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.simulation.check_creations import mapping_of
from tests.simulation.findings import Finding
from tests.simulation.ledger import COMPANY_KEY, LISTS, USER_KEY, Deed, Ledger
from tests.simulation.virtual_loop import STARTED

_SINGLE = ("name", "title", "description", "status_id")
# A read may be shared with an event whose call was under way.
_READ_BEFORE_S = 35.0


def check(ledger: Ledger) -> Iterator[Finding]:
    yield from _lists(ledger)
    yield from _switches(ledger)
    yield from _order(ledger)


def _lists(ledger: Ledger) -> Iterator[Finding]:
    added: dict[tuple[str, str], tuple[float, str]] = {}
    for deed in ledger.deeds:
        for key in LISTS:
            before, after = (tuple(one or ()) for one in deed.fields.get(key, ((), ())))
            for value in set(after) - set(before):
                added[deed.record_id, value] = (deed.at_s, deed.who)
            if deed.who != "us" or deed.kind != "updated":
                continue
            for value in sorted(set(before) - set(after)):
                at_s, who = added[deed.record_id, value]
                began_s = deed.attempt.began_s if deed.attempt else 0.0
                if who != "us" and at_s > began_s - _READ_BEFORE_S:
                    continue  # typed between our read and our write: Close has no way to tell
                yield Finding("lists never shrink", f"{value} was dropped: {deed}")


def _switches(ledger: Ledger) -> Iterator[Finding]:
    for deed in ledger.deeds:
        if deed.who != "us" or deed.kind != "updated" or deed.attempt is None:
            continue
        body = ledger.bodies.get(deed.attempt.event_key, {"type": ""})
        spec = mapping_of(ledger, body) if body["type"] in ("identify", "group") else None
        key = {"lead": "allow_updating_existing_leads", "contact": "allow_updating_existing_contacts"}
        if spec is not None and spec.mapping.get(key.get(deed.record_type, "")) is False:
            yield Finding("switches hold", f"{deed.attempt.event_key} may not: {deed}")


def is_single(key: str) -> bool:
    """Whether the field holds one value that later events overwrite."""
    return key in _SINGLE or (key.startswith("custom.") and key not in (COMPANY_KEY, USER_KEY))


def event_time_s(ledger: Ledger, message_id: str) -> float | None:
    """When the event says it happened, in seconds since the start."""
    text = ledger.bodies[message_id].get("timestamp")
    return (datetime.fromisoformat(text) - STARTED).total_seconds() if text else None


def _order(ledger: Ledger) -> Iterator[Finding]:
    """Two writes of one field: never by an event that is older than one that was applied before."""
    applied: dict[str, list[Deed]] = {}
    last: dict[tuple[str, str, str], Deed] = {}
    for deed in ledger.deeds:
        attempt = deed.attempt
        body = ledger.bodies.get(attempt.event_key) if attempt else None
        if deed.who != "us" or attempt is None or body is None:
            continue
        if body["type"] not in ("identify", "group") or deed.kind not in ("created", "updated"):
            continue
        for key, (before, _) in deed.fields.items():
            if deed.kind == "created" or not is_single(key):
                continue
            older = last.get((deed.record_id, key, str(body.get("userId"))))
            if older is not None and older.attempt is not None and body.get("userId"):
                first = older.attempt.event_key
                if ledger.arrival[first] > ledger.arrival[attempt.event_key]:
                    yield Finding("events in order", f"{attempt.event_key} wrote after {first}: {deed}")
            last[deed.record_id, key, str(body.get("userId"))] = deed
            # What somebody typed after our look was not there to be spared.
            raced = ledger.person_touched(deed.record_id, attempt.began_s, deed.at_s)
            if before not in (None, "", ()) and not raced:
                yield from _late(ledger, deed, applied.get(deed.record_id, []))
        applied.setdefault(deed.record_id, []).append(deed)


def _late(ledger: Ledger, deed: Deed, applied: list[Deed]) -> Iterator[Finding]:
    attempt = deed.attempt
    assert attempt is not None
    ours = event_time_s(ledger, attempt.event_key)
    if ours is None:
        return
    for one in applied:
        other = one.attempt
        if other is None or other.event_key == attempt.event_key:
            continue
        theirs = event_time_s(ledger, other.event_key)
        # A time in the future counts as the time of the try.
        if theirs is None or other.ended_s is None or other.ended_s > attempt.began_s:
            continue
        if other.report.error is None and ours < min(theirs, other.began_s):
            yield Finding("older overwrites nothing", f"{other.event_key} was applied before: {deed}")
