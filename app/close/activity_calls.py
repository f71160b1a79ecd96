"""Notes and custom activities, what else hangs on a lead, and merging leads."""

from __future__ import annotations

from collections.abc import Mapping

from app.close.activities import (
    Activity,
    ActivityWrite,
    LeadMerge,
    activity_body,
    changed_activity_body,
    read_activity,
    read_merge,
)
from app.close.answers import as_object, read_page, text_of
from app.close.caller import Caller
from app.close.calls import record_id, shaped
from app.json_value import JsonObject

_PAGE_ROWS = 100
_EVENT_ROWS = 50
_MOST_MERGES = 250
# A lead with more than this on it is one that people work with: its history is not walked to the end.
_MOST_ROWS = 1_000


class ActivityCalls(Caller):
    """Calls about what happens on a lead."""

    async def create_activity(self, activity: ActivityWrite) -> Activity:
        """Write a note or a custom activity. Asked twice, Close writes it twice."""
        return shaped(
            read_activity, await self._call("POST", activity.resource, body=activity_body(activity))
        )

    async def update_activity(self, resource: str, activity_id: str, activity: ActivityWrite) -> Activity:
        body = changed_activity_body(activity)
        return shaped(read_activity, await self._call("PUT", resource, record_id(activity_id), body=body))

    async def activity(self, resource: str, activity_id: str) -> Activity:
        return shaped(read_activity, await self._call("GET", resource, record_id(activity_id)))

    async def delete_activity(self, resource: str, activity_id: str) -> None:
        await self._call("DELETE", resource, record_id(activity_id))

    async def activities_of_lead(self, lead_id: str, contact_id: str | None = None) -> tuple[Activity, ...]:
        """What has happened on a lead, newest first; with a contact only what belongs to it."""
        query = {"lead_id": record_id(lead_id)}
        if contact_id is not None:
            query["contact_id"] = record_id(contact_id)
        return tuple(shaped(read_activity, row) for row in await self._rows("activity", query))

    async def opportunities_of_contact(self, lead_id: str, contact_id: str) -> tuple[str, ...]:
        """The ids of the lead's opportunities that name the contact; Close has no filter for that."""
        rows = await self._rows("opportunity", {"lead_id": record_id(lead_id)})
        return tuple(text_of(row.get("id")) for row in rows if row.get("contact_id") == contact_id)

    async def active_subscriptions(self, contact_id: str) -> int:
        """How many sequences the contact is being sent. They cannot be moved to another contact."""
        rows = await self._rows("sequence_subscription", {"contact_id": record_id(contact_id)})
        return sum(row.get("status") in ("active", "paused") for row in rows)

    async def give_to_contact(self, resource: str, child_id: str, contact_id: str) -> None:
        """Let an activity or an opportunity belong to another contact of the same lead."""
        await self._call("PUT", resource, record_id(child_id), body={"contact_id": record_id(contact_id)})

    async def merge_leads(self, source_id: str, destination_id: str) -> None:
        """Ask for a merge; it runs in the background and cannot be undone."""
        body = {"source": record_id(source_id), "destination": record_id(destination_id)}
        await self._call("POST", "lead/merge", body=body)

    async def lead_merges(self, destination_id: str) -> tuple[LeadMerge, ...]:
        """The merges into a lead, newest first."""
        rows = await self._rows("activity/lead_merge", {"lead_id": record_id(destination_id)})
        return tuple(shaped(read_merge, row) for row in rows)

    async def lead_merged_into(self, lead_id: str) -> str | None:
        """The lead that a lead which is gone was merged into, by Close's log of the last thirty days.

        None when it was not merged, or longer ago than the newest ``_MOST_MERGES`` merges.
        """
        query: dict[str, str | int] = {"object_type": "lead", "action": "merged", "_limit": _EVENT_ROWS}
        for _ in range(_MOST_MERGES // _EVENT_ROWS):
            answer = await self._call("GET", "event", query=query)
            rows, _more = shaped(read_page, answer)
            for row in rows:
                meta = row.get("meta")
                merged = meta if isinstance(meta, Mapping) else {}
                if merged.get("merge_source_lead_id") == lead_id:
                    return text_of(merged.get("merge_destination_lead_id")) or None
            cursor = text_of(as_object(answer).get("cursor_next"))
            if not cursor or not rows:
                break
            query["_cursor"] = cursor
        return None

    async def _rows(self, resource: str, filters: Mapping[str, str]) -> list[JsonObject]:
        found: list[JsonObject] = []
        more = True
        while more and len(found) < _MOST_ROWS:
            query = {**filters, "_limit": _PAGE_ROWS, "_skip": len(found)}
            rows, more = shaped(read_page, await self._call("GET", resource, query=query))
            found += rows
            more = more and bool(rows)
        return found
