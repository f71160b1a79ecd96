"""Four causes are worth a notification; each is told once, and what a person does himself never."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.relay.status import RelayState, RelayStatus
from app.storage.profile import Mode
from app.workflows.notices import STUCK_S, Notice, Noticed, notice

WELL = RelayStatus(RelayState.REACHABLE, Mode.LIVE)
CAUSES = {
    Notice.STOPPED: replace(WELL, state=RelayState.ERROR),
    Notice.KEY_REFUSED: replace(WELL, waiting_for_key=True),
    Notice.UNREACHABLE: replace(WELL, state=RelayState.UNREACHABLE),
    Notice.STUCK: replace(WELL, oldest_queued_s=STUCK_S),
}


def after(*looks: RelayStatus) -> Noticed:
    noticed = Noticed()
    for status in looks:
        noticed = notice(noticed, status)
    return noticed


@pytest.mark.parametrize("cause", Notice)
def test_a_cause_is_told_once_and_again_after_it_had_gone(cause: Notice) -> None:
    bad = CAUSES[cause]
    assert after(WELL, bad).new == (cause,)
    assert after(WELL, bad, bad).new == ()
    assert after(WELL, bad, WELL).standing == frozenset()
    assert after(WELL, bad, WELL, bad).new == (cause,)


def test_nothing_is_told_while_all_is_well_or_nothing_was_started() -> None:
    assert after(WELL, WELL).new == ()
    assert after(replace(WELL, state=RelayState.STOPPED)).new == ()


def test_a_relay_that_a_person_stops_is_no_surprise() -> None:
    stopping, stopped = (replace(WELL, state=one) for one in (RelayState.STOPPING, RelayState.STOPPED))
    assert after(WELL, stopping, stopped).new == ()


def test_a_start_between_two_states_says_nothing_and_forgets_nothing() -> None:
    error, starting = CAUSES[Notice.STOPPED], replace(WELL, state=RelayState.STARTING)
    assert after(WELL, error, starting, error).new == ()


@pytest.mark.parametrize(
    "members",
    [{"mode": Mode.DRY_RUN}, {"paused": True}, {"oldest_queued_s": STUCK_S - 1}],
    ids=["dry run", "paused", "not long yet"],
)
def test_a_queue_is_stuck_only_where_it_ought_to_move(members: dict[str, object]) -> None:
    assert after(WELL, replace(CAUSES[Notice.STUCK], **members)).new == ()  # type: ignore[arg-type]


def test_several_causes_come_together_the_gravest_first() -> None:
    both = replace(CAUSES[Notice.KEY_REFUSED], state=RelayState.UNREACHABLE)
    assert after(WELL, both).new == (Notice.KEY_REFUSED, Notice.UNREACHABLE)
