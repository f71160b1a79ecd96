"""One window per profile: the second program finds the first and can ask it to show itself.

A lock says that the first lives (the system releases it when a program dies); a loopback port takes one
message. Port and token are in a private file, so only this user's programs can send it.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.errors import AppError
from app.relay.profile_lock import ProfileLock
from app.storage.private_files import read_private, write_private

_log = logging.getLogger(__name__)

_TIMEOUT_S = 2.0
_LONGEST = 200
_SHOW = b"show "
_SHOWN = b"shown\n"


class WindowInstance:
    """A window's claim on a profile, from ``claim`` to ``release``."""

    def __init__(self, folder: Path, on_show: Callable[[], None]) -> None:
        """``on_show`` is called on a thread of its own when another program asks."""
        self._address = folder / "window.address"
        self._lock = ProfileLock(folder / "window.lock")
        self._on_show = on_show
        self._token = secrets.token_hex(16).encode()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def claim(self, profile_name: str) -> None:
        """Raises ``AppError`` INSTANCE-RUNNING while another program has it, and what the disk says."""
        try:
            self._lock.acquire()
        except AppError as error:
            if error.code != "RELAY-ALREADY-RUNNING":
                raise
            raise AppError(
                "INSTANCE-RUNNING",
                f"“{profile_name}” is open in another window of this program.",
                cause="Two windows on one profile would overwrite each other's changes.",
                remedy="Go on in the other window, or close it first.",
                detail=error.detail,
            ) from error
        try:
            self._listener = socket.create_server(("127.0.0.1", 0))
            port = self._listener.getsockname()[1]
            write_private(self._address, b"%d %s" % (port, self._token))
        except (OSError, AppError) as error:
            # The claim itself holds; only the other program cannot bring this one to the front.
            _log.warning("Another program cannot ask this window to show itself: %s", error)
            self._close_listener()
            return
        self._thread = threading.Thread(
            target=self._serve, args=(self._listener,), name="instance", daemon=True
        )
        self._thread.start()

    def release(self) -> None:
        self._close_listener()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with suppress(OSError):
            self._address.unlink(missing_ok=True)
        self._lock.release()

    def _close_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                # Wakes the thread that waits in accept; closing alone does not.
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(_TIMEOUT_S)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        asked = _read_line(connection)
        if hmac.compare_digest(asked, _SHOW + self._token):
            self._on_show()
            connection.sendall(_SHOWN)


def show_running(folder: Path) -> bool:
    """Ask the program that has the profile to show its window; whether it said that it does."""
    try:
        content = read_private(folder / "window.address") or b""
        port, _, token = content.partition(b" ")
        with socket.create_connection(("127.0.0.1", int(port)), timeout=_TIMEOUT_S) as connection:
            connection.sendall(_SHOW + token + b"\n")
            return _read_line(connection) + b"\n" == _SHOWN
    except (AppError, OSError, ValueError, OverflowError) as error:
        _log.warning("The other window did not answer: %s", type(error).__name__)
        return False


def _read_line(connection: socket.socket) -> bytes:
    received = b""
    while b"\n" not in received and len(received) < _LONGEST:
        part = connection.recv(_LONGEST)
        if not part:
            break
        received += part
    return received.partition(b"\n")[0]
