"""Figures as CSV and as data for programs: numbers and words about causes, nothing about people."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import UTC, datetime

from app.json_value import JsonValue
from app.workflows.event_figures import EventFigures
from app.workflows.figure_words import stage_word

BUCKET_COLUMNS = ("from", "received", "delivered", "would_change", "unchanged", "failed", "p95_ms")


def to_csv(figures: EventFigures) -> str:
    """The lines over time, then totals, funnel and errors, each with a header of its own."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(BUCKET_COLUMNS)
    for bucket in figures.buckets:
        rows.writerow(
            (
                moment_text(bucket.start_ms),
                bucket.received,
                bucket.delivered,
                bucket.would_change,
                bucket.unchanged,
                bucket.failed,
                "" if bucket.p95_ms is None else round(bucket.p95_ms),
            )
        )
    rows.writerow(())
    rows.writerow(("figure", "value"))
    rows.writerows((name, "" if value is None else value) for name, value in totals(figures).items())
    rows.writerow(())
    rows.writerow(("stage", "events", "dropped", "reason"))
    for step in figures.funnel:
        rows.writerow((stage_word(step.stage), step.count, "", ""))
        for drop in step.drops:
            rows.writerow((stage_word(step.stage), "", drop.count, _safe(drop.words)))
    rows.writerow(())
    rows.writerow(("error", "code", "events", "last"))
    for error in figures.errors:
        rows.writerow((_safe(error.words), error.code, error.count, moment_text(error.last_ms)))
    return text.getvalue()


def totals(figures: EventFigures) -> dict[str, int | None]:
    """Every number that is not a list, by name."""
    return {
        "received": figures.received,
        "delivered": figures.delivered,
        "would_change": figures.would_change,
        "unchanged": figures.unchanged,
        "skipped": figures.skipped,
        "failed": figures.failed,
        "would_fail": figures.would_fail,
        "in_queue": figures.open,
        "observed": figures.observed,
        "delivered_before": figures.delivered_before,
        "p50_ms": None if figures.p50_ms is None else round(figures.p50_ms),
        "p95_ms": None if figures.p95_ms is None else round(figures.p95_ms),
        **asdict(figures.sums),
        "calls_saved": figures.calls_saved,
    }


def to_json(figures: EventFigures) -> JsonValue:
    """The same as data."""
    return {
        "range": figures.range,
        "from": moment_text(figures.since_ms),
        "to": moment_text(figures.now_ms),
        "totals": dict(totals(figures)),
        "buckets": [
            {**asdict(bucket), "start_ms": moment_text(bucket.start_ms)} for bucket in figures.buckets
        ],
        "funnel": [
            {
                "stage": stage_word(step.stage),
                "events": step.count,
                "drops": [
                    {"cause": drop.cause, "reason": drop.words, "events": drop.count, "type": drop.type}
                    for drop in step.drops
                ],
            }
            for step in figures.funnel
        ],
        "errors": [
            {
                "code": error.code,
                "words": error.words,
                "events": error.count,
                "last": moment_text(error.last_ms),
                "action": error.action,
                "samples": list(error.samples),
            }
            for error in figures.errors
        ],
    }


def moment_text(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def _safe(text: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
