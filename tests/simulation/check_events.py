"""No event lost: what was accepted has come to its end, with a reason, and none by a defect of ours."""

from __future__ import annotations

from collections.abc import Iterator

from app.relay.delivery import OPEN_STATES, State
from tests.simulation.findings import Finding
from tests.simulation.ledger import Ledger

_FINAL = {str(state) for state in State} - {str(state) for state in OPEN_STATES} - {str(State.RECEIVED)}


def check(ledger: Ledger) -> Iterator[Finding]:
    yield from _order(ledger)
    disk = ledger.played.disk
    for message_id in ledger.played.accepted:
        rows = disk.rows("SELECT state, reason FROM event WHERE message_id = ?", message_id)
        if len(rows) != 1:
            yield Finding("no event lost", f"{message_id} was accepted and is stored {len(rows)} times")
            continue
        state, reason = rows[0]
        if state not in _FINAL:
            yield Finding("no event lost", f"{message_id} is still {state}: {reason}")
        elif not reason:
            yield Finding("every end has a reason", f"{message_id} is {state} without a reason")
    unsent = set(ledger.bodies) - set(ledger.played.accepted)
    if unsent:
        yield Finding("no event lost", f"never accepted: {sorted(unsent)}")
    for message_id, code, reason in disk.rows(
        "SELECT event.message_id, attempt.error_code, attempt.reason FROM attempt "
        "JOIN event ON event.id = attempt.event_id WHERE attempt.error_code = 'RELAY-INTERNAL'"
    ):
        yield Finding("no defect of ours", f"{message_id} met {code}: {reason}")


def _order(ledger: Ledger) -> Iterator[Finding]:
    """Nobody's event is tried before all of their earlier ones have ended."""
    began: dict[str, list[float]] = {}
    for attempt in ledger.played.tries:
        began.setdefault(attempt.event_key, []).append(attempt.began_s)
    latest: dict[str, tuple[float, str]] = {}
    for message_id in sorted(ledger.arrival, key=ledger.arrival.__getitem__):
        user_id = ledger.bodies[message_id].get("userId")
        times = began.get(message_id)
        if user_id is None or times is None:
            continue
        ended_s, before = latest.get(user_id, (-1.0, ""))
        if min(times) < ended_s:
            yield Finding("events in order", f"{message_id} was tried before {before} had ended")
        latest[user_id] = max((ended_s, before), (max(times), message_id))
