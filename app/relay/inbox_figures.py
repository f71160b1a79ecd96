"""Reading figures about stored events: from counts that were kept while writing, never from the events."""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

from dataclasses import dataclass

from app.relay import inbox_sql
from app.relay.delivery import State
from app.relay.event_records import EventRow
from app.relay.event_stage import Stage
from app.relay.inbox_figure_sql import RUN_COUNTS
from app.relay.inbox_reader import InboxReader

_SPOKEN_OF = 3


@dataclass(frozen=True, slots=True)
class FigureCount:
    """Events of one bucket that are alike. ``bucket`` counts from the beginning of the asked time."""

    bucket: int
    type: str
    state: State
    outcome: str
    stage: Stage
    cause: str
    count: int


@dataclass(frozen=True, slots=True)
class CauseSample:
    """The newest events that one cause has stopped; ``codes`` of their last tries."""

    cause: str
    rows: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class RunSums:
    """What all runs of a time did in Close, see ``event_stage.RunCounts``."""

    leads_created: int = 0
    contacts_created: int = 0
    leads_updated: int = 0
    contacts_updated: int = 0
    fields_changed: int = 0
    calls_made: int = 0
    with_calls: int = 0
    without_calls: int = 0


class FigureReader(InboxReader):
    """The counts of a time that begins with ``since`` and has buckets of ``width``, both in whole minutes.

    Each question takes a few milliseconds for an hour and about a hundred for thirty busy days. Raises
    ``AppError``.
    """

    def event_counts(self, since: int, width: int, until: int) -> list[FigureCount]:
        rows = self._rows(
            "SELECT (minute - ?) / ?, type, state, outcome, stage, cause, sum(count) FROM event_figure "
            "WHERE minute >= ? AND minute < ? GROUP BY 1, 2, 3, 4, 5, 6",
            [since, width, since, until],
        )
        return [
            FigureCount(bucket, kind, State(state), outcome, Stage(stage), cause, count)
            for bucket, kind, state, outcome, stage, cause, count in rows
        ]

    def total_delivered(self, since: int, until: int) -> int:
        rows = self._rows(
            "SELECT coalesce(sum(count), 0) FROM event_figure WHERE minute >= ? AND minute < ? "
            "AND state = 'delivered'",
            [since, until],
        )
        return rows[0][0] if rows else 0

    def latencies(self, since: int, width: int, until: int) -> list[tuple[int, int, int]]:
        """Bucket, slot (``event_stage.duration_of``) and count."""
        return self._rows(
            "SELECT (minute - ?) / ?, slot, sum(count) FROM latency_figure WHERE minute >= ? AND minute < ? "
            "GROUP BY 1, 2",
            [since, width, since, until],
        )

    def run_sums(self, since: int, until: int) -> RunSums:
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in RUN_COUNTS)
        rows = self._rows(f"SELECT {sums} FROM run_figure WHERE minute >= ? AND minute < ?", [since, until])
        return RunSums(*rows[0]) if rows else RunSums()

    def newest_of_cause(self, cause: str) -> CauseSample:
        rows = self._rows(
            f"SELECT {inbox_sql.ROW_COLUMNS} FROM event WHERE cause = ? ORDER BY id DESC LIMIT ?",
            [cause, _SPOKEN_OF],
        )
        return CauseSample(cause, tuple(map(inbox_sql.read_row, rows)))

    def known(self) -> bool:
        """Whether the file has these counts; one that no newer relay has opened has not."""
        return bool(self._rows("SELECT 1 FROM sqlite_schema WHERE name = 'event_figure'", []))

    def newest_of(self, text: str, limit: int = 20) -> list[EventRow]:
        """The newest events of a person (id, or an email anywhere in the event) or of a name."""
        quick = self._rows(
            f"SELECT {inbox_sql.ROW_COLUMNS} FROM event WHERE person_key IN (?, ?, ?) "
            f"UNION SELECT {inbox_sql.ROW_COLUMNS} FROM event WHERE title = ? COLLATE NOCASE "
            "ORDER BY 1 DESC LIMIT ?",
            [text, f"user:{text}", f"anonymous:{text}", text, limit],
        )
        return [inbox_sql.read_row(row) for row in quick]
