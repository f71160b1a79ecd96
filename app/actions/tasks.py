"""From an action's slug to the code behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.actions.action_definitions import DELETE, MERGE, RECORD, UPSERT
from app.actions.delete_task import DeleteTask
from app.actions.merge_task import MergeTask
from app.actions.record_task import RecordTask
from app.actions.upsert_task import UpsertTask
from app.actions.workplace import ActionTask, Job, Workplace

MakeTask = Callable[[Workplace, Job], ActionTask]

TASKS: Mapping[str, MakeTask] = {
    UPSERT.slug: UpsertTask,
    RECORD.slug: RecordTask,
    MERGE.slug: MergeTask,
    DELETE.slug: DeleteTask,
}
"""Every action of ``action_definitions.ACTIONS``."""
