"""What the rail shows: the places of the workbench, the steps of the guide, the relay's state."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.relay.status import RelayStatus
from app.ui.frame.rail_items import NavItem
from app.ui.frame.rail_items import RelayStatus as RailRelay
from app.ui.relay.wording import STATE_TONES, mode_word, state_word

RELAY = "relay"
EVENTS = "events"
MAPPINGS = "mappings"
TRY = "try"
REPLAY = "replay"
METRICS = "metrics"
SETTINGS = "settings"
SETUP = "setup"
SEGMENT = "segment"
OWN_PLACES = (RELAY, EVENTS, TRY, REPLAY, METRICS, SETTINGS, SEGMENT)
"""The pages that the window itself holds; the mappings have their own, Setup is the guide."""


def workbench_places(needs_you: int) -> tuple[NavItem, ...]:
    return (
        NavItem(RELAY, _tr("Relay"), "radio"),
        NavItem(EVENTS, _tr("Events"), "list", count=needs_you),
        NavItem(MAPPINGS, _tr("Mappings"), "workflow"),
        NavItem(TRY, _tr("Test"), "flask-conical"),
        NavItem(REPLAY, _tr("Replay"), "rotate-ccw"),
        NavItem(METRICS, _tr("Metrics"), "chart-column"),
        NavItem(SETTINGS, _tr("Settings"), "settings-2"),
        NavItem(SETUP, _tr("Setup"), "list-checks", group=1),
        NavItem(SEGMENT, _tr("Connect Segment"), "link", group=1),
    )


def relay_foot(status: RelayStatus) -> RailRelay:
    """The relay's state for the foot of the rail, on every page of the workbench."""
    return RailRelay(state_word(status.state), STATE_TONES[status.state], mode_word(status.mode))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Places", text)
