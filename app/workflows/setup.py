"""Set-up, step by step, without any window: the page and the command line only feed it.

A step is an async method: typed input in, typed result out, ``AppError`` when it cannot be done; the
state is an immutable snapshot, and *Back* returns the one before. After each step the draft is saved.
The Close key never becomes part of the state: it goes straight into the secret store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from app.actions.trace import EventReport, Outcome
from app.close.api_key import tidy_api_key
from app.close.client import CloseClient
from app.close.records import Account, CustomField
from app.errors import AppError
from app.relay.reachability import ReachChoice
from app.storage.profile import (
    DeliveryPath,
    FieldRef,
    KeyLocation,
    MappingSpec,
    OrganizationRef,
    Profile,
)
from app.storage.secret_store import SecretKind
from app.workflows.fields import (
    COMPANY_ID,
    USER_ID,
    FieldsView,
    IdField,
    choose_field,
    create_field,
    look_at_fields,
    with_created,
)
from app.workflows.samples import Sample, built_in_samples
from app.workflows.secret_access import SecretAccess
from app.workflows.setup_parts import (
    CheckedKey,
    DraftKeeper,
    OpenClose,
    ProfileSaver,
    Tester,
    default_mapping,
)
from app.workflows.setup_state import ORDER, SetupState, Step
from app.workflows.trial_scope import only

__all__ = [
    "ORDER",
    "CheckedKey",
    "DraftKeeper",
    "OpenClose",
    "ProfileSaver",
    "SetupFlow",
    "SetupState",
    "Step",
    "Tester",
    "default_mapping",
]


_log = logging.getLogger(__name__)


class SetupFlow:
    """One set-up of one profile. Coroutines run on the caller's loop, one at a time."""

    def __init__(
        self,
        state: SetupState,
        *,
        profiles: ProfileSaver,
        drafts: DraftKeeper,
        secrets: SecretAccess,
        open_close: OpenClose,
        tester: Tester,
        new_secret: Callable[[], str],
    ) -> None:
        self._stack = [state]
        self._profiles = profiles
        self._drafts = drafts
        self._secrets = secrets
        self._open_close = open_close
        self._tester = tester
        self._new_secret = new_secret
        self._account: Account | None = None
        self._fields: FieldsView | None = None

    def __repr__(self) -> str:
        return f"SetupFlow({self.state.profile.name!r} at {self.state.step})"

    @property
    def state(self) -> SetupState:
        return self._stack[-1]

    @property
    def account(self) -> Account | None:
        """Who the key belongs to, once it was checked in this run of the program."""
        return self._account

    @property
    def fields(self) -> FieldsView | None:
        """The fields as last read from Close."""
        return self._fields

    @property
    def can_go_back(self) -> bool:
        return len(self._stack) > 1 or self.state.step is not Step.START

    def back(self) -> SetupState:
        """The snapshot before this step; what was stored in Close or the keyring stays there."""
        if len(self._stack) > 1:
            self._stack.pop()
        elif self.state.step is not Step.START:
            self._stack = [replace(self.state, step=ORDER[ORDER.index(self.state.step) - 1])]
        return self.state

    def go_to(self, step: Step) -> SetupState:
        """Jump to a step that is done or the next one. Raises ``AppError`` (``SETUP-STEP-AHEAD``)."""
        if ORDER.index(step) > ORDER.index(self.state.first_unfinished):
            raise AppError(
                "SETUP-STEP-AHEAD",
                "This step needs the ones before it.",
                remedy=f"Continue with “{self.state.first_unfinished}”.",
            )
        return self.state if step is self.state.step else self._push(replace(self.state, step=step))

    def start(self) -> SetupState:
        return self._finish(Step.START, self.state)

    # Connect ---------------------------------------------------------------------------------

    async def check_key(self, text: str) -> CheckedKey:
        """Ask Close whose key this is; nothing is stored.

        Raises ``AppError``: ``CLOSE-KEY-…`` for a wrong paste or a refused key, ``SETUP-OTHER-ORGANIZATION``
        when a profile that is set up would be pointed at somebody else's data.
        """
        tidied = tidy_api_key(text)
        async with self._open_close(tidied.value, self.state.profile.close_url) as close:
            account = await close.me()
        known = self.state.profile.organization
        if known is not None and known.id != account.organization.id:
            raise AppError(
                "SETUP-OTHER-ORGANIZATION",
                f"This key opens {account.organization.name}, not {known.name}.",
                cause="A replaced key has to open the same organization: fields and identities belong to it.",
                remedy=f"Use a key of {known.name}, or set up {account.organization.name} as a new profile.",
            )
        notes = list(tidied.notes)
        if account.organization_count > 1:
            notes.append(f"This user belongs to several organizations; {account.organization.name} is used.")
        return CheckedKey(account, tuple(notes), tidied.value)

    def keep_key(
        self, checked: CheckedKey, location: KeyLocation, *, passphrase: str | None = None
    ) -> SetupState:
        """Store exactly the key that was checked, and finish the step.

        May block on a person (the keyring's own dialog): call it off the UI thread. Raises ``AppError``
        (``KEYRING-…``, ``SECRETS-…``); then nothing is stored and another location can be tried.
        """
        profile = self.state.profile
        store = self._secrets.open(profile, location, passphrase=passphrase)
        # The environment takes only the key that it holds already.
        store.set(SecretKind.CLOSE_API_KEY, checked.reveal())
        if location is not KeyLocation.ENVIRONMENT and store.get(SecretKind.SEGMENT_SHARED_SECRET) is None:
            store.set(SecretKind.SEGMENT_SHARED_SECRET, self._shared_secret_before(location))
        account = checked.account
        organization = OrganizationRef(account.organization.id, account.organization.name, account.user_name)
        self._account = account
        connected = replace(profile, organization=organization, key_location=location)
        return self._finish(Step.CONNECT, replace(self.state, profile=connected))

    def _shared_secret_before(self, location: KeyLocation) -> str:
        """The secret Segment signs with stays the same when secrets move to another place."""
        before = self.state.profile.key_location
        if before is None or before is location:
            return self._new_secret()
        try:
            kept = self._secrets.shared_secret(self.state.profile)
        except AppError as error:
            # A keyring that no longer opens is a reason to move.
            _log.warning("A new shared secret is made: the old one cannot be read. %s", error.title)
            kept = None
        return kept or self._new_secret()

    # Fields ----------------------------------------------------------------------------------

    async def read_fields(self) -> FieldsView:
        """Look for the ID fields in Close. Raises ``AppError``."""
        async with await self._client() as close:
            self._account = self._account or await close.me()
            self._fields = await look_at_fields(close, self._account)
        return self._fields

    async def create_fields(self, wanted: tuple[IdField, ...], *, name: str | None = None) -> FieldsView:
        """Create fields in Close; ``name`` differs from the usual one when that is taken.

        Raises ``AppError`` (``FIELD-…``); fields created before the failure stay and are found next time.
        """
        created: dict[str, CustomField] = {}
        async with await self._client() as close:
            self._account = self._account or await close.me()
            for one in wanted:
                created[one.name] = await create_field(close, self._account, one, name=name)
            view = await look_at_fields(close, self._account)
        self._fields = replace(
            view,
            company=with_created(view.company, created.get(COMPANY_ID.name)),
            user=with_created(view.user, created.get(USER_ID.name)),
        )
        return self._fields

    def choose_fields(self, company_id: str | None, user_id: str | None) -> SetupState:
        """Take the fields, each checked against what Close holds; None goes without that id.

        Raises ``AppError`` (``FIELD-…``).
        """
        view = self._fields
        if view is None:
            raise AppError(
                "FIELD-NOT-READ", "The fields have not been read yet.", remedy="Refresh, then choose again."
            )
        company = (
            choose_field(COMPANY_ID, view.company.schema, company_id, other_id=user_id)
            if company_id
            else None
        )
        user = choose_field(USER_ID, view.user.schema, user_id, other_id=company_id) if user_id else None
        profile = replace(
            self.state.profile,
            company_field=FieldRef(company.id, company.name) if company else None,
            user_field=FieldRef(user.id, user.name) if user else None,
        )
        return self._finish(Step.FIELDS, replace(self.state, profile=profile))

    # Sample, mapping, test ---------------------------------------------------------------------

    def choose_sample(self, sample: Sample) -> SetupState:
        """Raises ``AppError`` (``SAMPLE-NOT-AN-EVENT``)."""
        _ = sample.event
        return self._finish(Step.SAMPLE, replace(self.state, sample=sample).untested())

    def accept_mappings(self, mappings: tuple[MappingSpec, ...], step: Step = Step.MAPPING) -> SetupState:
        """Go on with these mappings; ``step`` is the one that ends with it, ``MAPPING`` or ``WHEN``."""
        return self._finish(step, self._with_mappings(mappings))

    def keep_mappings(self, mappings: tuple[MappingSpec, ...]) -> SetupState:
        """Keep what is being edited in the draft, without going on."""
        return self._replace(self._with_mappings(mappings))

    def _with_mappings(self, mappings: tuple[MappingSpec, ...]) -> SetupState:
        changed = mappings != self.state.profile.mappings
        state = replace(self.state, profile=replace(self.state.profile, mappings=mappings))
        return state.untested() if changed else state

    async def dry_run(self, sample: Sample | None = None, *, mapping: str | None = None) -> EventReport:
        """What the event would change; nothing is written. ``mapping`` runs only this one.

        Raises ``AppError`` when no run was possible.
        """
        report = await self._tester.run(only(self.mapped_profile, mapping), self._sample(sample), live=False)
        if report.outcome is not Outcome.WOULD_FAIL:
            self._stay(Step.TEST, replace(self.state, dry_run_outcome=report.outcome))
        return report

    async def send_test(
        self,
        sample: Sample | None = None,
        *,
        mapping: str | None = None,
        agreed: EventReport | None = None,
    ) -> EventReport:
        """Change Close, read back, and report; nothing beyond ``agreed``, the dry run that was confirmed.

        Raises ``AppError`` when no run was possible.
        """
        profile = only(self.mapped_profile, mapping)
        report = await self._tester.run(profile, self._sample(sample), live=True, agreed=agreed)
        if report.outcome is not Outcome.FAILED:
            self._stay(Step.TEST, replace(self.state, test_outcome=report.outcome))
        return report

    def finish_test(self) -> SetupState:
        return self._finish(Step.TEST, self.state)

    # Go live -----------------------------------------------------------------------------------

    def choose_path(self, path: DeliveryPath, *, other_path_off: bool) -> SetupState:
        """Which way events go; the two ways exclude each other for one source."""
        profile = replace(self.state.profile, delivery_path=path)
        return self._replace(replace(self.state, profile=profile, other_path_off=other_path_off))

    def change_relay_port(self, port: int) -> SetupState:
        """Raises ``AppError`` (``RELAY-PORT-RANGE``)."""
        if not 1 <= port <= 65535:
            raise AppError(
                "RELAY-PORT-RANGE",
                "This is not a port number.",
                cause="Ports go from 1 to 65535.",
                remedy="Use 8787, or any free port above 1023.",
            )
        profile = replace(self.state.profile, relay=replace(self.state.profile.relay, port=port))
        return self._replace(replace(self.state, profile=profile))

    def choose_public_way(self, choice: ReachChoice) -> SetupState:
        """How Segment is to reach this computer."""
        settings = replace(self.state.profile.relay, tunnel=choice.tunnel, public_url=choice.public_url)
        return self._replace(replace(self.state, profile=replace(self.state.profile, relay=settings)))

    def finish(self) -> Profile:
        """Save the profile and drop the draft.

        Raises ``AppError`` (``SETUP-NOT-CONNECTED``, storage).
        """
        profile = self.state.profile
        if profile.organization is None:
            raise AppError(
                "SETUP-NOT-CONNECTED",
                "There is no Close organization to set up for.",
                cause="The set-up has not been connected to Close yet.",
                remedy="Connect with a Close API key first.",
            )
        profile = self.mapped_profile
        self._profiles.save(profile)
        self._replace(replace(self.state, profile=profile, done=self.state.done | {Step.GO_LIVE}), save=False)
        self._drafts.discard()
        return profile

    def discard_draft(self) -> None:
        """Forget what was entered and not finished; the saved profile stays as it is."""
        self._drafts.discard()

    def stored_key(self) -> str:
        """Close's key as it was kept. May wait for a keyring: for worker threads. Raises ``AppError``."""
        return self._secrets.api_key(self.state.profile)

    # -------------------------------------------------------------------------------------------

    async def _client(self) -> CloseClient:
        profile = self.state.profile
        # A keyring may ask a person, and that must not hold up the window.
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        return self._open_close(key, profile.close_url)

    @property
    def mapped_profile(self) -> Profile:
        """The profile, with Segment's default mapping as long as nobody has chosen one."""
        profile = self.state.profile
        return profile if profile.mappings else replace(profile, mappings=(default_mapping(),))

    def _sample(self, sample: Sample | None) -> Sample:
        return sample or self.state.sample or built_in_samples()[0]

    def _finish(self, step: Step, state: SetupState) -> SetupState:
        """Mark a step done, move to the next one, and save the draft."""
        following = ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]
        return self._push(replace(state, step=following, done=state.done | {step}))

    def _stay(self, step: Step, state: SetupState) -> SetupState:
        """Mark a step done without leaving it, and save the draft."""
        return self._replace(replace(state, done=state.done | {step}))

    def _push(self, state: SetupState) -> SetupState:
        self._stack.append(state)
        self._drafts.save(state)
        return state

    def _replace(self, state: SetupState, *, save: bool = True) -> SetupState:
        self._stack[-1] = state
        if save:
            self._drafts.save(state)
        return state
