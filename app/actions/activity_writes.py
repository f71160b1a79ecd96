"""Writing entries on a lead, and giving them to another contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.actions.plan import AddActivity, ExtendActivity, MoveToContact
from app.close.activities import RESOURCES, Activity, ActivityWrite
from app.close.failures import CloseError, FailureKind


class CloseActivityWrites(Protocol):
    """The writes of activities."""

    async def create_activity(self, activity: ActivityWrite) -> Activity: ...
    async def update_activity(self, resource: str, activity_id: str, activity: ActivityWrite) -> Activity: ...
    async def give_to_contact(self, resource: str, child_id: str, contact_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ActivityWriter:
    """Every write raises ``CloseError``."""

    close: CloseActivityWrites

    async def write(self, write: AddActivity | ExtendActivity | MoveToContact) -> Activity | None:
        match write:
            case AddActivity(activity, _):
                return await self.close.create_activity(activity)
            case ExtendActivity(activity, change):
                return await self.close.update_activity(
                    activity.resource or RESOURCES["Note"], activity.id, change
                )
            case MoveToContact(resource, child_id, _, to_id, _):
                await self._move(resource, child_id, to_id)
                return None

    async def _move(self, resource: str, child_id: str, to_id: str) -> None:
        try:
            await self.close.give_to_contact(resource, child_id, to_id)
        except CloseError as error:
            # Deleted by a person since it was listed: then there is nothing left to move.
            if error.kind is not FailureKind.NOT_FOUND:
                raise
