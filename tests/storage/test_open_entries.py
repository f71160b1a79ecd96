from __future__ import annotations

from contextlib import closing

from app.storage.action_memory import ActionMemory
from app.storage.open_entries import OpenEntry
from app.storage.rebuild_points import RebuildPoint

ENTRY = OpenEntry("acti_1", "activity/note", 1_000, "Login \ud800", (("Login", 2),), ("m1", "m2"))


def test_an_entry_comes_back_as_it_was_kept_until_it_is_old() -> None:
    with closing(ActionMemory.passing()) as memory:
        assert memory.entries.entry("bo") is None
        memory.entries.keep("bo", ENTRY)
        assert memory.entries.entry("bo") == ENTRY
        assert memory.entries.prune(1_000) == 0
        assert memory.entries.prune(1_001) == 1
        assert memory.entries.entry("bo") is None


def test_a_walk_keeps_its_place_until_it_is_done() -> None:
    with closing(ActionMemory.passing()) as memory:
        assert memory.points.point("lead cf_1") is None
        memory.points.keep("lead cf_1", RebuildPoint("2026-03-04T09:00:00+00:00", 200))
        memory.points.keep("lead cf_1", RebuildPoint("2026-03-04T09:05:00+00:00", 400))
        assert memory.points.point("lead cf_1") == RebuildPoint("2026-03-04T09:05:00+00:00", 400)
        memory.points.clear("lead cf_1")
        assert memory.points.point("lead cf_1") is None
