"""Disks, clocks and crowds that misbehave: nothing is acknowledged that is not kept, and it is said why."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from app.errors import AppError
from app.relay.delivery import State
from app.relay.disk_room import DiskRoom
from app.relay.event_records import EventFilter
from app.relay.event_store import InboxBusyError
from app.relay.group_commit import GroupCommitWriter
from app.relay.inbox import Inbox
from app.relay.inbox_reader import InboxReader
from app.relay.inbox_schema import MIGRATIONS
from app.relay.retention import Retention, keep_within
from app.relay.server import RelayServer
from app.storage.database import open_database
from app.storage.profile import Mode
from tests.conditions import until
from tests.relay.builders import START_MS, ManualClock, body_of, new_events, rules, signed, track

MB = 1024 * 1024
DAY_MS = 24 * 3600 * 1000


class Relay:
    """A listener on an inbox whose file a test can spoil."""

    def __init__(self, inbox: Inbox, server: RelayServer, url: str, client: aiohttp.ClientSession) -> None:
        self.inbox = inbox
        self.server = server
        self.url = url
        self.client = client

    async def send(self, message_id: str, user: str = "u-1", **members: object) -> tuple[int, str | None]:
        body = body_of(track(message_id, user, **members))
        async with self.client.post(self.url, data=body, headers=signed(body)) as answer:
            return answer.status, answer.headers.get("Retry-After")


@asynccontextmanager
async def relaying(
    path: Path,
    *,
    open_connection: Callable[[], sqlite3.Connection] | None = None,
    room: DiskRoom | None = None,
    held_bytes: int = 64 * MB,
) -> AsyncIterator[Relay]:
    clock = ManualClock()
    inbox = await Inbox.open(path, redact=str, open_connection=open_connection, room=room)
    server = RelayServer(inbox, rules(), clock, lambda _appended: None, held_bytes=held_bytes)
    port = await server.start("127.0.0.1", 0)
    async with aiohttp.ClientSession() as client:
        yield Relay(inbox, server, f"http://127.0.0.1:{port}{server.rules.path}", client)
    await server.stop()
    await inbox.close()


def ids_in(path: Path) -> set[str]:
    reader = InboxReader(path)
    try:
        return {row.message_id for row in reader.page(EventFilter(limit=5000))}
    finally:
        reader.close()


async def test_a_full_database_is_503_until_there_is_room_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    pages = [120]

    def open_small() -> sqlite3.Connection:
        connection = open_database(path, MIGRATIONS, check_same_thread=False)
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")
        return connection

    acknowledged = set()
    async with relaying(path, open_connection=open_small) as relay:
        for number in range(40):
            status, retry_after = await relay.send(f"m-{number}", x="y" * 20_000)
            if status == 200:
                acknowledged.add(f"m-{number}")
                continue
            assert (status, retry_after) == (503, "5")
            assert "full" in relay.inbox.trouble
            break
        assert 0 < len(acknowledged) < 40
        assert ids_in(path) == acknowledged
        pages[0] = 100_000
        assert (await relay.send("later"))[0] == 200
        assert relay.inbox.trouble == ""
    assert ids_in(path) == acknowledged | {"later"}


async def test_a_read_only_database_keeps_and_acknowledges_nothing(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    read_only = [False]

    def open_it() -> sqlite3.Connection:
        connection = open_database(path, MIGRATIONS, check_same_thread=False)
        connection.execute(f"PRAGMA query_only = {int(read_only[0])}")
        return connection

    async with relaying(path, open_connection=open_it) as relay:
        assert (await relay.send("before"))[0] == 200
        read_only[0] = True
        with pytest.raises(sqlite3.ProgrammingError):
            # Makes the writer open the file anew.
            await relay.inbox._writer.run(lambda connection: connection.close())
        assert (await relay.send("during"))[0] == 503
        assert "read-only" in relay.inbox.trouble
        read_only[0] = False
        assert (await relay.send("after"))[0] == 200
    assert ids_in(path) == {"before", "after"}


async def test_a_file_damaged_while_it_is_in_use_is_named_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"

    def open_without_memory() -> sqlite3.Connection:
        connection = open_database(path, MIGRATIONS, check_same_thread=False)
        # Pages are read from the file, as after a while under load.
        connection.execute("PRAGMA cache_size = 0")
        return connection

    async with relaying(path, open_connection=open_without_memory) as relay:
        for number in range(60):
            assert (await relay.send(f"m-{number}", f"u-{number}", x="y" * 2000))[0] == 200
        await relay.inbox._writer.run(lambda connection: None)
        await asyncio.to_thread(spoil, path)
        statuses = [(await relay.send(f"late-{number}", f"u-{number}"))[0] for number in range(5)]
        assert set(statuses) == {503}
        assert relay.inbox.trouble == "relay.db is damaged or is not a database."


def spoil(path: Path) -> None:
    """Write the log back and then rubbish over every page but the first."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


async def test_before_the_disk_is_full_only_the_intake_stops(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    free = [200 * MB]
    seconds = [0.0]
    room = DiskRoom(
        path, reserve_bytes=64 * MB, free_bytes=lambda _folder: free[0], seconds=lambda: seconds[0]
    )
    async with relaying(path, room=room) as relay:
        assert (await relay.send("m-1"))[0] == 200
        free[0], seconds[0] = 64 * MB, 2.0
        assert await relay.send("m-2") == (503, "5")
        assert "almost full" in relay.inbox.trouble
        claimed = (await relay.inbox.claim(1, mode=Mode.LIVE, now_ms=START_MS)).events
        assert [one.row.message_id for one in claimed] == ["m-1"]
        await relay.inbox.release_claims()
        free[0], seconds[0] = 200 * MB, 4.0
        assert (await relay.send("m-3"))[0] == 200
        assert relay.inbox.trouble == ""
    assert ids_in(path) == {"m-1", "m-3"}


def test_between_two_looks_at_the_disk_what_was_taken_counts(tmp_path: Path) -> None:
    looks = []

    def free(_folder: Path) -> int:
        looks.append(1)
        return 1000

    room = DiskRoom(tmp_path / "relay.db", reserve_bytes=100, free_bytes=free, seconds=lambda: 7.0)
    room.take(500)
    room.take(400)
    with pytest.raises(AppError, match="almost full"):
        room.take(1)
    assert len(looks) == 1


async def test_a_crowd_of_bodies_is_503_before_it_takes_the_memory(tmp_path: Path) -> None:
    async with relaying(tmp_path / "relay.db", held_bytes=100_000) as relay:
        path = relay.server.rules.path
        _reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(relay.url.split(":")[2].split("/")[0])
        )
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90001\r\n\r\n"
        writer.write(head.encode() + b" " * 90_000)
        await writer.drain()
        await until(lambda: relay.server._bodies._room < 20_000)
        body = body_of(*(track(f"m-{n}") for n in range(400)))
        async with relay.client.post(relay.url, data=body, headers=signed(body)) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        packed = gzip.compress(body)
        headers = signed(body) | {"Content-Encoding": "gzip"}
        async with relay.client.post(relay.url, data=packed, headers=headers) as answer:
            assert answer.status == 503
        writer.close()
        await until(lambda: relay.server._bodies._room == 100_000)
        assert (await relay.send("later"))[0] == 200


async def test_a_packed_body_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    async with relaying(tmp_path / "relay.db") as relay:
        body = body_of(track())
        lying = gzip.compress(body)[:-4] + (5).to_bytes(4, "little")
        headers = signed(body) | {"Content-Encoding": "gzip"}
        async with relay.client.post(relay.url, data=lying, headers=headers) as answer:
            assert answer.status == 400


async def test_rows_waiting_for_the_disk_are_bounded_as_well_as_bytes(tmp_path: Path) -> None:
    writer = GroupCommitWriter(
        tmp_path / "relay.db", lambda: open_database(tmp_path / "relay.db", MIGRATIONS), queue_rows=10
    )
    writer.start()
    results = await asyncio.gather(
        *(writer.run(lambda _connection: None, rows=4, size_bytes=1) for _ in range(5)),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None)] * 2 + [InboxBusyError] * 3
    await writer.run(lambda _connection: None, rows=4, size_bytes=1)
    await writer.close()


@pytest.mark.parametrize("jump_ms", [-3_600_000, 3_600_000, -400 * DAY_MS, 400 * DAY_MS])
async def test_a_clock_that_jumps_loses_no_event_and_lets_no_duplicate_in(
    tmp_path: Path, jump_ms: int
) -> None:
    inbox = await Inbox.open(tmp_path / "relay.db", redact=str)
    before = new_events(track("m-1"), track("m-2"))
    await inbox.append(before)
    after_ms = START_MS + jump_ms
    assert (await inbox.append(new_events(track("m-3"), now_ms=after_ms))).duplicates == 0
    week_ms = 7 * DAY_MS
    await inbox.prune(before_ms=after_ms - week_ms, ids_before_ms=after_ms - week_ms, max_bytes=2**40)
    assert (await inbox.append(before)).duplicates == 2
    claims = await inbox.claim(5, mode=Mode.LIVE, now_ms=max(START_MS, after_ms))
    assert [one.row.message_id for one in claims.events] == ["m-1"]
    await inbox.close()


async def test_ids_outlive_their_events_and_go_when_neither_age_nor_number_keeps_them(tmp_path: Path) -> None:
    inbox = await Inbox.open(tmp_path / "relay.db", redact=str, kept_ids=2)
    observed = [
        replace(one, state=State.RECEIVED, entity_keys=()) for one in new_events(track("a"), track("b"))
    ]
    await inbox.append(observed)
    await inbox.append(new_events(track("c"), now_ms=START_MS + DAY_MS))
    day_ms = START_MS + DAY_MS
    assert await inbox.prune(before_ms=day_ms, ids_before_ms=day_ms, max_bytes=2**40) == 2
    assert ids_in(tmp_path / "relay.db") == {"c"}
    again = await inbox.append(observed)
    assert (len(again.rows), again.duplicates) == (1, 1), "a is the oldest of three and too old; b is not"
    await inbox.close()


async def test_retention_keeps_ids_for_a_week_even_when_bodies_go_after_a_day(tmp_path: Path) -> None:
    clock = ManualClock()
    inbox = await Inbox.open(tmp_path / "relay.db", redact=str, kept_ids=0)
    stop = asyncio.Event()
    observed = [replace(one, state=State.RECEIVED, entity_keys=()) for one in new_events(track("a"))]
    await inbox.append(observed)
    task = asyncio.create_task(keep_within(Retention(days=1), inbox, clock, stop))
    clock.advance(2 * 24 * 3600)
    await until(lambda: ids_in(tmp_path / "relay.db") == set())
    assert (await inbox.append(observed)).duplicates == 1
    stop.set()
    clock.advance(1)
    await task
    await inbox.close()


async def test_the_writer_syncs_every_commit_to_disk(tmp_path: Path) -> None:
    inbox = await Inbox.open(tmp_path / "relay.db", redact=str)
    pragmas = ("synchronous", "journal_mode", "wal_autocheckpoint", "journal_size_limit")

    def read(connection: sqlite3.Connection) -> list[object]:
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]

    assert await inbox._writer.run(read) == [2, "wal", 1000, 64 * MB]
    await inbox.close()
