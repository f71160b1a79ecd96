from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assembly import Assistant
from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from app.workflows.setup import SetupFlow
from tests.workflows.keyrings import WORKING, WorkingKeyring


@pytest.fixture
def close() -> Iterator[SandboxThread]:
    """The demo organization, served on a thread of its own."""
    store = demo_data(ids=IdSource(random.Random(7)))
    thread = SandboxThread(Sandbox(store=store, switches=Switches(index_lag_s=0)))
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def assistant(close: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """The program on a fresh folder and a working keyring."""
    monkeypatch.setattr(WorkingKeyring, "kept", {})
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", WORKING)
    return Assistant.in_folder(tmp_path / "profiles", {}, close_url=close.base_url)


@pytest.fixture
def flow(assistant: Assistant) -> SetupFlow:
    return assistant.setup_flow("default")
