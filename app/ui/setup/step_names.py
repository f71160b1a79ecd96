"""The set-up's steps as people read them in the rail."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.ui.frame.rail_items import StepItem, StepMark
from app.workflows.setup import ORDER, SetupState, Step


def step_title(step: Step) -> str:
    return {
        Step.START: _tr("Start"),
        Step.CONNECT: _tr("Connect to Close"),
        Step.FIELDS: _tr("ID fields"),
        Step.SAMPLE: _tr("Sample events"),
        Step.MAPPING: _tr("Map fields"),
        Step.WHEN: _tr("When it runs"),
        Step.TEST: _tr("Test"),
        Step.GO_LIVE: _tr("Go live"),
    }[step]


def rail_steps(state: SetupState, *, failed: Step | None = None) -> list[StepItem]:
    """The rail for ``state``; ``failed`` is the step whose page shows an error that blocks."""
    return [StepItem(step, step_title(step), _mark(step, state, failed)) for step in ORDER]


def _mark(step: Step, state: SetupState, failed: Step | None) -> StepMark:
    if step is failed:
        return StepMark.FAILED
    return StepMark.DONE if step in state.done else StepMark.OPEN


def _tr(text: str) -> str:
    return QCoreApplication.translate("SetupSteps", text)
