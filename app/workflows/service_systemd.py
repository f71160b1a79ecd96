"""The relay as a user unit of systemd: no root, hardened as far as a user's own manager can."""

from __future__ import annotations

import re
from pathlib import Path

from app.storage.private_files import translated_os_errors
from app.workflows.service_definition import (
    STOP_WITHIN_S,
    CommandResult,
    RunCommand,
    ServiceSpec,
    ServiceState,
    not_installed,
    not_started,
)

WATCHDOG_S = 30

_PLAIN = re.compile(r"[A-Za-z0-9_@:,./=+-]+")

# Options that need mount namespaces (ProtectSystem, PrivateTmp …) are left out: in a user's manager they
# depend on unprivileged user namespaces, which many systems switch off, and the unit would not start.
_HARDENING = """\
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
# A memory image would hold the secrets.
LimitCORE=0
"""

_SHOWN = ("ActiveState", "SubState", "MainPID", "Result", "StatusText", "NRestarts")


def unit_name(name: str) -> str:
    """Profile names may hold spaces, unit names may not."""
    return f"{name.replace(' ', ':')}.service"


def unit_text(spec: ServiceSpec) -> str:
    credentials = "".join(
        f"LoadCredential={name}:{_without_specifiers(str(path))}\n" for name, path in spec.credentials.items()
    )
    return f"""\
[Unit]
Description={_without_specifiers(spec.description)}
# What does not run after five tries needs a person; the journal says why.
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
ExecStart={" ".join(_quoted(word) for word in spec.command)}
Restart=on-failure
RestartSec=5
WatchdogSec={WATCHDOG_S}
TimeoutStartSec=60
# Changes in flight are finished before the end.
TimeoutStopSec={STOP_WITHIN_S}
KillMode=mixed
{credentials}{_HARDENING}
[Install]
WantedBy=default.target
"""


def _without_specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """One argument as systemd reads it: quotes, %-specifiers and $-variables escaped."""
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_without_specifiers(escaped)}"'


class SystemdHost:
    """``folder`` is where the user's units lie, ``~/.config/systemd/user``."""

    def __init__(self, folder: Path, run: RunCommand) -> None:
        self._folder = folder
        self._run = run

    def definition(self, spec: ServiceSpec) -> str:
        return unit_text(spec)

    def install(self, spec: ServiceSpec) -> tuple[str, ...]:
        path = self._path(spec.name)
        with translated_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(unit_text(spec), "utf-8")
        for arguments in (("daemon-reload",), ("enable", path.name), ("restart", path.name)):
            done = self._systemctl(*arguments)
            if done.code:
                raise not_started(done, path, _remedy(done, path.name))
        return self._notes()

    def remove(self, name: str) -> bool:
        path = self._path(name)
        if not path.exists():
            return False
        self._systemctl("disable", "--now", path.name)
        with translated_os_errors(path):
            path.unlink()
        self._systemctl("daemon-reload")
        return True

    def state(self, name: str) -> ServiceState:
        path = self._path(name)
        if not path.exists():
            return not_installed(path)
        done = self._systemctl("show", path.name, f"--property={','.join(_SHOWN)}")
        if done.code:
            words = f"The service is installed; whether it runs cannot be told here: {done.err.strip()}"
            return ServiceState(words, path)
        seen = dict(line.partition("=")[::2] for line in done.out.splitlines())
        pid = int(seen.get("MainPID") or 0) or None
        running = seen.get("ActiveState") in ("active", "reloading", "deactivating")
        return ServiceState(_words(seen, pid), path, running=running, pid=pid)

    def _path(self, name: str) -> Path:
        return self._folder / unit_name(name)

    def _systemctl(self, *arguments: str) -> CommandResult:
        return self._run(("systemctl", "--user", *arguments))

    def _notes(self) -> tuple[str, ...]:
        lingers = self._run(("loginctl", "show-user", "--property=Linger", "--value"))
        if lingers.code == 0 and lingers.out.strip() == "no":
            return ("It stops when you log out; `loginctl enable-linger` keeps it running.",)
        return ()


def _remedy(done: CommandResult, unit: str) -> str:
    if done.code == 127 or "connect to bus" in done.err.lower():
        return (
            "Log in as this user (not by su or sudo), or run `loginctl enable-linger` once; then run "
            f"`systemctl --user enable --now {unit}`."
        )
    return f"Look at `journalctl --user -u {unit}`, mend what it says and install again."


def _words(seen: dict[str, str], pid: int | None) -> str:
    active, told = seen.get("ActiveState", ""), seen.get("StatusText", "")
    restarts = seen.get("NRestarts", "0")
    again = f" It was started again {restarts} times." if restarts not in ("", "0") else ""
    if active == "active":
        return f"The service runs (process {pid}). {told or 'It has said nothing yet'}.{again}"
    if active == "deactivating":
        return f"The service is stopping. {told}".rstrip()
    if active == "activating":
        return f"The service is starting.{again}"
    if active == "failed":
        return f"The service has failed ({seen.get('Result', 'unknown')}).{again}"
    return "The service is installed and stopped."
