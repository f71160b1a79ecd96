"""From a seed to a history: few people, few companies, much trouble."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from app.actions.action_definitions import DELETE, MERGE, RECORD, UPSERT
from app.storage.profile import MappingSpec
from tests.simulation.history import Body, Crash, History, PersonActs, Send, Step, Weather
from tests.simulation.organization import LAST_SEEN, PLAN, PLANS, SEATS, SIGNED_UP, SOURCE
from tests.simulation.virtual_loop import STARTED

_SWITCHES = (
    "allow_creating_new_leads",
    "allow_updating_existing_leads",
    "allow_creating_new_contacts",
    "allow_updating_existing_contacts",
    "allow_creating_duplicate_contacts",
)
_NAMES = ("Ada", "Bo", "Cy")
_TITLES = ("", "CTO", "Buyer", "Head of Sales")
_PHONES = ("+14155550132", "(415) 555-0132", "+4930123456", "12")
_SITES = ("https://bo.example", "https://BO.example/", "https://other.example/x", "not a site")
_PATHS = ("*", "/lead/*", "/contact/*", "/lead/", "/contact/", "/activity/*", "/data/search/")
_WRITES = ("P*", "POST", "PUT", "DELETE")
_ACTS = (
    "edit_title",
    "edit_name",
    "edit_lead_name",
    "add_email",
    "remove_email",
    "edit_source",
    "edit_plan",
    "set_user_id",
    "clear_user_id",
    "set_company_id",
    "clear_company_id",
    "add_contact",
    "add_lead",
    "delete_contact",
    "delete_lead",
    "merge_leads",
    "move_contact",
    "add_note",
    "edit_note",
    "subscribe",
    "unsubscribe",
)


def history_of(seed: int) -> History:
    """The same history for the same seed, in every process."""
    return _Generator(seed).history()


class _Generator:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = random.Random(f"history {seed}")
        self._people = self._random.randint(1, 4)
        self._companies = self._random.randint(1, 3)
        self._span_s = self._random.choice((20.0, 90.0, 300.0, 1200.0))
        self._messages = 0

    def history(self) -> History:
        chance = self._random
        events = [self._event() for _ in range(chance.randint(2, 14))]
        steps: list[Step] = self._requests(events)
        steps += [self._act() for _ in range(self._count(0.6, 5))]
        for _ in range(self._count(0.6, 4)):
            steps += self._weather()
        steps += [self._crash() for _ in range(self._count(0.5, 4))]
        steps.sort(key=lambda step: step.at_s)
        undo_crashes = tuple(chance.randint(1, 25) for _ in range(self._count(0.3, 2)))
        return History(
            self._seed,
            self._mappings(),
            self._closes_switches(),
            recreate_deleted=chance.random() < 0.2,
            settled_s=chance.choice((86400.0, 86400.0, 86400.0, 120.0, 0.0)),
            steps=tuple(steps),
            undo_crashes=undo_crashes,
        )

    def _count(self, share: float, most: int) -> int:
        return self._random.randint(1, most) if self._random.random() < share else 0

    def _at(self) -> float:
        return round(self._random.uniform(0, self._span_s), 3)

    # Events --------------------------------------------------------------------------------------

    def _event(self) -> tuple[float, Body]:
        chance, at_s = self._random, self._at()
        self._messages += 1
        body: Body = {"messageId": f"m{self._messages}"}
        clock = chance.random()
        if clock > 0.05:
            # A sender's clock may run ahead or behind.
            off_s = chance.choice((-3600, 3600, 90)) if clock < 0.12 else 0
            body["timestamp"] = (STARTED + timedelta(seconds=at_s + off_s)).isoformat()
        kind = chance.choices(
            ("identify", "group", "track", "page", "screen", "alias", "delete"), (50, 14, 14, 4, 2, 9, 7)
        )[0]
        body["type"] = kind
        number = chance.randrange(self._people)
        self._who(body, number, kind)
        getattr(self, f"_{kind}")(body, number)
        return at_s, body

    def _who(self, body: Body, number: int, kind: str) -> None:
        anonymous = kind not in ("alias", "delete") and self._random.random() < 0.12
        if not anonymous:
            body["userId"] = f"u{number}"
        if anonymous or self._random.random() < 0.3:
            body["anonymousId"] = f"a{number}"

    def _identify(self, body: Body, number: int) -> None:
        traits: Body = {}
        self._maybe(traits, "name", 0.7, self._random.choice(_NAMES))
        self._maybe(traits, "email", 0.75, self._email(number))
        self._maybe(traits, "title", 0.4, self._random.choice(_TITLES))
        self._maybe(traits, "phone", 0.2, self._random.choice(_PHONES))
        self._maybe(traits, "website", 0.15, self._random.choice(_SITES))
        self._maybe(traits, "company", 0.6, self._company())
        self._maybe(traits, "plan", 0.25, self._random.choice((*PLANS, "pro", "Unheard of")))
        self._maybe(traits, "seats", 0.2, self._random.choice((5, "6", 7.5, "many")))
        self._maybe(traits, "signedUp", 0.2, self._random.choice(("2026-01-05", "2026-02-06T10:00:00Z")))
        self._maybe(traits, "source", 0.2, self._random.choice(("ads", "friends", "")))
        body["traits"] = traits

    def _group(self, body: Body, number: int) -> None:
        company = self._company()
        body["groupId"] = company["id"]
        body["traits"] = {"name": company["name"]} if "name" in company else {}
        if self._random.random() < 0.4:
            body["context"] = {"traits": {"email": self._email(number)}}

    def _track(self, body: Body, number: int) -> None:
        body["event"] = self._random.choice(("Report Exported", "Signed Up"))
        traits: Body = {}
        self._maybe(traits, "email", 0.4, self._email(number))
        self._maybe(traits, "source", 0.4, self._random.choice(("ads", "fair")))
        context: Body = {"traits": traits}
        self._maybe(context, "groupId", 0.2, self._company()["id"])
        body["context"] = context

    def _page(self, body: Body, number: int) -> None:
        body["name"] = "Pricing"
        body["context"] = {"traits": {"email": self._email(number)}}

    def _screen(self, body: Body, number: int) -> None:
        self._page(body, number)

    def _alias(self, body: Body, number: int) -> None:
        previous = self._random.randrange(self._people + 1)
        body["previousId"] = f"u{previous}"

    def _delete(self, body: Body, number: int) -> None:
        """Nothing more than who."""

    def _email(self, number: int) -> str:
        own = (f"u{number}@x.test", f"U{number}@X.test", f"u{number}.second@x.test")
        return self._random.choices((*own, "shared@x.test", "not an address"), (60, 8, 14, 14, 4))[0]

    def _company(self) -> Body:
        number = self._random.randrange(self._companies)
        company: Body = {"id": f"c{number}"}
        self._maybe(company, "name", 0.8, self._random.choice((f"Company {number}", f"C{number} Inc")))
        return company

    def _maybe(self, target: Body, key: str, share: float, value: Any) -> None:
        if self._random.random() < share:
            target[key] = value

    # Requests ------------------------------------------------------------------------------------

    def _requests(self, events: list[tuple[float, Body]]) -> list[Step]:
        """Single and batched, late, out of order, and some of them twice."""
        chance = self._random
        steps: list[Step] = []
        batch: list[Body] = []
        for at_s, body in sorted(events, key=lambda one: one[0]):
            batch.append(body)
            if chance.random() < 0.2:
                continue
            late_s = chance.choice((0.0, 0.0, 0.0, 2.0, 40.0, 150.0))
            steps.append(Send(at_s + late_s, tuple(batch)))
            if chance.random() < 0.12:
                again = chance.sample(batch, chance.randint(1, len(batch)))
                steps.append(Send(at_s + late_s + chance.choice((0.0, 0.5, 70.0)), tuple(again)))
            batch = []
        if batch:
            steps.append(Send(self._span_s, tuple(batch)))
        return steps

    # Trouble -------------------------------------------------------------------------------------

    def _act(self) -> PersonActs:
        chance = self._random
        act = chance.choice(_ACTS)
        value = str(chance.randrange(5))
        return PersonActs(self._at(), act, chance.randrange(100), chance.randrange(100), value)

    def _crash(self) -> Crash:
        chance = self._random
        return Crash(self._at(), chance.randint(1, 40), chance.choice((0.0, 1.0, 20.0, 70.0)))

    def _weather(self) -> list[Step]:
        chance, at_s = self._random, self._at()
        kind = chance.choice(
            (
                *("drop_after_commit", "drop_after_commit", "drop_before", "slow", "429", "5xx", "garbage"),
                *("no_network", "lag", "delete_field", "refuse_key", "limits"),
            )
        )
        calls = chance.choice((1, 1, 2, 5, 12))
        # A 429 says that nothing was done.
        done_first = chance.random() < 0.5 and kind != "429"
        if kind in ("drop_after_commit", "drop_before", "5xx", "garbage") and chance.random() < 0.7:
            method = chance.choice(_WRITES)
            return [Weather(at_s, kind, calls, 0, method, chance.choice(_PATHS), done_first)]
        if kind == "refuse_key":
            return [Weather(at_s, kind), Weather(at_s + chance.choice((3.0, 100.0)), "replace_key")]
        seconds = chance.choice((0.0, 3.0, 15.0, 60.0))
        return [Weather(at_s, kind, calls, seconds, done_first=done_first)]

    # The profile and Close -----------------------------------------------------------------------

    def _allowed(self) -> dict[str, bool]:
        careful = self._random.random() < 0.4
        return {key: not careful or self._random.random() < 0.7 for key in _SWITCHES}

    def _mappings(self) -> tuple[MappingSpec, ...]:
        chance = self._random
        people: Body = {
            **UPSERT.default_mapping(),
            **self._allowed(),
            "lead_custom_fields": {PLAN: {"@path": "$.traits.plan"}, SEATS: {"@path": "$.traits.seats"}},
            "contact_custom_fields": {
                SIGNED_UP: {"@path": "$.traits.signedUp"},
                SOURCE: {"@path": "$.traits.source"},
            },
        }
        made = [MappingSpec("People", UPSERT.slug, UPSERT.default_trigger, people)]
        if chance.random() < 0.6:
            groups: Body = {
                "lead_name": {"@path": "$.traits.name"},
                "lead_external_id": {"@path": "$.groupId"},
                "contact_email": {"@path": "$.context.traits.email"},
                "contact_external_id": {"@path": "$.userId"},
                **self._allowed(),
            }
            made.append(MappingSpec("Companies", UPSERT.slug, 'type = "group"', groups))
        if chance.random() < 0.6:
            minutes = chance.choice(("0", "1", "60"))
            values: Body = {**RECORD.default_mapping(), "collapse_minutes": minutes}
            if chance.random() < 0.5:
                values["contact_custom_fields"] = {LAST_SEEN: {"@path": "$.timestamp"}}
            made.append(MappingSpec("Record", RECORD.slug, 'type = "track" or type = "page"', values))
        if chance.random() < 0.3:
            follow: Body = {
                "contact_external_id": {"@path": "$.userId"},
                "contact_email": {"@path": "$.context.traits.email"},
                "contact_custom_fields": {SOURCE: {"@path": "$.context.traits.source"}},
                **self._allowed(),
            }
            made.append(MappingSpec("Sources", UPSERT.slug, 'type = "track"', follow))
        if chance.random() < 0.6:
            values = {**MERGE.default_mapping(), "allow_merging": chance.random() < 0.85}
            made.append(MappingSpec("Merge", MERGE.slug, MERGE.default_trigger, values))
        if chance.random() < 0.5:
            values = {**DELETE.default_mapping(), "allow_deleting": chance.random() < 0.85}
            made.append(MappingSpec("Erase", DELETE.slug, DELETE.default_trigger, values))
        return tuple(made)

    def _closes_switches(self) -> dict[str, Any]:
        pick = self._random.choice
        return {
            "index_lag_s": pick((0, 1, 11, 30, 60)),
            "stale_get_after_delete_s": pick((0, 0, 0, 30)),
            "error_dialect": pick(("frm", "pydantic")),
            "rate_headers": pick(("none", "old", "new")),
            "body_429": pick(("old_object", "error", "empty", "html")),
            "headers_429": pick(("new", "old", "retry_after", "none")),
            "rate_window": pick(("fixed", "sliding")),
            "unknown_custom_field": pick(("refused", "ignored")),
            "exact_value_case": pick(("sensitive", "insensitive")),
            "merge": pick(("async", "async", "immediate", "immediate", "errored", "busy")),
            "merge_takes_s": pick((2.0, 20.0)),
            "email_case": pick(("kept", "lower")),
            "nested_contact_error": pick(("contacts", "top_level")),
        }
