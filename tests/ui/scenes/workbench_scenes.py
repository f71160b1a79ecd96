"""The workbench in its states: relay stopped, listening, live, in trouble; events full, failed, empty."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.actions.trace import EventReport, MappingResult, Outcome
from app.close.exchange import Exchange
from app.errors import AppError
from app.relay.close_budget import BudgetNow
from app.relay.delivery import State
from app.relay.event_records import Attempt, EventDetail, EventFilter, EventRow, Trust
from app.relay.inbox_reader import InboxReader
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.profile import (
    DeliveryPath,
    FieldRef,
    Mode,
    OrganizationRef,
    Profile,
    RelaySettings,
)
from app.ui.events.events_page import EventsPage
from app.ui.frame.page import Page
from app.ui.frame.rail_items import OrganizationInfo
from app.ui.frame.window import FrameWindow
from app.ui.places import relay_foot, workbench_places
from app.ui.question_dialog import QuestionDialog
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.relay_figures import RelayFigures
from app.ui.relay.relay_page import RelayPage
from app.ui.theme.theme import Theme
from app.ui.widgets.timeline import MinuteBar
from app.workflows.forecast import CallGroup, EventCost, forecast
from app.workflows.relay_access import RelayAccess
from app.workflows.setup import default_mapping
from tests.ui.scenes.frame import sample_plan, sample_steps
from tests.ui.scenes.registry import scene

BUDGET = BudgetNow("GET lead", 2.8, 20.0, 0.0, 7.4, 1_772_615_880_000)
FORECAST = forecast(
    [30] * 10,
    [
        EventCost({CallGroup.SEARCH: 1, CallGroup.OTHER: 2}, unchanged=False),
        EventCost({}, unchanged=True),
    ]
    * 10,
)
_ADDRESS = RelayAddress("127.0.0.1", 8787, "http://127.0.0.1:8787/segment/7f3ac91e5b0d4c6e8a1f2b3c4d5e6f70")


def finished_profile(mode: Mode = Mode.DRY_RUN) -> Profile:
    return Profile(
        "0" * 32,
        "default",
        organization=OrganizationRef("orga_1", "Acme Inc.", "Dana Whitfield"),
        company_field=FieldRef("cf_1", "Company ID"),
        user_field=FieldRef("cf_2", "User ID"),
        mappings=(default_mapping(),),
        relay=RelaySettings(mode=mode),
        delivery_path=DeliveryPath.RELAY,
    )


def _unused(*_: object) -> None:
    """Scenes act on nothing."""


def _raise(error: BaseException) -> None:
    raise error


def controller_of(profile: Profile) -> RelayController:
    """A controller that runs nothing; scenes and tests set what it shows."""
    nowhere = Path(tempfile.gettempdir()) / "no-such-folder" / "relay.db"
    return RelayController(
        profile,
        build=_unused,  # type: ignore[arg-type]
        save=_unused,
        secret=_unused,  # type: ignore[arg-type]
        reader=InboxReader(nowhere),
        database=nowhere,
        unexpected=_raise,
    )


def event_row(number: int, state: State, **members: object) -> EventRow:
    row = EventRow(
        id=number,
        message_id=f"ajs-next-{number}",
        type="identify",
        title="Maria Lopez",
        received_ms=time.time_ns() // 1_000_000 - 8_000,
        state=state,
        reason="",
        outcome="",
        mode=Mode.DRY_RUN,
        attempts=1,
        next_attempt_ms=None,
        person_key="user:u_42",
    )
    return replace(row, **members)  # type: ignore[arg-type]


def busy_figures(*, live: bool = False) -> RelayFigures:
    now_ms = time.time_ns() // 1_000_000
    row = event_row(1284, State.DELIVERED if live else State.SKIPPED)
    return RelayFigures(
        now_ms=now_ms,
        last=row,
        from_segment=row,
        received_today=1284,
        delivered_today=412 if live else 0,
        would_change_today=0 if live else 412,
        failed=2 if live else 0,
        would_fail_today=0 if live else 2,
        stored=9_210,
        size_bytes=38_000_000,
        oldest_ms=now_ms - 12 * 86_400_000,
        bars=tuple(
            MinuteBar(10 + at * 7 % 9, 6 + at * 5 % 8, 1 if at in (44, 52) else 0) for at in range(60)
        ),
    )


def listening(mode: Mode = Mode.DRY_RUN, **members: object) -> RelayStatus:
    status = RelayStatus(
        RelayState.LISTENING,
        mode,
        _ADDRESS,
        queue_depth=4,
        oldest_queued_s=2.0,
        in_flight=2,
        received=1284,
        duplicates=3,
    )
    return replace(status, **members)  # type: ignore[arg-type]


def workbench(theme: Theme, controller: RelayController, page: Page, key: str) -> FrameWindow:
    window = FrameWindow(theme, "Segment to Close")
    window.add_page(key, page)
    window.set_places(workbench_places(controller.figures.needs_you))
    window.set_relay(relay_foot(controller.status))
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield"))
    window.show_page(key)
    return window


def _relay(
    theme: Theme, status: RelayStatus, figures: RelayFigures, error: AppError | None = None
) -> QWidget:
    controller = controller_of(finished_profile(status.mode))
    controller.status, controller.figures, controller.error = status, figures, error
    if controller.running:
        controller.listening_since = time.monotonic() - 11_520
    page = RelayPage(theme, controller, RelayAccess.__new__(RelayAccess))
    controller.setParent(page)
    controller.error_changed.emit()
    window = workbench(theme, controller, page, "relay")
    page.budget.show_now(BUDGET)
    page.budget.show_forecast(FORECAST)
    return window


@scene("40-relay-listening")
def relay_listening(theme: Theme) -> QWidget:
    return _relay(theme, listening(), busy_figures())


@scene("40-relay-listening-small", size=(880, 600), large_text=False)
def relay_small(theme: Theme) -> QWidget:
    return _relay(theme, listening(), busy_figures())


@scene("41-relay-live", large_text=False)
def relay_live(theme: Theme) -> QWidget:
    return _relay(theme, listening(Mode.LIVE), busy_figures(live=True))


@scene("42-relay-stopped", large_text=False)
def relay_stopped(theme: Theme) -> QWidget:
    return _relay(theme, RelayStatus(RelayState.STOPPED, Mode.DRY_RUN), RelayFigures())


@scene("43-relay-port-in-use", large_text=False)
def relay_port_in_use(theme: Theme) -> QWidget:
    error = AppError(
        "RELAY-PORT-IN-USE",
        "Port 8787 is in use.",
        cause="Another program, perhaps another relay, listens on it.",
        remedy="Use port 8788, which is free, or close the other program.",
        detail="127.0.0.1:8787: Address already in use",
    )
    status = RelayStatus(RelayState.ERROR, Mode.DRY_RUN, trouble=error.title)
    return _relay(theme, status, RelayFigures(), error)


@scene("44-relay-waiting-for-key", large_text=False)
def relay_waiting_for_key(theme: Theme) -> QWidget:
    trouble = "Close refused the key. Deliveries wait until it is replaced."
    status = listening(state=RelayState.DEGRADED, trouble=trouble, waiting_for_key=True, queue_depth=31)
    return _relay(theme, status, busy_figures())


_NAMES = (
    ("identify", "Maria Lopez", State.IN_FLIGHT, "", ""),
    ("track", "Invoice Paid", State.DELIVERED, "2 fields", "delivered"),
    ("identify", "Jonas Weber", State.UNCHANGED, "matches Close", "unchanged"),
    ("page", "/pricing", State.SKIPPED, "no mapping takes it", "skipped"),
    ("identify", "Priya Nair", State.DELIVERED, "3 fields, 1 append", "delivered"),
    ("group", "Northwind Traders", State.FAILED, "Plan: “Scale” is not a choice", "failed"),
    ("track", "Trial Started", State.SKIPPED, "Dry run: would change. 1 field", "would change"),
    ("identify", "no email", State.SKIPPED, "Dry run: would fail. Email is missing", "would fail"),
    ("identify", "Tom Okafor", State.WAITING, "Close is busy", ""),
    ("identify", "Elif Kaya", State.QUEUED, "", ""),
)


def _rows() -> list[EventRow]:
    now_ms = time.time_ns() // 1_000_000
    rows = []
    for number in range(30):
        kind, title, state, reason, outcome = _NAMES[number % len(_NAMES)]
        rows.append(
            event_row(
                1000 - number,
                state,
                type=kind,
                title=title,
                reason=reason,
                outcome=outcome,
                mode=Mode.LIVE,
                received_ms=now_ms - number * 4_211,
                next_attempt_ms=now_ms + 60_000,
                person_key="user:co_2040",
            )
        )
    return rows


def _failed_detail(row: EventRow) -> EventDetail:
    error = AppError(
        "CLOSE-REFUSED",
        "Close refused the value for Plan",
        cause="“Scale” is not a choice of this field. Choices: Trial, Business, Enterprise.",
        remedy="Correct the mapping, then run the event again.",
    )
    result = MappingResult(
        "Company sync", Outcome.FAILED, "Plan: not a choice", sample_steps(), plan=sample_plan()
    )
    exchange = Exchange(
        "PUT",
        "lead/lead_MAV/",
        400,
        141.0,
        "lead",
        {"custom.cf_plan": "Scale"},
        '{"field-errors": {"custom.cf_plan": "Not a valid choice."}}',
        "t-1",
        "",
    )
    report = EventReport(Outcome.FAILED, error.title, (result,), error, (exchange,))
    attempt = Attempt(
        1,
        row.received_ms,
        row.received_ms + 141,
        Mode.LIVE,
        row.state,
        "failed",
        row.reason,
        error.code,
        report,
    )
    body = {"type": "group", "groupId": "co_2040", "traits": {"name": row.title, "plan": "Scale"}}
    return EventDetail(row, b"{}", body, Trust.SIGNED, (attempt,))


def _events(theme: Theme, *, rows: bool, chosen: bool = False, tab: str = "why") -> QWidget:
    controller = controller_of(finished_profile(Mode.LIVE if rows else Mode.DRY_RUN))
    controller.status = listening(Mode.LIVE if rows else Mode.DRY_RUN)
    controller.figures = busy_figures(live=True) if rows else RelayFigures()
    page = _ShownEvents(theme, controller, _rows() if rows else [])
    controller.setParent(page)
    window = workbench(theme, controller, page, "events")
    if chosen:
        row = page.model.row(5)
        page.panel.show_row(row)
        page.panel.show_detail(_failed_detail(row))
        page.panel.tabs.choose(tab)
        page.table.selectRow(5)
        page.drawer_changed.emit()
    return window


class _ShownEvents(EventsPage):
    """The page with rows of its own instead of a database."""

    def __init__(self, theme: Theme, controller: RelayController, rows: list[EventRow]) -> None:
        super().__init__(theme, controller)
        self._show_page((EventFilter(), rows))

    def reload(self) -> None:
        """Nothing is read."""

    def _read_detail(self, event_id: int) -> None:
        """Nothing is read."""


@scene("50-events")
def events_list(theme: Theme) -> QWidget:
    return _events(theme, rows=True)


@scene("51-events-failed")
def events_failed(theme: Theme) -> QWidget:
    return _events(theme, rows=True, chosen=True)


@scene("51-events-failed-small", size=(880, 600), large_text=False)
def events_failed_small(theme: Theme) -> QWidget:
    return _events(theme, rows=True, chosen=True)


@scene("52-events-change", large_text=False)
def events_change(theme: Theme) -> QWidget:
    return _events(theme, rows=True, chosen=True, tab="change")


@scene("53-events-http", large_text=False)
def events_http(theme: Theme) -> QWidget:
    return _events(theme, rows=True, chosen=True, tab="http")


@scene("54-events-empty")
def events_empty(theme: Theme) -> QWidget:
    return _events(theme, rows=False)


@scene("55-events-loading", large_text=False)
def events_loading(theme: Theme) -> QWidget:
    controller = controller_of(finished_profile())
    controller.status = listening()

    class Loading(EventsPage):
        def activated(self) -> None:
            """The answer never comes, because nothing is asked."""
            self._show_state()

    page = Loading(theme, controller)
    controller.setParent(page)
    return workbench(theme, controller, page, "events")


@scene("57-go-live-question", size=(480, 260))
def go_live_question(theme: Theme) -> QWidget:
    return QuestionDialog(
        theme,
        None,
        title="Go live for Acme Inc.?",
        text="From now on events change leads and contacts of Acme Inc. You can switch back to Dry run "
        "at any time; what was written stays.",
        yes="Go live for Acme Inc.",
        no="Not now",
    )
