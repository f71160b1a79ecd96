"""Undo of everything: what still holds our value goes back, what we made and nobody added to goes, and
the report names all that stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.actions.custom_values import same_value
from app.actions.plan import RecordRef
from app.actions.undo import UndoReport
from app.actions.undo_decisions import UndoLine, UndoOutcome
from app.close.comparison import same_email, same_phone, same_url
from app.close.sandbox.entities import Json
from tests.simulation.findings import Finding
from tests.simulation.ledger import LISTS, Deed, Ledger, Picture, plain

_SAME = {"emails": same_email, "phones": same_phone, "urls": same_url}
_RECORDS = ("lead", "contact")
_READ_BEFORE_S = 35.0
_STAYS = (UndoOutcome.LEFT, UndoOutcome.FINAL)


@dataclass(slots=True)
class _Past:
    """What the checks need of everything before the undo."""

    start: Picture = field(default_factory=Picture)
    ours: dict[tuple[str, str], list[Deed]] = field(default_factory=dict)
    made: dict[str, Deed] = field(default_factory=dict)
    added_to: set[str] = field(default_factory=set)
    by_people: set[str] = field(default_factory=set)
    typed: dict[str, set[str]] = field(default_factory=dict)
    sent: dict[str, list[Json]] = field(default_factory=dict)

    def sent_too(self, record_id: str, key: str, value: Any) -> bool:
        """Whether we gave the record this value as well, just after somebody else had done so."""
        return any(_equal(plain(body).get(key), value) for body in self.sent.get(record_id, ()))


def check(ledger: Ledger) -> Iterator[Finding]:
    report = ledger.played.undo
    if report is None:
        yield Finding("undo ends", "the undo never came to its end")
        return
    past, undone = _past(ledger)
    end = Picture()
    for deed in ledger.deeds:
        end.apply(deed)
    if not ledger.played.undo_died and ledger.played.preview is not None:
        yield from _preview(ledger.played.preview, report)
    yield from _only_ours(past, undone)
    yield from _fields(ledger, past, end, report)
    yield from _records(ledger, past, end, report)


def _past(ledger: Ledger) -> tuple[_Past, list[Deed]]:
    past, undone, gone = _Past(sent=_bodies_by_record(ledger)), [], set[str]()
    for deed in ledger.deeds:
        if deed.call is not None and deed.call.number >= ledger.played.undone_from:
            undone.append(deed)
            continue
        if deed.who == "us":
            for key in deed.fields if deed.kind == "updated" else ():
                past.ours.setdefault((deed.record_id, key), []).append(deed)
            if deed.kind == "created":
                past.made[deed.record_id] = deed
                if deed.call is not None and any(key in str(deed.call.body) for key in gone):
                    # Close dropped a value for a field that somebody has deleted.
                    past.added_to.add(deed.record_id)
        else:
            if deed.kind == "created":
                past.by_people.add(deed.record_id)
            past.added_to.add(deed.record_id)
            past.typed.setdefault(deed.record_id, set()).update(deed.fields)
            if deed.record_type.startswith("custom_fields"):
                gone.add(deed.record_id)
                key = f"custom.{deed.record_id}"
                past.added_to |= {one for one, values in past.start.records.items() if key in values}
            held = past.start.records.get(deed.record_id, {})
            for key in ("lead_id", "contact_id"):
                for one in (held.get(key), *deed.fields.get(key, ())):
                    if one and deed.kind != "deleted":
                        past.added_to.add(one)
        past.start.apply(deed)
    return past, undone


def _bodies_by_record(ledger: Ledger) -> dict[str, list[Json]]:
    sent: dict[str, list[Json]] = {}
    for call in ledger.played.wire.calls:
        if call.body is not None and call.method == "PUT" and call.number < ledger.played.undone_from:
            sent.setdefault(call.path.strip("/").rpartition("/")[2], []).append(call.body)
    return sent


def _preview(preview: UndoReport, report: UndoReport) -> Iterator[Finding]:
    shown = [_line(line) for line in preview.lines]
    done = [_line(line) for line in report.lines]
    if shown != done:
        odd = [one for one in (*shown, *done) if one not in shown or one not in done]
        yield Finding("undo does what it showed", f"{odd[:4]}")


def _line(line: UndoLine) -> tuple[Any, ...]:
    return line.record.id, line.field, line.outcome, str(line.now), str(line.back)


def _only_ours(past: _Past, undone: list[Deed]) -> Iterator[Finding]:
    for deed in undone:
        if deed.kind == "deleted" and deed.record_id in past.by_people:
            yield Finding("undo spares others", f"a person made it: {deed}")
        elif deed.kind == "deleted":
            yield from _typed_values_lost(past, deed)
        if deed.kind != "updated" or deed.record_type not in _RECORDS:
            continue
        for key, (before, after) in deed.fields.items():
            written = [one.fields[key] for one in past.ours.get((deed.record_id, key), ())]
            if key in LISTS:
                gone = [value for value in before or () if value not in (after or ())]
                ours = [value for was, now in written for value in now or () if value not in (was or ())]
                foreign = [value for value in gone if not any(_SAME[key](value, one) for one in ours)]
                if foreign:
                    yield Finding("undo spares others", f"{foreign} was not ours: {deed}")
            elif not (
                any(_equal(before, now) for _, now in written) or past.sent_too(deed.record_id, key, before)
            ):
                yield Finding("undo spares others", f"{key}={before!r} was not ours: {deed}")


def _typed_values_lost(past: _Past, deed: Deed) -> Iterator[Finding]:
    """A record of ours may go, but not with a value that only a person can have given it."""
    record_id, made = deed.record_id, past.made.get(deed.record_id)
    held = past.start.records.get(record_id, {})
    for key in past.typed.get(record_id, set()) & held.keys() - {"lead_id"}:
        written = [one.fields[key][1] for one in past.ours.get((record_id, key), ())]
        written += [made.fields[key][1]] if made is not None and key in made.fields else []
        if key in LISTS:
            ours = [value for values in written for value in values or ()]
            foreign = [value for value in held[key] if not any(_SAME[key](value, one) for one in ours)]
        else:
            known = any(_equal(held[key], one) for one in written)
            foreign = [] if known or past.sent_too(record_id, key, held[key]) else [held[key]]
        if foreign:
            yield Finding("undo spares others", f"{key}={foreign} was typed by a person: {deed}")


def _raced(ledger: Ledger, deeds: list[Deed]) -> bool:
    """Whether somebody typed between our look and one of our writes: then we took back what we saw."""
    began = [(deed.attempt.began_s if deed.attempt else 0.0, deed) for deed in deeds]
    return any(
        ledger.person_touched(deed.record_id, at_s - _READ_BEFORE_S, deed.at_s) for at_s, deed in began
    )


def _fields(ledger: Ledger, past: _Past, end: Picture, report: UndoReport) -> Iterator[Finding]:
    for (record_id, key), deeds in past.ours.items():
        if record_id not in past.start.records or record_id not in end.records:
            continue
        if past.start.types[record_id] not in _RECORDS or key == "lead_id" or _raced(ledger, deeds):
            continue
        held, now = past.start.records[record_id].get(key), end.records[record_id].get(key)
        if key in LISTS:
            expected = _list_without_ours(key, held or (), deeds)
            if sorted(expected) != sorted(now or ()):
                words = f"{record_id[:12]} {key} is {now}, not {expected}"
                yield Finding("undo restores", words)
            continue
        value = held
        for deed in reversed(deeds):
            before, after = deed.fields[key]
            value = before if _equal(value, after) else value
        if not _equal(value, now):
            yield Finding("undo restores", f"{record_id[:12]} {key} is {now!r}, not {value!r} (was {held!r})")
        elif not _equal(deeds[0].fields[key][0], now) and not _named(report, record_id):
            yield Finding("undo names what stays", f"{record_id[:12]} {key} is {now!r}")


def _list_without_ours(key: str, held: tuple[str, ...], deeds: list[Deed]) -> list[str]:
    ours = [
        value
        for deed in deeds
        for value in deed.fields[key][1] or ()
        if value not in (deed.fields[key][0] or ())
    ]
    return [value for value in held if not any(_SAME[key](value, one) for one in ours)]


def _records(ledger: Ledger, past: _Past, end: Picture, report: UndoReport) -> Iterator[Finding]:
    open_creations = ledger.played.disk.rows(
        "SELECT count(*) FROM plan_step WHERE kind = 'create' AND record_id IS NULL"
    )[0][0]
    for record_id, deed in past.made.items():
        if deed.record_type not in _RECORDS or record_id not in end.records:
            continue
        never_confirmed = open_creations and any(line.record.id is None for line in report.lines)
        if _named(report, record_id):
            if never_confirmed:
                continue
            if record_id not in past.added_to and not _children_left(record_id, end):
                words = f"nobody added anything: {[line.reason for line in _lines(report, record_id)]}"
                yield Finding("undo removes what we made", f"{record_id[:12]} stays although {words}: {deed}")
        elif not never_confirmed and not (record_id in past.added_to and _unseen(deed, report)):
            yield Finding("undo names what stays", f"{record_id[:12]} stays: {deed}")


def _unseen(deed: Deed, report: UndoReport) -> bool:
    """A creation without an answer: once people have changed its ids or moved it, nobody can tell whose it
    was. A contact that left the lead it was made with is named without its id.
    """
    call, attempt = deed.call, deed.attempt
    name = (deed.fields.get("name") or (None, None))[1]
    if any(line.record == RecordRef("contact", None, str(name)) for line in report.lines):
        return True
    answered = call is not None and 200 <= call.status < 300
    return not answered or attempt is None or attempt.ended_s is None


def _children_left(record_id: str, end: Picture) -> bool:
    return any(record_id in (one.get("lead_id"), one.get("contact_id")) for one in end.records.values())


def _lines(report: UndoReport, record_id: str) -> list[UndoLine]:
    return [line for line in report.lines if line.outcome in _STAYS and line.record.id == record_id]


def _named(report: UndoReport, record_id: str) -> bool:
    return bool(_lines(report, record_id))


def _equal(one: Any, other: Any) -> bool:
    empty = (None, "", ())
    return (one in empty and other in empty) or same_value(one, other)
