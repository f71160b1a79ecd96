"""What a set-up works with: a checked key, and what it needs of the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.actions.trace import EventReport
from app.close.client import CloseClient
from app.close.records import Account
from app.segment.close_destination import ACTION
from app.storage.profile import MappingSpec, Profile
from app.workflows.samples import Sample
from app.workflows.setup_state import SetupState


@dataclass(frozen=True, slots=True)
class CheckedKey:
    """A key that Close has accepted just now; the key itself stays out of ``repr``."""

    account: Account
    notes: tuple[str, ...]
    _key: str

    def __repr__(self) -> str:
        return f"CheckedKey({self.account.organization.name!r})"

    def reveal(self) -> str:
        """The key, for storing it."""
        return self._key


class OpenClose(Protocol):
    """Makes a client for a key and a base URL; the caller closes it."""

    def __call__(self, api_key: str, base_url: str) -> CloseClient: ...


class DraftKeeper(Protocol):
    """Keeps the state between two starts of the program."""

    def save(self, state: SetupState) -> None: ...
    def discard(self) -> None: ...


class Tester(Protocol):
    """Runs an event for the test step: see ``app.workflows.action_test``."""

    async def run(
        self, profile: Profile, sample: Sample, *, live: bool, agreed: EventReport | None = None
    ) -> EventReport: ...


class ProfileSaver(Protocol):
    def save(self, profile: Profile) -> None: ...


def default_mapping() -> MappingSpec:
    """The official defaults of Segment's Close destination, switched on."""
    return MappingSpec(
        ACTION.name, ACTION.slug, ACTION.default_trigger, ACTION.default_mapping(), enabled=True
    )
