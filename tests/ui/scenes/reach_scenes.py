"""The relay's page in every state of being reachable, and the choice of a way to it."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.relay.reach_status import ReachState, ReachStatus, TunnelState, TunnelStatus
from app.relay.reachability import ReachChoice
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.profile import TunnelTool
from app.storage.reach_log import Gap, GapKind, ReachRecord
from app.ui.relay.public_address_dialog import PublicAddressDialog
from app.ui.relay.relay_page import RelayPage
from app.ui.theme.theme import Theme
from app.workflows.relay_access import RelayAccess
from tests.ui.scenes.registry import scene
from tests.ui.scenes.workbench_scenes import (
    BUDGET,
    FORECAST,
    busy_figures,
    controller_of,
    finished_profile,
    listening,
    workbench,
)

_HOST = "https://calm-river-oak-7.trycloudflare.com"
_PATH = "/segment/7f3ac91e5b0d4c6e8a1f2b3c4d5e6f70"
_MINUTE_MS = 60_000


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _record() -> ReachRecord:
    now_ms = _now_ms()
    return ReachRecord(
        public_url=_HOST,
        alive_ms=now_ms,
        proven_ms=now_ms - 26_000,
        round_trip_ms=184.0,
        certificate_until_ms=now_ms + 80 * 86_400_000,
        gaps=(
            Gap(
                GapKind.UNREACHABLE,
                now_ms - 300 * _MINUTE_MS,
                now_ms - 288 * _MINUTE_MS,
                "The public URL answers, but the way to this computer is broken.",
            ),
            Gap(GapKind.ASLEEP, now_ms - 38 * _MINUTE_MS, now_ms - 31 * _MINUTE_MS),
        ),
    )


def reached(**members: object) -> ReachStatus:
    status = ReachStatus(
        state=ReachState.PROVEN,
        public_url=_HOST,
        tunnel=TunnelStatus(TunnelTool.CLOUDFLARED, TunnelState.UP, _HOST, starts=1),
        last_proven_ms=_now_ms() - 26_000,
        round_trip_ms=184.0,
        certificate_until_ms=_now_ms() + 80 * 86_400_000,
        proven_since_ms=_now_ms() - 31 * _MINUTE_MS,
    )
    return replace(status, **members)  # type: ignore[arg-type]


def _status(state: RelayState, reach: ReachStatus) -> RelayStatus:
    public = reach.public_url + _PATH if reach.public_url else ""
    address = RelayAddress("127.0.0.1", 8787, f"http://127.0.0.1:8787{_PATH}", public)
    return listening(state=state, address=address, reach=reach)


def _page(theme: Theme, status: RelayStatus, record: ReachRecord | None = None) -> QWidget:
    profile = finished_profile(status.mode)
    profile = replace(profile, relay=replace(profile.relay, tunnel=TunnelTool.CLOUDFLARED))
    controller = controller_of(profile)
    controller.status = status
    controller.figures = replace(busy_figures(), reach=record or ReachRecord())
    if controller.running:
        controller.listening_since = time.monotonic() - 11_520
    page = RelayPage(theme, controller, RelayAccess.__new__(RelayAccess))
    controller.setParent(page)
    window = workbench(theme, controller, page, "relay")
    page.budget.show_now(BUDGET)
    page.budget.show_forecast(FORECAST)
    return window


@scene("45-reach-proven")
def proven(theme: Theme) -> QWidget:
    return _page(theme, _status(RelayState.REACHABLE, reached()), _record())


@scene("45-reach-proven-small", size=(880, 600), large_text=False)
def proven_small(theme: Theme) -> QWidget:
    return _page(theme, _status(RelayState.REACHABLE, reached()), _record())


@scene("45-reach-unreachable")
def unreachable(theme: Theme) -> QWidget:
    now_ms = _now_ms()
    trouble = AppError(
        "REACH-TUNNEL",
        "The public URL answers, but the way to this computer is broken.",
        remedy="Check that it leads to the relay’s port, then stop and start it.",
    )
    reach = reached(
        state=ReachState.UNREACHABLE,
        trouble=trouble,
        failing_since_ms=now_ms - 400_000,
        last_proven_ms=now_ms - 460_000,
    )
    record = replace(_record(), gaps=(Gap(GapKind.UNREACHABLE, now_ms - 400_000, reason=trouble.title),))
    return _page(theme, _status(RelayState.UNREACHABLE, reach), record)


@scene("45-reach-tunnel-failed", large_text=False)
def tunnel_failed(theme: Theme) -> QWidget:
    trouble = AppError(
        "TUNNEL-NOT-LOGGED-IN",
        "ngrok is not logged in.",
        remedy="Run `ngrok config add-authtoken TOKEN` with the token from dashboard.ngrok.com.",
    )
    tunnel = TunnelStatus(TunnelTool.NGROK, TunnelState.WAITING, trouble=trouble, starts=3)
    reach = ReachStatus(ReachState.FAILING, tunnel=tunnel, trouble=trouble, failing_since_ms=_now_ms())
    return _page(theme, _status(RelayState.LISTENING, reach))


@scene("45-reach-starting", large_text=False)
def starting(theme: Theme) -> QWidget:
    tunnel = TunnelStatus(TunnelTool.CLOUDFLARED, TunnelState.STARTING, starts=1)
    reach = ReachStatus(ReachState.TUNNEL_STARTING, tunnel=tunnel)
    return _page(theme, _status(RelayState.LISTENING, reach))


@scene("45-reach-url-changed", large_text=False)
def url_changed(theme: Theme) -> QWidget:
    return _page(theme, _status(RelayState.REACHABLE, reached(url_changed=True)), _record())


@scene("45-reach-stopped", large_text=False)
def stopped(theme: Theme) -> QWidget:
    record = replace(_record(), alive_ms=_now_ms() - 12 * _MINUTE_MS)
    status = RelayStatus(RelayState.STOPPED, finished_profile().relay.mode)
    return _page(theme, status, record)


@scene("46-public-address", size=(520, 360))
def public_address(theme: Theme) -> QWidget:
    found = {"cloudflared": "/usr/bin/cloudflared"}
    return PublicAddressDialog(theme, None, ReachChoice(TunnelTool.CLOUDFLARED), found.get)


@scene("46-public-address-own", size=(520, 360), large_text=False)
def public_address_own(theme: Theme) -> QWidget:
    dialog = PublicAddressDialog(
        theme, None, ReachChoice(public_url="https://192.168.1.5"), lambda _name: None
    )
    dialog.use_button.click()
    return dialog
