"""Being reachable on the command line: in the ready line, as it changes, and ``relay status``."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from app.assembly import Assistant
from app.cli.output import moment, say, say_json
from app.errors import AppError
from app.json_value import JsonValue
from app.redaction import escape_control
from app.relay.intake import webhook_path
from app.relay.public_url import fingerprint, public_host
from app.relay.reach_status import ReachStatus
from app.relay.status import RelayStatus
from app.storage.profile import Profile
from app.storage.reach_log import Gap, ReachRecord
from app.workflows.event_keeping import QueueNow, look_at_queue
from app.workflows.reach.away import gap_words, recent_gaps
from app.workflows.reach.connection_check import milliseconds
from app.workflows.reach.presence import Presence, look_for_relay


def reach_json(reach: ReachStatus) -> dict[str, JsonValue]:
    """What the ready line says: listening is not reachable yet."""
    return {
        "reachable": reach.proven,
        "missing": reach.missing or None,
        "public_url": reach.public_url or None,
        "tunnel": reach.tunnel.tool if reach.tunnel else None,
    }


class ReachTeller:
    """Says on standard error when being reachable has changed since it was asked last."""

    def __init__(self) -> None:
        self._told = _words(ReachStatus(), "")

    def tell(self, status: RelayStatus) -> None:
        words = _words(status.reach, status.url)
        if words != self._told:
            self._told = words
            print(escape_control(words), file=sys.stderr, flush=True)


def _words(reach: ReachStatus, url: str) -> str:
    """One line that changes only when there is something new to say."""
    if reach.proven:
        changed = " It changed since you copied it." if reach.url_changed else ""
        return f"Reachable: {url}{changed}"
    error = reach.trouble
    detail = f" {error.remedy} [{error.code}]" if error else ""
    return f"Listening, not reachable. {reach.missing}{detail}"


def relay_status(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Exit code 0 while Segment can reach the relay, else 1."""
    profile = assistant.load_profile(wanted.profile)
    record = assistant.reach_log(profile.name).load()
    secret = _secret(assistant, profile)
    now_ms = time.time_ns() // 1_000_000
    queue = _queue(assistant, profile)
    presence = asyncio.run(look_for_relay(profile, secret, record, now_ms))
    url = (record.public_url + webhook_path(secret)) if record.public_url and secret else ""
    copied = assistant.copied_url(profile.name)
    if wanted.pasted and url:
        copied.remember(fingerprint(url), public_host(url))
    known, _ = copied.read()
    changed = bool(known and url) and known != fingerprint(url)
    gaps = recent_gaps(record, now_ms)
    if wanted.json:
        say_json({**_status_json(record, presence, url, gaps, changed=changed), "queue": _queue_json(queue)})
    else:
        _say_status(record, presence, url, gaps, changed=changed)
        say(_queue_words(queue))
    return 0 if presence.reachable else 1


def _secret(assistant: Assistant, profile: Profile) -> str | None:
    try:
        return assistant.secrets.shared_secret(profile)
    except AppError:
        # Without it the relay cannot be asked, but what is kept can be shown.
        return None


def _queue(assistant: Assistant, profile: Profile) -> QueueNow:
    reader = assistant.reader(profile)
    try:
        return look_at_queue(reader)
    finally:
        reader.close()


def _queue_json(queue: QueueNow) -> dict[str, JsonValue]:
    oldest = moment(queue.oldest_ms) if queue.oldest_ms is not None else None
    return {"events": queue.events, "oldest_at": oldest, "reason": queue.reason or None}


def _queue_words(queue: QueueNow) -> str:
    if not queue.events:
        return "Nothing waits for delivery."
    events = "One event waits" if queue.events == 1 else f"{queue.events:,} events wait"
    since = f", the oldest since {moment(queue.oldest_ms)}" if queue.oldest_ms is not None else ""
    return f"{events} for delivery{since}. {queue.reason}".rstrip()


def _status_json(
    record: ReachRecord, presence: Presence, url: str, gaps: tuple[Gap, ...], *, changed: bool
) -> dict[str, JsonValue]:
    return {
        "state": presence.word,
        "listening": presence.listening,
        "reachable": presence.reachable,
        "missing": presence.missing or None,
        "url": url or None,
        "url_changed_since_copied": changed,
        "last_proven_at": moment(record.proven_ms) if record.proven_ms else None,
        "round_trip_ms": round(record.round_trip_ms, 1) if record.round_trip_ms is not None else None,
        "certificate_until": moment(record.certificate_until_ms) if record.certificate_until_ms else None,
        "gaps": [
            {
                "kind": gap.kind,
                "from": moment(gap.start_ms),
                "to": moment(gap.end_ms) if gap.end_ms is not None else None,
                "reason": gap.reason or None,
            }
            for gap in gaps
        ],
    }


def _say_status(
    record: ReachRecord, presence: Presence, url: str, gaps: tuple[Gap, ...], *, changed: bool
) -> None:
    say(f"{presence.word}. {presence.missing}".strip())
    if url:
        say(f"URL: {url}")
    if changed:
        say("The public URL changed since you copied it. Paste it in Segment again.")
    if record.proven_ms:
        took = f", {milliseconds(record.round_trip_ms)}" if record.round_trip_ms is not None else ""
        say(f"Last proven reachable: {moment(record.proven_ms)}{took}")
    for gap in gaps:
        say(gap_words(gap))
