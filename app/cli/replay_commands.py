"""``replay``: events of the inbox or of files once more, tried dry first, then run, followed and undone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.assembly import Assistant
from app.cli.logs import logging_to_profile
from app.cli.output import columns, moment, say, say_json
from app.cli.replay_arguments import filter_of
from app.cli.undo_commands import report_json
from app.errors import AppError
from app.json_value import JsonValue
from app.relay.replay_records import ItemState, MappingsOf, Replay, ReplayState
from app.relay.replay_store import ReplayStore
from app.storage.profile import Mode, Profile
from app.workflows.event_exports import ExportedEvent, ExportFormat, write_export
from app.workflows.relay_session import confirm_live
from app.workflows.replay import ReplaySession
from app.workflows.replay_pace import ReplayPace, span_words
from app.workflows.replay_scope import FileScope, Scope, StoredScope
from app.workflows.replay_totals import ReplayTotals

_SHOWN_FAILURES = 20
_SHOWN_CASES = 20


def replay(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """0 when everything asked for was done and nothing failed."""
    profile = assistant.load_profile(wanted.profile)
    session = assistant.replays(profile)
    match wanted.action:
        case "list":
            return _list(session.store, wanted)
        case "show":
            return _show(session.store, wanted.id, wanted)
        case "cancel":
            return _tell(session.cancel(wanted.id), wanted)
        case "undo":
            return _undo(session, profile, wanted)
        case "resume":
            return _resume(assistant, session, profile, wanted)
        case _:
            return _replay(assistant, session, profile, wanted)


def _replay(
    assistant: Assistant, session: ReplaySession, profile: Profile, wanted: argparse.Namespace
) -> int:
    made = session.prepare(
        profile,
        _scope(wanted),
        mappings=MappingsOf(wanted.mappings),
        again=wanted.again,
        told=_progress("found"),
    )
    totals = session.dry_run(profile, made.id, told=_progress(f"of {made.to_run:,} tried"))
    _progress_ends()
    if wanted.dry_run:
        if wanted.json:
            say_json({**_replay_json(made), "dry_run": totals_json(totals)})
        else:
            _say_totals(made, totals)
            say(f"Nothing was written. Run it with `segment-close replay resume {made.id} --yes`.")
        return 0
    if not wanted.json:
        _say_totals(made, totals)
    _confirm(profile, made, _queued(assistant, profile), yes=wanted.yes)
    return _run(assistant, session, profile, made.id, wanted)


def _resume(
    assistant: Assistant, session: ReplaySession, profile: Profile, wanted: argparse.Namespace
) -> int:
    _confirm(profile, session.store.replay(wanted.id), _queued(assistant, profile), yes=wanted.yes)
    if wanted.failed:
        session.store.retry_failed(wanted.id)
    return _run(assistant, session, profile, wanted.id, wanted)


def _scope(wanted: argparse.Namespace) -> Scope:
    chosen = filter_of(wanted)
    if not wanted.file:
        return StoredScope(chosen)
    if chosen != filter_of(argparse.Namespace(**{**vars(wanted), **_NO_FILTER})):
        raise AppError(
            "REPLAY-SCOPE",
            "A file is replayed as a whole.",
            cause="Filters choose among stored events.",
            remedy="Leave out either --file or the filters.",
        )
    return FileScope(tuple(wanted.file))


_NO_FILTER: dict[str, object] = {
    "state": [],
    "type": [],
    "text": "",
    "since": None,
    "until": None,
    "name": "",
    "person": "",
    "mapping": "",
}


def _queued(assistant: Assistant, profile: Profile) -> int:
    """How many events wait for delivery that no replay has brought."""
    reader = assistant.reader(profile)
    try:
        return reader.queue_depth()
    finally:
        reader.close()


def _confirm(profile: Profile, made: Replay, queued: int, *, yes: bool) -> None:
    """A run always changes Close. Raises ``AppError`` without a yes."""
    if queued:
        events = "One event is" if queued == 1 else f"{queued:,} events are"
        text = f"{events} queued already and delivered to Close as well: the order per person has to hold."
        print(text, file=sys.stderr)
    if yes:
        return
    live = replace(profile, relay=replace(profile.relay, mode=Mode.LIVE))
    name = profile.organization.name if profile.organization else "Close"
    if sys.stdin.isatty():
        print(f"Leads and contacts of {name} are changed. Type its name to run: ", end="", file=sys.stderr)
        sys.stderr.flush()
        if sys.stdin.readline().strip().casefold() == name.casefold():
            return
    confirm_live(replace(live, live_confirmed_for=None), confirmed=False)
    raise AppError(
        "REPLAY-UNCONFIRMED",
        f"Replay {made.id} was not run.",
        remedy=f"Run it with `segment-close replay resume {made.id} --yes`.",
    )


# The run ------------------------------------------------------------------------------------------


def _run(
    assistant: Assistant, session: ReplaySession, profile: Profile, replay_id: int, wanted: argparse.Namespace
) -> int:
    session.start(replay_id)
    watch = _Watch(session.store, replay_id)
    with logging_to_profile(assistant, profile.name, terminal=True):
        interrupted = asyncio.run(_until_ended(assistant, profile, watch))
    _progress_ends()
    if interrupted:
        session.pause(replay_id)
        say(f"Paused. Go on with `segment-close replay resume {replay_id} --yes`.")
        return 130
    return _show(session.store, replay_id, wanted)


async def _until_ended(assistant: Assistant, profile: Profile, watch: _Watch) -> bool:
    """Run it here, or watch the relay that runs it; whether a person has stopped it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.set))
    try:
        await assistant.replay_host(profile).run(watch.ended, stop)
    except AppError as error:
        if error.code != "RELAY-ALREADY-RUNNING":
            raise
        print("The relay that runs for this profile carries it on.", file=sys.stderr, flush=True)
        while not stop.is_set() and not await asyncio.to_thread(watch.ended):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.5)
    return stop.is_set()


@dataclass(slots=True)
class _Watch:
    store: ReplayStore
    replay_id: int
    pace: ReplayPace = field(default_factory=ReplayPace)
    note: str = ""

    def ended(self) -> bool:
        now = self.store.replay(self.replay_id)
        self.pace.note(time.monotonic(), now.finished)
        if now.note and now.note != self.note:
            print(now.note, file=sys.stderr, flush=True)
        self.note = now.note
        if sys.stderr.isatty():
            rest = self.pace.seconds_left(now.left)
            eta = f", {span_words(rest)} left" if rest else ""
            failed = f", {now.failed:,} failed" if now.failed else ""
            _say_progress(f"{now.finished:,} of {now.to_run:,} done{failed}{eta}")
        return now.state is not ReplayState.RUNNING


def _progress(words: str) -> Callable[[int], None]:
    def told(count: int) -> None:
        if sys.stderr.isatty():
            _say_progress(f"{count:,} {words}")

    return told


def _say_progress(text: str) -> None:
    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _progress_ends() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr, flush=True)


# Telling ------------------------------------------------------------------------------------------


def _list(store: ReplayStore, wanted: argparse.Namespace) -> int:
    replays = store.replays()
    if wanted.json:
        say_json([_replay_json(one) for one in replays])
    elif not replays:
        say("No replays.")
    else:
        columns(
            [
                (
                    str(one.id),
                    moment(one.created_ms),
                    _state_words(one),
                    f"{one.finished:,} of {one.to_run:,}",
                    one.scope,
                )
                for one in replays
            ]
        )
    return 0


def _show(store: ReplayStore, replay_id: int, wanted: argparse.Namespace) -> int:
    now = store.replay(replay_id)
    if wanted.failures is not None:
        _write_failures(store, replay_id, wanted.failures)
    _tell(now, wanted)
    if not wanted.json:
        for number, item in enumerate(store.troubles(replay_id)):
            if number == _SHOWN_FAILURES:
                say("… and more; --failures FILE writes them all.")
                break
            say(f"  {item.place or f'event {item.event_id}'}: {item.type} {item.title}: {item.reason}")
    return 1 if wanted.action != "show" and now.failed else 0


def _tell(now: Replay, wanted: argparse.Namespace) -> int:
    if wanted.json:
        say_json(_replay_json(now))
        return 0
    say(f"Replay {now.id} of {now.scope}: {_state_words(now)}.")
    counts = [f"{now.counts[state]:,} {state}" for state in ItemState if now.counts.get(state)]
    say(", ".join(counts) + "." if counts else "No events.")
    if now.note:
        say(now.note)
    return 0


def _undo(session: ReplaySession, profile: Profile, wanted: argparse.Namespace) -> int:
    report = asyncio.run(session.undo(profile, wanted.id, live=not wanted.dry_run))
    if wanted.json:
        say_json(report_json(report, dry_run=wanted.dry_run))
    else:
        say(report.summary + (" Nothing was written." if wanted.dry_run else ""))
    return 0


def _say_totals(made: Replay, totals: ReplayTotals) -> None:
    say(f"Replay {made.id}: {made.scope}, {made.total:,} in all.")
    say(totals.words)
    rows = [
        ("would change", totals.would_change),
        ("unchanged", totals.unchanged),
        ("skipped", totals.skipped),
        ("would fail", totals.would_fail),
        ("duplicates, left out", made.counts.get(ItemState.DUPLICATE, 0)),
        ("no events, left out", made.counts.get(ItemState.REFUSED, 0)),
    ]
    columns([(f"  {count:,}", words) for words, count in rows if count])
    for one in totals.reasons:
        say(f"    {one.count:,} {one.outcome}: {one.reason}")
    for case in totals.cases[:_SHOWN_CASES]:
        say(f"  Look at: {case.kind} {case.record} ({case.event})")
    hidden = len(totals.cases) - _SHOWN_CASES + totals.cases_left_out
    if hidden > 0:
        say(f"  … and {hidden:,} more")
    say(f"A run takes {span_words(totals.seconds)} or more at Close's limits.")


def totals_json(totals: ReplayTotals) -> JsonValue:
    names = ("new_leads", "new_contacts", "updated_leads", "updated_contacts", "fields", "entries", "merges")
    counts: dict[str, JsonValue] = {name: getattr(totals, name) for name in names}
    return {
        "summary": totals.words,
        "events": totals.events,
        **counts,
        "deletions": totals.deletions,
        "would_change": totals.would_change,
        "unchanged": totals.unchanged,
        "skipped": totals.skipped,
        "would_fail": totals.would_fail,
        "seconds_at_least": round(totals.seconds, 1),
        "reasons": [
            {"outcome": one.outcome, "reason": one.reason, "count": one.count} for one in totals.reasons
        ],
        "cases": [
            {"kind": case.kind, "record": case.record, "event": case.event, "number": case.number}
            for case in totals.cases
        ],
        "cases_left_out": totals.cases_left_out,
    }


def _replay_json(one: Replay) -> dict[str, JsonValue]:
    return {
        "id": one.id,
        "scope": one.scope,
        "state": one.state,
        "mappings": one.mappings,
        "created_at": moment(one.created_ms),
        "started_at": moment(one.started_ms) if one.started_ms else None,
        "ended_at": moment(one.ended_ms) if one.ended_ms else None,
        "undone_at": moment(one.undone_ms) if one.undone_ms else None,
        "note": one.note or None,
        "events": one.total,
        "to_run": one.to_run,
        "finished": one.finished,
        "left": one.left,
        "counts": {str(state): count for state, count in one.counts.items()},
    }


def _state_words(one: Replay) -> str:
    return "undone" if one.undone_ms is not None else str(one.state)


def _write_failures(store: ReplayStore, replay_id: int, path: Path) -> None:
    items = store.troubles(replay_id, bodies=True)
    write_export(path, map(ExportedEvent.of_item, items), ExportFormat.of(path))
