"""Installing the relay as a service of this computer, without root."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.storage.profile import KeyLocation, Profile
from app.workflows.service_definition import (
    RunCommand,
    ServiceHost,
    ServiceSpec,
    read_only_by_owner,
    run_command,
)
from app.workflows.service_launchd import LaunchdHost
from app.workflows.service_systemd import SystemdHost
from app.workflows.service_windows import WindowsHost

CREDENTIALS = ("CLOSE_API_KEY", "SEGMENT_SHARED_SECRET")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The computer as far as services go: its kind (``sys.platform``), environment and home."""

    platform: str
    environment: Mapping[str, str]
    home: Path
    run: RunCommand = run_command

    @classmethod
    def real(cls, environment: Mapping[str, str]) -> Surroundings:
        return cls(sys.platform, environment, Path.home())


def service_host(around: Surroundings) -> ServiceHost:
    if around.platform == "darwin":
        return LaunchdHost(around.home / "Library" / "LaunchAgents", around.run)
    if around.platform == "win32":
        local = Path(around.environment.get("LOCALAPPDATA") or around.home / "AppData" / "Local")
        user = "\\".join(filter(None, (around.environment.get(name) for name in ("USERDOMAIN", "USERNAME"))))
        return WindowsHost(local / "segment-close" / "services", user, around.run)
    config = Path(around.environment.get("XDG_CONFIG_HOME") or around.home / ".config")
    return SystemdHost(config / "systemd" / "user", around.run)


def program_command(executable: Path, checkout: Path, platform: str) -> tuple[str, ...]:
    """How the program is started: the installed command beside this Python, else the checkout's script.

    Raises ``AppError`` SERVICE-NO-PROGRAM when neither is there.
    """
    installed = executable.with_name("segment-close.exe" if platform == "win32" else "segment-close")
    if installed.is_file():
        return (str(installed),)
    script = checkout / "main.py"
    if script.is_file():
        return (str(executable), str(script))
    raise AppError(
        "SERVICE-NO-PROGRAM",
        "The program's own command was not found.",
        cause=f"{installed} does not exist.",
        remedy="Install the program with pip into the environment it runs in, and try again.",
    )


def service_spec(
    profile: Profile, name: str, command: Sequence[str], credentials: Path | None, platform: str
) -> ServiceSpec:
    """A service that can read its secrets without a person.

    Raises ``AppError`` SERVICE-NO-SECRETS, SERVICE-CREDENTIALS.
    """
    if credentials is None:
        if profile.key_location in (KeyLocation.KEYRING, None):
            return ServiceSpec(name, profile.name, tuple(command))
        raise _no_secrets(platform)
    if platform in ("darwin", "win32"):
        raise AppError(
            "SERVICE-CREDENTIALS",
            "Only systemd hands credentials over from files.",
            remedy="Keep the secrets in the keyring: `segment-close setup --store keyring`.",
        )
    return ServiceSpec(name, profile.name, tuple(command), read_only_by_owner(credentials, CREDENTIALS))


def _no_secrets(platform: str) -> AppError:
    remedy = "Keep the secrets in the keyring: `segment-close setup --store keyring`."
    if platform not in ("darwin", "win32"):
        remedy += (
            " Or put them into files of a folder that only you can read, and name it with --credentials."
        )
    return AppError(
        "SERVICE-NO-SECRETS",
        "A service could not read this profile's secrets.",
        cause="They are in an encrypted file that wants a passphrase, or were given to one program only.",
        remedy=remedy,
    )
