"""The options of ``metrics`` and ``why``."""

from __future__ import annotations

import argparse
from collections.abc import Callable

# Spelt out: help has to come without loading the relay.
_RANGES = ("10m", "1h", "24h", "7d", "30d")


def add_figure_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    metrics = command("metrics", "Say what became of the events: totals, funnel, errors, speed.")
    metrics.add_argument("--range", choices=_RANGES, default="24h", help="how far back (default: 24h)")
    form = metrics.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print data as JSON")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    why = command("why", "Say why nothing happened for a person or an event name, and what helps.")
    why.add_argument("text", metavar="TEXT", help="a user ID, an email, or the name of an event")
    why.add_argument("--json", action="store_true", help="print data as JSON")
