"""What a notification says, and the page that a click on it opens."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.ui.places import EVENTS, RELAY, SETUP
from app.workflows.notices import Notice

PLACES = {
    Notice.STOPPED: RELAY,
    Notice.KEY_REFUSED: SETUP,
    Notice.UNREACHABLE: RELAY,
    Notice.STUCK: EVENTS,
}


def notice_title(cause: Notice) -> str:
    return {
        Notice.STOPPED: _tr("The relay has stopped"),
        Notice.KEY_REFUSED: _tr("Close refuses the API key"),
        Notice.UNREACHABLE: _tr("Segment cannot reach the relay"),
        Notice.STUCK: _tr("Events are not getting through"),
    }[cause]


def notice_text(cause: Notice) -> str:
    return {
        Notice.STOPPED: _tr("Nothing is received until it runs again. Segment tries again for some hours."),
        Notice.KEY_REFUSED: _tr("Events are kept and wait until there is a key that works."),
        Notice.UNREACHABLE: _tr("No round trip has succeeded for two minutes."),
        Notice.STUCK: _tr("An event has been waiting for more than ten minutes."),
    }[cause]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Notices", text)
