"""Turns on records, and two events at once that know one record by different ids."""

from __future__ import annotations

import asyncio

from app.actions.record_turns import RecordTurns
from tests.actions.builders import identify, stage


async def test_what_was_read_before_somebody_else_held_the_record_is_not_good_any_more() -> None:
    turns = RecordTurns()
    before = turns.now
    async with turns.hold(["lead_1"], before) as good:
        assert good
    async with turns.hold(["lead_2", "lead_1"], before) as good:
        assert not good
    async with turns.hold(["lead_1"], turns.now) as good:
        assert good


async def test_two_events_at_once_give_one_lead_one_company_id() -> None:
    async with stage(index_lag_s=0) as scene:
        await scene.run(identify("u_1", email="bo@acme.example"))
        events = (
            identify("u_1", company=("co_1", "Acme")),
            identify(None, email="bo@acme.example", company=("co_2", "Globex")),
        )
        reports = await asyncio.gather(*(scene.run(event) for event in events))
        ids = [str(scene.company_id_of(lead)) for lead in scene.leads()]
        assert sorted(ids) == ["co_1", "co_2"]
        plans = [result.plan for report in reports for result in report.results]
        given = [one for plan in plans if plan for one in plan.changes if one.field == "Company ID"]
        assert [change.before for change in given] == [None, None]
