"""How fast events are taken in durably, beside servers that do less, and what a million stored events cost.

Run it with ``python tests/benchmarks/relay_benchmark.py``; it prints one table. ``--node-packages FOLDER``
is a scratch folder in which ``npm install better-sqlite3`` was run; without it, or without Node, that line
is left out. ``--million`` makes a database of a million events (about 1.3 GB, in ``--folder``). The servers
run one after the other, alternating, each in its own process; medians of the rounds are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.relay.inbox_schema import MIGRATIONS
from app.relay.intake import webhook_path
from app.storage.database import open_database, transaction
from app.storage.profile import Mode, RelaySettings
from app.storage.profile_store import ProfileStore
from tests.benchmarks.ingest_load import event, flood, pace, request
from tests.benchmarks.ingest_servers import SECRET

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS = 64
REQUESTS = 20_000
ROUNDS = 3
PACED = 10_000
PER_SECOND = 1000
BATCH = 4000
MILLION = 1_000_000

NODE_SERVER = """
const http = require('http'), path = require('path');
const { createHmac, timingSafeEqual } = require('crypto');
const Database = require(path.join(process.argv[1], 'node_modules', 'better-sqlite3'));
const db = new Database(path.join(process.argv[2], 'node.db'));
db.pragma('journal_mode = WAL'); db.pragma('synchronous = FULL');
db.exec('CREATE TABLE event (id INTEGER PRIMARY KEY, message_id TEXT UNIQUE, received_ms INT, ' +
  'entity TEXT, body BLOB)');
const insert = db.prepare(
  'INSERT OR IGNORE INTO event (message_id, received_ms, entity, body) VALUES (?, ?, ?, ?)');
const begin = db.prepare('BEGIN IMMEDIATE'), commit = db.prepare('COMMIT');
let waiting = [], planned = false;
function write() {
  planned = false;
  const group = waiting; waiting = [];
  begin.run();
  for (const one of group)
    for (const e of one.events) insert.run(e.messageId, Date.now(), e.userId, one.body);
  commit.run();
  for (const one of group) {
    one.response.setHeader('Content-Type', 'application/json');
    one.response.end('{"success": true}');
  }
}
http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const wanted = createHmac('sha1', process.argv[3]).update(body).digest();
    const given = Buffer.from(request.headers['x-signature'] || '', 'hex');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      response.statusCode = 401;
      return response.end();
    }
    const value = JSON.parse(body);
    waiting.push({ events: Array.isArray(value) ? value : [value], body, response });
    if (!planned) { planned = true; setImmediate(write); }
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
"""


@contextmanager
def serving(kind: str, folder: Path, packages: Path | None) -> Iterator[int]:
    """A server in a process of its own; gives its port."""
    if kind == "node":
        command = ["node", "-e", NODE_SERVER, str(packages), str(folder), SECRET]
    else:
        command = [sys.executable, "-m", "tests.benchmarks.ingest_servers", kind, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def measure_floods(kinds: Sequence[str], folder: Path, packages: Path | None) -> None:
    requests = [request(webhook_path(SECRET), [event(number)], SECRET) for number in range(REQUESTS)]
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    tails: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind in kinds:
            with (
                tempfile.TemporaryDirectory(dir=folder) as fresh,
                serving(kind, Path(fresh), packages) as port,
            ):
                found = asyncio.run(flood(port, requests, CONNECTIONS))
            assert not found.refused, f"{kind} refused {found.refused} requests"
            rates[kind].append(found.rate)
            tails[kind].append(found.percentile(0.99))
    ours = statistics.median(rates["ours"])
    print(f"\n{CONNECTIONS} connections, 1 KB events, one per request     events/s    p99 ms    ours/it")
    for kind in kinds:
        rate, tail = statistics.median(rates[kind]), statistics.median(tails[kind])
        print(f"  {_NAMES[kind]:<48} {rate:>9,.0f} {tail:>9.1f} {ours / rate:>10.2f}")


_NAMES = {
    "ours": "relay: checked, stored, synced",
    "plain": "aiohttp handler that stores nothing",
    "node": "Node, better-sqlite3, group commit, synced",
}


def measure_waits(folder: Path) -> None:
    requests = [request(webhook_path(SECRET), [event(number)], SECRET) for number in range(PACED)]
    with tempfile.TemporaryDirectory(dir=folder) as fresh, serving("ours", Path(fresh), None) as port:
        found = asyncio.run(pace(port, requests, PER_SECOND))
        print(
            f"\nAt {PER_SECOND} events/s, {PACED // PER_SECOND} s    p50 {found.percentile(0.5):.1f} ms",
            end="",
        )
        print(f"   p99 {found.percentile(0.99):.1f} ms   largest {found.waits_ms[-1]:.1f} ms")
        times = []
        for number in range(7):
            first = (number + 10) * 1_000_000
            batch = request(webhook_path(SECRET), [event(first + n) for n in range(BATCH)], SECRET)
            times.append(asyncio.run(flood(port, [batch], 1)).waits_ms[0])
        print(
            f"A batch of {BATCH} events, acknowledged in   median {statistics.median(times):.0f} ms", end=""
        )
        print(f"   largest {max(times):.0f} ms")


def measure_million(folder: Path) -> None:
    profiles = ProfileStore(folder / "profiles")
    profile = profiles.new("default")
    profiles.save(_observing(profile))
    path = profiles.database_path("default")
    if not path.exists():
        print("\nMaking a million events …", file=sys.stderr)
        fill(path)
    environment = os.environ | {
        "CLOSE_API_KEY": "api_measuring",
        "SEGMENT_SHARED_SECRET": SECRET,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    command = [sys.executable, str(ROOT / "main.py"), "--profile-dir", str(folder / "profiles"), "relay"]
    command += ["--port", "0", "--mode", "observe"]
    starts, sizes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            port = int(ready["local_url"].split(":")[2].split("/")[0])
            text = request(webhook_path(SECRET), [event(int(time.time() * 1000))], SECRET)
            answered = asyncio.run(flood(port, [text], 1))
            starts.append(time.perf_counter() - began)
            assert not answered.refused
            load = [request(webhook_path(SECRET), [event(time.time_ns() + n)], SECRET) for n in range(3000)]
            asyncio.run(pace(port, load, PER_SECOND))
            sizes.append(_resident_mb(process.pid))
            process.terminate()
    size = path.stat().st_size / 1e9
    print(f"\nHeadless relay on a million stored events ({size:.1f} GB), the program as it is installed")
    print(f"  process start to first answer   median {statistics.median(starts):.2f} s")
    print(f"  memory after 3 s at {PER_SECOND} events/s   {max(sizes):.0f} MB")


def _observing(profile: object) -> object:
    from dataclasses import replace

    return replace(profile, relay=RelaySettings(port=0, mode=Mode.OBSERVE), retention_mb=1_000_000)


def fill(path: Path) -> None:
    """A million finished events with their ids."""
    now_ms = int(time.time() * 1000)
    with closing(open_database(path, MIGRATIONS)) as connection:
        for first in range(0, MILLION, 20_000):
            numbers = range(first, first + 20_000)
            with transaction(connection):
                _insert(connection, numbers, now_ms)


def _insert(connection: sqlite3.Connection, numbers: range, now_ms: int) -> None:
    connection.executemany(
        "INSERT INTO event (message_id, type, title, person_key, entity_keys, trust, received_ms, state, "
        "reason, outcome, mode, attempts, body) VALUES (?, 'track', 'Report Opened', ?, '[]', 'signed', ?, "
        "'delivered', '', '', 'live', 1, ?)",
        (
            (f"old-{n}", f"user:usr_{n % 5000}", now_ms - (MILLION - n) * 100, json.dumps(event(n)).encode())
            for n in numbers
        ),
    )
    connection.executemany(
        "INSERT INTO seen (key, at_ms) VALUES (?, ?)", ((f"old-{n}", now_ms) for n in numbers)
    )


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--node-packages", type=Path, help="folder that holds better-sqlite3's node_modules")
    parser.add_argument("--folder", type=Path, help="where the databases are made (default: a temporary one)")
    parser.add_argument("--million", action="store_true", help="also measure with a million stored events")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = wanted.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        node = wanted.node_packages is not None and shutil.which("node") is not None
        kinds = ["ours", "plain", *(["node"] if node else [])]
        measure_floods(kinds, folder, wanted.node_packages and wanted.node_packages.resolve())
        measure_waits(folder)
        if wanted.million:
            measure_million(folder)


if __name__ == "__main__":
    main()
