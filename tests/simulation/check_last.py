"""The last write per person wins: what a person's contact holds at the end follows from their events alone.

Judged where nothing else had a hand in it: one contact ever carried the User ID, nobody typed into the field,
and every event of the person ended well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.simulation.check_creations import mapping_of
from tests.simulation.check_writes import event_time_s
from tests.simulation.findings import Finding
from tests.simulation.history import Body
from tests.simulation.ledger import USER_KEY, Ledger, Picture
from tests.simulation.organization import SOURCE, USER

_FIELDS = {"name": "name", "title": "title", f"custom.{SOURCE}": "source"}


def check(ledger: Ledger) -> Iterator[Finding]:
    if any(ledger.field_deleted_before(one, 1e12) for one in (USER, SOURCE)):
        return
    picture = Picture()
    holders: dict[str, set[str]] = {}
    strangers: set[str] = set()
    for deed in ledger.deeds:
        picture.apply(deed)
        if deed.fields.get(USER_KEY, ("", ""))[1]:
            holders.setdefault(deed.fields[USER_KEY][1], set()).add(deed.record_id)
        body = ledger.bodies.get(deed.attempt.event_key, {}) if deed.attempt else {}
        owner = body.get("userId")
        if deed.record_type == "contact" and (deed.who == "person" or body.get("type") != "identify"):
            strangers.add(deed.record_id)
        if owner is None or picture.records.get(deed.record_id, {}).get(USER_KEY) not in (None, owner):
            strangers.add(deed.record_id)
    for user_id, contacts in holders.items():
        contact_id = next(iter(contacts))
        if len(contacts) == 1 and contact_id not in strangers and contact_id in picture.records:
            yield from _contact(ledger, user_id, contact_id, picture.records[contact_id])


def _contact(ledger: Ledger, user_id: str, contact_id: str, held: dict[str, Any]) -> Iterator[Finding]:
    events = [one for one in ledger.bodies.values() if user_id in (one.get("userId"), one.get("previousId"))]
    # Recording a track counts as well when later ones are told from older ones.
    silent = ("track", "page", "screen") if len(ledger.played.history.mappings) == 1 else ()
    mine = [one for one in events if one["type"] not in silent]
    if any(one["type"] != "identify" for one in mine):
        return
    if any(ledger.states[one["messageId"]][0] not in ("delivered", "unchanged") for one in mine):
        return
    if any("switched off" in ledger.states[one["messageId"]][1] for one in mine):
        return
    spec = mapping_of(ledger, mine[0]) if mine else None
    if spec is None or spec.mapping["allow_updating_existing_contacts"] is False:
        return
    for key, trait in _FIELDS.items():
        wanted = _expected(ledger, mine, trait)
        if wanted is not None and held.get(key) != wanted:
            words = f"{user_id} {key} is {held.get(key)!r}, the last event says {wanted!r}"
            yield Finding("last write wins", f"{contact_id[:12]}: {words}")


def _expected(ledger: Ledger, events: list[Body], trait: str) -> str | None:
    """What the events make of a field that was empty, in their order of arrival."""
    value: str | None = None
    newest: float | None = None
    for body in sorted(events, key=lambda one: ledger.arrival[one["messageId"]]):
        said = body.get("traits", {}).get(trait)
        at_s = event_time_s(ledger, body["messageId"])
        late = newest is not None and at_s is not None and at_s < newest
        if said and not (late and value):
            value = said
        if at_s is not None:
            began = [one.began_s for one in ledger.played.tries if one.event_key == body["messageId"]]
            if began and at_s > min(began):
                return (
                    None  # a clock that runs ahead counts as the moment of writing, which is not known here
                )
            newest = max(at_s, newest if newest is not None else -1e9)
    return value
