"""Driving tunnel programs, with stand-ins that print and fail as the real ones do."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.relay.reach_status import TunnelState, TunnelStatus
from app.relay.tunnel import Tunnel
from app.relay.tunnel_tools import lost_error
from app.storage.profile import TunnelTool
from tests.conditions import until, until_blocking
from tests.relay import stand_ins
from tests.relay.builders import ManualClock
from tests.relay.stand_ins import Programs

ROOT = Path(__file__).resolve().parents[2]

STARTED = {
    TunnelTool.CLOUDFLARED: (stand_ins.CLOUDFLARED_BANNER, "https://{}.trycloudflare.com"),
    TunnelTool.NGROK: (stand_ins.NGROK_STARTED, "https://{}.ngrok-free.app"),
    TunnelTool.TAILSCALE: (stand_ins.TAILSCALE_STARTED, "https://{}.tail1234.ts.net"),
}


class Driven:
    """A tunnel and every status it has shown."""

    def __init__(self, tool: TunnelTool, programs: Programs, patience_s: float = 20.0) -> None:
        self.seen: list[TunnelStatus] = []
        self.clock = ManualClock()
        self.pauses: list[float] = []
        self.tunnel = Tunnel(
            tool,
            "127.0.0.1",
            8787,
            clock=self.clock,
            uniform=lambda low, high: (low + high) / 2,
            on_change=lambda: self.seen.append(self.tunnel.status),
            find=programs.find,
            patience_s=patience_s,
        )

    @property
    def status(self) -> TunnelStatus:
        return self.tunnel.status

    @property
    def trouble(self) -> str:
        return self.status.trouble.code if self.status.trouble else ""

    async def waiting(self, starts: int = 1) -> TunnelStatus:
        await until(lambda: self.status.state is TunnelState.WAITING and self.status.starts == starts)
        return self.status

    def pause_s(self) -> float:
        assert self.status.next_ms is not None
        return (self.status.next_ms - self.clock.now_ms()) / 1000


@asynccontextmanager
async def driven(tool: TunnelTool, programs: Programs, patience_s: float = 20.0) -> AsyncIterator[Driven]:
    one = Driven(tool, programs, patience_s)
    running = asyncio.create_task(one.tunnel.run())
    try:
        yield one
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Ended, but nobody has asked how yet.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("tool", STARTED)
async def test_the_url_is_read_from_what_the_program_prints(tool: TunnelTool, programs: Programs) -> None:
    text, url = STARTED[tool]
    programs.stays(tool, text.format(name="calm-river-7"))
    async with driven(tool, programs) as one:
        await until(lambda: one.status.url)
        assert (one.status.state, one.status.url) == (TunnelState.UP, url.format("calm-river-7"))
        assert any("127.0.0.1:8787" in each for each in programs.arguments(tool))
        pid = programs.pid(tool)
        assert is_running(pid)
    await until(lambda: not is_running(pid), what="the program to end with the relay")


FAILURES = [
    (TunnelTool.CLOUDFLARED, stand_ins.CLOUDFLARED_LIMITED, "TUNNEL-RATE-LIMITED"),
    (TunnelTool.CLOUDFLARED, stand_ins.CLOUDFLARED_OFFLINE, "TUNNEL-OFFLINE"),
    (TunnelTool.CLOUDFLARED, stand_ins.CLOUDFLARED_OLD, "TUNNEL-TOO-OLD"),
    (TunnelTool.NGROK, stand_ins.NGROK_NO_TOKEN, "TUNNEL-NOT-LOGGED-IN"),
    (TunnelTool.NGROK, stand_ins.NGROK_OLD, "TUNNEL-TOO-OLD"),
    (TunnelTool.NGROK, stand_ins.NGROK_TAKEN, "TUNNEL-ALREADY-RUNNING"),
    (TunnelTool.NGROK, stand_ins.NGROK_LIMITED, "TUNNEL-RATE-LIMITED"),
    (TunnelTool.TAILSCALE, stand_ins.TAILSCALE_LOGGED_OUT, "TUNNEL-NOT-LOGGED-IN"),
    (TunnelTool.TAILSCALE, stand_ins.TAILSCALE_DENIED, "TUNNEL-NOT-ALLOWED"),
    (TunnelTool.TAILSCALE, stand_ins.TAILSCALE_NO_HTTPS, "TUNNEL-NOT-ALLOWED"),
    (TunnelTool.TAILSCALE, stand_ins.TAILSCALE_TAKEN, "TUNNEL-PORT-REFUSED"),
    (TunnelTool.TAILSCALE, stand_ins.TAILSCALE_OLD, "TUNNEL-TOO-OLD"),
    (TunnelTool.NGROK, "something new\n", "TUNNEL-ENDED"),
]


@pytest.mark.parametrize(("tool", "text", "code"), FAILURES)
def test_each_way_to_fail_has_words_of_its_own(tool: TunnelTool, text: str, code: str) -> None:
    diagnosis = lost_error(tool, text.splitlines(), 1)
    assert diagnosis.error.code == code
    assert diagnosis.error.remedy
    assert "\\n" not in diagnosis.error.detail


async def test_a_program_that_fails_is_said_and_started_again_with_growing_pauses(programs: Programs) -> None:
    programs.ends_with("cloudflared", stand_ins.CLOUDFLARED_LIMITED)
    async with driven(TunnelTool.CLOUDFLARED, programs) as one:
        pauses = []
        for starts in (1, 2, 3):
            await one.waiting(starts)
            assert one.trouble == "TUNNEL-RATE-LIMITED"
            pauses.append(one.pause_s())
            one.clock.advance(pauses[-1])
        assert pauses == [2.0, 4.0, 8.0]
        programs.stays("cloudflared", stand_ins.CLOUDFLARED_BANNER.format(name="calm-river-7"))
        await until(lambda: one.status.starts >= 4)
        one.clock.advance(600)
        await until(lambda: one.status.url == "https://calm-river-7.trycloudflare.com")
        assert one.status.trouble is None


async def test_a_program_that_dies_later_is_started_again(programs: Programs) -> None:
    programs.write(
        "ngrok", f"say({stand_ins.NGROK_STARTED!r}.format(name=f'name-{{start}}'))\nsignal.pause()"
    )
    async with driven(TunnelTool.NGROK, programs) as one:
        await until(lambda: one.status.url == "https://name-1.ngrok-free.app")
        os.kill(programs.pid("ngrok"), signal.SIGKILL)
        await one.waiting()
        assert (one.trouble, one.status.url) == ("TUNNEL-ENDED", "")
        one.clock.advance(one.pause_s())
        await until(lambda: one.status.url == "https://name-2.ngrok-free.app")


async def test_a_url_that_changes_while_it_runs_is_noticed(programs: Programs) -> None:
    gate = programs.folder / "go"
    os.mkfifo(gate)
    programs.write(
        "ngrok",
        f"text = {stand_ins.NGROK_STARTED!r}\nsay(text.format(name='before'))\n"
        f"open({str(gate)!r}).read()\nsay(text.format(name='after'))\nsignal.pause()",
    )
    async with driven(TunnelTool.NGROK, programs) as one:
        await until(lambda: one.status.url == "https://before.ngrok-free.app")
        await asyncio.to_thread(gate.write_text, "go")
        await until(lambda: one.status.url == "https://after.ngrok-free.app")
        assert one.status.starts == 1


async def test_a_program_that_prints_nothing_is_given_up_in_words(programs: Programs) -> None:
    programs.stays("tailscale", "")
    async with driven(TunnelTool.TAILSCALE, programs, patience_s=0.3) as one:
        await one.waiting()
        assert one.trouble == "TUNNEL-NO-URL"
        pid = programs.pid("tailscale")
        await until(lambda: not is_running(pid))


async def test_a_program_that_waits_for_a_person_is_said(programs: Programs) -> None:
    programs.stays("tailscale", stand_ins.TAILSCALE_OFF)
    async with driven(TunnelTool.TAILSCALE, programs, patience_s=0.3) as one:
        status = await one.waiting()
        assert status.trouble is not None
        assert status.trouble.code == "TUNNEL-NOT-ALLOWED"
        assert "https://login.tailscale.com/f/funnel?node=nho4oGYG7X11CNTRL" in status.trouble.remedy
        assert one.pause_s() >= 30


async def test_a_program_that_is_not_there_is_noticed_once_it_is(programs: Programs) -> None:
    async with driven(TunnelTool.NGROK, programs) as one:
        await one.waiting()
        assert one.trouble == "TUNNEL-MISSING"
        programs.stays("ngrok", stand_ins.NGROK_STARTED.format(name="there"))
        one.clock.advance(one.pause_s())
        await until(lambda: one.status.url)


async def test_a_file_that_cannot_be_run_is_said(programs: Programs) -> None:
    programs.write("ngrok", "")
    (programs.folder / "ngrok").write_text("#!/nowhere/at/all\n")
    async with driven(TunnelTool.NGROK, programs) as one:
        await one.waiting()
        assert one.trouble in ("TUNNEL-ENDED", "TUNNEL-NOT-STARTABLE")


async def test_a_restart_gives_a_new_run_at_once(programs: Programs) -> None:
    programs.write(
        "ngrok", f"say({stand_ins.NGROK_STARTED!r}.format(name=f'name-{{start}}'))\nsignal.pause()"
    )
    async with driven(TunnelTool.NGROK, programs) as one:
        await until(lambda: one.status.url == "https://name-1.ngrok-free.app")
        one.tunnel.restart()
        await until(lambda: one.status.url == "https://name-2.ngrok-free.app")


async def test_a_program_that_ignores_being_asked_is_ended_all_the_same(programs: Programs) -> None:
    text = stand_ins.NGROK_STARTED.format(name="stubborn")
    programs.write(
        "ngrok", f"signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay({text!r})\nwhile True: signal.pause()"
    )
    async with driven(TunnelTool.NGROK, programs) as one:
        await until(lambda: one.status.url)
        pid = programs.pid("ngrok")
    await until(lambda: not is_running(pid))


async def test_secrets_of_ours_are_not_handed_on(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOSE_API_KEY", "api_canary")
    monkeypatch.setenv("SEGMENT_SHARED_SECRET", "canary")
    programs.write("ngrok", "say(' '.join(os.environ))\nsys.exit(3)")
    async with driven(TunnelTool.NGROK, programs) as one:
        status = await one.waiting()
        assert status.trouble is not None
        assert "PATH" in status.trouble.detail
        assert "CLOSE_API_KEY" not in status.trouble.detail
        assert "SEGMENT_SHARED_SECRET" not in status.trouble.detail


_HOST = """
import asyncio
from app.relay.clock import SystemClock
from app.relay.tunnel import Tunnel
from app.storage.profile import TunnelTool
async def main():
    tunnel = Tunnel(TunnelTool.NGROK, "127.0.0.1", 8787, clock=SystemClock(), uniform=lambda a, b: a,
                    on_change=lambda: print(tunnel.status.url, flush=True))
    await tunnel.run()
asyncio.run(main())
"""


def test_the_program_ends_also_when_we_are_killed(programs: Programs) -> None:
    programs.stays("ngrok", stand_ins.NGROK_STARTED.format(name="orphan"))
    environment = {**os.environ, "PATH": f"{programs.folder}:{os.environ['PATH']}"}
    with subprocess.Popen(
        [sys.executable, "-c", _HOST], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        until_blocking(lambda: "orphan" in host.stdout.readline())  # type: ignore[union-attr]
        pid = programs.pid("ngrok")
        assert is_running(pid)
        host.kill()
    until_blocking(lambda: not is_running(pid), what="the tunnel to end")
