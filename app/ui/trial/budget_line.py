"""One line below a result: the calls such an event costs, and how many of them Close's limits allow."""

from __future__ import annotations

from app.actions.trace import EventReport
from app.ui.theme.theme import Theme
from app.ui.widgets.field import NoteLine
from app.workflows.forecast import CallGroup, cost_with_writes, events_per_minute


class BudgetLine(NoteLine):
    """Hidden for an event that asks nothing of Close."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.text = ""

    def show_report(self, report: EventReport) -> None:
        """Of a dry run the writes to come are counted in."""
        cost = cost_with_writes(report)
        self.text = ""
        if cost.total:
            calls = self.tr("1 call") if cost.total == 1 else self.tr("{n} calls").format(n=cost.total)
            searches = cost.calls.get(CallGroup.SEARCH, 0)
            of_them = (
                self.tr("1 of them a search")
                if searches == 1
                else self.tr("{n} of them searches").format(n=searches)
            )
            text = self.tr(
                "Such an event costs {calls} to Close, {of_them}. Close allows about {n} a minute; one that "
                "changes nothing costs none."
            )
            n = max(1, round(events_per_minute(cost)))
            self.text = text.format(calls=calls, of_them=of_them, n=n)
        self.show_text(self.text, "muted", "zap")
