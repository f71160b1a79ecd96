"""How people see a place in the event: ``traits.company.name``, ``items[0].id``, ``traits["a.b"]``."""

from __future__ import annotations

import json
import re
from typing import Final

from app.segment.js_values import is_index

_EVERYTHING: Final = "$"
_PLAIN: Final = re.compile(r"""[^\s.\[\]"'](?:[^.\[\]"'\x00-\x1f\x7f]*[^\s.\[\]"'\x00-\x1f\x7f])?""")
_INDEX: Final = re.compile(r"\[([0-9]+)\]")
_DECODER: Final = json.JSONDecoder(strict=False)


def label_of(keys: tuple[str, ...]) -> str:
    """The place in words of the event. No two rows of keys share a label; the whole event is ``$``."""
    return "".join(_piece(key, first=not place) for place, key in enumerate(keys)) or _EVERYTHING


def _piece(key: str, *, first: bool) -> str:
    if is_index(key) and not first:
        return f"[{key}]"
    if _PLAIN.fullmatch(key) and not (first and key == _EVERYTHING) and key.isprintable():
        return key if first else f".{key}"
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def keys_of_label(label: str) -> tuple[str, ...]:
    """The keys behind a label of ``label_of``. Raises ``ValueError`` for any other text."""
    if label == _EVERYTHING:
        return ()
    keys: list[str] = []
    at = 0
    while at < len(label):
        key, at = _key_at(label, at)
        keys.append(key)
    found = tuple(keys)
    if label_of(found) != label:
        raise ValueError(f"{label!r} names no place in an event")
    return found


def _key_at(label: str, at: int) -> tuple[str, int]:
    index = _INDEX.match(label, at)
    if index:
        return index[1], index.end()
    if label.startswith('["', at):
        key, end = _DECODER.raw_decode(label, at + 1)
        return key, end + 1
    plain = _PLAIN.match(label, at + 1 if label[at] == "." else at)
    if plain is None:
        raise ValueError(f"{label!r} names no place in an event")
    return plain[0], plain.end()
