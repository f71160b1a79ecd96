"""``python -m tests.simulation --seed S --count N``: play histories and say which promises broke."""

from __future__ import annotations

import argparse
import logging
import sys
import time

from tests.simulation.generator import history_of
from tests.simulation.shrinking import shrunk
from tests.simulation.story import story_of
from tests.simulation.trial import trial_of


def main() -> int:
    """Returns 1 when any history broke a promise."""
    options = _arguments().parse_args()
    logging.disable(logging.CRITICAL)
    started = time.monotonic()
    failed = 0
    for seed in range(options.seed, options.seed + options.count):
        trial = trial_of(history_of(seed))
        if options.story:
            print(story_of(trial))
        if trial.findings:
            failed += 1
            print(f"seed {seed}: python -m tests.simulation --seed {seed} --story")
            for finding in trial.findings:
                print(f"    {finding}"[:600])
            if options.shrink:
                print(story_of(shrunk(trial)))
        done = seed - options.seed + 1
        if done % 500 == 0:
            print(f"{done} played, {failed} failed, {time.monotonic() - started:.0f} s", flush=True)
    print(f"{options.count} histories from seed {options.seed}, {failed} failed.")
    return 1 if failed else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first history")
    parser.add_argument("--count", type=int, default=1, help="how many histories from there")
    parser.add_argument("--story", action="store_true", help="tell everything that happens")
    parser.add_argument("--shrink", action="store_true", help="leave out what a failure does not need")
    return parser


if __name__ == "__main__":
    sys.exit(main())
