"""No duplicates: each creation is judged by what Close truly held at that moment.

The rules are those of the action's decision table, read from the other side: not what the program looked
up, but what there was. Only what somebody has changed in Close so recently that no search could know it yet
excuses a creation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.storage.profile import MappingSpec
from tests.simulation.findings import Finding
from tests.simulation.history import Weather
from tests.simulation.ledger import COMPANY_KEY, USER_KEY, Deed, Ledger, Picture
from tests.simulation.organization import COMPANY, USER

# A read of another event may be shared; it was under way at most as long as a call may take.
_SHARED_READ_S = 35.0


@dataclass(slots=True)
class _Facts:
    """When somebody else than the program last made a thing so."""

    ledger: Ledger
    others: dict[tuple[str, str], float]

    def note(self, deed: Deed) -> None:
        for key in (*deed.fields, "") if deed.who != "us" else ():
            self.others[deed.record_id, key] = deed.at_s

    def recent(self, since_s: float, *facts: tuple[str, str]) -> bool:
        return any(self.others.get(fact, -1e9) > since_s for fact in facts)


def check(ledger: Ledger) -> Iterator[Finding]:
    picture, facts, holders = Picture(), _Facts(ledger, {}), _Holders(ledger)
    longest_lag_s = max(
        float(ledger.played.history.switches["index_lag_s"]),
        *(step.seconds for step in ledger.played.history.steps if isinstance(step, Weather)),
        float(ledger.played.history.switches["stale_get_after_delete_s"]),
    )
    for deed in ledger.deeds:
        if deed.who == "us" and deed.kind == "created" and deed.attempt is not None:
            yield from _judge(deed, ledger, picture, facts, holders, longest_lag_s)
        holders.note(deed, picture)
        facts.note(deed)
        picture.apply(deed)


class _Holders:
    """Which record held an id last, whether we know that we gave it, and whether a person has deleted it."""

    def __init__(self, ledger: Ledger) -> None:
        # Somebody may delete what an erasure is deleting: it went for us.
        erased = (call.path for call in ledger.played.wire.calls if call.method == "DELETE")
        self._erased = {path.strip("/").rpartition("/")[2] for path in erased}
        self._last: dict[tuple[str, str], tuple[str, bool]] = {}
        self._holders: dict[tuple[str, str], set[str]] = {}
        self._deleted_by_people: dict[str, float] = {}

    def note(self, deed: Deed, picture: Picture) -> None:
        key = {"lead": COMPANY_KEY, "contact": USER_KEY}.get(deed.record_type, "")
        if deed.kind == "deleted" and deed.who == "person" and deed.record_id not in self._erased:
            self._deleted_by_people[deed.record_id] = deed.at_s
        if key in deed.fields and deed.kind != "deleted" and deed.fields[key][1]:
            self._holders.setdefault((deed.record_type, deed.fields[key][1]), set()).add(deed.record_id)
            seen = deed.attempt is not None and deed.attempt.ended_s is not None
            # An answer that is no JSON names no record: what came of the creation could not be known.
            told = deed.call is not None and 0 < deed.call.status < 300 and deed.call.answer is not None
            known = deed.who == "us" and seen and told
            self._last[deed.record_type, deed.fields[key][1]] = (deed.record_id, known)

    def gone_since(self, record_type: str, value: str, since_s: float) -> bool:
        """Whether a person has deleted a record with the id, and Close may still answer for it."""
        held = self._holders.get((record_type, value), ())
        return any(self._deleted_by_people.get(one, -1e9) > since_s for one in held)

    def deleted_at(self, record_type: str, value: str) -> float | None:
        record_id, known = self._last.get((record_type, value), ("", False))
        if not known or record_id not in self._deleted_by_people:
            return None
        # Another one that went later was still there, and for a while longer to be read.
        return max(self._deleted_by_people.get(one, 0.0) for one in self._holders[record_type, value])


def mapping_of(ledger: Ledger, body: Mapping[str, Any]) -> MappingSpec | None:
    """The mapping that creates for this event."""
    name = {"identify": "People", "group": "Companies", "track": "Sources"}.get(body["type"])
    return next((one for one in ledger.played.history.mappings if one.name == name), None)


def _judge(
    deed: Deed, ledger: Ledger, picture: Picture, facts: _Facts, holders: _Holders, lag_s: float
) -> Iterator[Finding]:
    call, attempt = deed.call, deed.attempt
    assert call is not None
    assert attempt is not None
    sent: Mapping[str, Any] = call.body or {}
    body = ledger.bodies.get(attempt.event_key, {"type": ""})
    spec = mapping_of(ledger, body)
    switch = {"lead": "allow_creating_new_leads", "contact": "allow_creating_new_contacts"}
    if spec is not None and spec.mapping.get(switch.get(deed.record_type, "")) is False:
        yield Finding("switches hold", f"{attempt.event_key} may not create this: {deed}")
    if any(ledger.field_deleted_before(one, deed.at_s) for one in (COMPANY, USER)):
        return
    since_s = attempt.began_s - lag_s - _SHARED_READ_S
    if call.path == "/lead/" and deed.record_type == "lead":
        nested: Mapping[str, Any] = next(iter(sent.get("contacts") or ()), {})
        company = sent.get(COMPANY_KEY) or ""
        yield from _lead(deed, company, picture, facts, since_s)
        nested = _without_alias(ledger, nested)
        if not _seen_after_deletion(nested, holders, since_s) and not _lives_on(ledger, nested, picture):
            yield from _person(deed, nested, company, "", picture, facts, since_s, spec)
        yield from _recreated(deed, ledger, holders, company, _alone(picture, nested), since_s)
    elif call.path == "/contact/" and deed.record_type == "contact":
        lead_id = str(sent["lead_id"])
        company = _company_of(body)
        if not _seen_after_deletion(sent, holders, since_s) and not _lives_on(ledger, sent, picture):
            yield from _person(deed, sent, company, lead_id, picture, facts, since_s, spec)
        yield from _recreated(deed, ledger, holders, "", _alone(picture, sent), since_s)


def _without_alias(ledger: Ledger, contact: Mapping[str, Any]) -> Mapping[str, Any]:
    """An id that was merged is found as the person it was merged into, so nobody is looked for by address."""
    user_id = contact.get(USER_KEY) or ""
    return {**contact, "emails": ()} if user_id and _rewritten(ledger, user_id) else contact


def _lives_on(ledger: Ledger, contact: Mapping[str, Any], picture: Picture) -> bool:
    """Whether an alias has made the id stand for another person's contact, which answers before any search.

    Another contact that still carries the old id is not looked for then.
    """
    user_id = contact.get(USER_KEY) or ""
    survivors = {
        body.get("userId")
        for body in ledger.bodies.values()
        if body["type"] == "alias" and user_id and body.get("previousId") == user_id
    }
    return any(values.get(USER_KEY) in survivors for _, values in picture.of_type("contact"))


def _seen_after_deletion(contact: Mapping[str, Any], holders: _Holders, since_s: float) -> bool:
    """Whether the person's contact may still have been read: then nobody is looked for by address."""
    user_id = contact.get(USER_KEY) or ""
    return bool(user_id) and holders.gone_since("contact", user_id, since_s)


def _company_of(body: Mapping[str, Any]) -> str:
    if body["type"] == "group":
        return str(body.get("groupId") or "")
    return str(body.get("traits", {}).get("company", {}).get("id") or "")


def _lead(deed: Deed, company: str, picture: Picture, facts: _Facts, since_s: float) -> Iterator[Finding]:
    for lead_id, lead in picture.of_type("lead"):
        if company and lead.get(COMPANY_KEY) == company and not facts.recent(since_s, (lead_id, COMPANY_KEY)):
            yield Finding("one lead per Company ID", f"{company} is on {lead_id[:12]} already: {deed}")


def _person(
    deed: Deed,
    sent: Mapping[str, Any],
    company: str,
    lead_id: str,
    picture: Picture,
    facts: _Facts,
    since_s: float,
    spec: MappingSpec | None,
) -> Iterator[Finding]:
    user_id = sent.get(USER_KEY) or ""
    emails = {entry["email"].strip().casefold() for entry in sent.get("emails") or ()}
    duplicates = spec is None or spec.mapping["allow_creating_duplicate_contacts"] is not False
    by_id = [one for one, values in picture.of_type("contact") if user_id and values.get(USER_KEY) == user_id]
    by_email = [
        one
        for one, values in picture.of_type("contact")
        if not (user_id and values.get(USER_KEY))
        and emails & {e.casefold() for e in values.get("emails", ())}
    ]
    for contact_id in by_id or by_email:
        home = picture.records[contact_id]["lead_id"]
        held = picture.records.get(home, {}).get(COMPANY_KEY) or ""
        elsewhere = home != lead_id if lead_id else bool(company and held and held != company)
        if elsewhere and duplicates:
            continue
        known = ((contact_id, USER_KEY), (contact_id, "lead_id"), (contact_id, "emails"))
        if facts.recent(since_s, *known, (home, COMPANY_KEY), (home, "")):
            continue
        if len(by_id) > 1 and (contact_id, USER_KEY) in facts.others:
            continue  # a person gave the id to a second contact; the one we know answers before a search
        way = "User ID" if by_id else "email"
        yield Finding("one contact per person", f"found by {way}, {contact_id[:12]} was there: {deed}")


def _alone(picture: Picture, contact: Mapping[str, Any]) -> str:
    """The User ID, when no other contact is left that carries it."""
    user_id = contact.get(USER_KEY) or ""
    left = any(values.get(USER_KEY) == user_id for _, values in picture.of_type("contact"))
    return "" if left else user_id


def _recreated(
    deed: Deed, ledger: Ledger, holders: _Holders, company: str, user_id: str, since_s: float
) -> Iterator[Finding]:
    if ledger.played.history.recreate_deleted:
        return
    if user_id and _rewritten(ledger, user_id):
        user_id = ""
    for kind, value in (("lead", company), ("contact", user_id)):
        at_s = holders.deleted_at(kind, value) if value else None
        if at_s is not None and at_s < since_s:
            yield Finding("deleted stays deleted", f"the {kind} of {value} was deleted by a person: {deed}")


def _rewritten(ledger: Ledger, user_id: str) -> bool:
    """Whether an erasure or an alias made the id stand for nobody, or for somebody else."""
    return any(
        body["type"] in ("delete", "alias") and user_id in (body.get("userId"), body.get("previousId"))
        for body in ledger.bodies.values()
    )
