"""Random histories of one organization: events, people at work in Close, faults, late answers, restarts.

Everything follows from the seed. After each event the checks of ``History`` hold or say what does not.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.actions.action_definitions import MERGE, RECORD
from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.actions.trace import EventReport
from app.actions.undo import Undo
from app.actions.undo_decisions import UndoOutcome
from app.actions.upsert_payload import ActionSettings
from app.close.client import CloseClient
from app.close.failures import CloseError
from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.faults import Fault
from app.close.sandbox.ids import IdSource
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from app.segment.events import Event, read_event
from app.storage.action_memory import ActionMemory
from app.storage.profile import MappingSpec
from tests.actions.builders import STARTED, mapping
from tests.actions.direct_wire import DirectWire

LISTS = ("emails", "phones", "urls")
_MOST_TRIES = 25
_FAULTS = ("drop_after_commit", "drop_before", "503", "502", "429", "truncated_json")

Picture = dict[str, dict[str, Any]]


def _of(action: Any, **values: Any) -> MappingSpec:
    return MappingSpec(
        action.name, action.slug, action.default_trigger, {**action.default_mapping(), **values}
    )


MAPPINGS = (
    mapping(allow_creating_duplicate_contacts=False),
    mapping(
        name="Groups",
        trigger='type = "group"',
        lead_name={"@path": "$.traits.name"},
        lead_external_id={"@path": "$.groupId"},
        contact_name=None,
        allow_creating_duplicate_contacts=False,
    ),
    _of(RECORD),
    _of(MERGE, allow_merging=True),
)


class BrokenError(AssertionError):
    """A check that does not hold, with the last things that happened."""


@dataclass
class History:
    """One history; ``story`` tells what has happened, for the message of a failure."""

    seed: int
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.time = VirtualClock()
        switches = Switches(
            index_lag_s=self.random.choice((0, 1, 11, 60)),
            merge=self.random.choice(("immediate", "async")),
            error_dialect=self.random.choice(("frm", "pydantic")),
            email_case=self.random.choice(("kept", "lower")),
            exact_value_case=self.random.choice(("sensitive", "insensitive")),
            rate_headers=self.random.choice(("none", "old", "new")),
            stale_get_after_delete_s=self.random.choice((0, 30)),
        )
        store = Store(clock=self.time, ids=IdSource(random.Random(self.seed)))
        self.sandbox = Sandbox(store=store, switches=switches, clock=self.time)
        self.company = self.sandbox.person.add_field("lead", "Company ID").id
        self.user = self.sandbox.person.add_field("contact", "User ID").id
        self.memory = ActionMemory.passing()
        self.number = 0
        self.human_touched: set[str] = set()

    async def run(self, steps: int) -> None:
        exchanges = ExchangeCollector()
        try:
            async with CloseClient(
                self.sandbox.api_key,
                base_url="http://127.0.0.1/api/v1/",
                transport=DirectWire(self.sandbox),
                clock=self._seconds,
                sleep=self._sleep,
                jitter=self.random.random,
                on_exchange=exchanges,
            ) as close:
                self.close = close
                self.exchanges = exchanges
                self._restart()
                for _ in range(steps):
                    await self._step()
        except BrokenError:
            raise
        except Exception as error:
            raise BrokenError(f"{error!r}\n" + "\n".join(self.story[-12:])) from error
        finally:
            self.memory.close()

    def _seconds(self) -> float:
        return (self.time.now() - STARTED).total_seconds()

    async def _sleep(self, seconds: float) -> None:
        self.time.advance(seconds)

    def _restart(self) -> None:
        """A new process: nothing but the database is left."""
        settings = ActionSettings(self.company, self.user)
        catalogue = FieldCatalogue(self.close, settings, MAPPINGS, self._seconds)
        self.runner = ActionRunner(
            self.close,
            [CompiledMapping(spec) for spec in MAPPINGS],
            settings,
            self.memory,
            vocabulary=catalogue.vocabulary,
            exchanges=self.exchanges,
            now_ms=lambda: round(self.time.now().timestamp() * 1000),
            sleep=self._sleep,
        )

    # What happens --------------------------------------------------------------------------------

    async def _step(self) -> None:
        chance = self.random.random()
        self.time.advance(self.random.choice((0.5, 3, 20, 90)))
        if chance < 0.62:
            await self._event_happens()
        elif chance < 0.82:
            self._person_works()
        elif chance < 0.9:
            self.story.append("restart")
            self._restart()
        else:
            kind = self.random.choice(_FAULTS)
            method = self.random.choice(("POST", "PUT", "*"))
            self.story.append(f"fault {kind} on the next {method}")
            self.sandbox.faults.add(Fault(kind=kind, method=method, retry_after_s=1.0))

    def _new_event(self) -> Event:
        self.number += 1
        user = f"u_{self.random.randrange(4)}"
        company = self.random.choice((None, "co_0", "co_1"))
        stamp = self.time.now().isoformat()
        body: dict[str, Any] = {"messageId": f"m{self.number}", "userId": user, "timestamp": stamp}
        match self.random.choices(("identify", "group", "track", "alias"), (6, 2, 2, 1))[0]:
            case "identify":
                body |= {"type": "identify", "traits": self._traits(user, company)}
            case "group":
                body |= {"type": "group", "groupId": company or "co_0", "traits": {"name": "Group"}}
            case "track":
                body |= {"type": "track", "event": self.random.choice(("Login", "Export"))}
            case _:
                body |= {"type": "alias", "previousId": f"u_{self.random.randrange(4)}"}
        return read_event(body)

    def _traits(self, user: str, company: str | None) -> dict[str, Any]:
        traits: dict[str, Any] = {"email": f"{user}{self.random.choice(('', '.b', '.c'))}@acme.example"}
        if self.random.random() < 0.5:
            traits["title"] = f"T{self.number}"
        if self.random.random() < 0.3:
            traits["phone"] = f"+1415555013{self.random.randrange(10)}"
        if company:
            traits["company"] = {"id": company, "name": f"Company {company[-1]}"}
        return traits

    async def _event_happens(self) -> None:
        event = self._new_event()
        self.story.append(f"{event.body}")
        calm = not len(self.sandbox.faults)
        before = self.picture()
        report = await self.runner.run(event, live=True)
        tries = 1
        while isinstance(report.error, CloseError) and report.error.transient and tries < _MOST_TRIES:
            self.story.append(f"  again after {report.error.code}")
            self.time.advance(max(report.error.retry_after_s or 0.0, self.random.choice((1, 30, 61))))
            if self.random.random() < 0.3:
                self._restart()
            report = await self.runner.run(event, live=True)
            tries += 1
        self.story.append(f"  {report.outcome}: {report.reason}")
        self._check_error(report)
        after = self.picture()
        self._check_always(before, after, event)
        if calm and tries == 1:
            self._check_plan(report, before, after)
            self._check_last_write(report, event)
            if self.random.random() < 0.25:
                await self._undo(event, before)

    async def _undo(self, event: Event, before: Picture) -> None:
        plans = self.memory.plans.plans_of(event.message_id or "")
        preview = await Undo(self.close, self.memory, live=False).run(plans)
        done = await Undo(self.close, self.memory, live=True).run(plans)
        self.story.append(f"  undone: {done.summary}")
        outcomes = [(line.record.id, line.field, line.outcome) for line in done.lines]
        self._require(
            outcomes == [(line.record.id, line.field, line.outcome) for line in preview.lines],
            "the preview of an undo differs from the undo",
        )
        stays = done.of(UndoOutcome.LEFT) + done.of(UndoOutcome.FINAL)
        if not stays:
            self._require(
                self.picture() == before, f"undo did not restore {_differences(before, self.picture())}"
            )

    def _person_works(self) -> None:
        store, person = self.sandbox.store, self.sandbox.person
        contacts, leads = list(store.contacts.values()), list(store.leads.values())
        work = self.random.choice(("title", "email", "contact", "merge", "delete contact", "delete lead"))
        self.story.append(f"person: {work}")
        if work == "merge" and len(leads) > 1:
            first, second = self.random.sample(leads, 2)
            person.merge_leads(first.id, second.id)
        elif work == "contact" and leads:
            person.add_contact(self.random.choice(leads).id, {"name": "Colleague"})
        elif work == "delete lead" and leads and self.random.random() < 0.3:
            person.delete_lead(self.random.choice(leads).id)
        elif contacts:
            contact = self.random.choice(contacts)
            if work == "title":
                person.edit_contact(contact.id, {"title": f"P{self.number}"})
            elif work == "email":
                emails = [{"email": one.email, "type": one.type} for one in contact.emails]
                added = {"email": f"home{self.number}@{contact.id[-6:]}.example", "type": "home"}
                person.edit_contact(contact.id, {"emails": [*emails, added]})
            elif work == "delete contact" and self.random.random() < 0.3:
                person.delete_contact(contact.id)

    # What has to hold ----------------------------------------------------------------------------

    def picture(self) -> Picture:
        """Every lead and contact with its values."""
        store = self.sandbox.store
        with store.lock:
            found: Picture = {
                one.id: {"name": one.name, "description": one.description, **one.custom}
                for one in store.leads.values()
            }
            for one in store.contacts.values():
                found[one.id] = {
                    "name": one.name,
                    "title": one.title,
                    "emails": tuple(each.email for each in one.emails),
                    "phones": tuple(each.phone for each in one.phones),
                    "urls": tuple(each.url for each in one.urls),
                    **one.custom,
                }
            return found

    def _check_error(self, report: EventReport) -> None:
        error = report.error
        self._require(error is None, f"the event failed: {error} {getattr(error, 'detail', '')}")

    def _check_always(self, before: Picture, after: Picture, event: Event) -> None:
        for field_id, what in ((self.user, "contacts"), (self.company, "leads")):
            ids = [values[field_id] for values in after.values() if field_id in values]
            self._require(len(ids) == len(set(ids)), f"two {what} for one id: {ids}")
        merges = event.type == "alias"
        for record_id, values in before.items():
            if record_id not in after:
                self._require(merges, f"{record_id} has gone")
                continue
            for key in LISTS:
                lost = set(values.get(key, ())) - set(after[record_id].get(key, ()))
                self._require(not lost, f"{record_id} has lost {lost}")
            for key, value in values.items():
                if value and key not in LISTS and not merges:
                    self._require(bool(after[record_id].get(key)), f"{record_id} has lost its {key}")
        if merges:
            held = {value for values in after.values() for key in LISTS for value in values.get(key, ())}
            was = {value for values in before.values() for key in LISTS for value in values.get(key, ())}
            self._require(was <= held, f"a merge has lost {was - held}")

    def _check_plan(self, report: EventReport, before: Picture, after: Picture) -> None:
        """Exactly the fields that the plans name have changed."""
        planned = {
            (change.record.id, change.field_id.removeprefix("custom."))
            for result in report.results
            for change in (result.plan.changes if result.plan and result.plan_id else ())
            if change.record.object_type != "activity" and change.field_id
        }
        changed = {
            (record_id, key)
            for record_id, values in after.items()
            if record_id in before
            for key in {*values, *before[record_id]}
            if values.get(key) != before[record_id].get(key)
        }
        unplanned = changed - planned
        merged = any(
            change.kind == "merge"
            for result in report.results
            for change in (result.plan.changes if result.plan else ())
        )
        # Close fills the blanks of a merged lead by itself.
        self._require(merged or not unplanned, f"changed without a plan: {unplanned}")
        created = after.keys() - before.keys()
        creates = any(one is None for one, _ in planned)
        self._require(bool(created) == creates, f"created {created}, planned {planned}")

    def _check_last_write(self, report: EventReport, event: Event) -> None:
        traits = event.body.get("traits")
        title = traits.get("title") if isinstance(traits, Mapping) else None
        first = report.results[0]
        if event.type != "identify" or not title or first.outcome not in ("delivered", "unchanged"):
            return
        mine = [
            one.title
            for one in self.sandbox.store.contacts.values()
            if one.custom.get(self.user) == event.user_id
        ]
        merged = self.memory.identities.contact_for(f"user:{event.user_id}")
        if merged is not None and merged.how == "merged":
            return
        self._require(mine == [title], f"the last title is not {title}: {mine}")

    def _require(self, holds: bool, what: str) -> None:
        if not holds:
            raise BrokenError(f"{what}\n" + "\n".join(self.story[-16:]))


def _differences(before: Picture, after: Picture) -> list[str]:
    return [
        f"{record_id}: {before.get(record_id)} → {after.get(record_id)}"
        for record_id in {*before, *after}
        if before.get(record_id) != after.get(record_id)
    ]


async def play(seeds: Sequence[int], steps: int) -> None:
    """Play the histories; the first one that breaks names itself and the command that repeats it."""
    for seed in seeds:
        try:
            await History(seed).run(steps)
        except BrokenError as broken:
            command = f"STEPS={steps} HISTORY={seed} python -m pytest tests/actions/test_histories.py"
            raise AssertionError(f"history {seed} breaks; repeat it with\n  {command}\n{broken}") from broken
