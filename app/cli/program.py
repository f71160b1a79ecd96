"""From the command line's words to what they do, and to the exit code."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from app.cli.window_arguments import read_window_arguments
from app.errors import AppError
from app.storage.log_files import silence_talkative_libraries
from app.storage.own_folders import default_root

if TYPE_CHECKING:
    from app.assembly import Assistant
    from app.storage.profile import Profile

OK, FAILED = 0, 1

_Command: TypeAlias = Callable[["Assistant", argparse.Namespace], int]

# Module and function of each command; imported when asked for, because help should come at once.
_COMMANDS = {
    "setup": ("setup_commands", "setup"),
    "fields": ("setup_commands", "fields"),
    "doctor": ("setup_commands", "doctor"),
    "mappings": ("mapping_commands", "mappings"),
    "map": ("trial_commands", "map_event"),
    "trigger": ("trial_commands", "trigger"),
    "preview": ("run_commands", "preview"),
    "send": ("run_commands", "send"),
    "test": ("test_commands", "test"),
    "relay": ("relay_command", "relay"),
    "service": ("service_commands", "service"),
    "secret": ("access_commands", "secret"),
    "sources": ("access_commands", "sources"),
    "events": ("event_commands", "events"),
    "replay": ("replay_commands", "replay"),
    "metrics": ("figure_commands", "metrics"),
    "why": ("figure_commands", "why"),
    "undo": ("undo_commands", "undo"),
    "identities": ("memory_commands", "identities"),
    "forecast": ("memory_commands", "forecast"),
    "connect": ("connect_commands", "connect"),
    "profiles": ("profile_commands", "profiles"),
    "diagnostics": ("diagnostics_commands", "diagnostics"),
    "sandbox": ("server_commands", "sandbox"),
    "self-test": ("server_commands", "self_test"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong usage (argparse ends the program then)."""
    wanted = read_window_arguments(arguments) or _read_all(arguments)
    silence_talkative_libraries()
    # Without a handler Python prints warnings itself, unredacted.
    logging.getLogger().addHandler(logging.NullHandler())
    _make_output_tolerant()
    try:
        if wanted.command is None:
            return _window(wanted)
        return _command(wanted.command)(_assistant(wanted), wanted)
    except AppError as error:
        from app.cli.output import error_json, say_error, say_json

        if getattr(wanted, "json", False):
            say_json({"error": error_json(error)})
        say_error(error)
        return FAILED
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) has enough; nothing is left to say to anybody.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _read_all(arguments: Sequence[str] | None) -> argparse.Namespace:
    # The grammar needs much of the program for its choices; the window is to come without it.
    from app.cli.arguments import build_parser

    return build_parser().parse_args(arguments)


def _command(name: str) -> _Command:
    module, function = _COMMANDS[name]
    command: _Command = getattr(import_module(f"app.cli.{module}"), function)
    return command


def _assistant(wanted: argparse.Namespace) -> Assistant:
    from app.assembly import Assistant
    from app.storage.profile_store import ProfileStore

    root: Path = wanted.profile_dir or default_root()
    asking = _ask_passphrase if sys.stdin.isatty() else None
    return Assistant(ProfileStore(root), os.environ, wanted.close_url, asking)


def _ask_passphrase(profile: Profile) -> str:
    return getpass.getpass(f"Passphrase of the secrets of profile “{profile.name}”: ")


def _window(wanted: argparse.Namespace) -> int:
    # Imported here so that every command works on a machine without Qt and without a display.
    from app.ui.display_check import check_display, import_opening, import_window

    check_display(os.environ, sys.platform)
    # Painted first: what follows takes a second to read from the disk.
    opening = import_opening()(wanted.profile_dir or default_root())
    opening.show_frame()
    run_window = import_window()
    from app.assembly import Assistant
    from app.cli.logs import logging_to_profile
    from app.workflows.demo import DemoSession

    if not wanted.demo:
        # The window asks for passphrases itself; a question in the terminal would hang it.
        assistant = replace(_assistant(wanted), ask_passphrase=None)
        with logging_to_profile(assistant, wanted.profile, terminal=False):
            return run_window(assistant, wanted.profile, opening=opening)
    with DemoSession() as demo:
        assistant = Assistant.for_demo(demo)
        with logging_to_profile(assistant, wanted.profile, terminal=False):
            return run_window(assistant, wanted.profile, demo=demo, opening=opening)


def _make_output_tolerant() -> None:
    """A terminal that cannot show a character gets an escape instead of an exception."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
