"""The benchmark of calls to Close, small."""

from __future__ import annotations

from tests.benchmarks import close_calls_benchmark as benchmark


def test_a_day_of_page_loads_costs_a_tenth_of_the_calls_and_ends_with_the_same_records() -> None:
    naive, mine = benchmark.play(400, benchmark.plain), benchmark.play(400, benchmark.ours)
    assert mine.records == naive.records
    assert len(mine.records) > 4
    assert naive.calls.total() >= benchmark.LEAST_RATIO * mine.calls.total()
    told = benchmark.table(400, naive, mine)
    assert told.splitlines()[-1].startswith("all")
    assert "POST search" in told
