from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.errors import AppError
from app.workflows.instance import WindowInstance, show_running
from tests.conditions import until_blocking

ROOT = Path(__file__).resolve().parents[2]

OTHER = """
import sys, threading
from pathlib import Path
from app.workflows.instance import WindowInstance
instance = WindowInstance(Path(sys.argv[1]), lambda: print("asked", flush=True))
instance.claim("Work")
print("claimed", flush=True)
threading.Event().wait()
"""


@pytest.fixture
def claimed(tmp_path: Path) -> Iterator[Callable[[], WindowInstance]]:
    made: list[WindowInstance] = []

    def claim(on_show: Callable[[], None] = lambda: None) -> WindowInstance:
        instance = WindowInstance(tmp_path, on_show)
        instance.claim("Work")
        made.append(instance)
        return instance

    yield claim
    for instance in made:
        instance.release()


def test_the_second_one_is_told_and_the_first_is_shown(
    claimed: Callable[..., WindowInstance], tmp_path: Path
) -> None:
    shown = threading.Event()
    first = claimed(shown.set)
    with pytest.raises(AppError) as raised:
        WindowInstance(tmp_path, lambda: None).claim("Work")
    assert raised.value.code == "INSTANCE-RUNNING"
    assert "“Work”" in raised.value.title
    assert show_running(tmp_path)
    assert shown.is_set()
    first.release()
    assert not show_running(tmp_path)
    claimed()


def test_only_who_can_read_the_private_file_may_ask(
    claimed: Callable[..., WindowInstance], tmp_path: Path
) -> None:
    shown = threading.Event()
    claimed(shown.set)
    address = tmp_path / "window.address"
    assert address.stat().st_mode & 0o077 == 0
    port = int(address.read_bytes().split()[0])
    for message in (b"show \n", b"show wrong\n", b"x" * 5000, b""):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(message)
            with suppress(OSError):
                # It may have hung up already.
                connection.shutdown(socket.SHUT_WR)
            try:
                assert connection.recv(10) == b""
            except ConnectionResetError:
                continue
    assert not shown.is_set()
    assert show_running(tmp_path)


def test_a_program_that_was_killed_leaves_the_profile_free(
    claimed: Callable[..., WindowInstance], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        with pytest.raises(AppError, match="another window"):
            claimed()
        assert show_running(tmp_path)
        assert process.stdout.readline() == "asked\n"
        process.kill()
    assert not show_running(tmp_path), "what the dead one left is no answer"
    until_blocking(lambda: claimed())


@pytest.mark.parametrize("content", [b"", b"0 t", b"99999999 t", b"port token", b"\xff"])
def test_a_damaged_address_is_no_answer(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "window.address").write_bytes(content)
    assert not show_running(tmp_path)
