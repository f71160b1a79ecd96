"""What becomes of an event: its states and the decision after each try.

Pure: the dispatcher asks, the inbox remembers. The table these functions cover:

==============================================  ==========  =====================================
what came back                                  an attempt  then
==============================================  ==========  =====================================
a report                                        yes         delivered, unchanged, skipped, failed
429                                             no          waiting as long as Close says
the key is refused                              no          queued; the dispatcher stops
400, 402, 403, 404                              yes         failed with Close's words
timeout, connection lost, 5xx, garbage          yes         waiting; failed after 24 h and 10 tries
our own disk is full or busy                    yes         the same
an error of ours                                yes         failed
==============================================  ==========  =====================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.actions.trace import EventReport, Outcome
from app.close.failures import CloseError, FailureKind
from app.errors import AppError

Uniform = Callable[[float, float], float]
"""A random number between two bounds, as ``random.Random.uniform``."""


class State(StrEnum):
    """Where an event is. Queued, in flight and waiting hold up later events of the same person."""

    RECEIVED = "received"
    QUEUED = "queued"
    IN_FLIGHT = "in flight"
    DELIVERED = "delivered"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    WAITING = "waiting"
    FAILED = "failed"


OPEN_STATES = frozenset({State.QUEUED, State.IN_FLIGHT, State.WAITING})

OBSERVED = "Observe mode: recorded only"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The schedule for failures that may pass: full jitter under a doubling ceiling.

    Both bounds have to be exceeded before an event is given up: we have told Segment that we
    have it. ``quiet_s`` is how long Close's search may lag behind a create, so a retry after a
    create without an answer waits at least that long and then finds what it made.
    """

    first_s: float = 1.0
    ceiling_s: float = 300.0
    give_up_after_s: float = 24 * 3600.0
    least_tries: int = 10
    quiet_s: float = 60.0
    rate_limit_s: float = 1.0
    longest_wait_s: float = 600.0

    def delay_s(self, tries: int, uniform: Uniform) -> float:
        """How long to wait after the try numbered ``tries`` (from 1)."""
        # Beyond 2**30 the ceiling rules anyway, and a float must not overflow.
        return uniform(0.0, min(self.ceiling_s, self.first_s * 2 ** min(tries - 1, 30)))


@dataclass(frozen=True, slots=True)
class TryContext:
    """The try that just ended. ``attempts`` counts those before it, times are in milliseconds."""

    live: bool
    attempts: int
    first_try_ms: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to remember. ``due_ms`` is set for waiting events only."""

    state: State
    reason: str
    outcome: str = ""
    counts: bool = True
    due_ms: int | None = None
    error_code: str = ""
    stops_dispatcher: bool = False


def after_report(report: EventReport, context: TryContext, policy: RetryPolicy, uniform: Uniform) -> Verdict:
    """What follows from a report. Its error decides when trying again may help or the key is refused.

    Raises ``KeyError`` for a dry run that claims to have delivered, and the reverse.
    """
    error = report.error
    if error and (_may_pass(error) or _refuses_key(error)):
        return after_error(error, context, policy, uniform)
    code = error.code if error else ""
    if context.live:
        return Verdict(_LIVE_STATES[report.outcome], report.reason, report.outcome, error_code=code)
    if report.outcome in (Outcome.UNCHANGED, Outcome.SKIPPED):
        return Verdict(_LIVE_STATES[report.outcome], report.reason, report.outcome, error_code=code)
    outcome = _DRY_OUTCOMES[report.outcome]
    return Verdict(State.SKIPPED, _dry_reason(outcome, report.reason), outcome, error_code=code)


def after_error(error: AppError, context: TryContext, policy: RetryPolicy, uniform: Uniform) -> Verdict:
    """What follows from an error that was raised instead of a report."""
    if _refuses_key(error):
        return Verdict(State.QUEUED, error.title, counts=False, error_code=error.code, stops_dispatcher=True)
    if not _may_pass(error):
        return _failed(error, context)
    asked_s = error.retry_after_s or 0.0 if isinstance(error, CloseError) else 0.0
    kind = error.kind if isinstance(error, CloseError) else None
    if kind is FailureKind.RATE_LIMITED:
        wait_s = max(asked_s, policy.rate_limit_s)
        return _waiting(error, context, min(wait_s, policy.longest_wait_s), counts=False)
    tries = context.attempts + 1
    waited_s = (context.now_ms - context.first_try_ms) / 1000
    if tries >= policy.least_tries and waited_s >= policy.give_up_after_s:
        return _failed(error, context, f"Given up after {tries} tries in {waited_s / 3600:.0f} h: ")
    wait_s = max(policy.delay_s(tries, uniform), asked_s)
    if context.live and kind is FailureKind.NO_ANSWER:
        wait_s = max(wait_s, policy.quiet_s)
    return _waiting(error, context, min(wait_s, policy.longest_wait_s))


def after_defect(context: TryContext) -> Verdict:
    """The end of an event that met a mistake of ours; the traceback is in the log, not here."""
    outcome = Outcome.FAILED if context.live else Outcome.WOULD_FAIL
    return Verdict(
        State.FAILED,
        "The program met an error of its own; the log has the details.",
        outcome,
        error_code="RELAY-INTERNAL",
    )


_LIVE_STATES = {
    Outcome.DELIVERED: State.DELIVERED,
    Outcome.UNCHANGED: State.UNCHANGED,
    Outcome.SKIPPED: State.SKIPPED,
    Outcome.FAILED: State.FAILED,
}

_DRY_OUTCOMES = {
    Outcome.WOULD_CHANGE: Outcome.WOULD_CHANGE,
    Outcome.WOULD_FAIL: Outcome.WOULD_FAIL,
    Outcome.FAILED: Outcome.WOULD_FAIL,
}


# What the disk refuses now it may take later; nothing is wrong with the event.
_PASSING_STORAGE = frozenset({"STORAGE-FULL", "STORAGE-READ-ONLY", "STORAGE-FAILED", "DATABASE-BUSY"})


def _may_pass(error: AppError) -> bool:
    return error.transient if isinstance(error, CloseError) else error.code in _PASSING_STORAGE


def _refuses_key(error: AppError) -> bool:
    return isinstance(error, CloseError) and error.kind is FailureKind.KEY_REFUSED


def _failed(error: AppError, context: TryContext, prefix: str = "") -> Verdict:
    if not context.live:
        reason = _dry_reason(Outcome.WOULD_FAIL, error.title)
        return Verdict(State.SKIPPED, reason, Outcome.WOULD_FAIL, error_code=error.code)
    return Verdict(State.FAILED, prefix + error.title, Outcome.FAILED, error_code=error.code)


def _dry_reason(outcome: Outcome, reason: str) -> str:
    return f"Dry run: {outcome}. {reason}".rstrip()


def _waiting(error: AppError, context: TryContext, wait_s: float, *, counts: bool = True) -> Verdict:
    return Verdict(
        State.WAITING,
        error.title,
        counts=counts,
        due_ms=context.now_ms + round(wait_s * 1000),
        error_code=error.code,
    )
