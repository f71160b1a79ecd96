"""Figures over a million stored events: ``python -m tests.benchmarks.metrics_benchmark [EVENTS]``.

Prints the median of five readings per range, the time of the first page of a cause's events, of the newest
event of a person, and what counting costs the writer.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.relay.event_records import EventFilter
from app.relay.inbox_figures import FigureReader
from app.relay.inbox_schema import MIGRATIONS
from app.storage.database import open_database, transaction
from app.workflows.event_figures import FigureRange, read_event_figures

NOW_MS = 1_772_615_700_000
_SPAN_MS = 30 * 24 * 3600 * 1000
_ENDS = (
    ("identify", "unchanged", "unchanged", "mapped", "unchanged"),
    ("identify", "unchanged", "unchanged", "mapped", "unchanged"),
    ("identify", "delivered", "delivered", "changed", ""),
    ("track", "delivered", "delivered", "changed", ""),
    ("page", "skipped", "skipped", "verified", "no match"),
)
_FAILED = ("group", "failed", "failed", "mapped", "CLOSE-INVALID: “Scale” is not a choice of Plan")


def fill(path: Path, events: int) -> None:
    """Rows as the relay leaves them, through the triggers."""
    connection = open_database(path, MIGRATIONS)
    body = b'{"type":"identify","traits":{"email":"maria@acme.example","plan":"Business"}}' * 4

    def rows() -> object:
        for number in range(events):
            kind, state, outcome, stage, cause = _FAILED if number % 997 == 0 else _ENDS[number % 5]
            at_ms = NOW_MS - _SPAN_MS + number * _SPAN_MS // events
            yield (
                f"m{number}",
                kind,
                "Signed Up",
                f"user:u{number % 50_000}",
                at_ms,
                state,
                outcome,
                stage,
                cause,
                body,
            )

    with transaction(connection):
        connection.executemany(
            "INSERT INTO event (message_id, type, title, person_key, entity_keys, trust, received_ms, state, "
            "reason, outcome, stage, cause, attempts, body) "
            "VALUES (?, ?, ?, ?, '[]', 'signed', ?, ?, '', ?, ?, ?, 1, ?)",
            rows(),
        )
        connection.execute(
            "INSERT INTO latency_figure SELECT minute, abs(random()) % 90 AS slot, 20 FROM event_figure "
            "WHERE true ON CONFLICT DO UPDATE SET count = count + 1"
        )
    connection.close()


def median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "relay.db"
        start = time.perf_counter()
        fill(path, events)
        took_s, size_mb = time.perf_counter() - start, path.stat().st_size / 1e6
        print(f"{events:,} events stored in {took_s:.0f} s, {size_mb:.0f} MB")
        with sqlite3.connect(path) as raw:
            print(f"{raw.execute('SELECT count(*) FROM event_figure').fetchone()[0]:,} rows of counts")
        reader = FigureReader(path)
        for wanted in FigureRange:
            figures = read_event_figures(reader, wanted, NOW_MS)
            took = median_ms(lambda wanted=wanted: read_event_figures(reader, wanted, NOW_MS))
            print(f"figures {wanted}: {took:.0f} ms, {figures.received:,} events")
        page = median_ms(lambda: reader.page(EventFilter(cause=_FAILED[4], since_ms=NOW_MS - _SPAN_MS)))
        print(f"first page of a cause: {page:.1f} ms")
        print(f"newest event of a person: {median_ms(lambda: reader.newest_of('u42')):.1f} ms")
        reader.close()


if __name__ == "__main__":
    main()
