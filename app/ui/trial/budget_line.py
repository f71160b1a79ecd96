"""One line below a result: the calls such an event costs, and how many of them Close's limits allow."""

from __future__ import annotations

from app.actions.trace import EventReport
from app.ui.widgets.field import NoteLine
from app.workflows.forecast import CallGroup, cost_with_writes, events_per_minute


class BudgetLine(NoteLine):
    """Hidden for an event that asks nothing of Close."""

    def show_report(self, report: EventReport) -> None:
        """Of a dry run the writes to come are counted in."""
        cost = cost_with_writes(report)
        said = ""
        searches = cost.calls.get(CallGroup.SEARCH, 0)
        if cost.total:
            if not searches:
                text = self.tr("Calls to Close for such an event: {calls}. {rest}")
            elif searches == 1:
                text = self.tr("Calls to Close for such an event: {calls}, 1 of them a search. {rest}")
            else:
                text = self.tr(
                    "Such an event takes {calls} calls to Close, {searches} of them searches. {rest}"
                )
            rest = self.tr("Close allows about {n} such events a minute; no change, no call.")
            rest = rest.format(n=max(1, round(events_per_minute(cost))))
            said = text.format(calls=cost.total, searches=searches, rest=rest)
        self.show_text(said, "muted", "zap")
