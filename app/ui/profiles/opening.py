"""Opening another profile: in a window and a process of its own, so that two profiles never mix.

The relay of the first one goes on in its window. A profile that is open already only comes to the front.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import AppError
from app.workflows.instance import show_running
from app.workflows.service_setup import program_command

_CHECKOUT = Path(__file__).resolve().parents[3]


def start_detached(command: Sequence[str]) -> None:
    """Start a program that outlives this one. Raises ``AppError`` PROFILE-NOT-OPENED."""
    try:
        subprocess.Popen(  # noqa: S603 - our own program, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise AppError(
            "PROFILE-NOT-OPENED",
            "The other profile could not be opened.",
            cause=error.strerror or "The operating system gave no reason.",
            remedy="Start the program again with --profile NAME.",
            detail=type(error).__name__,
        ) from error


class ProfileOpener:
    """``open`` blocks for a moment; call it off the window's thread."""

    def __init__(
        self,
        root: Path,
        *,
        start: Callable[[Sequence[str]], None] = start_detached,
        command: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        self._root = root
        self._start = start
        self._command = command or own_command

    def open(self, name: str) -> bool:
        """Whether its window was there already. Raises ``AppError``."""
        folder = self._root / name
        if (folder / "window.address").is_file() and show_running(folder):
            return True
        self._start([*self._command(), "--profile", name, "--profile-dir", str(self._root.absolute())])
        return False


def own_command() -> Sequence[str]:
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    return program_command(Path(sys.executable), _CHECKOUT, sys.platform)
