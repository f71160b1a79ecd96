"""The command line that opens the window, read without what the commands need: it should come at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

PROGRAM = "segment-close"
DEFAULT_PROFILE = "default"


class _OtherwiseError(Exception):
    """Raised in place of ending the program: the whole grammar says what is wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _OtherwiseError(message)


def read_window_arguments(arguments: Sequence[str] | None) -> argparse.Namespace | None:
    """None when a command, help or something unknown is asked for."""
    parser = _Parser(prog=PROGRAM, add_help=False)
    add_window_options(parser)
    parser.set_defaults(command=None)
    try:
        return parser.parse_args(arguments)
    except _OtherwiseError:
        return None


def add_window_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="open the window on throw-away demo data")
    add_common_options(parser, after_command=False)


def add_common_options(parser: argparse.ArgumentParser, *, after_command: bool) -> None:
    """After the command the defaults are left out, or they would undo what stood before it."""

    def default(value: str | None) -> object:
        return argparse.SUPPRESS if after_command else value

    group = parser.add_argument_group("common options")
    group.add_argument(
        "--profile",
        metavar="NAME",
        default=default(DEFAULT_PROFILE),
        help="which destination (default: %(default)s)" if not after_command else "which destination",
    )
    group.add_argument(
        "--profile-dir", metavar="PATH", type=Path, default=default(None), help="folder of the profiles"
    )
    group.add_argument(
        "--close-url",
        metavar="URL",
        default=default(None),
        help="Close's API with /api/v1/, when it is not Close's own",
    )
