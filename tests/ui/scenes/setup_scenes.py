"""The pages of the guide in their states, in the window they live in."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QRadioButton, QWidget

from app.close.failures import CloseError, FailureKind
from app.errors import AppError
from app.relay.reach_status import ReachState, ReachStatus
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.key_store import KeyringReport, KeyringState
from app.storage.profile import FieldRef, KeyLocation, Mode, OrganizationRef, Profile
from app.storage.secret_store import SecretKind
from app.ui.frame.page import Page
from app.ui.frame.rail_items import OrganizationInfo
from app.ui.frame.window import FrameWindow
from app.ui.setup.connect_page import ConnectPage
from app.ui.setup.fields_page import FieldsPage
from app.ui.setup.go_live_page import GoLivePage
from app.ui.setup.start_page import StartPage
from app.ui.setup.step_names import rail_steps
from app.ui.theme.theme import Theme
from app.workflows.reach.connection_check import CheckStep, ConnectionLine, Verdict
from app.workflows.samples import built_in_samples
from app.workflows.setup import ORDER, SetupFlow, SetupState, Step
from app.workflows.setup_draft import SavedSetup
from tests.ui.scenes.registry import scene
from tests.ui.setup.actors import (
    KEY,
    HandRelay,
    MemoryClose,
    Reports,
    account,
    flow_with,
    secrets,
    text_field,
)

_NOW = datetime(2026, 3, 9, 10, 32, tzinfo=UTC)
_PROFILE = Profile("0" * 32, "default")
_CONNECTED = Profile(
    "0" * 32,
    "default",
    organization=OrganizationRef("orga_4oBo634h1JPrMUdPhAWi8fhX", "Acme Inc.", "Dana Whitfield"),
    key_location=KeyLocation.MEMORY,
    company_field=FieldRef("cf_MiNqzA8bYAhaQ2rT5wXy1nJjf2", "Company ID"),
    user_field=FieldRef("cf_Tr7nB2xW5vR8nL1cY4pF6hKs90", "User ID"),
)
_LEAD_ID = text_field("cf_MiNqzA8bYAhaQ2rT5wXy1nJjf2", "Company ID", "lead")


def _state(step: Step) -> SetupState:
    done = frozenset(ORDER[: ORDER.index(step)])
    early = step in (Step.START, Step.CONNECT)
    return SetupState(_PROFILE if early else _CONNECTED, step, done, built_in_samples()[0])


def _flow(close: MemoryClose, step: Step, tester: Reports | None = None, **more: Any) -> SetupFlow:
    folder = Path(tempfile.gettempdir())
    access = secrets(folder)
    if step not in (Step.START, Step.CONNECT):
        access.open(_CONNECTED, KeyLocation.MEMORY).set(SecretKind.CLOSE_API_KEY, KEY)
    return flow_with(close, _state(step), folder=folder, tester=tester, access=access, **more)


def _shown(
    theme: Theme,
    page: Page,
    step: Step,
    *,
    act: Callable[[FrameWindow], Any] | None = None,
    acts: Sequence[Callable[[FrameWindow], Any]] = (),
    failed: bool = False,
) -> FrameWindow:
    """The page in its window, after each of ``acts`` has come to rest. Runs on a loop of its own."""
    window = FrameWindow(theme, "Segment to Close")
    window.add_page(step, page)
    window.set_steps(rail_steps(_state(step), failed=step if failed else None))
    known = step not in (Step.START, Step.CONNECT)
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield") if known else None)

    async def play() -> None:
        window.show_page(step)
        await _rest()
        for one in (act, *acts):
            if one is not None:
                one(window)
                await _rest()
        for task in asyncio.all_tasks():
            # Scenes of waiting pages wait for ever; that is no accident.
            task._log_destroy_pending = False  # type: ignore[attr-defined]

    _play(play())
    return window


def _play(scene_part: Coroutine[Any, Any, None]) -> None:
    """Run it on a loop that ends with it: what still waits then waits for ever, without its timers."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(scene_part)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


async def _rest() -> None:
    """Let everything that is ready run, threads included."""
    for _ in range(10):
        await asyncio.sleep(0)
    await asyncio.to_thread(lambda: None)
    for _ in range(10):
        await asyncio.sleep(0)


def _raise(error: BaseException) -> None:
    raise error


def _found(name: str = "GNOME Keyring", state: KeyringState = KeyringState.AVAILABLE) -> KeyringReport:
    return KeyringReport(name, state)


# Start ----------------------------------------------------------------------------------------


@scene("30-start")
def start(theme: Theme) -> QWidget:
    return _shown(theme, StartPage(theme), Step.START)


@scene("30-start-draft")
def start_with_draft(theme: Theme) -> QWidget:
    saved = SavedSetup(_state(Step.SAMPLE), datetime(2026, 3, 8, 16, 40, tzinfo=UTC))
    page = StartPage(theme, saved, now=lambda: _NOW)
    return _shown(theme, page, Step.START)


@scene("30-start-trouble", size=(880, 600))
def start_with_trouble(theme: Theme) -> QWidget:
    error = AppError(
        "DRAFT-UNREADABLE",
        "The unfinished set-up cannot be read.",
        cause="A part of the draft is missing.",
        remedy="Start a new set-up; what Close and the keyring hold is not touched.",
    )
    return _shown(theme, StartPage(theme, trouble=error), Step.START)


# Connect --------------------------------------------------------------------------------------


def _connect_page(
    theme: Theme, close: MemoryClose, report: KeyringReport | None = None, **more: Any
) -> ConnectPage:
    return ConnectPage(
        theme,
        _flow(close, Step.CONNECT, **more),
        _raise,
        probe_keyring=lambda: report or _found(),
        now=lambda: _NOW,
        open_url=lambda _url: None,
    )


def _paste_and_check(page: ConnectPage, text: str = KEY) -> Callable[[FrameWindow], None]:
    def act(window: FrameWindow) -> None:
        page.key.set_secret(text)
        window.bar.run_primary()

    return act


@scene("31-connect-empty")
def connect_empty(theme: Theme) -> QWidget:
    return _shown(theme, _connect_page(theme, MemoryClose()), Step.CONNECT)


@scene("31-connect-checking", large_text=False)
def connect_checking(theme: Theme) -> QWidget:
    page = _connect_page(theme, MemoryClose(hangs=True))
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page))


@scene("31-connect-ok")
def connect_ok(theme: Theme) -> QWidget:
    page = _connect_page(theme, MemoryClose())
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page))


@scene("31-connect-restricted", size=(880, 600))
def connect_restricted(theme: Theme) -> QWidget:
    page = _connect_page(theme, MemoryClose(who=account(permissions=frozenset())))
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page))


@scene("31-connect-refused")
def connect_refused(theme: Theme) -> QWidget:
    error = CloseError(
        FailureKind.KEY_REFUSED,
        "CLOSE-KEY-REFUSED",
        "Close refused this key.",
        cause="It may be revoked or from another account.",
        remedy="Create a key in Close under Settings, Developer, API Keys, and enter it here.",
        detail="GET /me/\n401 Unauthorized   212 ms   10:32:07",
        status=401,
    )
    page = _connect_page(theme, MemoryClose(failure=error))
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page), failed=True)


@scene("31-connect-offline", large_text=False)
def connect_offline(theme: Theme) -> QWidget:
    error = CloseError(
        FailureKind.UNREACHABLE,
        "CLOSE-UNREACHABLE",
        "Close cannot be reached.",
        cause="The name api.close.com could not be found.",
        remedy="Check the internet connection and the proxy settings of this computer.",
        detail="GET /me/: getaddrinfo failed",
    )
    page = _connect_page(theme, MemoryClose(failure=error))
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page), failed=True)


@scene("31-connect-pause", large_text=False)
def connect_pause(theme: Theme) -> QWidget:
    error = CloseError(
        FailureKind.RATE_LIMITED,
        "CLOSE-RATE-LIMITED",
        "Close asks for a pause.",
        cause="More requests were made than Close allows at a time.",
        remedy="Try again in 8 seconds.",
        detail="GET /me/ has to wait 8.0 s",
        retry_after_s=8.0,
    )
    page = _connect_page(theme, MemoryClose(failure=error))
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page))


@scene("31-connect-wrong-paste", large_text=False)
def connect_wrong_paste(theme: Theme) -> QWidget:
    page = _connect_page(theme, MemoryClose())
    return _shown(theme, page, Step.CONNECT, act=_paste_and_check(page, "cf_MiNqzA8bYAhaQ2rT5wXy1nJjf2"))


@scene("31-connect-no-keyring")
def connect_without_keyring(theme: Theme) -> QWidget:
    page = _connect_page(theme, MemoryClose(), _found("no keyring", KeyringState.MISSING))

    def act(_window: FrameWindow) -> None:
        page.storage.choose(KeyLocation.ENCRYPTED_FILE)

    return _shown(theme, page, Step.CONNECT, act=act)


@scene("31-connect-done", large_text=False)
def connect_done(theme: Theme) -> QWidget:
    state = replace(_state(Step.FIELDS), profile=replace(_CONNECTED, key_location=KeyLocation.KEYRING))
    flow = flow_with(MemoryClose(), state, folder=Path(tempfile.gettempdir()))
    page = ConnectPage(theme, flow, _raise, probe_keyring=_found, now=lambda: _NOW)
    return _shown(theme, page, Step.CONNECT)


# Fields ---------------------------------------------------------------------------------------


def _fields_page(theme: Theme, close: MemoryClose) -> FieldsPage:
    return FieldsPage(theme, _flow(close, Step.FIELDS), _raise, now=lambda: _NOW)


@scene("32-fields")
def fields_one_missing(theme: Theme) -> QWidget:
    return _shown(theme, _fields_page(theme, MemoryClose((_LEAD_ID,))), Step.FIELDS)


@scene("32-fields-none", size=(880, 600))
def fields_none(theme: Theme) -> QWidget:
    return _shown(theme, _fields_page(theme, MemoryClose()), Step.FIELDS)


@scene("32-fields-found", large_text=False)
def fields_found(theme: Theme) -> QWidget:
    user = text_field("cf_Tr7nB2xW5vR8nL1cY4pF6hKs90", "User ID", "contact")
    limited = replace(user, editable_with_roles=("role_admins",))
    return _shown(theme, _fields_page(theme, MemoryClose((_LEAD_ID, limited))), Step.FIELDS)


@scene("32-fields-loading", large_text=False)
def fields_loading(theme: Theme) -> QWidget:
    return _shown(theme, _fields_page(theme, MemoryClose(hangs=True)), Step.FIELDS)


@scene("32-fields-wrong-type", large_text=False)
def fields_wrong(theme: Theme) -> QWidget:
    close = MemoryClose(
        (
            text_field("cf_1abcdefghijklmnopqrstuv", "Company ID", "lead", "number"),
            text_field("cf_2abcdefghijklmnopqrstuv", "User ID", "contact"),
            text_field("cf_3abcdefghijklmnopqrstuv", "User ID", "contact"),
        )
    )
    return _shown(theme, _fields_page(theme, close), Step.FIELDS)


@scene("32-fields-forbidden")
def fields_forbidden(theme: Theme) -> QWidget:
    close = MemoryClose(who=account(permissions=frozenset({"view_all_leads"})))
    return _shown(theme, _fields_page(theme, close), Step.FIELDS)


@scene("32-fields-error", large_text=False)
def fields_error(theme: Theme) -> QWidget:
    error = CloseError(
        FailureKind.NO_ANSWER,
        "CLOSE-NO-ANSWER",
        "Close did not answer.",
        cause="The answer took longer than 30 seconds.",
        remedy="Try again.",
        detail="GET /custom_field/lead/",
    )
    return _shown(theme, _fields_page(theme, MemoryClose(failure=error)), Step.FIELDS, failed=True)


# Go live --------------------------------------------------------------------------------------


def _go_live(theme: Theme, relay: HandRelay, *, free: bool = True) -> GoLivePage:
    async def look(_host: str, _port: int) -> bool:
        return free

    return GoLivePage(theme, _flow(MemoryClose(), Step.GO_LIVE), _raise, relay, port_check=look)


@scene("36-live")
def go_live(theme: Theme) -> QWidget:
    return _shown(theme, _go_live(theme, HandRelay()), Step.GO_LIVE)


@scene("36-live-running")
def go_live_running(theme: Theme) -> QWidget:
    page = _go_live(theme, HandRelay())

    def act(window: FrameWindow) -> None:
        page.off.set_given(given=True)
        window.bar.run_primary()

    window = _shown(theme, page, Step.GO_LIVE, act=act)

    async def test() -> None:
        page.test_button.click()
        await _rest()

    _play(test())
    return window


@scene("36-live-confirm", size=(880, 600))
def go_live_confirm(theme: Theme) -> QWidget:
    page = _go_live(theme, HandRelay())

    def act(window: FrameWindow) -> None:
        page.off.set_given(given=True)
        window.bar.secondary.run()

    return _shown(theme, page, Step.GO_LIVE, act=act)


@scene("36-live-port", large_text=False)
def go_live_port(theme: Theme) -> QWidget:
    relay = HandRelay()
    relay.failure = AppError(
        "RELAY-PORT-IN-USE",
        "Port 8787 is in use.",
        cause="Another program listens there.",
        remedy="Stop it, or use another port.",
        detail="127.0.0.1:8787: address already in use",
    )
    page = _go_live(theme, relay, free=False)

    def act(window: FrameWindow) -> None:
        page.off.set_given(given=True)
        window.bar.run_primary()

    return _shown(theme, page, Step.GO_LIVE, act=act, failed=True)


@scene("36-live-straight")
def go_live_straight(theme: Theme) -> QWidget:
    page = _go_live(theme, HandRelay())

    def act(_window: FrameWindow) -> None:
        for button in page.path.findChildren(QRadioButton)[1:]:
            button.click()

    return _shown(theme, page, Step.GO_LIVE, act=act)


def _reached_relay(reach: ReachStatus, *lines: ConnectionLine) -> HandRelay:
    relay = HandRelay()
    state = RelayState.REACHABLE if reach.proven else RelayState.LISTENING
    local = relay.planned_url(8787)
    public = f"{reach.public_url}/segment/7f3ac91e"
    address = RelayAddress("127.0.0.1", 8787, local, public)
    relay.now = RelayStatus(state, Mode.DRY_RUN, address, reach=reach)
    here = (CheckStep.PORT, "127.0.0.1"), (CheckStep.LOOPBACK, "4 ms")
    relay.connection = (*(_passed(step, measure) for step, measure in here), *lines)
    return relay


def _passed(step: CheckStep, measure: str) -> ConnectionLine:
    return ConnectionLine(step, Verdict.HOLDS, "", measure)


@scene("36-live-reachable")
def go_live_reachable(theme: Theme) -> QWidget:
    relay = _reached_relay(
        ReachStatus(ReachState.PROVEN, "https://relay.acme.example"),
        _passed(CheckStep.NAME, "to 14 Feb 2027"),
        _passed(CheckStep.ROUND_TRIP, "184 ms"),
        _passed(CheckStep.SIGNATURE, ""),
        _passed(CheckStep.TIME, "0.2 s"),
    )
    page = _go_live(theme, relay)
    return _shown(theme, page, Step.GO_LIVE, act=lambda _: page.off.set_given(given=True))


@scene("36-live-self-signed", size=(880, 600), large_text=False)
def go_live_self_signed(theme: Theme) -> QWidget:
    error = AppError(
        "REACH-SELF-SIGNED",
        "Segment refuses this certificate: it is self-signed.",
        remedy="Use a certificate of a public authority, or a tunnel.",
    )
    relay = _reached_relay(
        ReachStatus(ReachState.FAILING, "https://relay.acme.example", url_changed=True),
        ConnectionLine(CheckStep.NAME, Verdict.FAILS, error.title, error=error),
    )
    page = _go_live(theme, relay)
    return _shown(theme, page, Step.GO_LIVE, act=lambda _: page.off.set_given(given=True))
