"""From an action's slug to the code behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.actions.action_definitions import UPSERT
from app.actions.upsert_task import UpsertTask
from app.actions.workplace import ActionTask, Workplace
from app.json_value import JsonObject
from app.segment.events import Event

MakeTask = Callable[[Workplace, JsonObject, Event], ActionTask]

TASKS: Mapping[str, MakeTask] = {
    UPSERT.slug: UpsertTask,
}
"""Every action of ``action_definitions.ACTIONS``."""
