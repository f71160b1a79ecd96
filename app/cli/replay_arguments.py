"""The grammar of ``replay`` and of what ``events`` does with several events or an edited one."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.replay_records import MappingsOf
from app.segment.events import EVENT_TYPES, read_time
from app.workflows.event_exports import ExportFormat

AddCommand = Callable[[str, str], argparse.ArgumentParser]

_AGO = re.compile(r"(\d{1,6})\s*([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_replay_options(replay: argparse.ArgumentParser) -> None:
    """What to replay, and how."""
    add_filter(replay)
    replay.add_argument(
        "--file",
        metavar="F",
        type=Path,
        action="append",
        default=[],
        help="events of a file (NDJSON, JSON, CSV, also .gz) or of a folder of archives; may be repeated",
    )
    replay.add_argument("--dry-run", action="store_true", help="only say what would change")
    replay.add_argument(
        "--mappings",
        choices=[str(one) for one in MappingsOf],
        default=str(MappingsOf.NOW),
        help="those saved now, or those that held when an event came (default: now)",
    )
    replay.add_argument(
        "--again", action="store_true", help="run events of files also when they were received before"
    )
    replay.add_argument("--failures", metavar="FILE", type=Path, help="write what failed to .ndjson or .csv")
    replay.add_argument("--yes", action="store_true", help="run after the dry run without asking")
    replay.add_argument("--json", action="store_true", help="print data as JSON")


def add_replay_actions(add: AddCommand, number: Callable[[str], int]) -> None:
    listing = add("list", "List the replays.")
    show = add("show", "Say how far a replay is and what has failed.")
    resume = add("resume", "Run a replay that was only tried dry, paused, canceled or interrupted.")
    cancel = add("cancel", "Begin no more events of a replay.")
    undo = add("undo", "Take back what a replay has changed in Close.")
    for parser in (show, resume, cancel, undo):
        parser.add_argument("id", metavar="ID", type=number)
    for parser in (listing, show, resume, cancel, undo):
        # Not named there, a default would undo what stood before the action.
        parser.add_argument("--json", action="store_true", help="print data as JSON")
    show.add_argument("--failures", metavar="FILE", type=Path, help="write what failed to .ndjson or .csv")
    resume.add_argument("--failures", metavar="FILE", type=Path, help="write what failed to .ndjson or .csv")
    resume.add_argument("--failed", action="store_true", help="run the events that have failed once more")
    resume.add_argument("--yes", action="store_true", help="confirm that Close is changed")
    undo.add_argument("--dry-run", action="store_true", help="show what would go back, write nothing")


def add_event_actions(add: AddCommand, number: Callable[[str], int]) -> None:
    export = add("export", "Write stored events with what became of them to a file.")
    add_filter(export)
    export.add_argument("--output", metavar="FILE", type=Path, required=True, help="the file to write")
    export.add_argument(
        "--format", choices=[str(one) for one in ExportFormat], help="default: by the file's ending"
    )
    edit = add("edit-resend", "Send an edited copy of an event as a new event, linked to the first.")
    edit.add_argument("id", metavar="ID", type=number)
    edit.add_argument("file", metavar="EVENT.json", help="the edited event, or - for standard input")
    for parser in (export, edit):
        parser.add_argument("--json", action="store_true", help="print data as JSON")


def add_filter(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which events")
    group.add_argument(
        "--state", action="append", default=[], type=_state, help="only this state; may be repeated"
    )
    group.add_argument(
        "--type", action="append", default=[], choices=EVENT_TYPES, help="only this type; may be repeated"
    )
    group.add_argument("--name", default="", help="only events of this name, as the list shows it")
    group.add_argument("--mapping", default="", metavar="NAME", help="only events that this mapping ran on")
    group.add_argument("--person", default="", metavar="ID", help="only events of this userId or anonymousId")
    group.add_argument("--text", default="", help="only events that contain this text")
    group.add_argument(
        "--since", type=moment_ms, metavar="TIME", help="received since, as 2026-03-04T09:00 or 24h"
    )
    group.add_argument("--until", type=moment_ms, metavar="TIME", help="received before")


def filter_of(wanted: argparse.Namespace) -> EventFilter:
    return EventFilter(
        states=frozenset(wanted.state),
        types=frozenset(wanted.type),
        text=wanted.text,
        since_ms=wanted.since,
        until_ms=wanted.until,
        name=wanted.name,
        person=wanted.person,
        mapping=wanted.mapping,
    )


def moment_ms(text: str) -> int:
    """A time in ISO form (UTC unless it says otherwise), or how long ago: 90m, 24h, 7d."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        moment = datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    else:
        read = read_time(text)
        if read is None:
            raise argparse.ArgumentTypeError("is no time: use 2026-03-04T09:00, 90m, 24h or 7d")
        moment = read
    return round(moment.timestamp() * 1000)


def _state(text: str) -> State:
    try:
        return State(text.strip().casefold())
    except ValueError:
        raise argparse.ArgumentTypeError(f"states are {', '.join(State)}") from None
