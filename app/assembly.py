"""Builds everything below the window from a folder of profiles and an environment.

Nothing here is global: a program, a test or the demo makes its own ``Assistant`` and passes parts on.
"""

from __future__ import annotations

import asyncio
import secrets as randomness
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app.actions.trace import EventReport
from app.close.client import CloseClient
from app.close.exchange import Exchange
from app.redaction import Redactor
from app.relay.clock import SystemClock
from app.relay.delivery import RetryPolicy
from app.relay.inbox_reader import InboxReader
from app.relay.inbox_schema import MIGRATIONS
from app.relay.reachability import Reachability, ReachChoice
from app.relay.replay_store import ReplayStore
from app.relay.service import RelayService
from app.storage.action_memory import ActionMemory
from app.storage.case_store import CaseStore
from app.storage.database import open_database
from app.storage.draft import DraftStore
from app.storage.profile import Mode, Profile
from app.storage.profile_store import ProfileStore
from app.storage.reach_log import CopiedUrl, ReachLog
from app.storage.relay_credentials import read_stamp
from app.workflows.action_test import ActionTester
from app.workflows.case_book import CaseBook
from app.workflows.crash_log import CrashLog
from app.workflows.demo import DemoSession
from app.workflows.diagnostics import Diagnostics
from app.workflows.doctor import Doctor
from app.workflows.identities import IdentityCare
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary, FieldReader
from app.workflows.profile_care import ProfileCare
from app.workflows.promotion import Promoter
from app.workflows.relay_access import RelayAccess
from app.workflows.relay_runner import SavedProfile, runner_processor
from app.workflows.relay_session import RelaySessions
from app.workflows.replay import ReplaySession
from app.workflows.replay_host import ReplayHost
from app.workflows.replay_runner import ReplayRunners
from app.workflows.samples import Sample
from app.workflows.secret_access import SecretAccess
from app.workflows.setup import SetupFlow, SetupState
from app.workflows.setup_draft import SavedSetup, SetupDrafts
from app.workflows.trial_tools import TrialTools
from app.workflows.undo import UndoSession


def new_shared_secret() -> str:
    """A webhook secret of 256 random bits, in characters that survive every form field."""
    return randomness.token_urlsafe(32)


@dataclass(slots=True)
class Assistant:
    """The program without its window.

    ``close_url`` overrides the profiles' API address (tests, demo, a proxy). ``ask_passphrase`` asks a
    person for the passphrase of an encrypted secrets file; None where nobody can be asked.
    """

    profiles: ProfileStore
    environment: Mapping[str, str]
    close_url: str | None = None
    ask_passphrase: Callable[[Profile], str] | None = None
    retry_policy: RetryPolicy | None = None
    redactor: Redactor = field(default_factory=Redactor)
    secrets: SecretAccess = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = SecretAccess(
            lambda profile: self.profiles.secrets_path(profile.name),
            self.environment,
            self.redactor.add_secret,
            self.ask_passphrase,
        )

    @classmethod
    def in_folder(
        cls, root: Path, environment: Mapping[str, str], *, close_url: str | None = None
    ) -> Assistant:
        return cls(ProfileStore(root), environment, close_url)

    @classmethod
    def for_demo(cls, demo: DemoSession) -> Assistant:
        """The program on made-up data; keys from the environment stay out of it."""
        return cls.in_folder(demo.folder, {}, close_url=demo.base_url)

    def open_close(
        self, api_key: str, base_url: str, *, on_exchange: Callable[[Exchange], None] | None = None
    ) -> CloseClient:
        """A client for the caller's loop; the caller closes it."""
        self.redactor.add_secret(api_key)
        return CloseClient(api_key, base_url=base_url, on_exchange=on_exchange)

    def load_profile(self, name: str) -> Profile:
        """The saved profile, with the overridden API address if there is one. Raises ``AppError``."""
        return self._addressed(self.profiles.load(name))

    async def open_for(self, profile: Profile) -> CloseClient:
        """A client with the profile's key; the caller closes it. Raises ``AppError`` (``KEY-…``)."""
        # A keyring may ask a person, and that must not hold up the window.
        key = await asyncio.to_thread(self.secrets.api_key, profile)
        return self.open_close(key, profile.close_url)

    async def read_vocabulary(self, profile: Profile) -> CloseVocabulary:
        """The fields and statuses of the profile's organization, for the editor. Raises ``AppError``."""
        async with await self.open_for(profile) as close:
            return await FieldReader(close, datetime.now).read(profile)

    def tester(self) -> ActionTester:
        return ActionTester(self.secrets, self.open_close, self.open_memory)

    def undo(self) -> UndoSession:
        return UndoSession(self.secrets, self.open_close, self.open_memory, self.reader)

    def test_cases(self, name: str) -> CaseStore:
        """The events of a profile that are compared with what they did when they were saved."""
        return CaseStore(self.profiles.cases_path(name))

    def trial_tools(self, profile: Callable[[], Profile]) -> TrialTools:
        """What the Test page can do with the profile besides running events."""
        tester = self.tester()

        async def run(one: Profile, sample: Sample) -> EventReport:
            return await tester.run(one, sample, live=False)

        cases = CaseBook(self.test_cases(profile().name), profile, run)
        return TrialTools(profile, self.undo().plans, cases)

    def identity_care(self) -> IdentityCare:
        return IdentityCare(self.secrets, self.open_close, self.open_memory)

    def saved_setup(self, name: str) -> SavedSetup | None:
        """The unfinished set-up of a profile. Raises ``AppError`` (``DRAFT-…``)."""
        return self._drafts(name).load()

    def discard_setup(self, name: str) -> None:
        """Forget the unfinished set-up of a profile. Raises ``AppError``."""
        self._drafts(name).discard()

    def read_setup_file(self, path: Path, name: str) -> Profile:
        """A profile that somebody exported, as a new set-up of ``name``: without its key.

        Raises ``AppError`` (``PROFILE-…``).
        """
        found = self.profiles.read_file(path, name)
        return replace(
            found,
            profile_id=self.profiles.new(name).profile_id,
            key_location=None,
            live_confirmed_for=None,
            relay=replace(found.relay, mode=Mode.DRY_RUN),
        )

    def setup_flow(self, name: str, *, state: SetupState | None = None) -> SetupFlow:
        """A set-up: from ``state`` (a resumed draft), else of the saved profile, else of a new one."""
        if state is None:
            exists = self.profiles.exists(name)
            state = SetupState(
                self.load_profile(name) if exists else self._addressed(self.profiles.new(name))
            )
        return SetupFlow(
            replace(state, profile=self._addressed(state.profile)),
            profiles=self.profiles,
            drafts=self._drafts(name),
            secrets=self.secrets,
            open_close=self.open_close,
            tester=self.tester(),
            new_secret=new_shared_secret,
        )

    def relay(self, profile: Profile) -> RelayService:
        """A relay for the profile, not started. Raises ``AppError``; may block on the keyring."""
        self.profiles.make_folder(profile.name)
        sessions = RelaySessions(
            self.secrets,
            self.open_close,
            self.open_memory,
            lambda one: self.profiles.database_path(one.name),
            self.redactor.redact,
            self.retry_policy,
            lambda one: read_stamp(self.profiles.credentials_stamp_path(one.name)),
        )
        saved = self._saved(profile)
        return sessions.build(profile, saved, self._reachability(profile))

    def _reachability(self, profile: Profile) -> Reachability:
        settings = profile.relay
        return Reachability(
            ReachChoice(settings.tunnel, settings.public_url),
            self.reach_log(profile.name),
            self.copied_url(profile.name),
        )

    def reach_log(self, name: str) -> ReachLog:
        """When a profile's relay was reachable last, and when nothing could arrive."""
        return ReachLog(self.profiles.reach_path(name))

    def copied_url(self, name: str) -> CopiedUrl:
        """Which webhook URL of a profile was taken to Segment."""
        return CopiedUrl(self.profiles.copied_url_path(name))

    def profile_care(self) -> ProfileCare:
        """Making, naming, exporting and removing profiles."""
        return ProfileCare(self.profiles, self.secrets)

    def promoter(self) -> Promoter:
        """Takes a profile to another organization. Profiles keep the addresses they are handed with."""
        return Promoter(self.profiles, self.secrets, self.open_close, new_shared_secret)

    def doctor(self, profile: Profile) -> Doctor:
        return Doctor(
            profile,
            self.secrets,
            self.open_close,
            reach_log=self.reach_log(profile.name),
            copied=self.copied_url(profile.name),
            database=self.profiles.database_path(profile.name),
        )

    def diagnostics(self) -> Diagnostics:
        """Puts together what somebody who helps needs to see."""
        return Diagnostics(
            self.profiles, self.secrets, self.redactor, lambda profile: self.doctor(profile).examine()
        )

    def crash_log(self, name: str) -> CrashLog:
        """What a run of the window leaves behind when it does not end well."""
        return CrashLog(self.profiles.log_folder(name), self.redactor)

    def replays(self, profile: Profile) -> ReplaySession:
        """The profile's replays: put together, tried dry, steered, undone."""
        self.profiles.make_folder(profile.name)
        store = ReplayStore(self.profiles.database_path(profile.name))
        former = self.profiles.history(profile.name).versions
        return ReplaySession(store, former, self._replay_runners(), self.undo())

    def replay_host(self, profile: Profile) -> ReplayHost:
        """Runs replays where no relay does."""
        return ReplayHost(
            self.profiles.database_path(profile.name),
            lambda: runner_processor(self._replay_runners().writing, self._saved(profile)),
            self.redactor.redact,
            self.retry_policy,
        )

    def _replay_runners(self) -> ReplayRunners:
        return ReplayRunners(self.secrets, self.open_close, self.open_memory)

    def _saved(self, profile: Profile) -> SavedProfile:
        return SavedProfile(
            lambda: self._reloaded(profile),
            lambda: self.profiles.stamp(profile.name),
            self.profiles.history(profile.name).versions,
        )

    def relay_access(self) -> RelayAccess:
        """Who may post to a profile's relay."""
        return RelayAccess(self.secrets, self.profiles, new_shared_secret, SystemClock().now_ms)

    def reader(self, profile: Profile) -> InboxReader:
        """Reads the profile's events; the caller closes it."""
        return InboxReader(self.profiles.database_path(profile.name))

    def open_memory(self, profile: Profile, *, writable: bool) -> ActionMemory:
        """What is remembered about the profile's records; a dry run reads only, and without a database
        starts from nothing. The caller closes it.
        """
        path = self.profiles.database_path(profile.name)
        if not writable and not path.is_file():
            return ActionMemory.passing()
        self.profiles.make_folder(profile.name)
        stored = ActionMemory.in_database(open_database(path, MIGRATIONS, check_same_thread=False), path)
        return stored if writable else stored.read_only()

    def _drafts(self, name: str) -> SetupDrafts:
        return SetupDrafts(DraftStore(self.profiles.draft_path(name)), name)

    def _reloaded(self, profile: Profile) -> Profile:
        """The profile as it is on disk now: mappings may have been edited since the relay was built.

        While it is being set up there is none on disk yet, or one that was never connected.
        """
        if not self.profiles.exists(profile.name):
            return profile
        saved = self.load_profile(profile.name)
        return profile if saved.organization is None else saved

    def _addressed(self, profile: Profile) -> Profile:
        return replace(profile, close_url=self.close_url) if self.close_url else profile
