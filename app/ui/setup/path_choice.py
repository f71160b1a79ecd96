"""The two ways from Segment to Close, of which a source uses one."""

from __future__ import annotations

from app.storage.profile import DeliveryPath
from app.ui.theme.theme import Theme
from app.ui.widgets.choice_card import ChoiceCard, ChoiceCards


class PathChoice(ChoiceCards):
    """The keys are ``DeliveryPath``'s."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.add(
            DeliveryPath.RELAY,
            ChoiceCard(
                theme,
                self.tr("Segment sends here"),
                self.tr("We check, map and forward to Close."),
                (
                    (True, self.tr("Dry run and trace for every event")),
                    (True, self.tr("Skips events that change nothing")),
                    (False, self.tr("This computer has to be on and reachable")),
                ),
            ),
        )
        self.add(
            DeliveryPath.DESTINATION,
            ChoiceCard(
                theme,
                self.tr("Segment sends straight to Close"),
                self.tr("Segment’s own Close destination does the work."),
                (
                    (True, self.tr("Nothing to run or keep awake")),
                    (True, self.tr("We give you every value to paste")),
                    (False, self.tr("No dry run, no trace here")),
                ),
            ),
        )
