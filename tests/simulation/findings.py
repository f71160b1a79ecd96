"""What a check has found to be wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` is the promise that is broken, ``words`` what shows it."""

    check: str
    words: str

    def __str__(self) -> str:
        return f"[{self.check}] {self.words}"
