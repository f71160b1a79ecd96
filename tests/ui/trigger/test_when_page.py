"""Choose when it runs, in its window, driven by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.storage.profile import MappingSpec
from app.ui.frame.window import FrameWindow
from app.ui.mapping.session import EditingSession
from app.ui.mapping.undo_actions import UndoActions
from app.ui.theme.theme import Theme
from app.ui.trigger.when_page import WhenPage
from app.workflows.mapping_editor.rules import Joiner
from app.workflows.samples import Sample
from tests.conditions import until_blocking
from tests.ui.scenes.when_scenes import collected, mapping

TRACK = 'type = "track"'
DEMO = 'type = "track" and event = "Demo Requested" and properties.seats >= 10'


class WhenScreen:
    """What a person sees and does on the page."""

    def __init__(
        self, theme: Theme, qtbot: QtBot, *specs: MappingSpec, events: Sequence[Sample] | None = None
    ) -> None:
        self.session = EditingSession(specs)
        self.session.set_events(collected() if events is None else events)
        self.unexpected: list[BaseException] = []
        self.said: list[str] = []
        self.done: list[bool] = []
        self.page = WhenPage(theme, self.session, self.unexpected.append)
        self.undo = UndoActions(theme, self.session)
        self.undo.serve(self.page)
        self.window = FrameWindow(theme, "Segment to Close")
        qtbot.addWidget(self.window)
        self.page.announced.connect(lambda text, _assertive: self.said.append(text))
        self.page.done.connect(lambda: self.done.append(True))
        self.window.add_page("when", self.page)
        self.window.show()
        self.window.show_page("when")
        self.window.activateWindow()
        self.rest()

    @property
    def trigger(self) -> str:
        assert self.session.spec is not None
        return self.session.spec.trigger

    @property
    def headline(self) -> str:
        return self.page.matches.headline

    def rest(self) -> None:
        """Let the counting beside the window come to an end."""
        self.until(lambda: not self.page.counting, "the events to be counted")

    def until(self, condition: Callable[[], object], what: str) -> None:
        def holds() -> bool:
            QApplication.processEvents()
            assert not self.unexpected, self.unexpected
            return bool(condition())

        until_blocking(holds, what=what)

    def press(self, keys: str, target: QWidget | None = None) -> None:
        combination = QKeySequence(keys)[0]
        widget = target or self._with_keyboard()
        QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
        self.rest()

    def type(self, text: str, target: QWidget | None = None) -> None:
        for letter in text:
            QTest.keyClick(target or self._with_keyboard(), letter)
        self.rest()

    def _with_keyboard(self) -> QWidget:
        """An open list of suggestions gets the keys first, and passes most of them on."""
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.window

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.rest()


Show = Callable[..., WhenScreen]


@pytest.fixture
def show(theme: Theme, qtbot: QtBot) -> Show:
    def make(*specs: MappingSpec | str, events: Sequence[Sample] | None = None) -> WhenScreen:
        named = [mapping(one) if isinstance(one, str) else one for one in specs]
        return WhenScreen(theme, qtbot, *named, events=events)

    return make


def test_the_rule_is_shown_in_words_and_counted(show: Show) -> None:
    screen = show(DEMO)
    assert screen.headline == "Matches 10 of the last 100"
    assert "Demo Requested" in screen.page.matches.sentence.text()
    assert [row.condition.value for row in screen.page.builder.rows] == ["Demo Requested", "10"]
    assert screen.trigger == DEMO


def test_a_rule_is_built_with_keys_alone(show: Show) -> None:
    screen = show("")
    page = screen.page
    assert page.types.box("identify").hasFocus()
    screen.press("Tab")
    screen.press("Space")
    assert screen.trigger == TRACK
    page.builder.add_button.setFocus()
    screen.press("Space")
    screen.type("Demo Requested")
    screen.press("Esc")
    assert screen.trigger == f'{TRACK} and event = "Demo Requested"'
    page.builder.add_button.setFocus()
    screen.press("Space")
    screen.type("seats")
    screen.press("Esc")
    screen.press("Tab")
    operator = page.builder.rows[1].operator
    assert operator.hasFocus()
    while operator.current_key() != "at-least":
        screen.press("Down")
    screen.press("Tab")
    screen.type("10")
    assert screen.trigger == DEMO
    assert screen.headline == "Matches 10 of the last 100"
    screen.press("Ctrl+Return")
    assert screen.done == [True]


def test_a_field_is_chosen_from_what_the_events_hold(show: Show) -> None:
    screen = show(TRACK)
    row_of = screen.page.builder
    screen.until(lambda: row_of.add_button.isVisible(), "the page")
    screen.click(row_of.add_button)
    row = row_of.rows[0]
    screen.until(lambda: row.field.count() > 4, "the fields of the events")
    row.field.edit.setFocus()
    row.field.edit.selectAll()
    screen.type("seat")
    popup = row.field.completer().popup()
    assert popup.isVisible()
    screen.press("Down", popup)
    screen.press("Return", popup)
    assert (row.condition.name, row.field.edit.text()) == ("seats", "properties.seats")


def test_a_number_that_is_none_is_named_at_the_row_and_holds_up_the_step(show: Show) -> None:
    screen = show(DEMO)
    value = screen.page.builder.rows[1].value
    value.edit.setFocus()
    value.edit.selectAll()
    screen.type("ten")
    assert "“ten” is not a number" in value.edit.accessibleDescription()
    assert screen.trigger == f'{TRACK} and event = "Demo Requested"'
    screen.page.types.box("track").setFocus()
    screen.press("Ctrl+Return")
    assert not screen.done
    assert value.edit.hasFocus()
    assert "not a number" in screen.said[-1]


def test_going_on_without_a_rule_asks_for_a_type(show: Show) -> None:
    screen = show("")
    screen.page.builder.joiner.setFocus()
    screen.press("Ctrl+Return")
    assert not screen.done
    assert screen.said[-1] == "Choose an event type."
    assert screen.page.types.box("identify").hasFocus()


def test_typing_is_one_step_and_undo_takes_it_back_from_within_the_field(show: Show) -> None:
    screen = show(TRACK)
    screen.click(screen.page.builder.add_button)
    screen.type("Signed Up")
    screen.press("Esc")
    assert len(screen.session.document.past) == 1
    screen.press("Ctrl+Z")
    assert screen.trigger == TRACK
    screen.press("Ctrl+Shift+Z", screen.page.builder.joiner)
    assert screen.trigger == f'{TRACK} and event = "Signed Up"'


def test_any_and_a_group_are_built_and_removed(show: Show) -> None:
    screen = show(f'{TRACK} and properties.plan = "team" and properties.seats >= 10')
    builder = screen.page.builder
    screen.click(builder.joiner.button(Joiner.ANY.value))
    assert screen.trigger == f'{TRACK} and (properties.plan = "team" or properties.seats >= 10)'
    screen.click(builder.joiner.button(Joiner.ALL.value))
    builder.rows[1].value.edit.setFocus()
    screen.click(builder.add_group_button)
    screen.type("Demo Requested", builder.group_list.rows[0].value.edit)
    screen.press("Esc")
    assert screen.trigger.endswith('and event = "Demo Requested"')
    builder.rows[1].value.edit.setFocus()
    screen.press("Ctrl+Shift+Down")
    assert screen.trigger == (
        f'{TRACK} and properties.plan = "team" and (properties.seats >= 10 or event = "Demo Requested")'
    )
    assert builder.group_list.rows[0].grip.hasFocus()
    screen.click(builder.remove_group_button)
    assert screen.trigger == f'{TRACK} and properties.plan = "team"'
    assert builder.add_group_button.hasFocus()


def test_removing_a_condition_keeps_the_keyboard_in_the_list(show: Show) -> None:
    screen = show(DEMO)
    builder = screen.page.builder
    builder.rows[0].remove_button.setFocus()
    screen.press("Space")
    assert screen.trigger == f"{TRACK} and properties.seats >= 10"
    assert builder.rows[0].remove_button.hasFocus()
    screen.press("Space")
    assert builder.add_button.hasFocus()


def test_what_segment_cannot_read_leaves_the_mapping_as_it_was(show: Show) -> None:
    screen = show(f'{TRACK} and contains(event, "x") and (properties.a = "b" or contains(event, "y"))')
    before = screen.trigger
    row = screen.page.builder.group_list.rows[0]
    assert screen.page.draft.rule is not None
    row.operator.setCurrentIndex(row.operator.findData("contains"))
    row.operator.activated.emit(row.operator.currentIndex())
    screen.rest()
    assert screen.trigger == before
    assert screen.page.findings.findings[0].title == "Segment cannot read this combination"
    screen.press("Ctrl+Return", screen.page.builder.add_button)
    assert not screen.done


def test_a_finding_offers_the_better_condition(show: Show) -> None:
    screen = show(f'{TRACK} and properties.seats = "25"')
    row = screen.page.builder.rows[0]
    assert row.fix_button.text() == "Use “equals”"
    screen.click(row.fix_button)
    assert screen.trigger == f"{TRACK} and properties.seats = 25"


def test_an_impossible_rule_is_named(show: Show) -> None:
    screen = show(f"{TRACK} and properties.seats > 50 and properties.seats < 10")
    assert screen.headline == "This rule can never match"


def test_the_text_is_edited_and_shown_again_as_a_rule(show: Show) -> None:
    screen = show(TRACK)
    screen.click(screen.page.mode.button("text"))
    edit = screen.page.text.code.edit
    assert edit.hasFocus()
    edit.selectAll()
    screen.type('type = "page" and name = "Home"')
    assert screen.trigger == 'type = "page" and name = "Home"'
    assert len(screen.session.document.past) == 1
    screen.click(screen.page.mode.button("builder"))
    assert screen.page.types.box("page").isChecked()
    assert screen.page.builder.rows[0].condition.value == "Home"


def test_a_text_the_builder_cannot_show_is_kept_until_a_person_decides(show: Show) -> None:
    text = f'{TRACK} and anonymousId = "z"'
    screen = show(text)
    assert screen.page.by_hand.isVisible()
    assert not screen.page.builder.isVisible()
    screen.click(screen.page.mode.button("text"))
    screen.click(screen.page.mode.button("builder"))
    assert screen.trigger == text
    assert not screen.session.document.past
    screen.click(screen.page.by_hand.reading_button)
    assert screen.trigger == TRACK
    assert screen.page.builder.isVisible()
    screen.session.undo()
    screen.rest()
    assert screen.trigger == text
    assert screen.page.by_hand.isVisible()


def test_an_unreadable_text_says_so_where_it_is_typed(show: Show) -> None:
    screen = show("")
    screen.click(screen.page.mode.button("text"))
    screen.type('type!="track"')
    assert screen.page.text.code.edit.accessibleDescription()
    assert screen.headline == "Segment cannot read this trigger"
    screen.press("Ctrl+Return")
    assert not screen.done


def test_the_text_is_copied(show: Show) -> None:
    screen = show(DEMO)
    screen.click(screen.page.mode.button("text"))
    screen.click(screen.page.text.copy_button)
    assert QGuiApplication.clipboard().text() == DEMO


def test_the_rest_is_listed_without_a_widget_for_each(show: Show) -> None:
    screen = show(TRACK, events=collected() * 50)
    screen.click(screen.page.matches.list_button)
    table = screen.page.matches.table
    model = table.model()
    assert model.rowCount() == 63 * 50
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "type is identify"
    assert len(table.findChildren(QWidget)) < 20


def test_another_mapping_is_shown_when_it_is_chosen(show: Show) -> None:
    screen = show(mapping(TRACK, "One"), mapping('type = "page"', "Two"))
    screen.page.mapping.setFocus()
    screen.press("Down")
    assert screen.session.chosen == 1
    assert screen.page.types.box("page").isChecked()
    screen.click(screen.page.types.box("track"))
    assert [spec.trigger for spec in screen.session.document.mappings] == [
        TRACK,
        'type = "track" or type = "page"',
    ]


def test_overlap_and_silence_are_named(show: Show) -> None:
    screen = show(mapping(TRACK), mapping(DEMO, "Newsletter"))
    (found,) = screen.page.findings.findings
    assert found.title == "10 of 100 events also run “Newsletter”"
    assert "Both write Lead Name, Contact Name" in found.text
    off = show(mapping(TRACK, enabled=False))
    assert off.page.silence.findings[0].title == "Nothing will be sent to Close"


def test_without_events_the_page_says_what_to_do(show: Show) -> None:
    screen = show(TRACK, events=())
    assert screen.headline == "No events collected yet"


def test_new_events_are_counted(show: Show) -> None:
    screen = show(TRACK, events=())
    screen.session.set_events(collected())
    screen.rest()
    assert screen.headline == "Matches 37 of the last 100"
    assert screen.said[-1] == "Matches 37 of the last 100"


def test_what_was_typed_is_kept_to_the_letter_and_the_other_spelling_offered(show: Show) -> None:
    screen = show(TRACK)
    screen.click(screen.page.builder.add_button)
    screen.type("demo requested")
    screen.press("Esc")
    screen.press("Tab")
    row = screen.page.builder.rows[0]
    assert row.value.edit.text() == "demo requested"
    assert screen.trigger == f'{TRACK} and event = "demo requested"'
    assert row.fix_button.text() == "Use “Demo Requested”"
