"""A profile's relay: the service with everything it needs to change Close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.close.exchange import Exchange
from app.errors import AppError
from app.relay.access import Access, SavedAccess
from app.relay.clock import SystemClock
from app.relay.close_budget import CloseBudget
from app.relay.delivery import RetryPolicy
from app.relay.intake import SourceRules
from app.relay.reachability import Reachability
from app.relay.retention import Retention
from app.relay.service import OpenAdmin, RelayConfig, RelayService
from app.storage.profile import Mode, Profile
from app.workflows.action_test import OpenMemory, OpenRecordedClose, build_runner
from app.workflows.relay_runner import SavedProfile, runner_processor
from app.workflows.secret_access import SecretAccess

if TYPE_CHECKING:
    from app.relay.metrics import RelayMetrics


class RelaySessions:
    """Builds relays. ``redact`` takes secrets out of stored reports and logs."""

    def __init__(
        self,
        secrets: SecretAccess,
        open_close: OpenRecordedClose,
        open_memory: OpenMemory,
        database_path: Callable[[Profile], Path],
        redact: Callable[[str], str],
        policy: RetryPolicy | None = None,
        access_stamp: Callable[[Profile], object] = lambda _profile: None,
    ) -> None:
        self._secrets = secrets
        self._open_close = open_close
        self._open_memory = open_memory
        self._database_path = database_path
        self._redact = redact
        self._policy = policy
        self._access_stamp = access_stamp

    def build(
        self, profile: Profile, saved: SavedProfile | None = None, reach: Reachability | None = None
    ) -> RelayService:
        """A relay that is not started yet. May block on the keyring; raises ``AppError``.

        Events are run with the profile of ``saved`` as it is then; without it always with ``profile``.
        ``reach`` keeps proving that Segment reaches it.
        """
        source = saved or SavedProfile(lambda: profile, lambda: None)
        access = self._access(profile)
        config = RelayConfig(
            database=self._database_path(profile),
            # With a tunnel the tool says the public URL, each time anew.
            settings=replace(profile.relay, public_url="") if profile.relay.tunnel else profile.relay,
            secrets=access.secrets_at(SystemClock().now_ms()),
            retention=Retention(profile.retention_days, profile.retention_mb),
            sources=access.sources,
        )
        metrics, open_admin = _measures(profile.relay.admin_port)
        budget = CloseBudget()
        return RelayService(
            config,
            lambda: runner_processor(lambda one: self._runner(one, metrics, budget), source),
            redact=self._redact,
            policy=self._policy,
            reach=reach,
            saved_access=SavedAccess(
                lambda: self._access(source.load()), lambda: (source.stamp(), self._access_stamp(profile))
            ),
            watch=metrics,
            open_admin=open_admin,
            budget=budget,
        )

    def _access(self, profile: Profile) -> Access:
        """Who may post: the keyring's secrets, and the sources that the profile lets in."""
        kept = self._secrets.credentials(profile)
        settings = profile.sources
        origins = frozenset(origin.lower() for origin in settings.origins)
        return Access(kept.secrets, SourceRules(kept.write_keys, origins) if settings.enabled else None)

    @asynccontextmanager
    async def _runner(
        self, profile: Profile, metrics: RelayMetrics | None, budget: CloseBudget
    ) -> AsyncIterator[ActionRunner]:
        exchanges = ExchangeCollector()

        def note(exchange: Exchange) -> None:
            exchanges(exchange)
            budget.note(close.limiter.usage)
            if metrics is not None:
                metrics.called(exchange)

        key = await asyncio.to_thread(self._secrets.api_key, profile)
        memory = self._open_memory(profile, writable=True)
        try:
            async with self._open_close(key, profile.close_url, on_exchange=note) as close:
                with ExitStack() as measured:
                    if metrics is not None:
                        measured.enter_context(metrics.budget_of(close.limiter.usage))
                    yield build_runner(profile, close, memory, exchanges)
        finally:
            memory.close()


def _measures(admin_port: int | None) -> tuple[RelayMetrics | None, OpenAdmin | None]:
    if admin_port is None:
        return None, None
    # Imported only when asked for: a window without metrics starts without their library.
    from app.relay.admin_server import AdminServer
    from app.relay.metrics import RelayMetrics

    metrics = RelayMetrics(SystemClock())
    return metrics, lambda read_status: AdminServer(admin_port, metrics, read_status)


def confirm_live(profile: Profile, *, confirmed: bool) -> None:
    """Live asks once per profile. Raises ``AppError`` (``RELAY-LIVE-UNCONFIRMED``) without a yes."""
    organization = profile.organization
    if profile.relay.mode is not Mode.LIVE or confirmed:
        return
    if organization is not None and profile.live_confirmed_for == organization.id:
        return
    name = organization.name if organization else "Close"
    raise AppError(
        "RELAY-LIVE-UNCONFIRMED",
        f"Leads and contacts of {name} are changed in live mode.",
        cause="Nobody has confirmed it for this profile yet.",
        remedy="Confirm it in the window, or start with --yes.",
    )
