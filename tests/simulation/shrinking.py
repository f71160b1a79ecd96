"""Leaving out of a failing history what its failure does not need."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.trial import Trial, trial_of


def shrunk(trial: Trial) -> Trial:
    """The same promise broken with as few steps as removing single ones leaves."""
    wanted = {finding.check for finding in trial.findings}
    best, again = trial, True
    while again:
        again = False
        for place in reversed(range(len(best.history.steps))):
            steps = (*best.history.steps[:place], *best.history.steps[place + 1 :])
            smaller = trial_of(replace(best.history, steps=steps))
            if wanted & {finding.check for finding in smaller.findings}:
                best, again = smaller, True
    return best
