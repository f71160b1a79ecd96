from __future__ import annotations

import pytest

from app.actions.trace import Outcome
from app.close.failures import FailureKind
from app.errors import AppError
from app.relay.delivery import (
    RetryPolicy,
    State,
    TryContext,
    after_defect,
    after_error,
    after_report,
)
from tests.relay.fake_processor import close_error, report, reported

NOW = 1_000_000_000
HOUR_MS = 3_600_000
POLICY = RetryPolicy()


def longest(_low: float, high: float) -> float:
    return high


def context(live: bool = True, attempts: int = 0, hours: float = 0) -> TryContext:
    return TryContext(live=live, attempts=attempts, first_try_ms=NOW - round(hours * HOUR_MS), now_ms=NOW)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.DELIVERED, State.DELIVERED),
        (Outcome.UNCHANGED, State.UNCHANGED),
        (Outcome.SKIPPED, State.SKIPPED),
        (Outcome.FAILED, State.FAILED),
    ],
)
def test_a_live_report_ends_the_event(outcome: Outcome, state: State) -> None:
    verdict = after_report(report(outcome, "why"), context(), POLICY, longest)
    assert (verdict.state, verdict.outcome, verdict.reason, verdict.counts) == (state, outcome, "why", True)


@pytest.mark.parametrize(
    ("outcome", "state", "shown", "reason"),
    [
        (Outcome.WOULD_CHANGE, State.SKIPPED, "would change", "Dry run: would change. why"),
        (Outcome.WOULD_FAIL, State.SKIPPED, "would fail", "Dry run: would fail. why"),
        (Outcome.FAILED, State.SKIPPED, "would fail", "Dry run: would fail. why"),
        (Outcome.UNCHANGED, State.UNCHANGED, "unchanged", "why"),
        (Outcome.SKIPPED, State.SKIPPED, "skipped", "why"),
    ],
)
def test_a_dry_report_never_claims_a_delivery(
    outcome: Outcome, state: State, shown: str, reason: str
) -> None:
    verdict = after_report(report(outcome, "why"), context(live=False), POLICY, longest)
    assert (verdict.state, verdict.outcome, verdict.reason) == (state, shown, reason)


def test_a_report_that_contradicts_its_mode_is_a_defect() -> None:
    with pytest.raises(KeyError):
        after_report(report(Outcome.DELIVERED), context(live=False), POLICY, longest)
    with pytest.raises(KeyError):
        after_report(report(Outcome.WOULD_CHANGE), context(), POLICY, longest)


@pytest.mark.parametrize(
    ("kind", "state", "counts", "wait_s"),
    [
        (FailureKind.RATE_LIMITED, State.WAITING, False, 1),
        (FailureKind.KEY_REFUSED, State.QUEUED, False, None),
        (FailureKind.INVALID, State.FAILED, True, None),
        (FailureKind.FORBIDDEN, State.FAILED, True, None),
        (FailureKind.NOT_FOUND, State.FAILED, True, None),
        (FailureKind.PLAN_LIMIT, State.FAILED, True, None),
        (FailureKind.UNREACHABLE, State.WAITING, True, 1),
        (FailureKind.SERVER_ERROR, State.WAITING, True, 1),
        (FailureKind.BAD_ANSWER, State.WAITING, True, 1),
        (FailureKind.NO_ANSWER, State.WAITING, True, 60),
    ],
)
def test_each_failure_of_a_first_try(
    kind: FailureKind, state: State, counts: bool, wait_s: int | None
) -> None:
    for verdict in (
        after_error(close_error(kind), context(), POLICY, longest),
        after_report(reported(kind), context(), POLICY, longest),
    ):
        assert (verdict.state, verdict.counts) == (state, counts)
        assert verdict.due_ms == (None if wait_s is None else NOW + wait_s * 1000)
        assert verdict.reason == f"Close: {kind}."
        assert verdict.error_code
        assert verdict.stops_dispatcher == (kind is FailureKind.KEY_REFUSED)


def test_close_says_how_long_to_wait_within_reason() -> None:
    for kind in (FailureKind.RATE_LIMITED, FailureKind.SERVER_ERROR):
        assert after_error(close_error(kind, 7), context(), POLICY, longest).due_ms == NOW + 7_000
        assert after_error(close_error(kind, 1e9), context(), POLICY, longest).due_ms == NOW + 600_000


def test_waits_double_up_to_five_minutes_under_full_jitter() -> None:
    ceilings: list[float] = []

    def least(low: float, high: float) -> float:
        ceilings.append(high)
        return low

    for attempts in (0, 1, 2, 7, 8, 9, 100_000):
        verdict = after_error(close_error(FailureKind.UNREACHABLE), context(attempts=attempts), POLICY, least)
        assert verdict.due_ms == NOW
    assert ceilings == [1, 2, 4, 128, 256, 300, 300]


@pytest.mark.parametrize(
    ("attempts", "hours", "state"),
    [
        (9, 23.9, State.WAITING),
        (8, 48, State.WAITING),
        (9, 24, State.FAILED),
        (500, 23.9, State.WAITING),
    ],
)
def test_an_event_is_given_up_only_after_a_day_and_ten_tries(
    attempts: int, hours: float, state: State
) -> None:
    verdict = after_error(
        close_error(FailureKind.UNREACHABLE), context(attempts=attempts, hours=hours), POLICY, longest
    )
    assert verdict.state is state
    if state is State.FAILED:
        assert verdict.reason == "Given up after 10 tries in 24 h: Close: unreachable."


def test_rate_limits_never_give_an_event_up() -> None:
    verdict = after_error(
        close_error(FailureKind.RATE_LIMITED), context(attempts=99, hours=99), POLICY, longest
    )
    assert verdict.state is State.WAITING


def test_a_dry_run_waits_out_close_but_not_the_search_lag() -> None:
    verdict = after_error(close_error(FailureKind.NO_ANSWER), context(live=False), POLICY, longest)
    assert (verdict.state, verdict.due_ms) == (State.WAITING, NOW + 1_000)
    refused = after_error(close_error(FailureKind.INVALID), context(live=False), POLICY, longest)
    assert (refused.state, refused.outcome) == (State.SKIPPED, "would fail")


@pytest.mark.parametrize(
    ("code", "state"), [("STORAGE-FULL", State.WAITING), ("MAPPING-BROKEN", State.FAILED)]
)
def test_our_disk_may_recover_and_our_mistakes_do_not(code: str, state: State) -> None:
    verdict = after_error(AppError(code, "Words.", remedy=""), context(), POLICY, longest)
    assert (verdict.state, verdict.reason, verdict.error_code) == (state, "Words.", code)


def test_a_defect_fails_the_event_without_a_traceback_in_its_reason() -> None:
    verdict = after_defect(context())
    assert (verdict.state, verdict.error_code) == (State.FAILED, "RELAY-INTERNAL")
