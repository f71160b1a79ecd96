"""A profile's relay: the service with everything it needs to change Close."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from app.actions.run import ActionRunner, ExchangeCollector
from app.actions.trace import EventReport
from app.close.failures import CloseError, FailureKind
from app.errors import AppError
from app.relay.delivery import RetryPolicy
from app.relay.processor import Processor
from app.relay.retention import Retention
from app.relay.service import RelayConfig, RelayService
from app.segment.events import Event
from app.storage.profile import Mode, Profile
from app.workflows.action_test import OpenIdentities, OpenRecordedClose, build_runner
from app.workflows.secret_access import SecretAccess

_log = logging.getLogger(__name__)

OpenRunner = Callable[[], AbstractAsyncContextManager[ActionRunner]]


class _RunnerProcessor:
    """The runner in the relay's words. After a refused key the next event is tried with the key kept now."""

    def __init__(self, open_runner: OpenRunner, runner: ActionRunner, stack: AsyncExitStack) -> None:
        self._open_runner = open_runner
        self._runner = runner
        self._stack = stack
        self._refused: ActionRunner | None = None
        self._renewing = asyncio.Lock()

    async def process(self, event: Event, *, live: bool) -> EventReport:
        async with self._renewing:
            if self._refused is self._runner:
                await self._renew()
            runner = self._runner
        report = await runner.run(event, live=live)
        if isinstance(report.error, CloseError) and report.error.kind is FailureKind.KEY_REFUSED:
            self._refused = runner
        return report

    async def _renew(self) -> None:
        try:
            # The old one stays open until the relay ends: other events may still be using it.
            self._runner = await self._stack.enter_async_context(self._open_runner())
        except AppError as error:
            _log.warning("The relay goes on with the refused key: %s", error.title)


class RelaySessions:
    """Builds relays. ``redact`` takes secrets out of stored reports and logs."""

    def __init__(
        self,
        secrets: SecretAccess,
        open_close: OpenRecordedClose,
        open_identities: OpenIdentities,
        database_path: Callable[[Profile], Path],
        redact: Callable[[str], str],
        policy: RetryPolicy | None = None,
    ) -> None:
        self._secrets = secrets
        self._open_close = open_close
        self._open_identities = open_identities
        self._database_path = database_path
        self._redact = redact
        self._policy = policy

    def build(self, profile: Profile, *, load: Callable[[], Profile] | None = None) -> RelayService:
        """A relay that is not started yet. May block on the keyring; raises ``AppError``.

        ``load`` reads the profile anew at each start, so that a changed mapping or key holds from then on.
        """
        secret = self._secrets.shared_secret(profile)
        config = RelayConfig(
            database=self._database_path(profile),
            settings=profile.relay,
            secrets=(secret,) if secret else (),
            retention=Retention(profile.retention_days, profile.retention_mb),
        )
        current = load or (lambda: profile)

        @asynccontextmanager
        async def processor() -> AsyncIterator[Processor]:
            def open_runner() -> AbstractAsyncContextManager[ActionRunner]:
                return self._runner(current())

            async with AsyncExitStack() as stack:
                runner = await stack.enter_async_context(open_runner())
                yield _RunnerProcessor(open_runner, runner, stack)

        return RelayService(config, processor, redact=self._redact, policy=self._policy)

    @asynccontextmanager
    async def _runner(self, profile: Profile) -> AsyncIterator[ActionRunner]:
        exchanges = ExchangeCollector()
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        owned = self._open_identities(profile, writable=True)
        try:
            async with self._open_close(key, profile.close_url, on_exchange=exchanges) as close:
                yield build_runner(profile, close, owned.identities, exchanges)
        finally:
            owned.close()


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
