"""Being reachable in the window: the choice of a way, what is said, gaps on the timeline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.relay.reach_status import ReachState, ReachStatus
from app.relay.reachability import ReachChoice
from app.relay.status import RelayState
from app.storage.profile import TunnelTool
from app.storage.reach_log import Gap, GapKind, ReachRecord
from app.ui.relay.gaps import away_lines, drawn_gaps
from app.ui.relay.public_address_dialog import NOWHERE, OWN, PublicAddressDialog
from app.ui.relay.reach_control import ReachControl
from app.ui.relay.relay_figures import RelayFigures
from app.ui.relay.state_card import StateCard
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.ui.relay.desk import Desk
from tests.ui.scenes.reach_scenes import reached
from tests.ui.scenes.workbench_scenes import controller_of, finished_profile, listening

MINUTE = 60_000
NOW_MS = 1_772_615_730_000


def card_of(theme: Theme, state: RelayState, reach: ReachStatus) -> StateCard:
    controller = controller_of(finished_profile())
    controller.status = listening(state=state, reach=reach)
    card = StateCard(theme, controller)
    controller.setParent(card)
    return card


async def test_listening_says_what_is_missing(theme: Theme) -> None:
    card = card_of(theme, RelayState.LISTENING, ReachStatus())
    assert card.accessibleName() == "Relay: Listening"
    assert "Not reachable yet: there is no public URL." in card.accessibleDescription()
    assert not card.check_button.isVisibleTo(card)


async def test_reachable_says_when_it_was_proven(theme: Theme) -> None:
    card = card_of(theme, RelayState.REACHABLE, reached())
    assert card.accessibleName() == "Relay: Reachable"
    assert card.accessibleDescription().startswith("Round trip proven 26 s ago, 184 ms.")
    assert card.url.error == ""


async def test_a_url_that_changed_since_it_was_copied_is_said(theme: Theme) -> None:
    card = card_of(theme, RelayState.REACHABLE, reached(url_changed=True))
    assert card.url.error.startswith("The public URL changed since you copied it.")


async def test_the_dialog_gives_only_what_can_be_used(theme: Theme) -> None:
    dialog = PublicAddressDialog(theme, None, ReachChoice(), lambda _name: None)
    taken: list[ReachChoice] = []
    dialog.accepted_choice.connect(taken.append)
    dialog.way.combo.choose(OWN)
    dialog.url.set_text("http://relay.example.com")
    dialog.use_button.click()
    assert taken == []
    assert dialog.url.error.startswith("This address is not encrypted.")
    dialog.url.set_text("relay.example.com")
    dialog.use_button.click()
    assert taken == [ReachChoice(public_url="https://relay.example.com")]
    dialog.deleteLater()


async def test_every_tunnel_and_none_can_be_chosen(theme: Theme) -> None:
    for way, choice in (
        ("ngrok", ReachChoice(TunnelTool.NGROK)),
        (NOWHERE, ReachChoice()),
    ):
        dialog = PublicAddressDialog(theme, None, ReachChoice(TunnelTool.CLOUDFLARED), lambda name: name)
        taken: list[ReachChoice] = []
        dialog.accepted_choice.connect(taken.append)
        dialog.way.combo.choose(way)
        dialog.use_button.click()
        assert taken == [choice]


async def test_a_choice_is_saved_and_holds_for_the_next_start(theme: Theme, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    control = ReachControl(desk.controller)
    await desk.start()
    control.choose(TunnelTool.NONE, "https://relay.example.com/")
    await until(lambda: desk.saved)
    assert desk.saved[-1].relay.public_url == "https://relay.example.com"
    await until(lambda: control.choice.public_url)
    await desk.close()


def test_gaps_are_drawn_in_the_minutes_they_took() -> None:
    record = ReachRecord(
        alive_ms=NOW_MS,
        gaps=(
            Gap(GapKind.STOPPED, NOW_MS - 200 * MINUTE, NOW_MS - 100 * MINUTE),
            Gap(GapKind.ASLEEP, NOW_MS - 20 * MINUTE, NOW_MS - 13 * MINUTE),
            Gap(GapKind.OFFLINE, NOW_MS - 3 * MINUTE),
        ),
    )
    drawn = drawn_gaps(record, NOW_MS, running=True)
    assert [(gap.start, gap.end, gap.label) for gap in drawn] == [
        (39, 47, "Asleep\n7 min"),
        (56, 60, "Offline\n3 min"),
    ]


def test_a_relay_that_does_not_run_has_a_gap_until_now() -> None:
    record = ReachRecord(alive_ms=NOW_MS - 10 * MINUTE)
    assert drawn_gaps(record, NOW_MS, running=True) == ()
    (gap,) = drawn_gaps(record, NOW_MS, running=False)
    assert (gap.end, gap.label) == (60, "Stopped\n10 min")


def test_the_time_away_is_told_with_what_needs_a_person() -> None:
    record = ReachRecord(
        public_url="https://relay.example.com",
        certificate_until_ms=NOW_MS + 5 * 86_400_000,
        gaps=(Gap(GapKind.ASLEEP, NOW_MS - 20 * MINUTE, NOW_MS - 13 * MINUTE),),
    )
    figures = RelayFigures(now_ms=NOW_MS, failed=2, reach=record)
    titles = [line.title for line in away_lines(figures, NOW_MS)]
    assert titles[0].startswith("Asleep ")
    assert titles[1:] == ["2 events need you", "Certificate"]
    assert away_lines(replace(figures, failed=0, reach=ReachRecord()), NOW_MS) == ()


def test_reach_states_that_fail_are_not_proven() -> None:
    assert [state for state in ReachState if ReachStatus(state).proven] == [ReachState.PROVEN]
