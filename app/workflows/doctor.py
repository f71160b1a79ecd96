"""The doctor: everything that has to hold before an event can change Close, each line with its fix."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.actions.compiled_mapping import CompiledMapping
from app.close.records import Account
from app.errors import AppError
from app.relay.intake import webhook_path
from app.relay.public_url import fingerprint
from app.relay.round_trip import PublicWay
from app.storage.profile import DeliveryPath, Profile
from app.storage.reach_log import CopiedUrl, ReachLog, ReachRecord
from app.workflows.event_keeping import check_keeping
from app.workflows.fields import COMPANY_ID, USER_ID, choose_field, look_at_fields
from app.workflows.port_check import check_port
from app.workflows.reach.connection_check import (
    Connection,
    ConnectionCheck,
    ConnectionLine,
    Verdict,
)
from app.workflows.reach.temporary_relay import temporary_relay
from app.workflows.secret_access import SecretAccess
from app.workflows.setup import OpenClose


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked line; ``fix`` is empty when it holds, ``measure`` when nothing was measured."""

    name: str
    holds: bool
    detail: str
    fix: str = ""
    measure: str = ""


class Doctor:
    """Checks one profile. Nothing is changed anywhere.

    ``reach_log`` and ``copied`` say under which public URL a relay runs now, and which one was taken to
    Segment. Where no relay runs, one listens for the time of the check. ``find`` looks for tunnel programs.
    ``database`` is where events are kept, None when there is no saved profile yet.
    """

    def __init__(
        self,
        profile: Profile,
        secrets: SecretAccess,
        open_close: OpenClose,
        *,
        reach_log: ReachLog | None = None,
        copied: CopiedUrl | None = None,
        way: PublicWay | None = None,
        find: Callable[[str], str | None] = shutil.which,
        database: Path | None = None,
    ) -> None:
        self._database = database
        self._profile = profile
        self._secrets = secrets
        self._open_close = open_close
        self._reach_log = reach_log
        self._copied = copied
        self._check_connection = ConnectionCheck(way)
        self._way = way or PublicWay()
        self._find = find

    async def examine(self) -> tuple[Finding, ...]:
        """Run every check; one that cannot run because of an earlier one is left out."""
        findings = [await self._check("Key stored", self._key_stored)]
        if findings[0].holds:
            findings.append(await self._check("Close answers", self._close_answers))
            if findings[-1].holds:
                findings.append(await self._check("ID fields present", self._fields_present))
        findings.append(await self._check("Mappings usable", self._mappings_usable))
        findings.append(await self._check("Shared secret stored", self._secret_stored))
        if self._database is not None:
            findings.append(await self._check("Events kept", self._events_kept))
        if self._profile.delivery_path is not DeliveryPath.DESTINATION:
            findings += [_finding(line) async for line in self._connection()]
        return tuple(findings)

    async def _check(self, name: str, check: Callable[[], Awaitable[str]]) -> Finding:
        try:
            return Finding(name, holds=True, detail=await check())
        except AppError as error:
            words = " ".join(part for part in (error.title, error.cause) if part)
            return Finding(name, holds=False, detail=words, fix=f"{error.remedy} [{error.code}]")

    async def _key_stored(self) -> str:
        await asyncio.to_thread(self._secrets.api_key, self._profile)
        return await asyncio.to_thread(lambda: self._secrets.current(self._profile).name)

    async def _close_answers(self) -> str:
        account = await self._account()
        known = self._profile.organization
        if known is not None and known.id != account.organization.id:
            raise AppError(
                "SETUP-OTHER-ORGANIZATION",
                f"The key opens {account.organization.name}, not {known.name}.",
                remedy=f"Use a key of {known.name}.",
            )
        return f"{account.organization.name}, as {account.user_name}"

    async def _account(self) -> Account:
        key = await asyncio.to_thread(self._secrets.api_key, self._profile)
        async with self._open_close(key, self._profile.close_url) as close:
            return await close.me()

    async def _fields_present(self) -> str:
        profile = self._profile
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        async with self._open_close(key, profile.close_url) as close:
            view = await look_at_fields(close, await close.me())
        chosen = (
            (profile.company_field, COMPANY_ID, view.company),
            (profile.user_field, USER_ID, view.user),
        )
        names = []
        for reference, wanted, found in chosen:
            if reference is None:
                raise AppError(
                    "FIELD-NOT-CHOSEN",
                    f"No field is chosen for {wanted.name}.",
                    remedy="Run `segment-close fields --create`, or choose it in the window.",
                )
            names.append(choose_field(wanted, found.candidates, reference.id, other_id=None).name)
        return ", ".join(names)

    async def _mappings_usable(self) -> str:
        enabled = [spec for spec in self._profile.mappings if spec.enabled]
        if not enabled:
            raise AppError(
                "MAPPING-NONE",
                "No mapping is switched on: nothing is sent to Close.",
                remedy="Switch a mapping on.",
            )
        for spec in enabled:
            CompiledMapping(spec)
        return f"{len(enabled)} of {len(self._profile.mappings)} on"

    async def _secret_stored(self) -> str:
        secret = await asyncio.to_thread(self._secrets.shared_secret, self._profile)
        if not secret:
            raise AppError(
                "RELAY-NO-SECRET",
                "There is no shared secret, so the relay cannot tell Segment from others.",
                remedy="Run the set-up again, or set SEGMENT_SHARED_SECRET.",
            )
        return f"{len(secret)} characters"

    async def _events_kept(self) -> str:
        assert self._database is not None
        return await asyncio.to_thread(check_keeping, self._database)

    async def _connection(self) -> AsyncIterator[ConnectionLine]:
        """The way from Segment to the relay that runs, or to one that listens for the time of the check."""
        try:
            secret = await asyncio.to_thread(self._secrets.shared_secret, self._profile)
        except AppError:
            # The line about the secret says it; unsigned, the way is not worth checking.
            return
        settings, path = self._profile.relay, webhook_path(secret)
        record = await self._record()
        url = record.public_url or ("" if settings.tunnel else settings.public_url)
        usual = Connection(settings.host, settings.port, path, secret, url)
        # One that was started for another port than the profile's has written down which.
        elsewhere = replace(usual, port=record.port or settings.port)
        running = elsewhere if await self._answers(elsewhere) else usual
        if (
            running is usual
            and not await self._answers(usual)
            and await check_port(settings.host, settings.port)
        ):
            async with temporary_relay(settings, secret, self._find) as opened:
                checked = replace(
                    running, port=opened.port, public_url=opened.public_url, missing=opened.missing
                )
                async for line in self._check_connection.lines(await self._with_copied(checked)):
                    yield line
            return
        async for line in self._check_connection.lines(await self._with_copied(running)):
            yield line

    async def _answers(self, connection: Connection) -> bool:
        try:
            await self._way.post_probe(connection.local_url, connection.secret)
        except AppError:
            return False
        return True

    async def _record(self) -> ReachRecord:
        """What the running relay has written down; a tunnel's URL is known nowhere else."""
        return ReachRecord() if self._reach_log is None else await asyncio.to_thread(self._reach_log.load)

    async def _with_copied(self, connection: Connection) -> Connection:
        if self._copied is None or not connection.public_url:
            return connection
        known, host = await asyncio.to_thread(self._copied.read)
        changed = bool(known) and known != fingerprint(connection.public_url + connection.path)
        return replace(connection, copied_host=host if changed else "")


def _finding(line: ConnectionLine) -> Finding:
    error = line.error
    if error is None:
        return Finding(line.step, line.verdict is Verdict.HOLDS, line.text, measure=line.measure)
    words = " ".join(part for part in (error.title, error.cause) if part)
    return Finding(line.step, holds=False, detail=words, fix=f"{error.remedy} [{error.code}]")
