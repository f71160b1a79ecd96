"""The port through which a relay tells what it does to whoever measures it."""

from __future__ import annotations

from app.relay.event_records import Appended, EventRow


class RelayWatch:
    """Hears of everything on the relay's loop, and must be quick. This one takes no notice."""

    def refused(self, status: int) -> None:
        """A request was answered with this HTTP status instead of being taken in."""

    def acknowledged(self, took_s: float) -> None:
        """A request's events are on disk; ``took_s`` is from its head to its answer."""

    def stored(self, appended: Appended) -> None:
        """New events, and duplicates that were not stored again."""

    def changed(self, row: EventRow) -> None:
        """An event was claimed, ended, or waits for another try."""
