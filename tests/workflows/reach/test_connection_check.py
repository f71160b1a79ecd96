"""The connection check and the doctor's lines about it, over real TLS on loopback."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.relay.service import RelayService
from app.storage.profile import RelaySettings, TunnelTool
from app.storage.reach_log import Gap, GapKind, ReachRecord
from app.workflows.reach.away import gap_words, recent_gaps
from app.workflows.reach.connection_check import (
    CheckStep,
    Connection,
    ConnectionCheck,
    ConnectionLine,
    Verdict,
)
from app.workflows.reach.temporary_relay import temporary_relay
from tests.relay import stand_ins
from tests.relay.builders import SECRET, config
from tests.relay.fake_processor import FakeProcessor, factory
from tests.relay.public_internet import HOST, Authority, Names, proxy_to, way_through
from tests.relay.stand_ins import Programs


class World:
    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.names = Names()
        self.check = ConnectionCheck(way_through(self.authority, self.names))
        self.relay = RelayService(
            config(folder, public_url=f"https://{HOST}"), factory(FakeProcessor()), redact=lambda text: text
        )
        address = self.relay.start()
        path = address.public_url.removeprefix(f"https://{HOST}")
        self.connection = Connection("127.0.0.1", address.port, path, SECRET)

    async def lines(self, **members: object) -> dict[CheckStep, ConnectionLine]:
        connection = replace(self.connection, **members)  # type: ignore[arg-type]
        return {line.step: line async for line in self.check.lines(connection)}


@pytest.fixture
async def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.relay.close()


def verdicts(lines: dict[CheckStep, ConnectionLine]) -> dict[CheckStep, Verdict]:
    return {step: line.verdict for step, line in lines.items()}


async def test_every_step_holds_behind_a_good_public_url(world: World) -> None:
    async with proxy_to(world.connection.port, world.authority.server()) as proxy:
        lines = await world.lines(public_url=proxy.url)
    assert list(lines) == [step for step in CheckStep if step is not CheckStep.COPIED]
    assert set(verdicts(lines).values()) == {Verdict.HOLDS}
    assert lines[CheckStep.NAME].measure.startswith("to ")
    assert world.relay.status().received == 0


async def test_a_self_signed_certificate_is_refused_by_segment(world: World) -> None:
    async with proxy_to(world.connection.port, world.authority.server(self_signed=True)) as proxy:
        lines = await world.lines(public_url=proxy.url)
    name = lines[CheckStep.NAME]
    assert name.error is not None
    assert name.text == "Segment refuses this certificate: it is self-signed."
    assert lines[CheckStep.ROUND_TRIP].verdict is Verdict.OPEN


async def test_without_a_public_url_only_this_computer_is_proven(world: World) -> None:
    lines = await world.lines()
    assert [step for step, verdict in verdicts(lines).items() if verdict is Verdict.HOLDS] == [
        CheckStep.PORT,
        CheckStep.LOOPBACK,
    ]
    assert lines[CheckStep.NAME].error is not None
    assert lines[CheckStep.NAME].error.code == "REACH-NO-URL"


async def test_a_relay_with_another_secret_is_not_ours(world: World) -> None:
    lines = await world.lines(secret="another secret")
    assert lines[CheckStep.LOOPBACK].verdict is Verdict.FAILS
    assert lines[CheckStep.PORT].error is not None
    assert lines[CheckStep.PORT].error.code == "RELAY-PORT-IN-USE"


async def test_a_free_port_and_a_relay_that_does_not_run(world: World) -> None:
    world.relay.stop()
    lines = await world.lines()
    assert lines[CheckStep.PORT].verdict is Verdict.HOLDS
    assert lines[CheckStep.LOOPBACK].error is not None
    assert lines[CheckStep.LOOPBACK].error.code == "RELAY-STOPPED"


async def test_a_url_that_changed_since_it_was_copied_is_said(world: World) -> None:
    lines = await world.lines(copied_host="old.example.com")
    assert lines[CheckStep.COPIED].text == "The public URL changed since you copied it."


async def test_where_no_relay_runs_one_listens_for_the_check(tmp_path: Path) -> None:
    authority, names = Authority(tmp_path), Names()
    check = ConnectionCheck(way_through(authority, names))
    async with proxy_to(0, authority.server()) as proxy:
        settings = RelaySettings(port=0, public_url=proxy.url)
        async with temporary_relay(settings, SECRET) as opened:
            proxy.target = opened.port
            connection = Connection("127.0.0.1", opened.port, opened.path, SECRET, opened.public_url)
            lines = [line async for line in check.lines(connection)]
    assert {line.verdict for line in lines} == {Verdict.HOLDS}
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", opened.port)) != 0


async def test_the_check_opens_the_tunnel_and_says_why_it_cannot(tmp_path: Path) -> None:
    programs = Programs(tmp_path / "bin")
    programs.ends_with("ngrok", stand_ins.NGROK_NO_TOKEN)
    settings = RelaySettings(port=0, tunnel=TunnelTool.NGROK)
    async with temporary_relay(settings, SECRET, programs.find) as opened:
        assert opened.missing is not None
        assert opened.missing.code == "TUNNEL-NOT-LOGGED-IN"
    programs.stays("ngrok", stand_ins.NGROK_STARTED.format(name="calm"))
    async with temporary_relay(settings, SECRET, programs.find) as opened:
        assert opened.public_url == "https://calm.ngrok-free.app"


def test_gaps_of_the_last_day_are_told_newest_first() -> None:
    now_ms = time.time_ns() // 1_000_000
    hour = 3_600_000
    record = ReachRecord(
        gaps=(
            Gap(GapKind.STOPPED, now_ms - 40 * hour, now_ms - 30 * hour),
            Gap(GapKind.ASLEEP, now_ms - 3 * hour, now_ms - 2 * hour),
            Gap(GapKind.OFFLINE, now_ms - 10_000, now_ms - 5_000),
            Gap(GapKind.UNREACHABLE, now_ms - 600_000, reason="The tunnel is broken."),
        )
    )
    assert [gap.kind for gap in recent_gaps(record, now_ms)] == [GapKind.UNREACHABLE, GapKind.ASLEEP]
    assert gap_words(record.gaps[-1]).endswith("to now (The tunnel is broken.)")
