"""The options of ``connect``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

Adding: TypeAlias = Callable[[str, str], argparse.ArgumentParser]


def add_connect_actions(action: Adding) -> None:
    sheet = action("sheet", "Every value to enter in Segment, in Segment's order.")
    sheet.add_argument("--path", choices=("relay", "destination"), help="default: the profile's path")
    sheet.add_argument(
        "--show-secret", action="store_true", help="print the webhook's URL and shared secret, too"
    )
    check = action("check", "Compare what was entered in Segment's Close destination, value by value.")
    check.add_argument(
        "file", metavar="FILE", help="the destination's JSON, or single values; - for standard input"
    )
    snippet = action("snippet", "Print code for the site or server that makes the calls the mappings want.")
    snippet.add_argument("--language", choices=("python", "node", "browser"), required=True)
    for parser in (sheet, check, snippet):
        parser.add_argument("--json", action="store_true", help="print data as JSON")
