"""What systemd hears, over a real socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.workflows.service_notification import ServiceNotifier


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(10)
        yield heard


def test_ready_alive_and_stopping_are_told_with_words(listening: socket.socket) -> None:
    notifier = ServiceNotifier({"NOTIFY_SOCKET": listening.getsockname()})
    notifier.ready("Listening\nREADY=0")
    assert listening.recv(1000) == b"READY=1\nSTATUS=Listening READY=0"
    notifier.alive("4 received")
    assert listening.recv(1000) == b"WATCHDOG=1\nSTATUS=4 received"
    notifier.stopping("3 changes are being finished.")
    assert listening.recv(1000) == b"STOPPING=1\nSTATUS=3 changes are being finished."


@pytest.mark.skipif(not os.path.exists("/proc/net/unix"), reason="needs Linux's abstract sockets")  # noqa: PTH110
def test_an_abstract_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("")
        heard.settimeout(10)
        name = "@" + heard.getsockname()[1:].decode()
        ServiceNotifier({"NOTIFY_SOCKET": name}).ready("Ready")
        assert heard.recv(1000).startswith(b"READY=1")


def test_nobody_is_told_where_nobody_listens(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    ServiceNotifier({}).ready("Ready")
    assert not caplog.records
    ServiceNotifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("Ready")
    assert "READY=1" in caplog.text


def test_the_watchdog_is_served_when_it_is_meant_for_this_process() -> None:
    asked = {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "30000000"}
    assert ServiceNotifier(asked).watchdog_s == 30
    assert ServiceNotifier({**asked, "WATCHDOG_PID": str(os.getpid())}).watchdog_s == 30
    assert ServiceNotifier({**asked, "WATCHDOG_PID": "1"}).watchdog_s is None
    assert ServiceNotifier({**asked, "WATCHDOG_USEC": "soon"}).watchdog_s is None
    assert ServiceNotifier({"WATCHDOG_USEC": "30000000"}).watchdog_s is None
