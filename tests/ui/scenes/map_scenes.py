"""Map fields in its states, in the window it lives in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from app.actions.action_definitions import MERGE
from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import EventReport, MappingResult, Outcome
from app.json_value import JsonObject
from app.storage.profile import MappingSpec
from app.ui.frame.commands import Fact
from app.ui.frame.rail_items import OrganizationInfo, StepItem, StepMark
from app.ui.frame.window import FrameWindow
from app.ui.mapping.map_page import MapPage
from app.ui.mapping.session import EditingSession
from app.ui.theme.theme import Theme
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.targets import TargetGroup
from tests.conditions import until_blocking
from tests.ui.mapping import typical
from tests.ui.rendering import settle
from tests.ui.scenes.registry import scene

_STEPS = (
    "Start",
    "Connect to Close",
    "Choose the ID fields",
    "Collect events",
    "Map fields",
    "Choose when it runs",
    "Test",
    "Go live",
)


def _raise(error: BaseException) -> None:
    raise error


def rest(page: MapPage) -> None:
    """Let everything that works beside the window come to an end."""

    def quiet() -> bool:
        QApplication.processEvents()
        return not page.desk.live.busy

    until_blocking(quiet, what="the page to know all values")


def shown(
    theme: Theme,
    session: EditingSession,
    act: Callable[[MapPage, FrameWindow], Any] | None = None,
    *,
    size: tuple[int, int] = (1120, 760),
    **more: Any,
) -> FrameWindow:
    clock = iter(range(10_000_000))
    page = MapPage(
        theme,
        session,
        _raise,
        fact=lambda: Fact("Draft saved 10:41", "check"),
        clock=lambda: next(clock) * 0.038,
        **more,
    )
    window = FrameWindow(theme, "Segment to Close")
    window.add_page("map", page)
    marks = [StepMark.DONE] * 4 + [StepMark.OPEN] * 4
    window.set_steps(
        [
            StepItem("map" if number == 4 else str(number), title, mark)
            for number, (title, mark) in enumerate(zip(_STEPS, marks, strict=True))
        ]
    )
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield"))
    window.resize(*size)
    window.show()
    window.show_page("map")
    rest(page)
    settle(window)
    if act is not None:
        act(page, window)
        rest(page)
        settle(window)
    return window


@scene("05-map")
def typical_page(theme: Theme) -> QWidget:
    def act(page: MapPage, _window: FrameWindow) -> None:
        page.variables.list.setCurrentIndex(
            page.desk.variables.index(page.desk.variables.row_of(("traits", "title")))
        )
        page.editing.begin("contact_title")

    return shown(theme, typical.session(), act)


@scene("05-map-large", size=(1920, 1200), large_text=False)
def large_window(theme: Theme) -> QWidget:
    return shown(
        theme,
        typical.session(vocabulary=replace(typical.VOCABULARY, custom_fields=typical.MORE_FIELDS)),
        size=(1920, 1200),
    )


@scene("05-map-small", size=(880, 600))
def small_window(theme: Theme) -> QWidget:
    return shown(theme, typical.session(), size=(880, 600))


@scene("05-map-json", large_text=False)
def json_view(theme: Theme) -> QWidget:
    return shown(theme, typical.session(), lambda page, _window: page.map_header.choose("json"))


@scene("05-map-json-error")
def json_error(theme: Theme) -> QWidget:
    def act(page: MapPage, _window: FrameWindow) -> None:
        page.map_header.choose("json")
        edit = page.json.view.box.edit
        edit.setPlainText(edit.toPlainText().replace('"lower",', '"lower"', 1))

    return shown(theme, typical.session(), act)


@scene("05-map-suggestions", size=(1000, 500))
def suggestions(theme: Theme) -> QWidget:
    empty = replace(typical.SPEC, mapping={"allow_creating_new_leads": True})
    session = typical.session(empty)

    def act(page: MapPage, window: FrameWindow) -> None:
        page.reviews.suggest()
        until_blocking(lambda: (QApplication.processEvents(), page.reviews.suggestions_dialog)[1])

    return _over(shown(theme, session, act), "suggestions_dialog")


@scene("05-map-coverage", size=(820, 640))
def coverage(theme: Theme) -> QWidget:
    async def create(*_: object) -> Any:
        await asyncio.Event().wait()

    window = shown(
        theme, typical.session(), lambda page, _window: page.reviews.open_coverage(), create_field=create
    )
    return _over(window, "coverage_dialog")


@scene("05-map-rules")
def rules(theme: Theme) -> QWidget:
    mapping = {**typical.MAPPING, "allow_creating_new_leads": False}

    def act(page: MapPage, _window: FrameWindow) -> None:
        for group in (TargetGroup.LEAD, TargetGroup.CONTACT):
            page.desk.rows.set_folded(group, folded=True)
        page.desk.rows.set_folded(TargetGroup.RULES, folded=False)

    return shown(theme, typical.session(replace(typical.SPEC, mapping=mapping)), act)


@scene("05-map-trouble", size=(1280, 1000))
def trouble(theme: Theme) -> QWidget:
    """Warnings, a value that cannot run, a field that is gone."""
    mapping: JsonObject = {
        **typical.MAPPING,
        "lead_name": {"@liquid": "{{ traits.company.name | append }}{% if %}"},
        "lead_status_id": "stat_qualified",
        "contact_name": {"@path": "$.traits.fullName"},
        "lead_custom_fields": {
            typical.LOST: {"@path": "$.traits.industry"},
            typical.PLAN: {"@path": "$.traits.plan"},
            typical.SEATS: {"@path": "$.traits.seats"},
        },
    }

    def act(page: MapPage, _window: FrameWindow) -> None:
        page.column.rows.setFocus()
        page.column.rows.select(f"lead_custom_fields.{typical.LOST}")

    return shown(theme, typical.session(replace(typical.SPEC, mapping=mapping)), act, size=(1280, 1000))


@scene("05-map-no-events")
def no_events(theme: Theme) -> QWidget:
    return shown(theme, typical.session(samples=()))


@scene("05-map-loading", large_text=False)
def loading(theme: Theme) -> QWidget:
    """Fields are read for the first time."""

    async def read() -> CloseVocabulary:
        await asyncio.Event().wait()
        return CloseVocabulary()

    session = typical.session(vocabulary=CloseVocabulary(company_field_id="cf_1", user_field_id="cf_2"))
    window = shown(theme, session, read_fields=read)

    async def start() -> None:
        window.current_page.refresh()  # type: ignore[union-attr]
        await asyncio.sleep(0)
        for task in asyncio.all_tasks():
            # Scenes of waiting pages wait for ever; that is no accident.
            task._log_destroy_pending = False  # type: ignore[attr-defined]

    loop = asyncio.new_event_loop()
    loop.run_until_complete(start())
    loop.close()
    return window


@scene("05-map-alias", large_text=False)
def alias_action(theme: Theme) -> QWidget:
    spec = MappingSpec(
        "Alias",
        MERGE.slug,
        'type = "alias"',
        {"previous_user_id": {"@path": "$.previousId"}, "user_id": {"@path": "$.userId"}},
        enabled=False,
    )
    body: JsonObject = {"type": "alias", "previousId": "anon-7", "userId": "u_42"}
    samples = (typical.sample(body), *typical.events(20))

    def act(page: MapPage, _window: FrameWindow) -> None:
        page.desk.rows.set_folded(TargetGroup.RULES, folded=False)

    return shown(theme, typical.session(spec, samples=samples), act)


@scene("05-map-compared")
def compared(theme: Theme) -> QWidget:
    async def compare(*_: object) -> Any:
        raise AssertionError("the scene shows the answer")

    def act(page: MapPage, _window: FrameWindow) -> None:
        page.comparing.succeeded.emit((page.session.spec, page.session.sample, _report()))

    return shown(theme, typical.session(), act, compare=compare)


def _report() -> EventReport:
    contact = RecordRef("contact", "cont_9hQ2", "Maria Lopez")
    lead = RecordRef("lead", "lead_4kT7", "Brightwave Studio")
    changes = (
        Change(contact, "Title", "title", "Head of Growth", "VP Growth", ChangeKind.SET, ""),
        Change(lead, "Plan", "custom.cf_Plan", "Trial", "Business", ChangeKind.SET, ""),
        Change(contact, "User ID", "custom.cf_User1", None, "u_42", ChangeKind.SET, ""),
        Change(contact, "Phone", "phones", [], "+34 612 555 018", ChangeKind.APPEND, ""),
    )
    plan = Plan(Verdict.CHANGES, "", changes, matching=5)
    result = MappingResult("Identify", Outcome.WOULD_CHANGE, "", (), plan=plan)
    return EventReport(Outcome.WOULD_CHANGE, "", (result,))


def _over(window: FrameWindow, name: str) -> QWidget:
    """The dialog of the page, to be pictured by itself: a window's picture does not hold its dialogs."""
    page = window.current_page
    assert isinstance(page, MapPage)
    dialog: QWidget = getattr(page.reviews, name)
    dialog.destroyed.connect(window.close)
    dialog.setProperty("window_behind", window)
    _KEPT.append(window)
    return dialog


# Windows behind dialogs that are pictured; Python would take them away with the dialog.
_KEPT: list[QWidget] = []
