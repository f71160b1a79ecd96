"""A plan is what really changes: field by field, what was planned against what Close noted.

A try that ended is held to its report: the same records and fields, from the same values to the same values.
Every change, also of a process that died, has to be in a plan that was on disk before it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.actions.custom_values import same_value
from app.actions.plan import Change, ChangeKind, MoveToContact, UpdateLead, Verdict
from app.actions.trace import MappingResult, Outcome
from app.close.comparison import same_email, same_phone, same_url
from tests.simulation.findings import Finding
from tests.simulation.ledger import COMPANY_KEY, LISTS, Deed, Ledger
from tests.simulation.wire import Try

_SAME = {"emails": same_email, "phones": same_phone, "urls": same_url}
_TYPES = {"activity.note": "activity", "activity.custom_activity": "activity"}
_READ_BEFORE_S = 35.0
_ROUND_TRIP_S = 1.0


@dataclass(frozen=True, slots=True)
class Alteration:
    """One field of one record; ``record`` is the type for one that was created."""

    record: str
    field: str
    before: Any
    after: Any


def check(ledger: Ledger) -> Iterator[Finding]:
    by_try: dict[int, list[Deed]] = {}
    for deed in ledger.deeds:
        if deed.who != "us":
            continue
        if deed.call is None or deed.attempt is None:
            yield Finding("nothing outside the plan", f"no event made this: {deed}")
            continue
        by_try.setdefault(deed.attempt.number, []).append(deed)
    for attempt in ledger.played.tries:
        deeds = by_try.get(attempt.number, [])
        yield from _stored(ledger, attempt, deeds)
        if attempt.report is not None:
            yield from _reported(ledger, attempt, deeds)
    yield from _creations_known(ledger)


# What was stored before the calls --------------------------------------------------------------------


def _stored(ledger: Ledger, attempt: Try, deeds: list[Deed]) -> Iterator[Finding]:
    steps = [
        (kind, record_type, record_id, json.loads(image))
        for kind, record_type, record_id, image in ledger.played.disk.rows(
            "SELECT kind, record_type, record_id, image FROM plan_step JOIN plan ON plan.id = plan_id "
            "WHERE event_key = ?",
            attempt.event_key,
        )
    ]
    erased = {record_id for kind, _, record_id, image in steps if kind == "delete" or image == {}}
    for deed in deeds:
        kind = {"created": "create", "updated": "update", "deleted": "delete"}[deed.kind]
        record_type = _TYPES.get(deed.record_type, deed.record_type)
        if record_type == "activity.lead_merge":
            if not any(step[0] == "merge" for step in steps):
                yield Finding("nothing outside the plan", f"no merge was planned: {deed}")
            continue
        fitting = [step for step in steps if step[0] == kind and step[2] in (deed.record_id, None)]
        if kind == "create" and record_type == "contact":
            fitting += [step for step in steps if step[:2] == ("create", "lead")]
        if (
            not fitting
            and kind == "delete"
            and ledger.person_touched(deed.record_id, deed.at_s - _ROUND_TRIP_S, deed.at_s)
        ):
            continue  # added between the look and the deletion that followed at once
        if not fitting and kind == "create" and _beyond_recognition(ledger, deed):
            continue
        if not fitting:
            yield Finding("nothing outside the plan", f"{attempt.event_key} planned no such step: {deed}")
            continue
        if kind != "update" or deed.record_id in erased or record_type == "activity":
            continue
        planned = {key for step in fitting for key in step[3].get("fields", {})}
        extra = set(deed.fields) - planned
        if extra:
            yield Finding("nothing outside the plan", f"{sorted(extra)} in no stored plan: {deed}")


def _creations_known(ledger: Ledger) -> Iterator[Finding]:
    """What we created is known as ours, or its creation is on disk as sent and never answered."""
    disk = ledger.played.disk
    made = {row[0] for row in disk.rows("SELECT close_id FROM made_record")}
    open_events = {
        row[0]
        for row in disk.rows(
            "SELECT event_key FROM plan JOIN plan_step ON plan.id = plan_id "
            "WHERE kind = 'create' AND plan_step.state = 'sent'"
        )
    }
    for deed in ledger.deeds:
        if deed.who != "us" or deed.kind != "created" or deed.attempt is None:
            continue
        if deed.record_type not in ("lead", "contact", *_TYPES) or deed.record_id in made:
            continue
        if deed.record_type == "contact" and deed.call and deed.call.path == "/lead/":
            continue  # it belongs to the creation of its lead
        if deed.attempt.event_key not in open_events:
            yield Finding("creations are known", f"{deed.attempt.event_key} forgot it: {deed}")


# What the report says --------------------------------------------------------------------------------


def _beyond_recognition(ledger: Ledger, creation: Deed) -> bool:
    """Whether people worked on what was created while nobody had an answer to it: another record may carry
    its ids by now.
    """
    call = creation.call
    if call is None or (200 <= call.status < 300 and call.answer is not None):
        return False
    made = {deed.record_id for deed in ledger.deeds if deed.call is call and deed.kind == "created"}
    return any(deed.who == "person" and deed.record_id in made for deed in ledger.deeds)


def _reported(ledger: Ledger, attempt: Try, deeds: list[Deed]) -> Iterator[Finding]:
    results = [one for one in attempt.report.results if one.plan is not None]
    ended_well = all(one.outcome is not Outcome.FAILED for one in results) and attempt.report.error is None
    done = [one for one in results if one.plan.verdict is Verdict.CHANGES]
    planned = [one for result in done for one in _planned(ledger, result)]
    actual = [one for deed in deeds for one in _actual(deed, done)]
    refused = any("Close refused the value" in one.reason for one in results)
    for one in actual:
        match = next((each for each in planned if _same(each, one)), None)
        if match is not None:
            planned.remove(match)
        elif not _excused(ledger, attempt, one):
            yield Finding("plan equals change", f"{attempt.event_key} try {attempt.number} changed {one}")
    if not ended_well:
        return
    for one in planned:
        if refused and one.field in LISTS:
            continue
        if _excused(ledger, attempt, one) or _done_before(ledger, attempt, one):
            continue
        words = f"{attempt.event_key} try {attempt.number} did not make {one}"
        yield Finding("plan equals change", words)


def _planned(ledger: Ledger, result: MappingResult) -> Iterator[Alteration]:
    assert result.plan is not None
    for change in result.plan.changes:
        record = change.record.id or change.record.object_type
        if change.kind in (ChangeKind.DELETE, ChangeKind.MERGE):
            yield Alteration(change.record.id or "", "", None, change.kind)
        elif change.field_id in LISTS:
            for value in _values(change, result):
                yield Alteration(record, change.field_id, None, value)
        else:
            yield Alteration(record, change.field_id, change.before, change.after)


def _values(change: Change, result: MappingResult) -> list[str]:
    text = str(change.after)
    return text.split(", ") if "Merge" in result.mapping_name else [text]


def _actual(deed: Deed, done: list[MappingResult]) -> Iterator[Alteration]:
    record_type = _TYPES.get(deed.record_type, deed.record_type)
    if record_type == "activity.lead_merge":
        if deed.kind == "created":
            yield Alteration(str(deed.fields["source_lead_id"][1]), "", None, ChangeKind.MERGE)
        return
    if deed.kind == "deleted":
        merged = any(
            change.kind is ChangeKind.MERGE and change.record.id == deed.record_id
            for one in done
            for change in (one.plan.changes if one.plan else ())
        )
        yield Alteration(deed.record_id, "", None, ChangeKind.MERGE if merged else ChangeKind.DELETE)
        return
    record = record_type if deed.kind == "created" else deed.record_id
    for key, (before, after) in deed.fields.items():
        if deed.kind == "created" and key in ("status_id", "lead_id", "contact_id", "_type"):
            continue
        if record_type == "activity" and key == "contact_id" and _moves(done, deed.record_id):
            continue
        if key in LISTS:
            for value in after or ():
                if value not in (before or ()):
                    yield Alteration(record, key, None, value)
        elif key == COMPANY_KEY and before is None and _reasserts(done, deed.record_id):
            continue
        else:
            yield Alteration(record, key, before, after)


def _moves(done: list[MappingResult], record_id: str) -> bool:
    return any(
        isinstance(write, MoveToContact) and write.id == record_id
        for one in done
        for write in (one.plan.writes if one.plan else ())
    )


def _reasserts(done: list[MappingResult], record_id: str) -> bool:
    """After a merge the Company ID is written once more; usually it is there already."""
    return any(
        isinstance(write, UpdateLead) and write.lead_id == record_id and "Merge" in one.mapping_name
        for one in done
        for write in (one.plan.writes if one.plan else ())
    )


def _same(planned: Alteration, actual: Alteration) -> bool:
    if (planned.record, planned.field) != (actual.record, actual.field):
        return False
    if planned.field in _SAME:
        return _SAME[planned.field](str(planned.after), str(actual.after))
    after = same_value(planned.after, actual.after) or _both_empty(planned.after, actual.after)
    before = same_value(planned.before, actual.before) or _both_empty(planned.before, actual.before)
    return after and before


def _both_empty(one: Any, other: Any) -> bool:
    return one in (None, "") and other in (None, "")


def _done_before(ledger: Ledger, attempt: Try, one: Alteration) -> bool:
    """A deletion that an earlier try has made, and that a stale read hid from this one."""
    return one.field == "" and any(
        deed.record_id == one.record and deed.kind == "deleted" and deed.at_s < attempt.began_s
        for deed in ledger.deeds
    )


def _excused(ledger: Ledger, attempt: Try, one: Alteration) -> bool:
    """Somebody typed into the record between our look and our write."""
    until_s = attempt.ended_s if attempt.ended_s is not None else 1e12
    return ledger.person_touched(one.record, attempt.began_s - _READ_BEFORE_S, until_s)
