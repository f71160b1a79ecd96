"""``metrics`` and ``why``."""

from __future__ import annotations

import argparse
import sys
import time

from app.actions.trace import StepStatus
from app.assembly import Assistant
from app.cli.output import columns, moment, say, say_clauses, say_json
from app.json_value import JsonValue
from app.relay.inbox_figures import FigureReader
from app.workflows.event_figures import EventFigures, FigureRange, read_event_figures
from app.workflows.event_figures_export import to_csv, to_json, totals
from app.workflows.figure_words import stage_word
from app.workflows.why_facts import holds_lock, read_facts
from app.workflows.why_nothing import WhyAnswer, ask_why

_MARKS = {StepStatus.OK: "+", StepStatus.SKIPPED: "-", StepStatus.FAILED: "x", StepStatus.WAITING: "…"}


def metrics(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Reads counts only; the relay may be running meanwhile."""
    profile = assistant.load_profile(wanted.profile)
    reader = FigureReader(assistant.profiles.database_path(profile.name))
    try:
        figures = read_event_figures(reader, FigureRange(wanted.range), _now_ms())
    finally:
        reader.close()
    if wanted.json:
        say_json(to_json(figures))
    elif wanted.csv:
        sys.stdout.write(to_csv(figures).replace("\r\n", "\n"))
    else:
        _say_figures(figures)
    return 0


def why(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Exit code 0 whatever the answer: the question was answered."""
    profile = assistant.load_profile(wanted.profile)
    store = assistant.profiles
    database = store.database_path(profile.name)
    running = holds_lock(database.with_suffix(".lock"))
    record = assistant.reach_log(profile.name).load()
    facts = read_facts(profile, record, store.log_folder(profile.name), _now_ms(), running=running)
    reader = FigureReader(database)
    try:
        answer = ask_why(reader, wanted.text, facts)
    finally:
        reader.close()
    if wanted.json:
        say_json(_answer_json(answer))
    else:
        _say_answer(answer)
    return 0


def _say_figures(figures: EventFigures) -> None:
    rows = [
        (name.replace("_", " "), "-" if value is None else f"{value:,}")
        for name, value in totals(figures).items()
    ]
    columns(rows)
    say("\nFrom Segment to Close")
    for step in figures.funnel:
        say(f"  {stage_word(step.stage)}: {step.count:,}")
        for drop in step.drops:
            say(f"      -{drop.count:,} {drop.words}")
    if figures.errors:
        say("\nErrors")
        columns(
            [
                (f"  {one.count:,}", moment(one.last_ms), one.code, one.words, f"-> {one.action}")
                for one in figures.errors
            ]
        )


def _say_answer(answer: WhyAnswer) -> None:
    say(answer.headline)
    for step in answer.steps:
        say(f"  {_MARKS[step.status]} {step.title}")
        if step.detail:
            say(f"      {step.detail}")
        say_clauses(step.clauses, indent="      ")
    say(f"\n{answer.fix.text}")
    if answer.fix.command:
        say(f"  {answer.fix.command}")


def _answer_json(answer: WhyAnswer) -> JsonValue:
    return {
        "asked": answer.asked,
        "headline": answer.headline,
        "stopped_at": answer.stopped,
        "event_id": answer.event_id,
        "found": answer.found,
        "fix": {"action": answer.fix.kind, "text": answer.fix.text, "command": answer.fix.command},
        "steps": [
            {
                "step": step.step,
                "status": step.status,
                "title": step.title,
                "detail": step.detail,
                "clauses": [
                    {"text": one.text, "actual": one.actual, "passed": one.passed} for one in step.clauses
                ],
            }
            for step in answer.steps
        ],
    }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
