"""What one run of a template may cost, counted instead of timed so that it is the same everywhere."""

from __future__ import annotations

from typing import Final

MAX_TEMPLATE_LENGTH: Final = 1000
"""UTF-16 units; Segment's limit."""

MAX_WORK: Final = 2_000_000
"""Characters and list items one run may touch: far above any template of 1000 characters on an event of
32 KB, and well below the half second and 100 MB at which Segment stops."""


class LiquidError(ValueError):
    """A template that cannot be read or run; the text says why, in words for people."""


class Budget:
    """Counts the work of one run. ``now`` is the moment of the run in milliseconds, None if unknown."""

    def __init__(self, now: int | None = None) -> None:
        self.now = now
        self._left = MAX_WORK

    def use(self, amount: float) -> None:
        """Raises ``LiquidError`` when the run has cost too much; negative amounts and NaN are free."""
        if amount > 0:
            if amount > self._left:
                raise LiquidError("The template makes too much text or too long lists.")
            self._left -= int(amount)
