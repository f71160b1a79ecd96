"""Records, payloads and events for the tests of actions, and a runner on a sandbox with its own time."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.field_changes import Vocabulary
from app.actions.gate import EventGate
from app.actions.run import ActionRunner
from app.actions.trace import EventReport
from app.actions.upsert_payload import ActionSettings, AllowSwitches, UpsertPayload
from app.actions.workplace import RunOptions
from app.close.client import CloseClient
from app.close.records import Contact, CustomField, Lead, ListEntry
from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.entities import ContactRecord, LeadRecord
from app.close.sandbox.ids import IdSource
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import RunningSandbox
from app.close.sandbox.switches import Switches
from app.segment.close_destination import ACTION
from app.segment.events import Event, read_event
from app.segment.filters import DestinationFilter
from app.storage.action_memory import ActionMemory
from app.storage.identity_store import Identities
from app.storage.profile import MappingSpec

COMPANY_FIELD = "cf_company"
USER_FIELD = "cf_user"
BORN = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = ActionSettings(COMPANY_FIELD, USER_FIELD)
VOCABULARY = Vocabulary(SETTINGS)


def contact(
    number: int,
    lead_id: str = "lead_1",
    *,
    user_id: str = "",
    email: str = "bo@acme.example",
    name: str = "Bo Li",
    **members: Any,
) -> Contact:
    """``number`` is the age as well: 1 is the oldest."""
    plain = Contact(
        id=f"cont_{number}",
        lead_id=lead_id,
        name=name,
        title="",
        emails=(ListEntry(email, "office"),) if email else (),
        phones=(),
        urls=(),
        custom={USER_FIELD: user_id} if user_id else {},
        date_created=BORN + timedelta(days=number),
    )
    return replace(plain, **members)


def lead(number: int, *, company_id: str = "", name: str = "Acme", **members: Any) -> Lead:
    plain = Lead(
        id=f"lead_{number}",
        name=name,
        description="",
        status_id="stat_1",
        status_label="Potential",
        custom={COMPANY_FIELD: company_id} if company_id else {},
        contacts=(),
        date_created=BORN + timedelta(days=number),
    )
    return replace(plain, **members)


def payload(**members: Any) -> UpsertPayload:
    """An identify of Bo Li of Acme; an empty text takes a member away."""
    usual: dict[str, Any] = {
        "lead_name": "Acme",
        "lead_external_id": "co_1",
        "contact_name": "Bo Li",
        "contact_email": "bo@acme.example",
        "contact_external_id": "u_1",
    }
    switches = {key: members.pop(key) for key in list(members) if key in AllowSwitches.__slots__}
    return UpsertPayload(**{**usual, **members}, allow=AllowSwitches(**switches))


def identify(user_id: str | None = "u_1", *, at: str = "2026-03-04T09:00:00Z", **traits: Any) -> Event:
    """An identify call; without a user id an anonymous one. ``company`` may be given as (id, name)."""
    company = traits.pop("company", None)
    if company is not None:
        traits["company"] = {"id": company[0], "name": company[1]}
    body: dict[str, Any] = {"type": "identify", "anonymousId": "anon_1", "timestamp": at, "traits": traits}
    if user_id is not None:
        body["userId"] = user_id
    return read_event(body)


def mapping(
    *, name: str = "People", trigger: str = ACTION.default_trigger, **expressions: Any
) -> MappingSpec:
    """Segment's default mapping with some of its fields replaced."""
    return MappingSpec(name, ACTION.slug, trigger, {**ACTION.default_mapping(), **expressions})


@dataclass
class Stage:
    """A runner, the sandbox it changes, and the time both live in."""

    sandbox: Sandbox
    time: VirtualClock
    memory: ActionMemory
    runner: ActionRunner
    close: CloseClient
    company_field: CustomField
    user_field: CustomField

    async def run(self, event: Event, *, live: bool = True, check: bool = False) -> EventReport:
        return await self.runner.run(event, live=live, check=check)

    def leads(self) -> list[LeadRecord]:
        """The leads that were not there at the start."""
        with self.sandbox.store.lock:
            return [one for one in self.sandbox.store.leads.values() if one.date_created >= STARTED]

    def contacts(self) -> list[ContactRecord]:
        with self.sandbox.store.lock:
            return [one for one in self.sandbox.store.contacts.values() if one.date_created >= STARTED]

    def calls(self, method: str = "*", path: str = "*") -> int:
        return len(self.sandbox.calls.matching(method, path))

    def searches(self) -> int:
        return self.calls("POST", "/data/search/")

    def writes(self) -> int:
        return self.calls("PUT") + self.calls("POST") + self.calls("DELETE") - self.searches()

    def company_id_of(self, record: LeadRecord) -> object:
        return record.custom.get(self.company_field.id)

    def user_id_of(self, record: ContactRecord) -> object:
        return record.custom.get(self.user_field.id)


STARTED = VirtualClock().now()


@asynccontextmanager
async def closing_memory(memory: ActionMemory) -> AsyncIterator[ActionMemory]:
    try:
        yield memory
    finally:
        memory.close()


@asynccontextmanager
async def stage(
    *mappings: MappingSpec,
    identities: Identities | None = None,
    options: RunOptions | None = None,
    filters: Sequence[DestinationFilter] = (),
    **switches: Any,
) -> AsyncIterator[Stage]:
    """The demo organization with both ID fields, and a runner for ``mappings`` (by default Segment's)."""
    time = VirtualClock()
    store = demo_data(clock=time, ids=IdSource(random.Random(7)))
    sandbox = Sandbox(store=store, switches=Switches(**switches), clock=time)

    async def sleep(seconds: float) -> None:
        time.advance(seconds)

    exchanges = ExchangeCollector()
    async with (
        closing_memory(ActionMemory.passing(identities)) as memory,
        RunningSandbox(sandbox) as running,
        CloseClient(
            sandbox.api_key,
            base_url=running.base_url,
            clock=lambda: (time.now() - STARTED).total_seconds(),
            sleep=sleep,
            on_exchange=exchanges,
        ) as close,
    ):
        company = await close.create_custom_field("lead", "Company ID")
        user = await close.create_custom_field("contact", "User ID")
        settings = ActionSettings(company.id, user.id)
        specs: Sequence[MappingSpec] = mappings or (mapping(),)
        catalogue = FieldCatalogue(close, settings, specs, lambda: (time.now() - STARTED).total_seconds())
        runner = ActionRunner(
            close,
            [CompiledMapping(spec) for spec in specs],
            settings,
            memory,
            vocabulary=catalogue.vocabulary,
            exchanges=exchanges,
            now_ms=lambda: round(time.now().timestamp() * 1000),
            sleep=sleep,
            options=options,
            gate=EventGate(filters, random.Random(7).random),
        )
        sandbox.calls.clear()
        yield Stage(sandbox, time, memory, runner, close, company, user)
