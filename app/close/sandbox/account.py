"""The organization that lives in the sandbox and the people in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.close.sandbox.ids import IdSource

ADMIN_PERMISSIONS = (
    "bulk_delete",
    "bulk_edit",
    "bulk_email",
    "bulk_import",
    "delete_leads",
    "export",
    "manage_customizations",
    "manage_organization",
    "merge_leads",
    "view_all_leads",
)
_JOINED = datetime(2025, 9, 1, 8, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Organization:
    """``country`` is the two-letter code phone numbers without a prefix are read with."""

    id: str
    name: str
    currency: str = "USD"
    country: str = "US"
    plan_id: str = "scale"
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Member:
    """A user and what they may do in the organization. An API key acts as exactly one member."""

    user_id: str
    membership_id: str
    first_name: str
    last_name: str
    email: str
    role: str = "admin"
    role_id: str = "admin"
    permissions: tuple[str, ...] = ADMIN_PERMISSIONS
    date_joined: datetime = _JOINED

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def without(self, *permissions: str) -> Member:
        """The same person in a role that lacks these permissions."""
        kept = tuple(name for name in self.permissions if name not in permissions)
        return replace(self, role="restricted", role_id="role_restricted", permissions=kept)


@dataclass(frozen=True, slots=True)
class Account:
    """``owner`` holds the sandbox's own key; ``colleague`` is who edits in Close's window."""

    organization: Organization
    owner: Member
    colleague: Member

    @property
    def members(self) -> tuple[Member, ...]:
        return (self.owner, self.colleague)

    def user_name(self, user_id: str) -> str:
        return next((member.name for member in self.members if member.user_id == user_id), "")


def new_account(ids: IdSource, organization_name: str = "Acme Inc.") -> Account:
    """An organization with an administrator and one colleague."""
    return Account(
        organization=Organization(ids.new("orga"), organization_name),
        owner=_member(ids, "Dana", "Whitfield", "dana.whitfield@acme.example"),
        colleague=_member(ids, "Robin", "Asher", "robin.asher@acme.example"),
    )


def _member(ids: IdSource, first: str, last: str, email: str) -> Member:
    return Member(ids.new("user"), ids.new("memb"), first, last, email)
