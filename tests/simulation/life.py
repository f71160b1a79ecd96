"""The life of one process, which may end at any moment without any clean-up."""

from __future__ import annotations

from collections.abc import Callable


class Died(BaseException):
    """What code of a dead process runs into. No handler of ours may stop it."""


class Life:
    """``moment`` is called at the edge of everything that has an effect. Dead is dead: from then on every
    moment raises, so no handler and no ``finally`` of the dead process reaches the disk or Close.
    """

    def __init__(self, on_death: Callable[[str], None]) -> None:
        self.alive = True
        self._moments_left: int | None = None
        self._on_death = on_death

    def end_in(self, moments: int) -> None:
        """Die at that moment, counted from 1."""
        self._moments_left = moments

    def moment(self, where: str) -> None:
        if not self.alive:
            raise Died
        if self._moments_left is None:
            return
        self._moments_left -= 1
        if self._moments_left <= 0:
            self.end(where)
            raise Died

    def end(self, where: str) -> None:
        if self.alive:
            self.alive = False
            self._on_death(where)
