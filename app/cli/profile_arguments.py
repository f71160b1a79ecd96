"""The options of ``profiles`` and ``diagnostics``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

# Spelt out: help has to come without loading what they belong to.
_COLORS = ("blue", "green", "amber", "red", "violet", "grey")
_PLACES = ("keyring", "encrypted-file", "memory", "environment")

Adding: TypeAlias = Callable[[str, str], argparse.ArgumentParser]


def add_profile_actions(action: Adding) -> None:
    listing = action("list", "List the profiles: organization, mappings, mode, and what works with them.")
    create = action("create", "Make a profile; connect it with `setup --profile NAME`.")
    create.add_argument("--color", choices=_COLORS, help="its colour (default: one that no other has)")
    rename = action("rename", "Give a profile another name. Its key and its events stay.")
    remove = action("remove", "Forget a profile: key, secrets, events, logs. Cannot be undone.")
    remove.add_argument("--yes", action="store_true", help="confirm it")
    export = action("export", "Write a profile as one file without secrets.")
    export.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    bring = action("import", "Show what a profile's file holds, and take it as a new profile.")
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--name", metavar="NAME", help="what it is to be called here (default: its own name)")
    bring.add_argument("--dry-run", action="store_true", help="only show what is in it")
    promote = action("promote", "Take a profile to another organization: every id is looked up by name.")
    for parser in (create, rename, remove, export, promote):
        parser.add_argument("name", metavar="NAME", help="the profile")
    rename.add_argument("new_name", metavar="NEW_NAME")
    _add_promotion(promote)
    for parser in (listing, create, rename, remove, export, bring, promote):
        parser.add_argument("--json", action="store_true", help="print data as JSON")


def _add_promotion(promote: argparse.ArgumentParser) -> None:
    promote.add_argument(
        "--to", metavar="NAME", required=True, help="the profile it goes to, new or connected"
    )
    promote.add_argument(
        "--api-key-stdin", action="store_true", help="read a new profile's key from standard input"
    )
    promote.add_argument("--store", choices=_PLACES, help="where a new profile's secrets are kept")
    promote.add_argument(
        "--choose",
        metavar="ID=ID",
        action="append",
        default=[],
        type=_pair,
        help="what stands for an id that was not found by name; may be repeated",
    )
    promote.add_argument("--dry-run", action="store_true", help="only report what was found")
    promote.add_argument(
        "--yes", action="store_true", help="confirm the report; without it nothing is switched"
    )


def add_diagnostics_options(diagnostics: argparse.ArgumentParser) -> None:
    diagnostics.add_argument("--output", metavar="FILE", type=Path, help="save the bundle as this ZIP file")
    diagnostics.add_argument("--list", action="store_true", help="list what the bundle holds, with sizes")
    diagnostics.add_argument("--show", metavar="NAME", help="print one file of the bundle")
    diagnostics.add_argument(
        "--with-events", action="store_true", help="add the newest events as they arrived: personal data"
    )
    diagnostics.add_argument("--json", action="store_true", help="print data as JSON")


def _pair(text: str) -> tuple[str, str]:
    first, sign, second = text.partition("=")
    if not (first and sign and second):
        raise argparse.ArgumentTypeError("has to be two ids: stat_one=stat_other")
    return first, second
