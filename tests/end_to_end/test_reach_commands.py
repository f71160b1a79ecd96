"""Being reachable on the command line: ready line, status, doctor, and options that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from tests.end_to_end.programs import SECRET, Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    sandbox = Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))
    thread = SandboxThread(sandbox)
    thread.start()
    environment = {"CLOSE_API_KEY": sandbox.api_key, "SEGMENT_SHARED_SECRET": SECRET}
    yield Program(tmp_path / "profiles", thread.base_url, environment)
    thread.stop()


def test_a_relay_that_listens_is_not_called_reachable(program: Program) -> None:
    assert program.run("setup", "--create-fields").code == 0
    relay = program.start("relay", "--port", "0", "--mode", "observe")
    try:
        assert (relay.ready["listening"], relay.ready["reachable"]) == (True, False)
        assert relay.ready["missing"] == "There is no public URL."
        status = program.run("relay", "status", "--json")
        assert (status.code, status.data["state"]) == (1, "Listening")
        assert status.data["missing"] == "There is no public URL."
        lines = {line["name"]: line for line in program.run("doctor", "--json").data}
        assert lines["Relay answers here"]["ok"]
        assert lines["Relay answers here"]["measure"]
        assert "[REACH-NO-URL]" in lines["DNS and certificate"]["fix"]
    finally:
        assert relay.stop() == 0
    stopped = program.run("relay", "status", "--json")
    assert (stopped.data["state"], stopped.data["missing"]) == ("Stopped", "The relay does not listen.")


def test_an_address_that_segment_cannot_use_is_refused_at_once(program: Program) -> None:
    assert program.run("setup", "--create-fields").code == 0
    refused = program.run("relay", "--public-url", "http://192.168.1.5")
    assert refused.code == 1
    assert "[PUBLIC-URL]" in refused.err
