"""What keeps an event from every mapping: its own choice of destinations, and destination filters.

Segment has applied ``All: false`` and the filters of its own destinations before it posts to a webhook, so
of the integrations object only the key ``Close`` is judged here: somebody who names this destination means
it, whichever way the event has come.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.actions.trace import StepStatus, TraceStep
from app.segment.close_destination import DESTINATION_NAME
from app.segment.events import Event, EventError, read_event
from app.segment.filters import DestinationFilter, compile_filters


@dataclass(frozen=True, slots=True)
class Passed:
    """``event`` is what mappings see of it, None when it goes no further for ``reason``."""

    event: Event | None
    reason: str = ""
    steps: tuple[TraceStep, ...] = ()


class EventGate:
    """``chance`` gives numbers from 0 up to 1, for filters that let a share of events pass."""

    def __init__(
        self, filters: Sequence[DestinationFilter] = (), chance: Callable[[], float] = random.random
    ) -> None:
        self._active = any(each.enabled for each in filters)
        self._apply = compile_filters(filters, chance)

    def check(self, event: Event) -> Passed:
        """Whether the event goes on to the mappings, and with what."""
        choices = event.body.get("integrations")
        if isinstance(choices, Mapping) and choices.get(DESTINATION_NAME) is False:
            reason = f'The event\'s integrations object says "{DESTINATION_NAME}": false.'
            return _stopped("The event is not meant for Close", reason)
        if not self._active:
            return Passed(event)
        outcome = self._apply(event.body)
        if outcome.event is None:
            return _stopped("Stopped by a destination filter", outcome.reason)
        if outcome.event == event.body:
            return Passed(event, steps=(TraceStep("Passed the destination filters", StepStatus.OK),))
        try:
            left = read_event(outcome.event)
        except EventError as error:
            reason = f"The destination filters leave too little of the event. {error}"
            return _stopped("Stopped by a destination filter", reason)
        return Passed(
            left,
            steps=(
                TraceStep("Destination filters removed properties", StepStatus.OK, _removed(event, left)),
            ),
        )


def _stopped(title: str, reason: str) -> Passed:
    return Passed(None, reason, (TraceStep(title, StepStatus.SKIPPED, reason),))


def _removed(before: Event, after: Event) -> str:
    gone = [key for key in before.body if key not in after.body]
    changed = [key for key in after.body if before.body.get(key) != after.body[key]]
    parts = [
        f"Without {', '.join(gone)}." if gone else "",
        f"Less in {', '.join(changed)}." if changed else "",
    ]
    return " ".join(part for part in parts if part)
