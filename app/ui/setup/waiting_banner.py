"""Whether Segment's first event has come; with a button that sends one of our own."""

from __future__ import annotations

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button


class WaitingBanner(Banner):
    def __init__(self, theme: Theme, action: Button) -> None:
        super().__init__(theme, Tone.INFO, " ", " ", icon="clock", action=action)

    def show_arrived(self, count: int) -> None:
        """``count``: signed events of Segment since the start."""
        if count:
            title = self.tr("First event from Segment received")
            self.set(Tone.OK, title, self.tr("Its signature is valid."), "circle-check")
            return
        text = self.tr("Done when the first event arrives with a valid signature.")
        self.set(Tone.INFO, self.tr("Waiting for Segment"), text, "clock")
