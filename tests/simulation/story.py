"""A played history in words, in order of time: events, calls, crashes, people, and what changed in Close."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.simulation.trial import Trial
from tests.simulation.wire import WireCall


def story_of(trial: Trial) -> str:
    """Everything that is needed to understand a finding."""
    history, ledger = trial.history, trial.ledger
    parts = [f"History {history.seed}", f"Switches: {dict(history.switches)}"]
    parts.append(f"recreate_deleted={history.recreate_deleted} settled_s={history.settled_s}")
    for spec in history.mappings:
        off = [key for key, value in spec.mapping.items() if value is False]
        parts.append(f"Mapping {spec.name} [{spec.trigger}] off: {', '.join(off) or 'nothing'}")
    lines = list(_noted(trial))
    if ledger is not None:
        played = ledger.played
        lines += [(call.sent_s, 1, _call(call)) for call in played.wire.calls]
        lines += [(deed.at_s, 2, f"    {deed}") for deed in ledger.deeds]
        lines += [
            (
                one.began_s,
                0,
                f"try {one.number} of {one.event_key}: {json.dumps(ledger.bodies.get(one.event_key))}",
            )
            for one in played.tries
        ]
        for one in played.tries:
            ended = one.ended_s
            if ended is not None:
                lines.append((ended, 3, f"try {one.number} ends: {one.report.outcome}, {one.report.reason}"))
    parts += [f"{at_s:9.3f}  {words}" for at_s, _, words in sorted(lines, key=lambda line: line[:2])]
    if ledger is not None and ledger.played.undo is not None:
        parts += [f"undo: {line}" for line in ledger.played.undo.lines]
    parts += [f"FOUND {finding}" for finding in trial.findings]
    return "\n".join(parts)


def _noted(trial: Trial) -> Iterator[tuple[float, int, str]]:
    for line in trial.log:
        at, _, words = line.strip().partition("  ")
        yield float(at), 0, words


def _call(call: WireCall) -> str:
    of = f"{call.of.event_key} try {call.of.number}" if call.of else "undo"
    body = f" {json.dumps(call.body)}" if call.body is not None else ""
    at = "never arrives" if call.at_s is None else f"at {call.at_s:.3f}"
    asked = f"  call {call.number} of {of}: {call.method} {call.path}{body[:300]}"
    return f"{asked} -> {call.status or 'no answer'} {at}"
