"""Identifiers and keys in the shapes Close uses."""

from __future__ import annotations

import random
import string

BASE_62 = string.ascii_letters + string.digits
_LONG, _SHORT = 43, 22


class IdSource:
    """Makes ids such as ``lead_`` + 43 base-62 characters; repeatable when given a seeded source."""

    def __init__(self, source: random.Random | None = None) -> None:
        self._random = source or random.Random()  # noqa: S311 - ids of a fake, nothing to guess

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._text(_LONG)}"

    def new_short(self, prefix: str) -> str:
        """The 22-character kind that newer sorts of objects have."""
        return f"{prefix}_{self._text(_SHORT)}"

    def trace_id(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def api_key(self) -> str:
        """``api_``, 22 characters, a dot, 22 characters."""
        return f"api_{self._text(_SHORT)}.{self._text(_SHORT)}"

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(BASE_62, k=length))
