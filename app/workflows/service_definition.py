"""What a service is made of, whatever runs it, and what is said about one."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.errors import AppError

STOP_WITHIN_S = 40
"""More than the relay takes to answer what it reads and to finish what is in flight."""

_COMMAND_TIMEOUT_S = 90


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """``command`` starts the relay, absolute path first. ``name`` is unique for profile and folder.

    ``credentials`` are files with secrets, by the name of the secret; only systemd hands them over.
    """

    name: str
    profile: str
    command: tuple[str, ...]
    credentials: Mapping[str, Path] = field(default_factory=dict)

    @property
    def description(self) -> str:
        return f"Segment Close relay, profile {self.profile}"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """``words`` is one or two sentences; ``running`` is None where nobody can tell."""

    words: str
    path: Path
    installed: bool = True
    running: bool | None = None
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class CommandResult:
    code: int
    out: str
    err: str


RunCommand = Callable[[Sequence[str]], CommandResult]
"""Runs a program of the system; a missing one answers with code 127, as a shell does."""


class ServiceHost(Protocol):
    """What runs services on one kind of system. Everything may block and may raise ``AppError``."""

    def definition(self, spec: ServiceSpec) -> str: ...

    def install(self, spec: ServiceSpec) -> tuple[str, ...]:
        """Write the definition and start it; sentences about what a person should know."""

    def remove(self, name: str) -> bool:
        """Stop it and remove the definition; False when there was none."""

    def state(self, name: str) -> ServiceState: ...


def service_name(profile: str, root: Path, default_root: Path) -> str:
    """Two folders may hold profiles of one name, which are different services then."""
    name = f"segment-close-{profile}"
    if root == default_root:
        return name
    return f"{name}-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"


def run_command(command: Sequence[str]) -> CommandResult:
    try:
        done = subprocess.run(  # noqa: S603 - names and arguments of this program only
            command, capture_output=True, text=True, errors="replace", timeout=_COMMAND_TIMEOUT_S, check=False
        )
    except FileNotFoundError:
        return CommandResult(127, "", f"{command[0]} is not installed.")
    except subprocess.TimeoutExpired:
        return CommandResult(124, "", f"{command[0]} did not answer within {_COMMAND_TIMEOUT_S} s.")
    return CommandResult(done.returncode, done.stdout, done.stderr)


def not_installed(path: Path) -> ServiceState:
    return ServiceState("No service is installed for this profile.", path, installed=False, running=False)


def not_started(result: CommandResult, path: Path, remedy: str) -> AppError:
    """The definition is written, and what runs services refused it."""
    return AppError(
        "SERVICE-NOT-STARTED",
        "The service is written but does not run.",
        cause=(result.err or result.out).strip() or f"The system answered with code {result.code}.",
        remedy=remedy,
        detail=str(path),
    )


def read_only_by_owner(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """The files with these names. Raises ``AppError`` SERVICE-CREDENTIALS when others may read one."""
    found = {}
    for name in names:
        path = folder.absolute() / name
        if not path.is_file():
            raise _bad_credentials(
                f"{path} does not exist.", f"Write the secret into it, then chmod 600 {name}."
            )
        if path.stat().st_mode & 0o077:
            raise _bad_credentials(f"Others may read {path}.", f"Run chmod 600 {path} and try again.")
        found[name] = path
    return found


def _bad_credentials(cause: str, remedy: str) -> AppError:
    return AppError("SERVICE-CREDENTIALS", "The secrets cannot be handed over.", cause=cause, remedy=remedy)
