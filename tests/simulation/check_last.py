"""The last write per person wins: what a person's contact holds at the end follows from their events alone.

Judged where nothing else had a hand in it: one contact ever carried the User ID and never another one, and
nobody but the person's own identify calls ever wrote the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.simulation.check_creations import mapping_of
from tests.simulation.check_writes import event_time_s
from tests.simulation.findings import Finding
from tests.simulation.ledger import USER_KEY, Ledger, Picture
from tests.simulation.organization import SOURCE, USER

_FIELDS = {"name": "name", "title": "title", f"custom.{SOURCE}": "source"}
_SWITCHES = ("allow_creating_new_contacts", "allow_updating_existing_contacts")


def check(ledger: Ledger) -> Iterator[Finding]:
    if any(ledger.field_deleted_before(one, 1e12) for one in (USER, SOURCE)):
        return
    picture = Picture()
    holders: dict[str, set[str]] = {}
    borne: dict[str, set[str]] = {}
    foreign: set[tuple[str, str]] = set()
    for deed in ledger.deeds:
        picture.apply(deed)
        if deed.fields.get(USER_KEY, ("", ""))[1]:
            holders.setdefault(deed.fields[USER_KEY][1], set()).add(deed.record_id)
            borne.setdefault(deed.record_id, set()).add(deed.fields[USER_KEY][1])
        body = ledger.bodies.get(deed.attempt.event_key, {}) if deed.attempt else {}
        owner = picture.records.get(deed.record_id, {}).get(USER_KEY)
        if body.get("type") != "identify" or owner is None or body.get("userId") != owner:
            foreign |= {(deed.record_id, key) for key in deed.fields}
    for user_id, contacts in holders.items():
        contact_id = next(iter(contacts))
        if len(contacts) == 1 and len(borne[contact_id]) == 1 and contact_id in picture.records:
            held = picture.records[contact_id]
            for key, trait in _FIELDS.items():
                wanted = None if (contact_id, key) in foreign else _expected(ledger, user_id, trait)
                if wanted is not None and held.get(key) != wanted:
                    words = f"{user_id} {key} is {held.get(key)!r}, the last event says {wanted!r}"
                    yield Finding("last write wins", f"{contact_id[:12]}: {words}")


def _shares_address(ledger: Ledger, events: list[dict[str, Any]]) -> bool:
    """Whether an anonymous visitor gave an address of this person: what they say counts as the person's."""
    addresses = {_address(one) for one in events} - {""}
    return any(not one.get("userId") and _address(one) in addresses for one in ledger.bodies.values())


def _address(body: dict[str, Any]) -> str:
    return str(body.get("traits", {}).get("email") or "").strip().lower()


def _expected(ledger: Ledger, user_id: str, trait: str) -> str | None:
    """What the person's events leave in a field that only they write; None when that is not certain.

    Certain it is when the mapping may create and update contacts, all events ended well, none was late, and
    no alias, erasure or anonymous visitor had a part in it.
    """
    events = [one for one in ledger.bodies.values() if user_id in (one.get("userId"), one.get("previousId"))]
    events.sort(key=lambda one: ledger.arrival[one["messageId"]])
    if any(one["type"] in ("alias", "delete") for one in events) or _shares_address(ledger, events):
        return None
    times = [event_time_s(ledger, one["messageId"]) for one in ledger.bodies.values()]
    if any(at_s is not None and at_s > ledger.played.ended_s for at_s in times):
        return None
    spec = mapping_of(ledger, {"type": "identify"})
    if spec is None or any(spec.mapping[switch] is False for switch in _SWITCHES):
        return None
    said, newest = None, -1e9
    for body in events:
        message_id = body["messageId"]
        at_s = event_time_s(ledger, message_id)
        began = [one.began_s for one in ledger.played.tries if one.event_key == message_id]
        if at_s is not None and (at_s < newest or not began or at_s > min(began)):
            return None
        newest = at_s if at_s is not None else newest
        if body["type"] != "identify":
            continue
        state, reason = ledger.states[message_id]
        if state not in ("delivered", "unchanged") or "switched off" in reason:
            return None
        said = body.get("traits", {}).get(trait) or said
    return said
