from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.frame import announcements
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.rail_items import NavItem, OrganizationInfo, RelayStatus, StepItem, StepMark
from app.ui.frame.window import FrameWindow
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.button import Button
from app.ui.widgets.labels import WrappedLabel
from tests.ui.rendering import settle


class SamplePage(Page):
    """A page that counts what happens to it."""

    def __init__(self, theme: Theme, title: str = "Connect to Close", *, with_drawer: bool = True) -> None:
        super().__init__(theme, title, "The key tells us which organization to work in.")
        self.happened: list[str] = []
        self.field = QLineEdit()
        self.body.addWidget(self.field)
        self.busy_now = False
        self._drawer = DrawerContent("Help", QPushButton("Open"), 320) if with_drawer else None

    def initial_focus(self) -> QWidget:
        return self.field

    def filter_field(self) -> QWidget:
        return self.field

    def commands(self) -> CommandSet:
        return CommandSet(
            primary=Command("Check key", lambda: self.happened.append("primary"), busy=self.busy_now),
            back=Command("Back", lambda: self.happened.append("back")),
            fact=Fact("Nothing was saved"),
        )

    def drawer(self) -> DrawerContent | None:
        return self._drawer

    def activated(self) -> None:
        self.happened.append("activated")

    def left(self) -> None:
        self.happened.append("left")


STEPS = [StepItem(f"s{number}", f"Step {number}") for number in range(1, 9)]


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> FrameWindow:
    frame = FrameWindow(theme, "Segment to Close")
    qtbot.addWidget(frame)
    for key in ("s1", "s2"):
        frame.add_page(key, SamplePage(theme))
    frame.set_steps(STEPS)
    frame.resize(1120, 760)
    with qtbot.waitExposed(frame):
        frame.show()
    frame.activateWindow()
    frame.show_page("s1")
    return frame


def sample(window: FrameWindow, key: str) -> SamplePage:
    page = window.page(key)
    assert isinstance(page, SamplePage)
    return page


def test_a_page_is_told_when_it_comes_and_goes_and_gets_the_keyboard(
    qtbot: QtBot, window: FrameWindow
) -> None:
    window.show_page("s2")
    assert sample(window, "s1").happened == ["activated", "left"]
    assert sample(window, "s2").happened == ["activated"]
    qtbot.waitUntil(sample(window, "s2").field.hasFocus)
    assert window.rail.button("s2").current
    assert not window.rail.button("s1").current


def test_keys_run_the_commands_of_the_page_that_is_shown(qtbot: QtBot, window: FrameWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert sample(window, "s1").happened == ["activated", "primary", "back"]


def test_a_busy_primary_does_nothing(qtbot: QtBot, window: FrameWindow) -> None:
    page = sample(window, "s1")
    page.busy_now = True
    page.commands_changed.emit()
    assert window.bar.primary.busy
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(window.bar.primary, Qt.MouseButton.LeftButton)
    assert page.happened == ["activated"]


def test_control_and_a_digit_ask_for_a_step(qtbot: QtBot, window: FrameWindow) -> None:
    with qtbot.waitSignal(window.step_chosen) as signal:
        qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert signal.args == ["s4"]


def test_a_click_in_the_rail_asks_for_the_step_and_moves_nothing_itself(
    qtbot: QtBot, window: FrameWindow
) -> None:
    with qtbot.waitSignal(window.step_chosen) as signal:
        qtbot.mouseClick(window.rail.button("s2"), Qt.MouseButton.LeftButton)
    assert signal.args == ["s2"]
    assert window.current_key == "s1"


def test_escape_puts_the_drawer_away_and_never_the_window(qtbot: QtBot, window: FrameWindow) -> None:
    assert window.drawer.isVisible()
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.drawer.isHidden()
    assert window.isVisible()


def test_the_drawer_is_toggled_and_remembered_per_page(qtbot: QtBot, window: FrameWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert window.drawer.isHidden()
    window.show_page("s2")
    assert window.drawer.isVisible()
    window.show_page("s1")
    assert window.drawer.isHidden()
    qtbot.keyClick(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert window.drawer.isVisible()


def test_a_drawer_that_was_put_away_is_offered_in_the_bar(qtbot: QtBot, window: FrameWindow) -> None:
    assert window.bar.drawer_button.isHidden()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.mouseClick(window.bar.drawer_button, Qt.MouseButton.LeftButton)
    assert window.drawer.isVisible()
    assert window.bar.drawer_button.isHidden()


def test_a_drawer_stays_away_at_first_where_the_page_would_be_too_narrow(
    window: FrameWindow, theme: Theme
) -> None:
    theme.set_text_scale(2.0)
    window.resize(880, 600)
    window.show_page("s2")
    assert window.drawer.isHidden()
    window.show_drawer()
    assert window.drawer.isVisible()
    assert window.drawer.width() <= 880 * 0.42 + 1


def test_drawer_widgets_survive_a_change_of_page(window: FrameWindow) -> None:
    first = window.drawer.content()
    window.show_page("s2")
    assert window.drawer.content() is not first
    window.show_page("s1")
    assert window.drawer.content() is first


def test_f6_goes_round_rail_page_drawer_and_bar(qtbot: QtBot, window: FrameWindow) -> None:
    visited = []
    for _ in range(4):
        focused = QApplication.focusWidget()
        regions = {"rail": window.rail, "page": window.page("s1"), "drawer": window.drawer, "bar": window.bar}
        visited.append(next(name for name, each in regions.items() if focused and each.isAncestorOf(focused)))
        qtbot.keyClick(window, Qt.Key.Key_F6)
    assert visited == ["page", "drawer", "bar", "rail"]
    qtbot.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert window.rail.isAncestorOf(QApplication.focusWidget())


def test_f1_asks_for_help_and_control_f_goes_to_the_filter(qtbot: QtBot, window: FrameWindow) -> None:
    with qtbot.waitSignal(window.help_requested):
        qtbot.keyClick(window, Qt.Key.Key_F1)
    window.bar.primary.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert sample(window, "s1").field.hasFocus()


def test_the_bar_is_level_with_the_organization_at_the_foot_of_the_rail(window: FrameWindow) -> None:
    settle(window)
    assert window.bar.height() == 56


def test_there_is_one_primary_button(window: FrameWindow) -> None:
    kinds = [button.kind for button in window.findChildren(Button) if button.isVisible()]
    assert kinds.count(window.bar.primary.kind) == 1


def test_a_page_without_commands_gets_the_room_of_the_bar(window: FrameWindow, theme: Theme) -> None:
    window.add_page("relay", Page(theme, "Relay"))
    window.show_page("relay")
    assert window.bar.isHidden()
    assert window.drawer.isHidden()


def test_the_rail_shrinks_to_icons_in_a_narrow_window(window: FrameWindow, theme: Theme) -> None:
    assert window.rail.width() == 208
    window.resize(900, 640)
    settle(window)
    assert window.rail.width() == 56
    assert window.rail.button("s1").toolTip() == "Step 1"
    window.set_rail_choice(False)
    assert window.rail.width() == 208


def test_a_page_can_ask_for_the_icon_rail_earlier(window: FrameWindow) -> None:
    window.page("s2").icons_below = 1280
    window.show_page("s2")
    assert window.rail.compact


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_smallest_window_keeps_every_command_in_reach(
    window: FrameWindow, theme: Theme, scale: float
) -> None:
    theme.set_text_scale(scale)
    window.resize(880, 600)
    settle(window)
    for button in (window.bar.back, window.bar.primary):
        assert window.bar.rect().contains(button.geometry())
        assert button.width() >= button.sizeHint().width()
    assert window.width() == 880


def test_commands_take_a_second_line_rather_than_being_cut_off(window: FrameWindow, theme: Theme) -> None:
    theme.set_text_scale(2.0)
    window.resize(880, 600)
    bar = window.bar
    bar.set_commands(
        CommandSet(
            primary=Command("Continue with Brightwave Studio", print, trailing="arrow-right"),
            secondary=Command("Go live", print),
            ghost=Command("Replace key", print),
            back=Command("Back", print),
            fact=Fact("Key saved in GNOME Keyring"),
        )
    )
    settle(window)
    shown = (bar.back, bar.ghost, bar.secondary, bar.primary)
    assert all(bar.rect().contains(button.geometry()) for button in shown)
    assert all(button.width() >= button.sizeHint().width() for button in shown)
    assert bar.primary.y() > bar.back.y()


def test_a_tall_page_scrolls(window: FrameWindow, theme: Theme) -> None:
    page = Page(theme, "Long", form=True)
    for _ in range(60):
        page.body.addWidget(WrappedLabel(theme, "One of many lines on this page."))
    window.add_page("long", page)
    window.show_page("long")
    settle(window)
    labels = page.findChildren(QLabel)
    assert max(label.mapTo(page, label.rect().bottomLeft()).y() for label in labels) > page.height()
    assert max(label.width() for label in labels) <= 720


def test_marks_change_without_losing_the_keyboard(qtbot: QtBot, window: FrameWindow) -> None:
    button = window.rail.button("s2")
    button.setFocus()
    window.set_steps([StepItem(item.key, item.title, StepMark.FAILED) for item in STEPS])
    assert window.rail.button("s2") is button
    assert button.hasFocus()
    assert button.accessibleDescription() == "failed"


def test_places_show_counts_and_the_relays_state(window: FrameWindow) -> None:
    window.set_places(
        [NavItem("relay", "Relay", "radio"), NavItem("events", "Events", "list", count=2, group=1)]
    )
    window.set_relay(RelayStatus("Reachable", Tone.OK, "Dry run"))
    assert window.rail.button("events").accessibleDescription() == "2 need you"
    said = [each.accessibleName() for each in window.rail.findChildren(QWidget) if each.isVisible()]
    assert "Relay: Reachable, Dry run" in said


def test_the_organization_is_always_named(window: FrameWindow) -> None:
    def said() -> list[str]:
        return [each.accessibleName() for each in window.rail.findChildren(QWidget)]

    assert "Organization: Not connected" in said()
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield"))
    assert "Organization: Acme Inc." in said()


def test_page_titles_and_messages_are_announced(monkeypatch: pytest.MonkeyPatch, window: FrameWindow) -> None:
    said: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []
    monkeypatch.setattr(
        announcements.QAccessible,
        "updateAccessibility",
        lambda event: said.append((event.message(), event.politeness())),
    )
    polite, assertive = (
        QAccessible.AnnouncementPoliteness.Polite,
        QAccessible.AnnouncementPoliteness.Assertive,
    )
    window.show_page("s2")
    window.page("s2").announce("Close refused this key", assertive=True)
    window.show_toast("Mapping deleted")
    assert said == [
        ("Connect to Close", polite),
        ("Close refused this key", assertive),
        ("Mapping deleted", polite),
    ]


def test_nothing_is_announced_where_qt_cannot(monkeypatch: pytest.MonkeyPatch, window: FrameWindow) -> None:
    monkeypatch.delattr(announcements.QtGui, "QAccessibleAnnouncementEvent")
    announcements.announce(window, "Connected")


def test_a_page_can_be_taken_out_again(qtbot: QtBot, window: FrameWindow) -> None:
    window.remove_page("s1")
    assert window.current_key == ""
    assert window.bar.isHidden()
    window.show_page("s2")
    assert window.current_key == "s2"
