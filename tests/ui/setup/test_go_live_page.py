from __future__ import annotations

import socket
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLabel, QRadioButton

from app.errors import AppError
from app.storage.profile import DeliveryPath, FieldRef, Mode, OrganizationRef, Profile
from app.ui.setup.go_live_page import GoLivePage
from app.ui.theme.theme import Theme
from app.ui.widgets.secret_field import ReadOnlyField
from app.workflows.setup import SetupFlow, SetupState, Step
from tests.ui.setup.actors import Drafts, HandRelay, MemoryClose, Profiles, flow_with
from tests.ui.setup.conftest import Screen

PROFILE = Profile(
    "0" * 32,
    "default",
    organization=OrganizationRef("orga_1", "Acme Inc.", "Dana Whitfield"),
    company_field=FieldRef("cf_company", "Company ID"),
)


class Desk:
    def __init__(self, screen: Screen, theme: Theme, folder: Path) -> None:
        self.relay = HandRelay()
        self.profiles = Profiles()
        self.drafts = Drafts()
        self.flow: SetupFlow = flow_with(
            MemoryClose(),
            SetupState(PROFILE, Step.GO_LIVE),
            folder=folder,
            profiles=self.profiles,
            drafts=self.drafts,
        )
        self.page = GoLivePage(theme, self.flow, screen.unexpected.append, self.relay)
        self.finished: list[bool] = []
        self.page.finished.connect(lambda: self.finished.append(True))
        screen.show(self.page)


async def test_the_other_path_has_to_be_off_first(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    desk = Desk(screen, theme, tmp_path)
    screen.press("Ctrl+Return")
    assert desk.page.off.box.hasFocus()
    assert desk.relay.starts == []
    assert desk.profiles.saved == []


async def test_the_relay_starts_in_dry_run_with_the_saved_profile(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    screen.press("Space", desk.page.off.box)
    assert screen.primary == "Start relay in Dry run"
    screen.press("Ctrl+Return")
    await screen.until(lambda: desk.relay.starts == [Mode.DRY_RUN])
    await screen.until(lambda: screen.primary == "Open the workbench")
    saved = desk.profiles.saved[-1]
    assert saved.delivery_path is DeliveryPath.RELAY
    assert saved.mappings
    assert desk.drafts.saved is None
    screen.click(desk.page.test_button)
    await screen.until(lambda: "Test event stored" in screen.said)
    assert desk.relay.tests == 1
    screen.press("Ctrl+Return")
    assert desk.finished == [True]


async def test_going_live_asks_first_and_names_the_organization(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    desk.page.off.set_given(given=True)
    screen.click(screen.window.bar.secondary)
    assert "Acme Inc." in desk.page.confirmation.banner.accessibleName()
    assert desk.relay.starts == []
    screen.click(desk.page.confirmation.yes_button)
    await screen.until(lambda: desk.relay.starts == [Mode.LIVE])
    await screen.until(lambda: screen.window.bar.secondary.isHidden())


async def test_a_number_that_is_no_port_is_refused_at_the_field(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    desk.page.off.set_given(given=True)
    desk.page.values.port.edit.setText("70000")
    screen.press("Ctrl+Return")
    assert desk.page.values.port.error == "Ports go from 1 to 65535."
    assert desk.page.values.port.edit.hasFocus()
    assert desk.relay.starts == []


async def test_a_port_in_use_offers_the_next_one(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    desk = Desk(screen, theme, tmp_path)
    desk.relay.failure = AppError("RELAY-PORT-IN-USE", "Port 8787 is in use.", remedy="Use another port.")
    desk.page.off.set_given(given=True)
    screen.press("Ctrl+Return")
    await screen.until(lambda: desk.page.error)
    desk.relay.failure = None
    screen.click(screen.button("Use port 8788"))
    await screen.until(lambda: len(desk.relay.starts) == 2)
    assert desk.profiles.saved[-1].relay.port == 8788


async def test_a_port_that_is_taken_is_never_called_free(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        desk = Desk(screen, theme, tmp_path)
        edit = desk.page.values.port.edit
        edit.setFocus()
        edit.selectAll()
        edit.insert(str(taken.getsockname()[1]))
        screen.press("Return", edit)
        await screen.until(lambda: any("is in use" in name for name in check_names(desk)))


def check_names(desk: Desk) -> list[str]:
    from app.ui.widgets.check_list import CheckRow

    return [row.accessibleName() for row in desk.page.values.findChildren(CheckRow) if row.isVisible()]


async def test_the_first_event_of_segment_is_proven_only_by_itself(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    desk.page.off.set_given(given=True)
    screen.press("Ctrl+Return")
    await screen.until(lambda: "Waiting: First event from Segment" in check_names(desk))
    desk.relay.arrived = 1
    await screen.until(lambda: "Proven: First event from Segment" in check_names(desk))


async def test_the_shared_secret_is_copied_but_never_shown(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    await screen.until(desk.page.values.secret.value)
    screen.click(desk.page.values.secret.copy_button)
    assert QApplication.clipboard().text() == "whsec-for-tests"
    assert "whsec" not in desk.page.values.secret.edit.text()


async def test_the_straight_path_gives_every_value_to_paste(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    straight = desk.page.path.findChildren(QRadioButton)[1]
    screen.press("Space", straight)
    assert screen.primary == "Finish setup"
    fields = {field.label.text(): field.value() for field in desk.page.straight.findChildren(ReadOnlyField)}
    assert fields["API key"] == ""
    assert fields["Lead Custom Field ID for Company ID"] == "cf_company"
    assert fields["Contact Email"] == "$.traits.email"
    desk.page.off.set_given(given=True)
    screen.press("Ctrl+Return")
    assert desk.finished == [True]
    assert desk.profiles.saved[-1].delivery_path is DeliveryPath.DESTINATION
    assert desk.relay.starts == []


async def test_the_straight_path_names_what_it_does_not_do(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    desk = Desk(screen, theme, tmp_path)
    screen.press("Space", desk.page.path.findChildren(QRadioButton)[1])
    words = " ".join(label.text() for label in desk.page.straight.findChildren(QLabel))
    assert "What Segment’s own destination does not do" in words
    assert "gives a user ID, but no ID field is chosen" in words
