"""Heartbeat, gaps and tunnel of a real relay, on a clock that tests move."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.errors import AppError
from app.relay.reach_status import ReachState, ReachStatus
from app.relay.reachability import Reachability, ReachChoice
from app.relay.service import RelayConfig, RelayService
from app.relay.status import RelayState
from app.storage.profile import RelaySettings, TunnelTool
from app.storage.reach_log import CopiedUrl, Gap, GapKind, ReachLog
from tests.conditions import until
from tests.relay import stand_ins
from tests.relay.builders import SECRET, START_MS, config
from tests.relay.fake_processor import FakeProcessor, factory
from tests.relay.public_internet import HOST, Authority, Names, Proxy, proxy_to, way_through
from tests.relay.stand_ins import Programs

# A round trip that ends in the middle of its TLS handshake leaves its socket to asyncio, which waits for the
# other side's farewell; the loop of a test is gone before that.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a test leaves to the collector goes while the mark above holds."""
    yield
    gc.collect()


class SleepingClock:
    """Time for a relay on another thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._now_ms = START_MS
        self._elapsed = 0.0
        self._waits: dict[asyncio.Event, tuple[asyncio.AbstractEventLoop, float]] = {}

    def now_ms(self) -> int:
        return self._now_ms

    def elapsed_s(self) -> float:
        return self._elapsed

    @property
    def waiting(self) -> int:
        return len(self._waits)

    async def advance(self, seconds: float, *, time_of_day: float | None = None) -> None:
        """Move on, and return when everybody whose time has come has gone on."""
        with self._guard:
            self._elapsed += seconds
            self._now_ms += round((seconds if time_of_day is None else time_of_day) * 1000)
            due = [(event, loop) for event, (loop, at) in self._waits.items() if at <= self._elapsed]
        for event, loop in due:
            loop.call_soon_threadsafe(event.set)
        await until(lambda: not any(event in self._waits for event, _ in due))
        for loop in {loop for _, loop in due}:
            # The next step of that loop comes after what the end of the wait has led to.
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop))

    async def wait(self, wake: asyncio.Event, timeout_s: float | None) -> None:
        if timeout_s is None:
            await wake.wait()
            return
        due = asyncio.Event()
        with self._guard:
            self._waits[due] = (asyncio.get_running_loop(), self._elapsed + timeout_s)
        waits = [asyncio.ensure_future(wake.wait()), asyncio.ensure_future(due.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            with self._guard:
                del self._waits[due]
            for task in waits:
                task.cancel()


class World:
    """A relay whose way to the internet can be cut, and what it has kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SleepingClock()
        self.names = Names()
        self.authority = Authority(folder)
        self.programs = Programs(folder / "bin")
        self.log = ReachLog(folder / "reach.json")
        self.relay: RelayService | None = None

    @asynccontextmanager
    async def running(self, choice: ReachChoice | None = None) -> AsyncIterator[Proxy]:
        """A relay behind a proxy; by default the proxy's address is given as public URL."""
        async with proxy_to(0, self.authority.server()) as proxy:
            reach = Reachability(
                choice or ReachChoice(public_url=proxy.url),
                self.log,
                CopiedUrl(self.folder / "copied.json"),
                way=way_through(self.authority, self.names),
                clock=self.clock,
                uniform=lambda low, high: (low + high) / 2,
                find=self.programs.find,
            )
            self.relay = RelayService(
                config(self.folder), factory(FakeProcessor()), redact=lambda text: text, reach=reach
            )
            proxy.target = self.relay.start().port
            self.relay.check_reach()
            try:
                yield proxy
            finally:
                self.relay.close()

    @property
    def reach(self) -> ReachStatus:
        assert self.relay is not None
        return self.relay.status().reach

    @property
    def state(self) -> RelayState:
        assert self.relay is not None
        return self.relay.status().state

    async def becomes(self, state: ReachState) -> ReachStatus:
        await until(lambda: self.reach.state is state, what=f"{state}, it is {self.reach}")
        return self.reach

    async def pass_time(self, seconds: float) -> None:
        """As it passes on a computer that is awake: never more than a tick at once."""
        await until(self._rests)
        steps = round(seconds / 2.5)
        for _ in range(steps):
            await self.clock.advance(2.5)
            await until(self._rests)

    def _rests(self) -> bool:
        """Whether the heartbeat, if there is one, waits for its next time, beside the watch for sleep."""
        reach = self.reach
        beats = reach.public_url or reach.tunnel
        return not reach.checking and self.clock.waiting >= (2 if beats else 1)

    def gaps(self) -> list[tuple[GapKind, float, float | None]]:
        """Kept gaps with their beginnings and ends in seconds since the test began."""

        def seconds(at_ms: int) -> float:
            return (at_ms - START_MS) / 1000

        return [
            (gap.kind, seconds(gap.start_ms), None if gap.end_ms is None else seconds(gap.end_ms))
            for gap in self.log.load().gaps
        ]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_relay_without_a_public_url_listens_and_is_not_called_reachable(world: World) -> None:
    async with world.running(ReachChoice()):
        assert (world.state, world.reach.state) == (RelayState.LISTENING, ReachState.NO_URL)
        assert world.reach.missing == "There is no public URL."
        await world.pass_time(300)
        assert world.state is RelayState.LISTENING
    assert world.gaps() == []


async def test_reachable_is_said_after_the_proof_and_kept(world: World) -> None:
    async with world.running() as proxy:
        status = await world.becomes(ReachState.PROVEN)
        assert world.state is RelayState.REACHABLE
        assert status.missing == ""
        assert status.last_proven_ms == world.clock.now_ms()
        assert world.relay is not None
        assert world.relay.status().url.startswith(f"{proxy.url}/segment/")
        await until(lambda: world.log.load().proven_ms == START_MS)
    assert world.log.load().public_url.startswith(f"https://{HOST}")
    assert world.gaps() == []


async def test_the_round_trip_is_repeated_about_once_a_minute(world: World) -> None:
    async with world.running() as proxy:
        await world.becomes(ReachState.PROVEN)
        before = proxy.requests
        for minute in (1, 2, 3):
            await world.pass_time(60)
            await until(lambda wanted=before + minute: proxy.requests >= wanted)
        assert proxy.requests <= before + 4


async def test_a_broken_way_becomes_a_state_after_two_minutes_and_a_gap(world: World) -> None:
    async with world.running() as proxy:
        await world.becomes(ReachState.PROVEN)
        proxy.answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        await world.pass_time(60)
        await world.becomes(ReachState.FAILING)
        assert world.state is RelayState.LISTENING
        await world.pass_time(130)
        status = await world.becomes(ReachState.UNREACHABLE)
        assert world.state is RelayState.UNREACHABLE
        assert status.missing == "The public URL answers, but the way to this computer is broken."
        assert status.last_proven_ms == START_MS
        await until(lambda: world.gaps() == [(GapKind.UNREACHABLE, 60.0, None)])
        proxy.answer = None
        await world.pass_time(30)
        await world.becomes(ReachState.PROVEN)
        await until(lambda: world.gaps() and world.gaps()[0][2])
    kind, start, end = world.gaps()[0]
    assert (kind, start) == (GapKind.UNREACHABLE, 60.0)
    assert end is not None
    assert 190 <= end <= 225


async def test_being_offline_is_told_apart(world: World) -> None:
    async with world.running():
        await world.becomes(ReachState.PROVEN)
        world.names.offline()
        await world.pass_time(200)
        await world.becomes(ReachState.OFFLINE)
        assert world.reach.missing == "This computer has no connection to the internet."
        world.names.back()
        await world.pass_time(30)
        await world.becomes(ReachState.PROVEN)
    assert [kind for kind, _, _ in world.gaps()] == [GapKind.OFFLINE]


async def test_a_short_failure_is_no_gap(world: World) -> None:
    async with world.running() as proxy:
        await world.becomes(ReachState.PROVEN)
        proxy.answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        await world.pass_time(60)
        await world.becomes(ReachState.FAILING)
        proxy.answer = None
        await world.pass_time(15)
        await world.becomes(ReachState.PROVEN)
    assert world.gaps() == []


async def test_sleep_is_a_gap_and_waking_proves_at_once(world: World) -> None:
    async with world.running() as proxy:
        await world.becomes(ReachState.PROVEN)
        await world.pass_time(10)
        before = proxy.requests
        await world.clock.advance(420)
        await until(lambda: proxy.requests > before, what="a round trip on wake")
        await world.becomes(ReachState.PROVEN)
        await until(lambda: world.gaps() == [(GapKind.ASLEEP, 10.0, 430.0)])


async def test_setting_the_clock_is_not_sleep(world: World) -> None:
    async with world.running() as proxy:
        await world.becomes(ReachState.PROVEN)
        await world.pass_time(10)
        before = proxy.requests
        await world.clock.advance(5, time_of_day=3605)
        await until(lambda: proxy.requests > before, what="a round trip in the new time")
        await world.becomes(ReachState.PROVEN)
    assert world.gaps() == []


async def test_the_time_in_which_no_relay_ran_is_a_gap(world: World) -> None:
    async with world.running():
        await world.becomes(ReachState.PROVEN)
        await world.pass_time(30)
    await world.clock.advance(600)
    async with world.running():
        await world.becomes(ReachState.PROVEN)
        await until(lambda: world.gaps() == [(GapKind.STOPPED, 30.0, 630.0)])


async def test_a_gap_that_lasted_at_a_crash_is_closed_at_the_next_start(world: World) -> None:
    record = world.log.load().with_gap(Gap(GapKind.OFFLINE, START_MS - 900_000))
    world.log.save(type(record)(alive_ms=START_MS - 300_000, gaps=record.gaps))
    async with world.running():
        await world.becomes(ReachState.PROVEN)
        await until(lambda: len(world.gaps()) == 2)
    assert world.gaps() == [(GapKind.OFFLINE, -900.0, -300.0), (GapKind.STOPPED, -300.0, 0.0)]


async def test_a_record_that_cannot_be_read_is_begun_anew(world: World) -> None:
    (world.folder / "reach.json").write_bytes(b'{"version": 1, "gaps": [7]}')
    async with world.running():
        await world.becomes(ReachState.PROVEN)
        await until(lambda: world.log.load().proven_ms)


async def test_a_url_that_changed_since_it_was_copied_is_said(world: World) -> None:
    async with world.running() as proxy:
        await world.becomes(ReachState.PROVEN)
        assert world.relay is not None
        assert not world.reach.url_changed
        world.relay.url_copied()
        assert not world.reach.url_changed
        world.relay.choose_reach(ReachChoice(public_url=proxy.url.replace(HOST, "other.example.com")))
        await until(lambda: world.reach.url_changed)
        world.relay.url_copied()
        assert not world.reach.url_changed
    kept = json.loads((world.folder / "copied.json").read_bytes())
    assert kept["host"] == "other.example.com"
    assert "segment" not in json.dumps(kept)


async def test_the_tunnel_runs_with_the_relay_and_its_url_is_proven(world: World) -> None:
    async with proxy_to(0, world.authority.server(name="calm.tail1234.ts.net")) as tunnel:
        url = f"https://calm.tail1234.ts.net:{tunnel.port}"
        text = stand_ins.TAILSCALE_STARTED.format(name="calm").replace("https://calm.tail1234.ts.net", url)
        world.programs.stays("tailscale", text)
        async with world.running(ReachChoice(TunnelTool.TAILSCALE)):
            assert world.relay is not None
            tunnel.target = world.relay.status().address.port  # type: ignore[union-attr]
            await until(lambda: world.reach.public_url == url)
            await world.pass_time(10)
            await world.becomes(ReachState.PROVEN)
            assert world.relay.status().url.startswith(f"{url}/segment/")
            world.relay.choose_reach(ReachChoice())
            await world.becomes(ReachState.NO_URL)
            assert world.relay.status().url.startswith("http://127.0.0.1")
    assert world.gaps() == []


async def test_a_tunnel_that_cannot_start_says_why_and_never_holds_up_the_relay(world: World) -> None:
    world.programs.ends_with("ngrok", stand_ins.NGROK_NO_TOKEN)
    async with world.running(ReachChoice(TunnelTool.NGROK)):
        await until(lambda: world.reach.trouble)
        assert world.reach.missing == "ngrok is not logged in."
        assert world.state is RelayState.LISTENING
        await world.pass_time(150)
        assert world.state is RelayState.UNREACHABLE


async def test_a_tunnel_that_leads_nowhere_is_started_again(world: World) -> None:
    world.programs.stays("tailscale", stand_ins.TAILSCALE_STARTED.format(name="calm"))
    world.names.unknown()
    async with world.running(ReachChoice(TunnelTool.TAILSCALE)):
        await until(lambda: world.reach.public_url)
        await world.pass_time(200)
        assert world.programs.runs("tailscale") == 1
        await world.pass_time(180)
        await until(lambda: world.programs.runs("tailscale") == 2)


def test_a_public_way_needs_a_secret(tmp_path: Path) -> None:
    settings = RelaySettings(port=0, allow_unsigned=True, tunnel=TunnelTool.NGROK)
    service = RelayService(
        RelayConfig(tmp_path / "relay.db", settings, ()),
        lambda: None,
        redact=str,  # type: ignore[arg-type,return-value]
    )
    with pytest.raises(AppError) as raised:
        service.start()
    assert raised.value.code == "RELAY-EXPOSED"
    assert SECRET not in str(raised.value)
