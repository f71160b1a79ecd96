"""``identities`` and ``forecast``: what is remembered, and whether Close's limits are enough."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from typing import TYPE_CHECKING

from app.cli.output import columns, say, say_json
from app.errors import AppError
from app.json_value import JsonValue
from app.workflows.forecast import measured_forecast
from app.workflows.identity_rebuild import RebuildProgress
from app.workflows.stray_sweep import Duplicate

if TYPE_CHECKING:
    from app.assembly import Assistant


def identities(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """``list``, ``rebuild``, ``duplicates`` and ``merge``."""
    match wanted.action:
        case "list":
            return _list(assistant, wanted)
        case "rebuild":
            return _rebuild(assistant, wanted)
        case _:
            return _duplicates(assistant, wanted)


def _list(assistant: Assistant, wanted: argparse.Namespace) -> int:
    known = assistant.identity_care().known(assistant.load_profile(wanted.profile), wanted=wanted.id)
    if wanted.json:
        say_json(
            [
                {"record": one.kind, "external_id": one.external_id, "id": one.close_id, "known_by": one.how}
                for one in known
            ]
        )
        return 0
    rows = [(one.kind, one.external_id, one.close_id, one.how) for one in known]
    columns(rows)
    say(f"{len(rows)} identities." if rows else "Nothing is remembered yet: `identities rebuild` learns it.")
    return 0


def _rebuild(assistant: Assistant, wanted: argparse.Namespace) -> int:
    def show(progress: RebuildProgress) -> None:
        of = f" of {progress.total}" if progress.total is not None else ""
        print(f"{progress.object_type}s: {progress.seen}{of}", file=sys.stderr)

    profile = assistant.load_profile(wanted.profile)
    report = asyncio.run(assistant.identity_care().rebuild(profile, show))
    if wanted.json:
        shared: list[JsonValue] = [
            {
                "record": one.object_type,
                "external_id": one.external_id,
                "used": one.used_id,
                "other": one.other_id,
            }
            for one in report.shared
        ]
        say_json(
            {
                "leads": report.leads,
                "contacts": report.contacts,
                "learned": report.learned,
                "known": report.known,
                "shared": shared,
            }
        )
        return 0
    say(f"{report.learned} identities learned, {report.known} were known.")
    for one in report.shared:
        say(f"{one.external_id} is on two {one.object_type}s: {one.used_id} is used, not {one.other_id}.")
    return 0


def _duplicates(assistant: Assistant, wanted: argparse.Namespace) -> int:
    profile = assistant.load_profile(wanted.profile)
    care = assistant.identity_care()
    found = asyncio.run(care.duplicates(profile, hours=wanted.hours, every=wanted.every))
    merged = 0
    if wanted.action == "merge":
        if found and not wanted.yes:
            raise AppError(
                "IDENTITY-MERGE-UNCONFIRMED",
                f"{len(found)} doubled records would be merged.",
                cause="Merged leads and deleted contacts do not come back.",
                remedy="Look at them with `identities duplicates`, then add --yes.",
            )
        for duplicate in found:
            merged += asyncio.run(care.merge(profile, duplicate))
    if wanted.json:
        say_json({"merged": merged, "duplicates": [_duplicate_json(one) for one in found]})
        return 0
    columns([(one.object_type, one.external_id, _ids(one)) for one in found])
    say(f"{merged} merged." if merged else f"{len(found)} doubled records.")
    return 0


def _ids(duplicate: Duplicate) -> str:
    return " ".join((duplicate.keep.id, *(other.id for other in duplicate.others)))


def _duplicate_json(duplicate: Duplicate) -> JsonValue:
    return {
        "record": duplicate.object_type,
        "external_id": duplicate.external_id,
        "keep": duplicate.keep.id,
        "others": [other.id for other in duplicate.others],
    }


def forecast(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Comfortable, tight or over, from the events of the last hours."""
    reader = assistant.reader(assistant.load_profile(wanted.profile))
    try:
        told = measured_forecast(reader, now_ms=time.time_ns() // 1_000_000, hours=wanted.hours)
    finally:
        reader.close()
    if wanted.json:
        groups: list[JsonValue] = [
            {
                "group": str(one.group),
                "expected_per_minute": round(one.expected, 2),
                "budget_per_minute": one.budget,
                "share": round(one.share, 4),
            }
            for one in told.groups
        ]
        say_json(
            {
                "budget": str(told.budget) if told.events else "unknown",
                "events_per_minute": round(told.per_minute, 2),
                "events_sampled": told.events,
                "groups": groups,
                "calls_per_1000_events": round(told.calls_per_1000, 1),
                "calls_per_1000_without_memory": round(told.without_memory, 1),
                "saved_share": round(told.saved_share, 4),
            }
        )
        return 0
    say(f"{str(told.budget).capitalize()}: {told.words}" if told.events else told.words)
    return 0
