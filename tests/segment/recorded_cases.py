"""Answers recorded from Segment's own packages, and how ours are compared with them.

The files hold one case per line; numbers in them are written oddly on purpose, so they are never rewritten.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[1] / "data" / "segment"


def recorded(name: str) -> list[dict[str, Any]]:
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


def same(ours: Any, theirs: Any) -> bool:
    """Equal as JSON values: key order is free, numbers count by value, true is not 1."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return float(ours) == float(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs
