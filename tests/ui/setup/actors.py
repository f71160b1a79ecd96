"""Stand-ins for what is around the guide's pages: Close in memory, a keyring report, a relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from app.actions.trace import EventReport
from app.close.client import CloseClient
from app.close.records import Account, CustomField, ObjectType, Organization
from app.errors import AppError
from app.relay.reachability import ReachChoice
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.profile import KeyLocation, Mode, Profile
from app.workflows.reach.connection_check import ConnectionLine
from app.workflows.samples import Sample
from app.workflows.secret_access import SecretAccess
from app.workflows.setup import SetupFlow, SetupState

KEY = "api_" + "3kZ9qT7mB2xW5vR8nL1cY4.pF6hJ0sD3gA7uE9iOx4f2c"
ALL_PERMISSIONS = frozenset({"manage_customizations", "view_all_leads"})


def account(*, permissions: frozenset[str] = ALL_PERMISSIONS) -> Account:
    return Account(
        user_id="user_1",
        user_name="Dana Whitfield",
        user_email="dana@acme.example",
        organization=Organization("orga_4oBo634h1JPrMUdPhAWi8fhX", "Acme Inc."),
        role_id="admin",
        permissions=permissions,
        lead_statuses=(),
    )


def text_field(field_id: str, name: str, object_type: ObjectType, kind: str = "text") -> CustomField:
    return CustomField(field_id, name, kind, object_type)


class MemoryClose:
    """Close as far as connecting and the ID fields need it. ``failure`` stops every call, ``hangs`` too."""

    def __init__(
        self,
        fields: tuple[CustomField, ...] = (),
        *,
        who: Account | None = None,
        failure: AppError | None = None,
        hangs: bool = False,
    ) -> None:
        self.fields = list(fields)
        self.who = who or account()
        self.failure = failure
        self.hangs = hangs

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    async def me(self) -> Account:
        await self._answer()
        return self.who

    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]:
        await self._answer()
        return tuple(field for field in self.fields if field.object_type == object_type)

    async def create_custom_field(self, object_type: ObjectType, name: str, **_described: Any) -> CustomField:
        await self._answer()
        field = text_field(f"cf_{len(self.fields) + 1:022}", name, object_type)
        self.fields.append(field)
        return field

    async def _answer(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure


class Drafts:
    """Remembers the last saved state."""

    def __init__(self) -> None:
        self.saved: SetupState | None = None

    def save(self, state: SetupState) -> None:
        self.saved = state

    def discard(self) -> None:
        self.saved = None


class Profiles:
    def __init__(self) -> None:
        self.saved: list[Profile] = []

    def save(self, profile: Profile) -> None:
        self.saved.append(profile)


class Reports:
    """A tester that answers with prepared reports."""

    def __init__(self, dry: EventReport | None = None, live: EventReport | None = None) -> None:
        self.dry = dry
        self.live = live
        self.failure: AppError | None = None
        self.runs: list[tuple[str, bool]] = []

    async def run(
        self, profile: Profile, sample: Sample, *, live: bool, agreed: EventReport | None = None
    ) -> EventReport:
        self.runs.append((sample.name, live))
        if self.failure is not None:
            raise self.failure
        report = self.live if live else self.dry
        assert report is not None
        return report


class RefusingSecrets(SecretAccess):
    """A keyring that does not take anything; the other places work."""

    def open(self, profile: Profile, location: KeyLocation | None, *, passphrase: str | None = None) -> Any:
        if location is KeyLocation.KEYRING:
            raise AppError(
                "KEYRING-REFUSED",
                "The keyring did not take the key.",
                cause="It was locked again.",
                remedy="Unlock it, or keep the key elsewhere.",
            )
        return super().open(profile, location, passphrase=passphrase)


def secrets(folder: Path, kind: type[SecretAccess] = SecretAccess) -> SecretAccess:
    return kind(lambda _profile: folder / "secrets.json", {}, lambda _value: None)


def flow_with(
    close: MemoryClose,
    state: SetupState,
    *,
    folder: Path,
    tester: Reports | None = None,
    access: SecretAccess | None = None,
    profiles: Profiles | None = None,
    drafts: Drafts | None = None,
) -> SetupFlow:
    """A real flow whose Close lives in memory."""
    open_close: Callable[[str, str], CloseClient] = lambda _key, _url: cast(CloseClient, close)  # noqa: E731
    return SetupFlow(
        state,
        profiles=profiles or Profiles(),
        drafts=drafts or Drafts(),
        secrets=access or secrets(folder),
        open_close=open_close,
        tester=tester or Reports(),
        new_secret=lambda: "whsec-for-tests",
    )


class HandRelay:
    """A relay that only says what it was told; ``failure`` stops its start."""

    def __init__(self) -> None:
        self.now = RelayStatus(RelayState.STOPPED, Mode.DRY_RUN)
        self.failure: AppError | None = None
        self.starts: list[Mode] = []
        self.tests = 0
        self.arrived = 0
        self.connection: tuple[ConnectionLine, ...] = ()
        self.checks = 0
        self.copies = 0
        self.ways: list[ReachChoice] = []

    async def start(self, mode: Mode) -> RelayAddress:
        self.starts.append(mode)
        if self.failure is not None:
            raise self.failure
        address = RelayAddress("127.0.0.1", 8787, self.planned_url(8787))
        self.now = RelayStatus(RelayState.LISTENING, mode, address)
        return address

    async def stop(self) -> None:
        self.now = RelayStatus(RelayState.STOPPED, Mode.DRY_RUN)

    def status(self) -> RelayStatus:
        return self.now

    def planned_url(self, port: int) -> str:
        return f"http://127.0.0.1:{port}/segment/7f3ac91e"

    async def shared_secret(self) -> str:
        return "whsec-for-tests"

    async def check_connection(self) -> tuple[ConnectionLine, ...]:
        self.checks += 1
        return self.connection

    async def choose_way(self, choice: ReachChoice) -> None:
        self.ways.append(choice)

    def url_copied(self) -> None:
        self.copies += 1

    async def send_test_event(self) -> None:
        self.tests += 1

    def events_from_segment(self) -> int:
        return self.arrived
