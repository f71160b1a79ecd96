"""What an organization holds that a profile may name by id, with the names to find it by elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from app.close.records import Account, ActivityType, CustomField, LeadStatus, ObjectType, User
from app.workflows.promotion_references import ThingKind


@dataclass(frozen=True, slots=True)
class Thing:
    """``match`` is what the same thing has in another organization: name and type, label, or address."""

    id: str
    kind: ThingKind
    name: str
    match: tuple[str, ...]
    type: str = ""
    choices: tuple[str, ...] = ()
    multiple: bool = False

    @property
    def words(self) -> str:
        return f"{self.name} ({self.type})" if self.type else self.name


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``things`` of one organization; ``account`` says whose key read them."""

    account: Account
    things: tuple[Thing, ...]

    def by_id(self, one: str) -> Thing | None:
        return next((thing for thing in self.things if thing.id == one), None)

    def of_kind(self, kind: ThingKind) -> tuple[Thing, ...]:
        return tuple(thing for thing in self.things if thing.kind is kind)


class CloseNames(Protocol):
    """The reads this workflow makes."""

    async def me(self) -> Account: ...
    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]: ...
    async def lead_statuses(self) -> tuple[LeadStatus, ...]: ...
    async def users(self) -> tuple[User, ...]: ...
    async def custom_activity_types(self) -> tuple[ActivityType, ...]: ...


async def read_names(close: CloseNames, kinds: Collection[ThingKind]) -> Vocabulary:
    """Read what ``kinds`` need and nothing else. Raises ``CloseError``."""
    account = await close.me()
    things: list[Thing] = []
    things += [_field(one, ThingKind.LEAD_FIELD) for one in await close.custom_fields("lead")]
    things += [_field(one, ThingKind.CONTACT_FIELD) for one in await close.custom_fields("contact")]
    if ThingKind.STATUS in kinds:
        things += [
            Thing(one.id, ThingKind.STATUS, one.label, (key(one.label),))
            for one in await close.lead_statuses()
        ]
    if ThingKind.USER in kinds:
        things += [
            Thing(one.id, ThingKind.USER, one.name or one.email, (key(one.email),), one.email)
            for one in await close.users()
        ]
    if {ThingKind.ACTIVITY_TYPE, ThingKind.ACTIVITY_FIELD} & set(kinds):
        for kind in await close.custom_activity_types():
            things.append(Thing(kind.id, ThingKind.ACTIVITY_TYPE, kind.name, (key(kind.name),)))
            things += [
                Thing(
                    one.id,
                    ThingKind.ACTIVITY_FIELD,
                    f"{kind.name}: {one.name}",
                    (key(kind.name), key(one.name), one.type),
                    one.type,
                )
                for one in kind.fields
            ]
    return Vocabulary(account, tuple(things))


def key(name: str) -> str:
    """Names are the same whatever their case and the spaces around them."""
    return " ".join(name.split()).casefold()


def _field(one: CustomField, kind: ThingKind) -> Thing:
    many = "several" if one.accepts_multiple_values else "one"
    match = (key(one.name), one.type, many)
    return Thing(one.id, kind, one.name, match, one.type, one.choices, one.accepts_multiple_values)
