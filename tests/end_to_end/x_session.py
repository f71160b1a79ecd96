"""A desktop of one's own: X server, window manager, keyring, and the bus of assistive technology."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.conditions import until_blocking
from tests.storage.desktop_session import DesktopSession

SCREEN = (1400, 1050)
READER = Path(__file__).with_name("accessibility_reader.py")
SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian puts the bindings where only its own Python finds them."""

ACCESSIBILITY_BUS = "/usr/libexec/at-spi-bus-launcher"
_QUIET_S = 10


@dataclass(frozen=True)
class Seen:
    """Something on the screen, as a screen reader knows it. ``place`` is x, y, width and height in px."""

    name: str
    label: str
    role: str
    states: frozenset[str]
    place: tuple[int, int, int, int]
    text: str
    depth: int
    children: int

    @property
    def middle(self) -> tuple[int, int]:
        x, y, width, height = self.place
        return x + width // 2, y + height // 2


class XSession:
    """Use as a context manager; ``environment`` is for programs in it. ``folder`` has to be a short path."""

    def __init__(self, folder: Path) -> None:
        self._desktop = DesktopSession(folder)
        self._stack = ExitStack()
        self._reader: subprocess.Popen[str] | None = None
        self.environment: dict[str, str] = {}

    def __enter__(self) -> XSession:
        with ExitStack() as stack:
            stack.enter_context(self._desktop)
            self.environment = {
                **self._desktop.environment,
                "DISPLAY": self._server(stack),
                "QT_ACCESSIBILITY": "1",
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
                "PYTHONWARNINGS": "error",
            }
            self._spawn(stack, "openbox", "--sm-disable")
            # Which only a window manager knows.
            until_blocking(lambda: self.input("get_num_desktops"), what="the window manager")
            self._spawn(stack, ACCESSIBILITY_BUS, "--launch-immediately")
            self._reader = self._spawn(stack, SYSTEM_PYTHON, str(READER))
            assert self._answer() == "ready"
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def screen_of(self, pid: int) -> list[Seen]:
        """Everything that shows in the windows of a process, in their order; empty while it is changing."""
        assert self._reader is not None
        assert self._reader.stdin is not None
        self._reader.stdin.write(json.dumps({"program": pid}) + "\n")
        self._reader.stdin.flush()
        answer = self._answer()
        if isinstance(answer, dict):
            return []
        return [
            Seen(
                each["name"],
                each["label"],
                each["role"],
                frozenset(each["states"]),
                tuple(each["place"]),
                each["text"],
                each["depth"],
                each["children"],
            )
            for each in answer
        ]

    def input(self, *arguments: str) -> str:
        """Mouse and keys, as ``xdotool`` names them."""
        done = subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout

    def _answer(self) -> Any:
        assert self._reader is not None
        assert self._reader.stdout is not None
        line = self._reader.stdout.readline()
        assert line, "the reader has ended"
        return json.loads(line)

    def _server(self, stack: ExitStack) -> str:
        read, write = os.pipe()
        size = "x".join(str(part) for part in (*SCREEN, 24))
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        stack.callback(_end, server)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        return f":{number}"

    def _spawn(self, stack: ExitStack, *command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            env={key: value for key, value in self.environment.items() if key != "PYTHONWARNINGS"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        stack.callback(_end, process)
        return process


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    process.wait(_QUIET_S)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
