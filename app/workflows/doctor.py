"""The doctor: everything that has to hold before an event can change Close, each line with its fix."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.actions.compiled_mapping import CompiledMapping
from app.close.records import Account
from app.errors import AppError
from app.storage.profile import Profile
from app.workflows.fields import COMPANY_ID, USER_ID, choose_field, look_at_fields
from app.workflows.port_check import check_port
from app.workflows.secret_access import SecretAccess
from app.workflows.setup import OpenClose


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked line; ``fix`` is empty when it holds."""

    name: str
    holds: bool
    detail: str
    fix: str = ""


class Doctor:
    """Checks one profile. Nothing is changed anywhere."""

    def __init__(self, profile: Profile, secrets: SecretAccess, open_close: OpenClose) -> None:
        self._profile = profile
        self._secrets = secrets
        self._open_close = open_close

    async def examine(self) -> tuple[Finding, ...]:
        """Run every check; one that cannot run because of an earlier one is left out."""
        findings = [await self._check("Key stored", self._key_stored)]
        if findings[0].holds:
            findings.append(await self._check("Close answers", self._close_answers))
            if findings[-1].holds:
                findings.append(await self._check("ID fields present", self._fields_present))
        findings.append(await self._check("Mappings usable", self._mappings_usable))
        findings.append(await self._check("Shared secret stored", self._secret_stored))
        findings.append(await self._check("Port free", self._port_free))
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

    async def _port_free(self) -> str:
        settings = self._profile.relay
        if not await check_port(settings.host, settings.port):
            raise AppError(
                "RELAY-PORT-IN-USE",
                f"Port {settings.port} on {settings.host} is taken.",
                cause="A running relay of this profile holds it, or another program does.",
                remedy="If the relay is not running, choose another port.",
            )
        return f"{settings.port} on {settings.host}"
