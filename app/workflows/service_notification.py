"""Telling systemd how a service is: ready, alive, stopping. Silent where nobody asked to be told.

The protocol is sd_notify(3): lines of text in one datagram to the socket that ``NOTIFY_SOCKET`` names.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

_log = logging.getLogger(__name__)


class ServiceNotifier:
    """``environment`` is the process's own, as systemd has set it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._watchdog_s = _watchdog_s(environment)

    @property
    def watchdog_s(self) -> float | None:
        """How often ``alive`` has to be said at least; None when nobody waits for it."""
        return self._watchdog_s if self._address else None

    def ready(self, words: str) -> None:
        self._send("READY=1", f"STATUS={words}")

    def alive(self, words: str) -> None:
        self._send("WATCHDOG=1", f"STATUS={words}")

    def stopping(self, words: str) -> None:
        self._send("STOPPING=1", f"STATUS={words}")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        # A name that begins with @ lies in Linux's abstract namespace, which a zero byte opens.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_systemd:
                to_systemd.connect(address)
                to_systemd.sendall("\n".join(" ".join(line.split()) for line in lines).encode())
        except OSError as error:
            # systemd restarts a service that it does not hear of; the log says why.
            _log.warning("systemd could not be told %s: %s", lines[0], error.strerror or error)


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    text = environment.get("WATCHDOG_USEC", "")
    meant_for = environment.get("WATCHDOG_PID", "")
    if not text.isdecimal() or int(text) == 0 or meant_for not in ("", str(os.getpid())):
        return None
    return int(text) / 1_000_000
