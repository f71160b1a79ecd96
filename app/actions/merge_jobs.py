"""A merge of two leads as a job that Close carries out in the background.

The job lives in Close, as an activity of the lead that remains, so it survives our restarts: whoever asks
again first looks whether it is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from app.close.activities import LeadMerge, MergeStatus
from app.close.failures import CloseError, FailureKind

_PAUSES_S = (1.0, 2.0, 4.0)
"""Most merges are done within seconds; a longer one is looked at again with the event's next try."""

_ASK_AGAIN_S = 10.0


class CloseMerges(Protocol):
    """The calls about merges."""

    async def merge_leads(self, source_id: str, destination_id: str) -> None: ...
    async def lead_merges(self, destination_id: str) -> tuple[LeadMerge, ...]: ...


@dataclass(frozen=True, slots=True)
class MergeJob:
    """``sleep`` waits for a number of seconds."""

    close: CloseMerges
    source_id: str
    destination_id: str
    sleep: Callable[[float], Awaitable[None]]

    async def run(self, *, asked_before: bool) -> None:
        """Returns when the source has become part of the destination.

        ``asked_before``: an earlier try has asked for this merge, so what Close tells of it holds.
        Raises ``CloseError``: ``CLOSE-MERGE-RUNNING`` (try again after ``retry_after_s``) or
        ``CLOSE-MERGE-FAILED``.
        """
        job = await self._newest()
        if job is None or not (job.is_running or asked_before):
            await self._ask()
            job = await self._newest()
        for pause_s in _PAUSES_S:
            if job is not None and not job.is_running:
                break
            await self.sleep(pause_s)
            job = await self._newest()
        if job is None or job.is_running:
            raise _running("Close merges leads in the background, and this merge has not ended yet.")
        if job.status is MergeStatus.ERRORED:
            raise _failed(job.error_message)

    async def _ask(self) -> None:
        try:
            await self.close.merge_leads(self.source_id, self.destination_id)
        except CloseError as error:
            if error.kind not in (FailureKind.INVALID, FailureKind.NOT_FOUND):
                raise
            # Close refuses a lead that takes part in another merge, and one that was merged away since
            # it was read. Both pass: the next try decides from what Close holds then.
            raise _running("Close did not start the merge.", error.detail) from error

    async def _newest(self) -> LeadMerge | None:
        """The newest merge of this pair, in whatever state."""
        jobs = await self.close.lead_merges(self.destination_id)
        return next((job for job in jobs if job.source_id == self.source_id), None)


def _running(cause: str, detail: str = "") -> CloseError:
    return CloseError(
        FailureKind.PENDING,
        "CLOSE-MERGE-RUNNING",
        "The leads are not merged yet.",
        cause=cause,
        remedy="The event goes on when the merge has ended.",
        detail=detail,
        retry_after_s=_ASK_AGAIN_S,
    )


def _failed(words: str) -> CloseError:
    return CloseError(
        FailureKind.INVALID,
        "CLOSE-MERGE-FAILED",
        "Close could not merge the leads.",
        cause=words,
        remedy="Merge the leads in Close, then retry the event.",
    )
