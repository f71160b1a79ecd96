"""The relay as an agent of macOS's launchd, in the user's own session."""

from __future__ import annotations

import os
import plistlib
import re
from pathlib import Path

from app.storage.private_files import translated_os_errors
from app.workflows.service_definition import (
    STOP_WITHIN_S,
    RunCommand,
    ServiceSpec,
    ServiceState,
    not_installed,
    not_started,
)

_PID = re.compile(r"^\s*pid = (\d+)$", re.MULTILINE)


def agent_label(name: str) -> str:
    return f"app.{name.replace(' ', '+')}"


def agent_plist(spec: ServiceSpec) -> str:
    """Started at log-in and after a crash, not after it was stopped."""
    agent = {
        "Label": agent_label(spec.name),
        "ProgramArguments": list(spec.command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": STOP_WITHIN_S,
        # launchd slows down what it takes for background work.
        "ProcessType": "Standard",
        "Umask": 0o077,
        # A memory image would hold the secrets.
        "HardResourceLimits": {"Core": 0},
    }
    return plistlib.dumps(agent, sort_keys=False).decode()


class LaunchdHost:
    """``folder`` is ``~/Library/LaunchAgents``."""

    def __init__(self, folder: Path, run: RunCommand) -> None:
        self._folder = folder
        self._run = run

    def definition(self, spec: ServiceSpec) -> str:
        return agent_plist(spec)

    def install(self, spec: ServiceSpec) -> tuple[str, ...]:
        path = self._path(spec.name)
        with translated_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(agent_plist(spec), "utf-8")
        # What is loaded under this label already would refuse its successor.
        self._run(("launchctl", "bootout", f"{_domain()}/{agent_label(spec.name)}"))
        done = self._run(("launchctl", "bootstrap", _domain(), str(path)))
        if done.code:
            raise not_started(done, path, f"Run `launchctl bootstrap {_domain()} '{path}'` in a terminal.")
        return ("It runs while you are logged in.",)

    def remove(self, name: str) -> bool:
        path = self._path(name)
        if not path.exists():
            return False
        self._run(("launchctl", "bootout", f"{_domain()}/{agent_label(name)}"))
        with translated_os_errors(path):
            path.unlink()
        return True

    def state(self, name: str) -> ServiceState:
        path = self._path(name)
        if not path.exists():
            return not_installed(path)
        done = self._run(("launchctl", "print", f"{_domain()}/{agent_label(name)}"))
        found = _PID.search(done.out)
        if done.code or found is None:
            return ServiceState("The service is installed and stopped.", path, running=False)
        return ServiceState(f"The service runs (process {found[1]}).", path, running=True, pid=int(found[1]))

    def _path(self, name: str) -> Path:
        return self._folder / f"{agent_label(name)}.plist"


def _domain() -> str:
    return f"gui/{os.getuid()}"
