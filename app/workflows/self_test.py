"""Proof on this machine: sandbox → set-up → relay → signed webhook over HTTP → Close changed and read back.

Needs no display, no network and no keyring; everything it makes is removed again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.close.client import CloseClient
from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import RunningSandbox
from app.close.sandbox.switches import Switches
from app.errors import AppError
from app.json_value import JsonValue
from app.relay.delivery import State
from app.relay.event_records import EventFilter, EventRow
from app.relay.inbox_reader import InboxReader
from app.relay.service import RelayService
from app.storage.profile import DeliveryPath, KeyLocation, Mode, Profile
from app.workflows.samples import Sample, built_in_samples
from app.workflows.secret_access import SecretAccess
from app.workflows.setup import SetupFlow, default_mapping
from app.workflows.webhook_post import post_webhook

_PATIENCE_S = 30.0
_FINISHED = {State.DELIVERED, State.UNCHANGED, State.SKIPPED, State.FAILED}


class Program(Protocol):
    """The parts of the program under test, wired as in real use."""

    @property
    def secrets(self) -> SecretAccess: ...
    def setup_flow(self, name: str) -> SetupFlow: ...
    def relay(self, profile: Profile) -> RelayService: ...
    def reader(self, profile: Profile) -> InboxReader: ...
    def open_close(self, api_key: str, base_url: str) -> CloseClient: ...


@dataclass(frozen=True, slots=True)
class SelfTest:
    """``make_program`` gives a program on a throw-away folder for the API at a base URL.

    ``tell`` is called with each proven step.
    """

    make_program: Callable[[str], Program]
    tell: Callable[[str], None]

    async def run(self) -> None:
        """Raises ``AppError`` at the first step that does not hold."""
        sandbox = Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))
        async with RunningSandbox(sandbox) as running:
            self.tell("Sandbox: a Close runs on this computer.")
            program = self.make_program(running.base_url)
            profile = await self._set_up(program, sandbox.api_key)
            relay = await asyncio.to_thread(program.relay, profile)
            try:
                address = await asyncio.to_thread(relay.start)
                self.tell(f"Relay: listening on {address.host}, port {address.port}.")
                await self._deliver(program, profile, address.url)
            finally:
                await asyncio.to_thread(relay.close)
            await self._read_back(program, profile, sandbox.api_key)
        self.tell("Everything holds.")

    async def _set_up(self, program: Program, api_key: str) -> Profile:
        flow = program.setup_flow("self-test")
        flow.start()
        checked = await flow.check_key(api_key)
        flow.keep_key(checked, KeyLocation.MEMORY)
        self.tell(f"Connect: {checked.account.organization.name} opens with the key.")
        view = await flow.read_fields()
        view = await flow.create_fields(view.missing)
        company, user = view.company.field, view.user.field
        _require(company is not None and user is not None, "The ID fields were not created.")
        flow.choose_fields(company.id if company else None, user.id if user else None)
        self.tell("ID fields: Company ID and User ID are there.")
        flow.choose_sample(_identify())
        flow.accept_mappings((default_mapping(),))
        report = await flow.dry_run()
        self.tell(f"Dry run: {report.reason}")
        flow.finish_test()
        flow.choose_path(DeliveryPath.RELAY, other_path_off=True)
        profile = flow.finish()
        organization = profile.organization
        live = replace(profile.relay, port=0, mode=Mode.LIVE)
        return replace(profile, relay=live, live_confirmed_for=organization.id if organization else None)

    async def _deliver(self, program: Program, profile: Profile, url: str) -> None:
        secret = program.secrets.shared_secret(profile)
        sample = _identify()
        refused = await post_webhook(url, sample.body, "a wrong secret")
        _require(refused.status == 401, f"A wrong signature was answered {refused.status} instead of 401.")
        self.tell("Webhook: a wrong signature is refused.")
        payload: JsonValue = sample.body
        stored = await post_webhook(url, payload, secret)
        _require(stored.status == 200, f"A signed webhook was answered {stored.status} instead of 200.")
        self.tell("Webhook: a signed event is stored and acknowledged.")
        row = await self._finished(program.reader(profile), str(sample.body["messageId"]))
        _require(row.state is State.DELIVERED, f"The event ended as {row.state}: {row.reason}")
        self.tell(f"Delivery: {row.reason}")

    async def _finished(self, reader: InboxReader, message_id: str) -> EventRow:
        deadline = time.monotonic() + _PATIENCE_S
        try:
            while time.monotonic() < deadline:
                for row in reader.page(EventFilter()):
                    if row.message_id == message_id and row.state in _FINISHED:
                        return row
                await asyncio.sleep(0.05)
        finally:
            reader.close()
        raise _failed(f"The event was not delivered within {_PATIENCE_S:.0f} seconds.")

    async def _read_back(self, program: Program, profile: Profile, api_key: str) -> None:
        sample = _identify()
        user_id = str(sample.body["userId"])
        field = profile.user_field
        _require(field is not None, "The User ID field is not set.")
        async with program.open_close(api_key, profile.close_url) as close:
            contacts = await close.contacts_by_user_id(field.id if field else "", user_id)
            _require(len(contacts) == 1, f"Close holds {len(contacts)} contacts of the event instead of 1.")
            lead = await close.lead(contacts[0].lead_id)
        self.tell(f"Close: contact {contacts[0].name} is under lead {lead.name}.")


def _identify() -> Sample:
    return built_in_samples()[0]


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise _failed(problem)


def _failed(problem: str) -> AppError:
    return AppError(
        "SELF-TEST-FAILED",
        "The self-test failed.",
        cause=problem,
        remedy="Install the program again; report this if it stays.",
    )
