"""What a write is checked against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.close.sandbox.account import Member
from app.close.sandbox.api.problems import Path, Problems, Wrong
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches


@dataclass(frozen=True, slots=True)
class Rules:
    """One write's surroundings; ``problems`` collects what is wrong with it."""

    store: Store
    switches: Switches
    member: Member
    problems: Problems = field(default_factory=Problems)

    def text(self, value: Any, path: Path, most: int | None = None) -> str:
        """``null`` comes back as empty text."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problems.add(path, Wrong.NOT_TEXT)
            return ""
        if most is not None and len(value) > most:
            self.problems.add(path, Wrong.TOO_LONG, most)
        return value

    def entries(self, value: Any, path: Path, most: int) -> list[Any]:
        """A list of at most ``most`` entries; ``null`` is the empty list."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.problems.add(path, Wrong.NOT_LIST)
            return []
        if len(value) > most:
            self.problems.add(path, Wrong.LIST_TOO_LONG, most)
            return []
        return value

    def finish(self) -> None:
        """Raise the refusal when anything was wrong."""
        self.problems.raise_if_any(self.switches.error_dialect)
