"""A person in a real session: sees what assistive technology reads out, and has a mouse and a keyboard."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import TypeVar

from tests.conditions import until_blocking
from tests.end_to_end.x_session import Seen, XSession

T = TypeVar("T")

_WITHIN_S = 20.0
LARGE = ("1360", "980")
BUTTONS = frozenset({"push button", "toggle button", "radio button", "check box"})
ITEMS = frozenset({"table cell"})
"""Part of a control: a cell of a table may be empty."""

NO_ROLES = frozenset({"unknown", "invalid", "filler", "redundant object"})
FRAME = ("Navigation", "Commands")
FIELDS = frozenset({"text", "password text", "entry"})


class ScreenPerson:
    """Works with the program of one process. Names are what is read out, or how that begins."""

    def __init__(self, session: XSession, program: subprocess.Popen[bytes]) -> None:
        self._session = session
        self._program = program

    def screen(self) -> list[Seen]:
        """What shows now; of several windows the one in front (a dialog comes after its window)."""
        return self._session.screen_of(self._program.pid)

    def comes_to_the_window(self) -> None:
        """Wait for the window, make it large, and put it in front."""

        def in_front() -> bool:
            # Looked for anew: what is found first may be a window that Qt makes for itself.
            for window in self._windows()[-1:]:
                self._session.input("windowsize", window, *LARGE)
                self._session.input("windowactivate", window)
                return self._session.input("getwindowfocus").strip() == window
            return False

        until_blocking(in_front, within_s=60, what="the window in front")

    def looks(self, name: str, roles: frozenset[str] = frozenset()) -> Seen | None:
        return next((each for each in self.screen() if matches(each, name, roles)), None)

    def sees(self, name: str, roles: frozenset[str] = frozenset(), within_s: float = _WITHIN_S) -> Seen:
        """Wait until it shows."""
        return self._until(lambda: self.looks(name, roles), f"{name!r} to show", within_s)

    def waits(self, condition: Callable[[], object], what: str, within_s: float = _WITHIN_S) -> None:
        self._until(condition, what, within_s)

    def clicks(self, name: str, roles: frozenset[str] = BUTTONS, *, on_page: bool = False) -> None:
        """Click the last thing of that name (what is in front comes last); ``on_page``: not in the frame."""

        def ready() -> Seen | None:
            screen = outside_frame(self.screen()) if on_page else self.screen()
            found = [each for each in screen if matches(each, name, roles)]
            found = [each for each in found if name in (each.name, each.label)] or found
            return found[-1] if found and "sensitive" in found[-1].states and self._rests(found[-1]) else None

        self.points_at(self._until(ready, f"{name!r} to be there for a click", _WITHIN_S))

    def points_at(self, seen: Seen) -> None:
        x, y = seen.middle
        self._session.input("mousemove", str(x), str(y), "click", "1")

    def goes_on(self, expected: str) -> None:
        """Ctrl+Enter once the main button of the window says ``expected``."""
        self.sees(expected, BUTTONS)
        self.presses("ctrl+Return")

    def presses(self, *keys: str) -> None:
        self._session.input("key", "--clearmodifiers", *keys)

    def types(self, text: str) -> None:
        self._session.input("type", "--delay", "1", text)

    def fills(self, name: str, text: str) -> None:
        """Replace what is in a field."""
        self.clicks(name, FIELDS)
        self.presses("ctrl+a")
        self.types(text)

    def _until(self, condition: Callable[[], T], what: str, within_s: float) -> T:
        """Fails with what shows instead."""
        try:
            return until_blocking(condition, within_s=within_s, what=what)
        except AssertionError as error:
            shown = "\n".join(
                f"{seen.role} {seen.label} {seen.name!r} {seen.text!r}" for seen in self.screen()
            )
            raise AssertionError(f"{error}; on the screen:\n{shown}") from None

    def _windows(self) -> list[str]:
        assert self._program.poll() is None, f"the program has ended: {self._program.poll()}"
        wanted = ("--onlyvisible", "--all", "--pid", str(self._program.pid), "--name", "Segment to Close")
        return self._session.input("search", *wanted).split()

    def _rests(self, seen: Seen) -> bool:
        """Whether it stays where it is: a page that is still being laid out moves things."""
        return any((each.name, each.place) == (seen.name, seen.place) for each in self.screen())


def matches(seen: Seen, name: str, roles: frozenset[str] = frozenset()) -> bool:
    return (seen.label or seen.name).startswith(name) and (not roles or seen.role in roles)


def outside_frame(screen: list[Seen]) -> list[Seen]:
    """Without what is in the rail and in the command bar."""
    kept: list[Seen] = []
    inside: int | None = None
    for seen in screen:
        if inside is not None and seen.depth > inside:
            continue
        inside = seen.depth if seen.name in FRAME and seen.role == "filler" else None
        kept.append(seen)
    return kept


def unnamed(screen: list[Seen]) -> Iterator[Seen]:
    """Controls that nobody could ask for: what takes the focus or a click, but has no name or no role."""
    for seen in screen:
        control = "focusable" in seen.states or seen.role in BUTTONS | FIELDS
        name = seen.label if seen.role == "combo box" else seen.name
        if control and seen.role not in ITEMS and (not name.strip() or seen.role in NO_ROLES):
            yield seen
