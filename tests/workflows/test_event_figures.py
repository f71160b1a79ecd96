"""The figures of a time are what became of its events, and the way from a figure leads to exactly those."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app.relay.event_records import EventFilter
from app.relay.event_stage import Stage
from app.relay.inbox_figures import FigureReader
from app.workflows.event_figures import BUCKETS, FigureRange, percentile, read_event_figures
from app.workflows.event_figures_export import to_csv
from tests.relay.builders import START_MS
from tests.workflows.relay_day import TOOK_MS, group, identify, page, relay_day


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[FigureReader]:
    path = await relay_day(
        tmp_path,
        *(identify(number, name="Ada") for number in range(3)),
        {**identify(0, name="Ada"), "messageId": "again"},
        page(1),
        page(2),
        group(3),
    )
    with closing(FigureReader(path)) as opened:
        yield opened


@pytest.mark.parametrize("wanted", FigureRange)
async def test_every_range_counts_every_event_once(reader: FigureReader, wanted: FigureRange) -> None:
    figures = read_event_figures(reader, wanted, START_MS + 1)
    assert (figures.received, figures.delivered, figures.unchanged) == (7, 3, 1)
    assert (figures.skipped, figures.failed, figures.open) == (2, 1, 0)
    assert len(figures.buckets) == BUCKETS[wanted][1]
    assert sum(bucket.received for bucket in figures.buckets) == 7
    assert figures.buckets[-1].received == 7
    assert figures.sums.leads_created == figures.sums.contacts_created == 3


async def test_events_before_the_time_are_not_counted(reader: FigureReader) -> None:
    later = START_MS + 11 * 60_000
    figures = read_event_figures(reader, FigureRange.TEN_MINUTES, later)
    assert figures.received == 0
    assert figures.delivered_before == 3


async def test_the_funnel_names_every_loss_and_its_events_are_found(reader: FigureReader) -> None:
    figures = read_event_figures(reader, FigureRange.HOUR, START_MS)
    counts = [step.count for step in figures.funnel]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 7
    assert figures.funnel[list(Stage).index(Stage.CHANGED)].count == 3
    for step in figures.funnel:
        for drop in step.drops:
            found = reader.page(
                EventFilter(cause=drop.cause, types=frozenset({drop.type}) if drop.type else frozenset())
            )
            assert len(found) == drop.count, drop.words


async def test_an_error_is_told_once_with_its_count_and_an_action(reader: FigureReader) -> None:
    (error,) = read_event_figures(reader, FigureRange.DAY, START_MS).errors
    assert error.count == 1
    assert error.words
    assert error.samples


async def test_times_are_right_within_their_scale(reader: FigureReader) -> None:
    figures = read_event_figures(reader, FigureRange.DAY, START_MS)
    assert figures.p50_ms == pytest.approx(TOOK_MS, rel=0.06)
    assert percentile([(10, 1), (20, 99)], 0.5) == percentile([(20, 1)], 1.0)
    assert percentile([], 0.5) is None


async def test_a_spreadsheet_reads_the_same_numbers(reader: FigureReader) -> None:
    figures = read_event_figures(reader, FigureRange.DAY, START_MS)
    rows = list(csv.reader(io.StringIO(to_csv(figures))))
    buckets = rows[1 : 1 + len(figures.buckets)]
    assert sum(int(row[1]) for row in buckets) == 7
    values = {row[0]: row[1] for row in rows if len(row) == 2}
    assert (values["received"], values["delivered"], values["failed"]) == ("7", "3", "1")
    assert "@day.example" not in to_csv(figures)
