"""Soak: a relay under steady load for a long time. Memory, file descriptors and latency have to stay flat.

    python tests/benchmarks/relay_soak.py --minutes 30 --rate 300

Runs the program as a person does (``sandbox``, ``setup``, ``relay``), each in a process of its own, posts
signed events and prints a line every ``--every`` seconds. Exit code 1 when something was refused or lost, or
when the last third of the run is worse than the second by more than the noise that is allowed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app.segment.signature import sign  # noqa: E402 - the checkout has to be on the path first

SECRET = "a shared secret for the soak only"
PEOPLE = 60
CHANGE_EVERY = 60
"""Of so many events one changes something in Close: five calls a second at 300 events/s."""

CONNECTIONS = 32
MEMORY_SLACK_MB = 6.0
FILES_SLACK = 8
LATENCY_SLACK = 1.5


@dataclass(frozen=True)
class Row:
    """One line of the table; latencies in milliseconds."""

    at_s: float
    sent: int
    refused: int
    p50: float
    p99: float
    memory_mb: float
    files: int
    queue: float
    oldest_s: float
    ended: float
    wal_mb: float
    database_mb: float

    HEAD = (
        "    t     sent  refused  ack p50   ack p99   memory  files   queue   oldest    ended    WAL     file"
    )

    def __str__(self) -> str:
        return (
            f"{self.at_s:5.0f} {self.sent:8d} {self.refused:8d} {self.p50:6.1f} ms {self.p99:6.1f} ms "
            f"{self.memory_mb:5.1f} MB {self.files:6d} {self.queue:7.0f} {self.oldest_s:6.1f} s "
            f"{self.ended:8.0f} {self.wal_mb:4.1f} MB {self.database_mb:5.1f} MB"
        )


@dataclass
class Load:
    """What was sent since the last line."""

    sent: int = 0
    refused: int = 0
    took_ms: list[float] = field(default_factory=list)


def event(number: int) -> dict[str, Any]:
    """People who identify on every page, a page that no mapping wants, and now and then a new title."""
    person = number % PEOPLE
    base = {"messageId": f"soak-{number}", "userId": f"soak_{person}"}
    if number % 3 == 2:
        return {"type": "page", "name": "Home", **base}
    version = number // (PEOPLE * CHANGE_EVERY)
    traits = {
        "email": f"soak{person}@soak.example",
        "name": f"Soak {person}",
        "title": f"Title {version}",
        "company": {"id": f"soak_co_{person}", "name": f"Soak Company {person}"},
    }
    return {"type": "identify", "traits": traits, **base}


@contextmanager
def program(arguments: Sequence[str], environment: dict[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """A command that runs; its process id and the JSON line it printed first."""
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            yield process.pid, json.loads(process.stdout.readline())
        finally:
            process.terminate()


async def post_at_rate(url: str, rate: float, until: float, load: Load) -> None:
    """Post on a fixed schedule, whatever the answers take: a slow relay is not given fewer events."""
    gate = asyncio.Semaphore(CONNECTIONS * 4)
    started = time.monotonic()

    async def post(http: aiohttp.ClientSession, number: int) -> None:
        body = json.dumps(event(number), separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-Signature": sign(SECRET, body)}
        begun = time.perf_counter()
        try:
            async with http.post(url, data=body, headers=headers) as answer:
                good = answer.status == 200
        except aiohttp.ClientError:
            good = False
        finally:
            gate.release()
        load.sent += 1
        load.refused += not good
        load.took_ms.append((time.perf_counter() - begun) * 1000)

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as posts:
        number = 0
        while time.monotonic() < until:
            wait_s = started + number / rate - time.monotonic()
            if wait_s > 0:
                await _pass(wait_s)
            await gate.acquire()
            posts.create_task(post(http, number))
            number += 1


async def _pass(seconds: float) -> None:
    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, over.set_result, None)
    await over


class Watch:
    """Reads what the relay says of itself and what the system says of its process."""

    def __init__(self, pid: int, admin_url: str, database: Path) -> None:
        self._process = Path("/proc") / str(pid)
        self._url = f"{admin_url}/metrics"
        self._database = database
        self._started = time.monotonic()

    async def row(self, load: Load) -> Row:
        async with aiohttp.ClientSession() as http, http.get(self._url) as answer:
            figures = read_figures(await answer.text())
        took, load.took_ms = sorted(load.took_ms) or [0.0], []
        return Row(
            at_s=time.monotonic() - self._started,
            sent=load.sent,
            refused=load.refused,
            p50=statistics.median(took),
            p99=took[int(len(took) * 0.99)],
            memory_mb=self._memory_mb(),
            files=len(list((self._process / "fd").iterdir())),
            queue=figures["segment_close_queue_events"],
            oldest_s=figures["segment_close_queue_oldest_age_seconds"],
            ended=figures["segment_close_events_ended_total"],
            wal_mb=_size_mb(self._database.with_name("relay.db-wal")),
            database_mb=_size_mb(self._database),
        )

    def _memory_mb(self) -> float:
        for line in (self._process / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


def read_figures(text: str) -> dict[str, float]:
    """Each metric by its name, labels added up."""
    figures: dict[str, float] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            name = name.partition("{")[0]
            figures[name] = figures.get(name, 0.0) + float(value)
    return figures


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def judge(rows: Sequence[Row]) -> list[str]:
    """What is not flat: the last third against the second, medians of each."""
    third = max(1, len(rows) // 3)
    before, after = rows[third : 2 * third] or rows[:1], rows[-third:]

    def median(name: str, of: Sequence[Row]) -> float:
        return statistics.median(getattr(row, name) for row in of)

    found = []
    for name, allowed in (("memory_mb", MEMORY_SLACK_MB), ("files", FILES_SLACK)):
        grown = median(name, after) - median(name, before)
        if grown > allowed:
            found.append(f"{name} grew by {grown:.1f}")
    if median("p99", after) > LATENCY_SLACK * median("p99", before) + 5:
        found.append("the latency rose")
    if rows[-1].refused:
        found.append(f"{rows[-1].refused} requests were refused")
    return found


async def soak(
    minutes: float, rate: float, every_s: float, pid: int, ready: dict[str, Any], database: Path
) -> int:
    load, rows = Load(), []
    watch = Watch(pid, ready["admin_url"], database)
    until = time.monotonic() + minutes * 60
    print(Row.HEAD, flush=True)
    posting = asyncio.create_task(post_at_rate(ready["local_url"], rate, until, load))
    while not posting.done():
        await asyncio.wait({posting}, timeout=every_s)
        rows.append(await watch.row(load))
        print(rows[-1], flush=True)
    await posting
    while rows[-1].queue and time.monotonic() < until + 120:
        await _pass(1.0)
        rows.append(await watch.row(load))
    lost = load.sent - load.refused - int(rows[-1].ended) - int(rows[-1].queue)
    print(f"At the end: {rows[-1].ended:.0f} events ended, {rows[-1].queue:.0f} queued, {lost} lost.")
    found = [*judge([row for row in rows if row.p50]), *([f"{lost} events were lost"] if lost else [])]
    print("Flat." if not found else "Not flat: " + "; ".join(found))
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=300, help="events a second")
    parser.add_argument("--every", type=float, default=30, help="seconds between lines")
    wanted = parser.parse_args()
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="segment-close-soak-"))
        _, close = stack.enter_context(program(["sandbox"], environment))
        environment |= {"CLOSE_API_KEY": close["api_key"], "SEGMENT_SHARED_SECRET": SECRET}
        common = ["--profile-dir", folder, "--close-url", close["url"]]
        setup = [sys.executable, str(ROOT / "main.py"), "setup", "--create-fields", *common]
        subprocess.run(setup, env=environment, check=True, stdout=subprocess.DEVNULL)
        relay = ["relay", "--mode", "live", "--yes", "--port", "0", "--admin-port", "0", *common]
        pid, ready = stack.enter_context(program(relay, environment))
        database = Path(folder) / "default" / "relay.db"
        return asyncio.run(soak(wanted.minutes, wanted.rate, wanted.every, pid, ready, database))


if __name__ == "__main__":
    sys.exit(main())
