"""Starting the window when the person logs in: off until somebody asks for it.

Linux: a desktop entry in the autostart folder (freedesktop.org's autostart specification). macOS: an agent
that is run once at log-in. Windows: a value under the user's ``Run`` key. None needs more rights than the
person has.
"""

from __future__ import annotations

import plistlib
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.storage.private_files import translated_os_errors

_APPLICATION = "Segment to Close"
# Quoted for the command line and once more as a string of the file.
_QUOTED = str.maketrans({"\\": r"\\\\", '"': r'\\"', "`": r"\\`", "$": r"\\$", "%": "%%"})

_HIDDEN = re.compile(rb"(?m)^(Hidden[ \t]*=[ \t]*true|X-GNOME-Autostart-enabled[ \t]*=[ \t]*false)[ \t]*$")


class LoginStart(Protocol):
    """Both ask the disk or the registry; raise ``AppError`` when that refuses."""

    def is_on(self) -> bool: ...
    def set_on(self, *, on: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class FileLoginStart:
    """A file that is there or is not."""

    path: Path
    text: str

    def is_on(self) -> bool:
        """A hidden desktop entry counts as removed: so desktops write what a person turned off there."""
        with translated_os_errors(self.path):
            return self.path.is_file() and not _HIDDEN.search(self.path.read_bytes())

    def set_on(self, *, on: bool) -> None:
        with translated_os_errors(self.path):
            if on:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.write_text(self.text, encoding="utf-8")
            else:
                self.path.unlink(missing_ok=True)


class RunKey(Protocol):
    """The user's ``Run`` key of the registry."""

    def value(self, name: str) -> str | None: ...
    def write(self, name: str, value: str) -> None: ...
    def delete(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RegistryLoginStart:
    """A value that is there or is not."""

    key: RunKey
    name: str
    command: str

    def is_on(self) -> bool:
        return self.key.value(self.name) is not None

    def set_on(self, *, on: bool) -> None:
        if on:
            self.key.write(self.name, self.command)
        elif self.is_on():
            self.key.delete(self.name)


def login_start(
    profile: str,
    command: Sequence[str],
    platform: str,
    home: Path,
    environment: Mapping[str, str],
    run_key: RunKey | None = None,
) -> LoginStart:
    """How this computer starts the window of a profile at log-in; ``run_key`` is needed on Windows only."""
    whole = (*command, "--profile", profile)
    if run_key is not None:
        return RegistryLoginStart(run_key, f"{_APPLICATION} ({profile})", run_value(whole))
    if platform == "darwin":
        label = f"app.segment-close.window.{profile}"
        path = home / "Library" / "LaunchAgents" / f"{label}.plist"
        return FileLoginStart(path, launch_agent(label, whole))
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return FileLoginStart(config / "autostart" / f"segment-close-{profile}.desktop", desktop_entry(whole))


def desktop_entry(command: Sequence[str]) -> str:
    words = " ".join(f'"{word.translate(_QUOTED)}"' for word in command)
    return f"[Desktop Entry]\nType=Application\nName={_APPLICATION}\nExec={words}\nTerminal=false\n"


def launch_agent(label: str, command: Sequence[str]) -> str:
    agent = {"Label": label, "ProgramArguments": list(command), "RunAtLoad": True}
    return plistlib.dumps(agent, sort_keys=False).decode()


def run_value(command: Sequence[str]) -> str:
    return subprocess.list2cmdline(command)
