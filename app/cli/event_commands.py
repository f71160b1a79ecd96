"""``events list``, ``show``, ``retry``, ``export`` and ``edit-resend``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from uuid import uuid4

from app.assembly import Assistant
from app.cli.input_files import read_text
from app.cli.output import columns, moment, report_json, row_json, say, say_json, say_steps
from app.cli.replay_arguments import filter_of
from app.errors import AppError
from app.json_value import JsonValue
from app.relay.delivery import State
from app.relay.event_records import Attempt, EventDetail, EventFilter
from app.relay.inbox import requeue_event
from app.workflows.event_edits import send_edited
from app.workflows.event_exports import ExportFormat, stored_events, write_export


def events(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Reads the profile's events; the relay may be running meanwhile."""
    match wanted.action:
        case "list":
            return _list(assistant, wanted)
        case "show":
            return _show(assistant, wanted)
        case "export":
            return _export(assistant, wanted)
        case "edit-resend":
            return _edit(assistant, wanted)
        case _:
            return _retry(assistant, wanted)


def _list(assistant: Assistant, wanted: argparse.Namespace) -> int:
    reader = assistant.reader(assistant.load_profile(wanted.profile))
    try:
        rows = reader.page(
            EventFilter(
                states=frozenset(_state(text) for text in wanted.state),
                types=frozenset(wanted.type),
                text=wanted.text,
                limit=wanted.limit,
            )
        )
    finally:
        reader.close()
    if wanted.json:
        say_json([row_json(row) for row in rows])
    elif not rows:
        say("No events.")
    else:
        columns(
            [
                (str(row.id), moment(row.received_ms), row.type, row.title[:40], str(row.state), row.reason)
                for row in rows
            ]
        )
    return 0


def _state(text: str) -> State:
    try:
        return State(text.strip().casefold())
    except ValueError:
        known = ", ".join(State)
        raise AppError("EVENT-STATE", f"There is no state “{text}”.", remedy=f"States are {known}.") from None


def _detail(assistant: Assistant, wanted: argparse.Namespace) -> EventDetail:
    """Raises ``AppError`` for an event that is not stored (any more)."""
    reader = assistant.reader(assistant.load_profile(wanted.profile))
    try:
        detail = reader.detail(wanted.id)
    finally:
        reader.close()
    if detail is None:
        raise AppError(
            "RELAY-EVENT-UNKNOWN",
            f"There is no event {wanted.id}.",
            cause="It may have been deleted when its retention period ended.",
            remedy="List the events with `segment-close events list`.",
        )
    return detail


def _show(assistant: Assistant, wanted: argparse.Namespace) -> int:
    detail = _detail(assistant, wanted)
    if wanted.json:
        say_json(_detail_json(detail))
        return 0
    row = detail.row
    say(f"{row.type} {row.title}: {row.state}")
    say(row.reason)
    say(f"Received {moment(row.received_ms)}, message {row.message_id or '(none)'}, {detail.trust}")
    for attempt in detail.attempts:
        say(f"\nTry {attempt.number}, {moment(attempt.started_ms)}, {attempt.mode}: {attempt.state}")
        for result in attempt.report.results if attempt.report else ():
            say(f"  {result.mapping_name}")
            say_steps(result.steps)
    return 0


def _detail_json(detail: EventDetail) -> JsonValue:
    return {
        **row_json(detail.row),
        "trust": detail.trust,
        "event": detail.body,
        "attempts_made": [_attempt_json(attempt) for attempt in detail.attempts],
    }


def _attempt_json(attempt: Attempt) -> JsonValue:
    return {
        "number": attempt.number,
        "started_at": moment(attempt.started_ms),
        "mode": attempt.mode,
        "state": attempt.state,
        "outcome": attempt.outcome,
        "reason": attempt.reason,
        "error_code": attempt.error_code or None,
        "report": report_json(attempt.report) if attempt.report else None,
    }


def _retry(assistant: Assistant, wanted: argparse.Namespace) -> int:
    profile = assistant.load_profile(wanted.profile)
    path = assistant.profiles.database_path(profile.name)
    row = requeue_event(path, wanted.id, time.time_ns() // 1_000_000)
    if wanted.json:
        say_json(row_json(row))
    else:
        say(f"Event {row.id} is {row.state}. A running relay takes it within seconds.")
    return 0


def _export(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """All matching events, with what became of them, in a form that ``replay --file`` reads again."""
    store = assistant.replays(assistant.load_profile(wanted.profile)).store
    kind = ExportFormat(wanted.format) if wanted.format else ExportFormat.of(wanted.output)
    count = write_export(wanted.output, stored_events(store, filter_of(wanted)), kind)
    if wanted.json:
        say_json({"events": count, "file": str(wanted.output), "format": kind})
    else:
        say(f"{count:,} {'event' if count == 1 else 'events'} written to {wanted.output}.")
    return 0


def _edit(assistant: Assistant, wanted: argparse.Namespace) -> int:
    profile = assistant.load_profile(wanted.profile)
    detail = _detail(assistant, wanted)
    original = detail.body if isinstance(detail.body, Mapping) else {}
    text = read_text(wanted.file, code="EVENT-FILE", what="the event")
    row = send_edited(
        assistant.replays(profile).store,
        wanted.id,
        original,
        text,
        new_id=lambda: uuid4().hex,
        now_ms=time.time_ns() // 1_000_000,
    )
    if wanted.json:
        say_json({**row_json(row), "original_id": wanted.id})
    else:
        say(f"Event {row.id} is {row.state}, an edited copy of event {wanted.id}.")
    return 0
