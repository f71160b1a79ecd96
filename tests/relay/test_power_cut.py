"""Power cuts under a writing inbox: what was answered is there afterwards, and nothing is damaged.

The controls are the same test with ``synchronous=NORMAL``, and with answers given before the commit: both
have to lose some of it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from app.relay.inbox import Inbox
from app.relay.inbox_schema import MIGRATIONS
from app.storage.database import configure
from app.storage.migrations import migrate
from tests.relay.builders import new_events, track
from tests.relay.power_disk import DiskConnection, PowerDisk

FILE = Path("/power/relay.db")
REQUESTS = 400
WAITING = 8
"""Requests at a time: they share commits, as they do in the relay."""

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Cut:
    """What had been answered when the power went, and what is on the disk then."""

    answered: frozenset[str]
    files: dict[str, bytes]


@dataclass
class PowerPlant:
    """Cuts the power now and then; the machine that was running does not notice."""

    chance: random.Random
    answered: set[str] = field(default_factory=set)
    cuts: list[Cut] = field(default_factory=list)
    disk: PowerDisk = field(init=False)

    def __post_init__(self) -> None:
        self.disk = PowerDisk(f"power-{next(_NUMBERS)}", self._step)

    def _step(self) -> None:
        if self.answered and self.chance.random() < 0.05:
            # First what was answered: what is answered later may be on the disk or not.
            answered = frozenset(self.answered)
            self.cuts.append(Cut(answered, self.disk.after_cut(self.chance)))

    def connect(self, synchronous: str) -> sqlite3.Connection:
        connection = DiskConnection(self.disk, FILE)
        as_expected = cast("sqlite3.Connection", connection)
        connection.execute("PRAGMA journal_mode = WAL")
        configure(as_expected)
        migrate(as_expected, FILE, MIGRATIONS)
        connection.execute("PRAGMA wal_autocheckpoint = 60")
        if synchronous:
            connection.execute(f"PRAGMA synchronous = {synchronous}")
        return as_expected

    async def run(self, synchronous: str, *, answer_early: bool = False) -> None:
        inbox = await Inbox.open(FILE, str, open_connection=lambda: self.connect(synchronous))
        numbers = iter(range(REQUESTS))

        async def post() -> None:
            for number in numbers:
                name = f"m-{number}"
                if answer_early:
                    self.answered.add(name)
                await inbox.append(new_events(track(name, f"u-{number % 20}")))
                self.answered.add(name)

        await asyncio.gather(*(post() for _ in range(WAITING)))
        await inbox.close()


def stored(folder: Path, cut: Cut) -> set[str]:
    """The message ids in what a cut left, read by the ordinary SQLite. Fails on a damaged file."""
    folder.mkdir()
    for name, content in cut.files.items():
        (folder / Path(name).name).write_bytes(content)
    connection = sqlite3.connect(folder / FILE.name)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name for (name,) in connection.execute("SELECT message_id FROM event")}
    finally:
        connection.close()


async def lost_by_cuts(folder: Path, synchronous: str, *, answer_early: bool = False) -> tuple[int, int]:
    """How many cuts there were and how many answered events they lost."""
    plant = PowerPlant(random.Random(7))
    await plant.run(synchronous, answer_early=answer_early)
    lost = [len(cut.answered - stored(folder / str(n), cut)) for n, cut in enumerate(plant.cuts)]
    return len(lost), sum(lost)


async def test_no_power_cut_takes_an_answered_event_or_damages_the_file(tmp_path: Path) -> None:
    cuts, lost = await lost_by_cuts(tmp_path, synchronous="")
    assert cuts >= 50
    assert lost == 0


async def test_control_commits_that_are_not_synced_are_lost(tmp_path: Path) -> None:
    cuts, lost = await lost_by_cuts(tmp_path, synchronous="NORMAL")
    assert cuts >= 20
    assert lost > 0


async def test_control_events_answered_before_their_commit_are_lost(tmp_path: Path) -> None:
    _, lost = await lost_by_cuts(tmp_path, synchronous="", answer_early=True)
    assert lost > 0


def test_the_product_itself_asks_for_full_synchronisation() -> None:
    plant = PowerPlant(random.Random(1))
    connection = cast("Any", plant.connect(""))
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
