"""Taking a profile from a test organization to a live one: every id is looked up again by its name.

``compare`` reads both organizations and writes nothing. What it finds is a ``Promotion``: one line for
each thing that the profile names, found, to be created, or to be chosen by a person. ``carry_out`` creates
fields and saves the profile after a person has agreed; the profile that was promoted stays as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.close.api_key import tidy_api_key
from app.close.client import CloseClient
from app.close.records import Account, ObjectType
from app.errors import AppError
from app.storage.profile import FieldRef, KeyLocation, Mode, OrganizationRef, Profile
from app.storage.profile_store import ProfileStore
from app.storage.secret_store import SecretKind
from app.workflows.fields import MANAGE_CUSTOMIZATIONS
from app.workflows.promotion_references import Reference, ThingKind, references, with_ids
from app.workflows.promotion_vocabulary import Thing, Vocabulary, read_names
from app.workflows.secret_access import SecretAccess
from app.workflows.setup_parts import OpenClose

_CREATABLE = {ThingKind.LEAD_FIELD: "lead", ThingKind.CONTACT_FIELD: "contact"}


class Finding(StrEnum):
    """What became of one id: found by name, can be created, needs a choice, or is unknown at home."""

    FOUND = "found"
    CREATE = "create"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class PromotionLine:
    """``thing`` is what the id means in the first organization, None when it is not there any more.

    ``options`` are what a person may choose in the second one.
    """

    reference: Reference
    thing: Thing | None
    finding: Finding
    words: str
    target: Thing | None = None
    options: tuple[Thing, ...] = ()

    @property
    def name(self) -> str:
        if self.thing is not None:
            return self.thing.name
        return self.reference.name or self.reference.id


@dataclass(frozen=True, slots=True)
class PromotionTarget:
    """Where a profile goes: to a profile that is connected, or to a new one with a key of its own."""

    name: str
    api_key: str = field(default="", repr=False)
    location: KeyLocation | None = None
    passphrase: str | None = field(default=None, repr=False)
    close_url: str = ""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was found. ``profile`` is the target as it would be saved, ids still those of the source."""

    source: Profile
    profile: Profile
    account: Account
    lines: tuple[PromotionLine, ...]
    replaces: bool

    @property
    def to_create(self) -> tuple[PromotionLine, ...]:
        return tuple(line for line in self.lines if line.finding is Finding.CREATE)

    @property
    def to_choose(self) -> tuple[PromotionLine, ...]:
        return tuple(line for line in self.lines if line.finding is Finding.CHOOSE)

    @property
    def found(self) -> tuple[PromotionLine, ...]:
        return tuple(line for line in self.lines if line.finding is Finding.FOUND)

    @property
    def headline(self) -> str:
        parts = [f"{len(self.found)} of {len(self.lines)} found by name"]
        if self.to_create:
            parts.append(f"{len(self.to_create)} to be created")
        if self.to_choose:
            parts.append(f"{len(self.to_choose)} to be chosen")
        return ", ".join(parts) + "."

    def choosing(self, source_id: str, target_id: str) -> Promotion:
        """With a person's choice for one id. Raises PROMOTE-UNKNOWN-CHOICE."""
        line = next((one for one in self.lines if one.reference.id == source_id), None)
        target = next((one for one in line.options if one.id == target_id), None) if line else None
        if line is None or target is None:
            raise AppError(
                "PROMOTE-UNKNOWN-CHOICE",
                f"“{target_id}” cannot stand for “{source_id}”.",
                cause="One of the two is not in the report, or they are of different kinds.",
                remedy="Choose from the lines that `profiles promote --dry-run` shows.",
            )
        chosen = replace(line, finding=Finding.FOUND, target=target, words=f"Chosen: {target.words}")
        return replace(self, lines=tuple(chosen if one is line else one for one in self.lines))


class Promoter:
    """Compares and promotes. Coroutines run on the caller's loop."""

    def __init__(
        self,
        profiles: ProfileStore,
        secrets: SecretAccess,
        open_close: OpenClose,
        new_secret: Callable[[], str],
    ) -> None:
        self._new_secret = new_secret
        self._profiles = profiles
        self._secrets = secrets
        self._open_close = open_close

    async def compare(self, source: Profile, target: PromotionTarget) -> Promotion:
        """Read both organizations; nothing is written anywhere. Raises ``AppError``."""
        known = await asyncio.to_thread(self._existing, target.name)
        named = references(source)
        kinds = {one.kind for one in named}
        async with AsyncExitStack() as opened:
            home = await opened.enter_async_context(await self._client(source))
            there = await opened.enter_async_context(await self._target_client(target, known, source))
            first, second = await read_names(home, kinds), await read_names(there, kinds)
        organization = second.account.organization
        if organization.id == first.account.organization.id:
            raise AppError(
                "PROMOTE-SAME-ORGANIZATION",
                f"Both keys open {organization.name}.",
                cause="A profile is promoted from one organization to another.",
                remedy="Use a key of the organization that the profile is to go to.",
            )
        _check_same(known, second.account)
        lines = tuple(_line(one, first, second) for one in named)
        profile = self._carried(source, known, target, second.account)
        return Promotion(source, profile, second.account, lines, replaces=known is not None)

    async def carry_out(self, promotion: Promotion, target: PromotionTarget) -> Profile:
        """Create what is missing and save the profile, in Dry run. Raises ``AppError``.

        Fields that were created before a failure stay and are found next time. Nothing is saved while
        something has to be chosen (PROMOTE-NOT-COMPLETE).
        """
        if promotion.to_choose:
            names = ", ".join(line.name for line in promotion.to_choose)
            raise AppError(
                "PROMOTE-NOT-COMPLETE",
                f"{len(promotion.to_choose)} things have to be chosen first.",
                cause=f"{promotion.account.organization.name} has nothing of that name: {names}.",
                remedy="Choose one for each, or create them in Close and compare again.",
            )
        new = {
            line.reference.id: FieldRef(line.target.id, line.target.name)
            for line in promotion.found
            if line.target is not None
        }
        if promotion.to_create:
            known = await asyncio.to_thread(self._existing, target.name)
            async with await self._target_client(target, known, promotion.source) as close:
                for line in promotion.to_create:
                    made = await _create(close, line)
                    new[line.reference.id] = FieldRef(made.id, made.name)
        profile = with_ids(promotion.profile, new)
        await asyncio.to_thread(self._save, profile, target)
        return profile

    def _save(self, profile: Profile, target: PromotionTarget) -> None:
        if target.api_key:
            store = self._secrets.open(profile, profile.key_location, passphrase=target.passphrase)
            store.set(SecretKind.CLOSE_API_KEY, tidy_api_key(target.api_key).value)
            if store.get(SecretKind.SEGMENT_SHARED_SECRET) is None:
                store.set(SecretKind.SEGMENT_SHARED_SECRET, self._new_secret())
        self._profiles.save(profile)

    def _existing(self, name: str) -> Profile | None:
        return self._profiles.load(name) if self._profiles.exists(name) else None

    async def _client(self, profile: Profile) -> CloseClient:
        key = await asyncio.to_thread(self._secrets.api_key, profile)
        return self._open_close(key, profile.close_url)

    async def _target_client(
        self, target: PromotionTarget, known: Profile | None, source: Profile
    ) -> CloseClient:
        if known is not None and known.organization is not None:
            if target.api_key:
                raise AppError(
                    "PROMOTE-HAS-KEY",
                    f"“{target.name}” has a key already.",
                    cause="It is connected, and its own key is used.",
                    remedy="Leave the new key out, or choose another name.",
                )
            return await self._client(known)
        if not target.api_key:
            raise AppError(
                "PROMOTE-NO-KEY",
                f"“{target.name}” is not connected to Close yet.",
                cause="A new profile needs a key of its organization.",
                remedy="Enter the key (on the command line: --api-key-stdin).",
            )
        return self._open_close(tidy_api_key(target.api_key).value, target.close_url or source.close_url)

    def _carried(
        self, source: Profile, known: Profile | None, target: PromotionTarget, account: Account
    ) -> Profile:
        """Mappings, filters and fields of the source; relay, key and limits stay those of the target."""
        base = known or self._profiles.new(target.name)
        fresh = known is None or known.organization is None
        organization = OrganizationRef(account.organization.id, account.organization.name, account.user_name)
        return replace(
            base,
            close_url=(target.close_url or source.close_url) if fresh else base.close_url,
            organization=organization,
            key_location=(target.location or source.key_location) if fresh else base.key_location,
            company_field=source.company_field,
            user_field=source.user_field,
            mappings=source.mappings,
            filters=source.filters,
            recreate_deleted=source.recreate_deleted,
            delivery_path=base.delivery_path or source.delivery_path,
            live_confirmed_for=None,
            relay=replace(base.relay, mode=Mode.DRY_RUN),
        )


def _check_same(known: Profile | None, account: Account) -> None:
    if known is not None and known.organization and known.organization.id != account.organization.id:
        raise AppError(
            "SETUP-OTHER-ORGANIZATION",
            f"The key of “{known.name}” opens {account.organization.name}, not {known.organization.name}.",
            remedy=f"Use a key of {known.organization.name}.",
        )


def _line(reference: Reference, first: Vocabulary, second: Vocabulary) -> PromotionLine:
    thing = first.by_id(reference.id)
    kind = thing.kind if thing is not None else reference.kind
    options = second.of_kind(kind)
    there = second.account.organization.name
    if thing is None:
        words = f"It is not in {first.account.organization.name} any more. Choose what it stands for."
        return PromotionLine(reference, None, Finding.CHOOSE, words, options=options)
    same = [one for one in options if one.match == thing.match]
    if len(same) == 1:
        return PromotionLine(reference, thing, Finding.FOUND, _found_words(thing, same[0]), same[0], options)
    if same:
        words = f"{there} has {len(same)} of this name. Choose one."
        return PromotionLine(reference, thing, Finding.CHOOSE, words, options=tuple(same))
    named = [one for one in options if one.match[0] == thing.match[0]]
    if named and kind in _CREATABLE:
        words = f"“{thing.name}” is of type {named[0].type} there, {thing.type} here. Choose another field."
        return PromotionLine(reference, thing, Finding.CHOOSE, words, options=options)
    if kind in _CREATABLE and second.account.may(MANAGE_CUSTOMIZATIONS):
        words = f"Not in {there}. It will be created, type {thing.type}."
        return PromotionLine(reference, thing, Finding.CREATE, words, options=options)
    return PromotionLine(reference, thing, Finding.CHOOSE, _missing_words(thing, there), options=options)


def _found_words(thing: Thing, target: Thing) -> str:
    lost = [one for one in thing.choices if one not in target.choices]
    if lost:
        return f"Found. Choices that are not there: {', '.join(lost)}."
    return "Found by email." if thing.kind is ThingKind.USER else "Found by name."


def _missing_words(thing: Thing, there: str) -> str:
    if thing.kind is ThingKind.USER:
        return f"Nobody in {there} has the address {thing.type}. Choose a user."
    if thing.kind in _CREATABLE:
        return f"Not in {there}, and this key may not create fields. Choose one, or ask an admin."
    return f"Not in {there}. Choose one, or create it in Close and compare again."


async def _create(close: CloseClient, line: PromotionLine) -> Thing:
    thing = line.thing
    if thing is None:
        raise ValueError("only a known field can be created")
    object_type: ObjectType = "lead" if thing.kind is ThingKind.LEAD_FIELD else "contact"
    made = await close.create_custom_field(
        object_type,
        thing.name,
        type=thing.type,
        choices=thing.choices,
        accepts_multiple_values=thing.multiple,
    )
    return Thing(made.id, thing.kind, made.name, thing.match, made.type)


def chosen(promotion: Promotion, choices: Mapping[str, str]) -> Promotion:
    """With every choice a person made, by the id in the source. Raises PROMOTE-UNKNOWN-CHOICE."""
    for source_id, target_id in choices.items():
        promotion = promotion.choosing(source_id, target_id)
    return promotion
