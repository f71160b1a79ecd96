"""What was acknowledged survives kill -9 at any moment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader
from tests.conditions import until_blocking
from tests.relay.builders import body_of, signed, track

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def relay(folder: Path, mode: str) -> Iterator[str]:
    """A relay in another process; killed without warning at the end."""
    command = [sys.executable, "-m", "tests.relay.relay_process", str(folder), mode]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def delivered(folder: Path) -> list[str]:
    path = folder / "delivered.txt"
    return path.read_text().split() if path.exists() else []


def test_an_event_acknowledged_just_before_a_kill_is_delivered_after_the_restart(tmp_path: Path) -> None:
    body = body_of(track("m-1", "u-1"), track("m-2", "u-1"), track("m-3", "u-2"))
    with relay(tmp_path, "stuck") as url:
        assert httpx.post(url, content=body, headers=signed(body)).status_code == 200
    with relay(tmp_path, "deliver"):
        until_blocking(lambda: len(delivered(tmp_path)) == 3)
        reader = InboxReader(tmp_path / "relay.db")
        until_blocking(lambda: reader.counts() == {State.DELIVERED: 3})
        reader.close()
    assert delivered(tmp_path).index("m-1") < delivered(tmp_path).index("m-2")


def test_a_kill_under_load_loses_no_acknowledged_event_and_stores_none_twice(tmp_path: Path) -> None:
    acknowledged: list[str] = []

    def send(url: str, number: int) -> None:
        body = body_of(track(f"m-{number}", f"u-{number % 20}"))
        try:
            answer = client.post(url, content=body, headers=signed(body))
        except httpx.HTTPError:
            return
        if answer.status_code == 200:
            acknowledged.append(f"m-{number}")

    with httpx.Client() as client, ThreadPoolExecutor(8) as senders:
        with relay(tmp_path, "stuck") as url:
            for number in range(400):
                senders.submit(send, url, number)
            until_blocking(lambda: len(acknowledged) >= 60)
        senders.shutdown()
    reader = InboxReader(tmp_path / "relay.db")
    stored = [row.message_id for row in reader.page(EventFilter(limit=1000))]
    assert len(acknowledged) >= 60
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
    with relay(tmp_path, "deliver"):
        until_blocking(lambda: reader.counts() == {State.DELIVERED: len(stored)})
    reader.close()
    assert sorted(delivered(tmp_path)) == sorted(stored)
