"""A desktop session of one's own: private D-Bus, real GNOME Keyring, throw-away home, no display.

The test process stays outside: programs that are to see the keyring run as children with ``environment``.
The keyring's password window is played by someone who never answers, so a program that opens it hangs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

PASSWORD = "the keyring's own password"
SECRETS_NAME = "org.freedesktop.secrets"
PROMPTER_NAME = "org.gnome.keyring.SystemPrompter"
READY_TIMEOUT_S = 20
CHILD_TIMEOUT_S = 30

_BUS_CONFIGURATION = """
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class DesktopSession:
    """Use as a context manager. ``home`` has to be a short path: sockets allow about 100 characters."""

    def __init__(self, home: Path, *, with_keyring: bool = True) -> None:
        self._home = home
        self._with_keyring = with_keyring
        self._processes: list[subprocess.Popen[bytes]] = []
        self._bus: DBusConnection | None = None
        self.environment = self._make_environment()

    def _make_environment(self) -> dict[str, str]:
        inherited = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        return {
            **inherited,
            "HOME": str(self._home),
            "XDG_DATA_HOME": str(self._home / "data"),
            "XDG_CONFIG_HOME": str(self._home / "config"),
            "XDG_CACHE_HOME": str(self._home / "cache"),
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._home}/run/bus",
        }

    def __enter__(self) -> DesktopSession:
        for folder in ("data", "config", "cache", "run"):
            (self._home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self) -> None:
        configuration = self._home / "bus.conf"
        configuration.write_text(_BUS_CONFIGURATION.format(socket=self._home / "run" / "bus"))
        bus = self._spawn("dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1")
        assert bus.stdout is not None
        # The address is printed once the socket listens.
        assert bus.stdout.readline(), "dbus-daemon did not start"
        self._bus = open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])
        Proxy(message_bus, self._bus).RequestName(PROMPTER_NAME)
        if self._with_keyring:
            self.start_keyring()

    def start_keyring(self) -> None:
        """Start GNOME Keyring, unlocked, and wait until it answers on the bus."""
        assert self._bus is not None
        bus = self._bus
        rule = MatchRule(
            type="signal",
            sender=message_bus.bus_name,
            member="NameOwnerChanged",
            path=message_bus.object_path,
        )
        rule.add_arg_condition(0, SECRETS_NAME)
        Proxy(message_bus, bus).AddMatch(rule)
        with bus.filter(rule) as owners:
            daemon = self._spawn("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
            assert daemon.stdin is not None
            daemon.stdin.write(PASSWORD.encode())
            daemon.stdin.close()
            bus.recv_until_filtered(owners, timeout=READY_TIMEOUT_S)

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def stop(self) -> None:
        if self._bus is not None:
            self._bus.close()
            self._bus = None
        for process in reversed(self._processes):
            process.terminate()
            process.wait(READY_TIMEOUT_S)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        self._processes.clear()

    def lock(self) -> None:
        """Lock the default collection, as the desktop does when nobody has unlocked it."""
        assert self._bus is not None
        service = DBusAddress(
            "/org/freedesktop/secrets", bus_name=SECRETS_NAME, interface="org.freedesktop.Secret.Service"
        )
        collection = "/org/freedesktop/secrets/aliases/default"
        reply = self._bus.send_and_get_reply(
            new_method_call(service, "Lock", "ao", ([collection],)), timeout=READY_TIMEOUT_S
        )
        assert reply.body[0], "nothing was locked"

    def python(self, program: str, *arguments: str) -> str:
        """Run a Python program inside the session; what it prints. Fails the test when it fails or hangs."""
        finished = subprocess.run(
            [sys.executable, "-W", "error", "-c", program, *arguments],
            env=self.environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=CHILD_TIMEOUT_S,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout
