"""How far a replay is, in words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.relay.replay_records import ItemState, Replay, ReplayState
from app.ui.replay.past_replays import state_look
from app.ui.replay.replay_desk import Phase
from app.ui.theme.tokens import Tone
from app.workflows.replay_pace import span_words


@dataclass(frozen=True, slots=True)
class ProgressWords:
    """``share`` and ``failed`` are parts of the whole, from 0 to 1."""

    badge: tuple[str, Tone, str]
    title: str
    figures: str
    note: str
    share: float
    failed: float = 0.0

    def arguments(self) -> tuple[tuple[str, Tone, str], str, str, str]:
        """What the card shows in words."""
        return self.badge, self.title, self.figures, self.note


def trying_progress(phase: Phase, count: int, expected: int) -> ProgressWords:
    """The dry run, or the reading before it."""
    badge = (_tr("Dry run"), Tone.ACCENT, "flask-conical")
    if phase is Phase.FINDING:
        figures = _tr("{n} events found").format(n=f"{count:,}")
        return ProgressWords(badge, _tr("Reading the events"), figures, "", 0.0)
    figures = _tr("{n} of {total} events tried").format(n=f"{count:,}", total=f"{expected:,}")
    note = _tr("Close is asked for every event; nothing is written.")
    share = count / expected if expected else 0.0
    return ProgressWords(badge, _tr("Finding out what would change"), figures, note, share)


def run_progress(replay: Replay, seconds_left: float | None, per_second: float | None) -> ProgressWords:
    """A run that has not ended."""
    parts = [_done_of(replay)]
    if replay.failed:
        parts.append(_tr("{n} failed").format(n=f"{replay.failed:,}"))
    if replay.state is ReplayState.RUNNING and not replay.note:
        if seconds_left is not None and replay.left:
            parts.append(_tr("{time} left").format(time=span_words(seconds_left)))
        if per_second:
            parts.append(_tr("{n} events a second").format(n=f"{per_second:.1f}"))
    note = replay.note
    if not note and replay.state is ReplayState.PAUSED:
        note = _tr("No more events are begun. Everything is kept, also when the program ends.")
    elif not note:
        note = _tr("Events that arrive meanwhile keep their place; nobody’s events overtake each other.")
    return _words(replay, replay.scope[:1].upper() + replay.scope[1:], ", ".join(parts), note)


def run_report(replay: Replay) -> ProgressWords:
    """What a run has come to."""
    counts = replay.counts
    named = (
        (ItemState.DELIVERED, _tr("{n} delivered")),
        (ItemState.UNCHANGED, _tr("{n} unchanged")),
        (ItemState.SKIPPED, _tr("{n} skipped")),
        (ItemState.FAILED, _tr("{n} failed")),
        (ItemState.DUPLICATE, _tr("{n} duplicates left out")),
        (ItemState.REFUSED, _tr("{n} without an event")),
        (ItemState.CANCELED, _tr("{n} not run")),
        (ItemState.WAITING, _tr("{n} not run")),
    )
    figures = ", ".join(text.format(n=f"{counts[state]:,}") for state, text in named if counts.get(state))
    note = _tr("Undone: what still held its values was taken back.") if replay.undone_ms is not None else ""
    return _words(replay, replay.scope[:1].upper() + replay.scope[1:], figures, note)


def _words(replay: Replay, title: str, figures: str, note: str) -> ProgressWords:
    word, icon, tone = state_look(replay)
    whole = replay.to_run or 1
    return ProgressWords(
        (word, tone, icon), title, figures, note, replay.finished / whole, replay.failed / whole
    )


def _done_of(replay: Replay) -> str:
    return _tr("{n} of {total} events").format(n=f"{replay.finished:,}", total=f"{replay.to_run:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReplayProgress", text)
