"""One history played and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.simulation import check_creations, check_events, check_last, check_plans, check_undo, check_writes
from tests.simulation.findings import Finding
from tests.simulation.history import History
from tests.simulation.ledger import Ledger
from tests.simulation.world import Played, World

Check = Callable[[Ledger], Iterator[Finding]]

BEFORE_UNDO: tuple[Check, ...] = (
    check_events.check,
    check_creations.check,
    check_writes.check,
    check_last.check,
    check_plans.check,
)
AFTER_UNDO: tuple[Check, ...] = (check_undo.check,)


@dataclass(slots=True)
class Trial:
    """``findings`` are empty for a history in which every promise was kept."""

    history: History
    findings: list[Finding] = field(default_factory=list)
    ledger: Ledger | None = None
    log: list[str] = field(default_factory=list)


def trial_of(history: History) -> Trial:
    trial = Trial(history)
    world = World(history)

    def judge(checks: tuple[Check, ...], played: Played) -> None:
        trial.ledger = ledger = Ledger.of(played)
        for check in checks:
            trial.findings += check(ledger)

    try:
        world.play(lambda played: judge(BEFORE_UNDO, played), lambda played: judge(AFTER_UNDO, played))
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to this seed
        trial.findings.append(Finding("no defect of ours", f"{type(error).__name__}: {error}"))
    trial.log = world.played.log
    return trial
