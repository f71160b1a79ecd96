"""The test action: one event, now, against the organization the profile is connected to.

The same runner as the relay's; a dry run reads identities but never writes them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from app.actions.agreement import Agreement
from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.gate import EventGate
from app.actions.run import ActionRunner
from app.actions.trace import EventReport
from app.actions.upsert_payload import ActionSettings
from app.actions.workplace import SETTLED_S, RunOptions
from app.close.client import CloseClient
from app.close.exchange import Exchange
from app.storage.action_memory import ActionMemory
from app.storage.profile import Profile
from app.workflows.samples import Sample
from app.workflows.secret_access import SecretAccess


class OpenRecordedClose(Protocol):
    """Makes a client that reports every exchange."""

    def __call__(
        self, api_key: str, base_url: str, *, on_exchange: Callable[[Exchange], None]
    ) -> CloseClient: ...


class OpenMemory(Protocol):
    """Opens what is remembered about a profile's records; ``writable`` false never changes it."""

    def __call__(self, profile: Profile, *, writable: bool) -> ActionMemory: ...


def action_settings(profile: Profile) -> ActionSettings:
    """The two field settings of the destination, from the profile."""
    company, user = profile.company_field, profile.user_field
    return ActionSettings(
        company_field_id=company.id if company else None,
        user_field_id=user.id if user else None,
        company_field_name=company.name if company else "Company ID",
        user_field_name=user.name if user else "User ID",
    )


def build_runner(
    profile: Profile,
    close: CloseClient,
    memory: ActionMemory,
    exchanges: ExchangeCollector,
    *,
    always_look: bool = False,
) -> ActionRunner:
    """A runner for the profile's mappings. Raises ``AppError`` (``MAPPING-…``).

    ``always_look`` reads Close for every event, also for one that says nothing new.
    """
    settings = action_settings(profile)
    catalogue = FieldCatalogue(close, settings, profile.mappings, time.monotonic)
    return ActionRunner(
        close,
        [CompiledMapping(spec) for spec in profile.mappings],
        settings,
        memory,
        vocabulary=catalogue.vocabulary,
        exchanges=exchanges,
        now_ms=lambda: time.time_ns() // 1_000_000,
        options=RunOptions(
            recreate_deleted=profile.recreate_deleted,
            settled_s=0.0 if always_look else SETTLED_S,
            plans_kept_days=profile.retention_days,
        ),
        gate=EventGate(profile.filters),
    )


class ActionTester:
    """Runs samples for the set-up flow, the test page and the ``preview`` and ``send`` commands."""

    def __init__(self, secrets: SecretAccess, open_close: OpenRecordedClose, open_memory: OpenMemory) -> None:
        self._secrets = secrets
        self._open_close = open_close
        self._open_memory = open_memory

    async def run(
        self, profile: Profile, sample: Sample, *, live: bool, agreed: EventReport | None = None
    ) -> EventReport:
        """One event through every enabled mapping; live runs are read back from Close.

        ``agreed`` is the dry run that a person has said yes to: nothing that goes beyond it is done, and the
        report's error is ``PLAN-CHANGED`` then. Raises ``AppError`` when the run cannot start (no key,
        unusable mapping, no event); failures on the way are in the report.
        """
        event = sample.event
        held_to = Agreement(agreed) if agreed is not None else None
        async with self._runner(profile, live=live) as runner:
            return await runner.run(event, live=live, check=live, agreed=held_to)

    @asynccontextmanager
    async def _runner(self, profile: Profile, *, live: bool) -> AsyncIterator[ActionRunner]:
        exchanges = ExchangeCollector()
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        memory = self._open_memory(profile, writable=live)
        try:
            async with self._open_close(key, profile.close_url, on_exchange=exchanges) as close:
                yield build_runner(profile, close, memory, exchanges, always_look=True)
        finally:
            memory.close()
