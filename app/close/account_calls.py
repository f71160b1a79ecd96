"""Whose key it is, and how the organization is set up: custom fields and statuses."""

from __future__ import annotations

from collections.abc import Sequence

from app.close.answers import (
    read_account,
    read_activity_type,
    read_custom_field,
    read_lead_statuses,
    read_page,
    read_schema,
    read_user,
)
from app.close.caller import Caller
from app.close.calls import shaped
from app.close.records import Account, ActivityType, CustomField, LeadStatus, ObjectType, User
from app.json_value import JsonObject, JsonValue

_PAGE_ROWS = 100


class AccountCalls(Caller):
    """Calls about the organization itself."""

    async def me(self) -> Account:
        """Whose key this is, in which organization, with which permissions."""
        return shaped(read_account, await self._call("GET", "me"))

    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]:
        """All custom fields of an object, its own and the shared ones."""
        answer = await self._call("GET", f"custom_field_schema/{object_type}")
        return shaped(lambda schema: read_schema(schema, object_type), answer)

    async def create_custom_field(
        self,
        object_type: ObjectType,
        name: str,
        *,
        type: str = "text",  # noqa: A002 - Close's own word for it
        description: str | None = None,
        choices: Sequence[str] = (),
        accepts_multiple_values: bool = False,
    ) -> CustomField:
        """Create a field. Close may accept a second one of the same name: look in the schema first.

        ``choices`` are for the type of that name and needed there.
        """
        body: dict[str, JsonValue] = {"name": name, "type": type}
        if description is not None:
            body["description"] = description
        if choices:
            body["choices"] = list(choices)
        if accepts_multiple_values:
            body["accepts_multiple_values"] = True
        answer = await self._call("POST", f"custom_field/{object_type}", body=body)
        return shaped(lambda created: read_custom_field(created, object_type), answer)

    async def lead_statuses(self) -> tuple[LeadStatus, ...]:
        return shaped(read_lead_statuses, await self._call("GET", "status/lead"))

    async def users(self) -> tuple[User, ...]:
        """The members of the organization."""
        return tuple(shaped(read_user, row) for row in await self._pages("user"))

    async def custom_activity_types(self) -> tuple[ActivityType, ...]:
        """The organization's own kinds of activities, each with its fields."""
        return tuple(shaped(read_activity_type, row) for row in await self._pages("custom_activity"))

    async def _pages(self, resource: str) -> list[JsonObject]:
        found: list[JsonObject] = []
        more = True
        while more:
            query = {"_limit": _PAGE_ROWS, "_skip": len(found)}
            rows, more = shaped(read_page, await self._call("GET", resource, query=query))
            found += rows
            more = more and bool(rows)
        return found
