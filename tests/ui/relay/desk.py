"""A controller over a real relay with a prescribed processor, for tests of the workbench's pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from app.relay.inbox_reader import InboxReader
from app.relay.processor import Processor
from app.relay.service import RelayConfig, RelayService
from app.storage.profile import Mode, Profile, RelaySettings
from app.ui.relay.relay_controller import RelayController
from tests.conditions import until
from tests.relay.builders import SECRET, body_of, signed, track
from tests.relay.fake_processor import Answer, FakeProcessor
from tests.ui.scenes.workbench_scenes import finished_profile


class Desk:
    """``script`` is the processor's; ``saved`` holds what was written as the profile."""

    def __init__(self, folder: Path, mode: Mode = Mode.LIVE, **script: list[Answer]) -> None:
        self.folder = folder
        self.saved: list[Profile] = []
        self.unexpected: list[BaseException] = []
        self.built = 0
        self._script = {name.replace("_", "-"): answers for name, answers in script.items()}
        profile = finished_profile(mode)
        self.profile = replace(profile, relay=RelaySettings(port=0, mode=mode))
        database = folder / "relay.db"
        self.controller = RelayController(
            self.profile,
            build=self._build,
            save=self.saved.append,
            secret=lambda _profile: SECRET,
            reader=InboxReader(database),
            database=database,
            unexpected=self.unexpected.append,
        )

    async def start(self) -> None:
        self.controller.watch()
        self.controller.start()
        await until(lambda: self.controller.running, what="the relay to listen")

    async def post(self, *message_ids: str, **members: Any) -> int:
        events = [track(name, user=name, **members) for name in message_ids]
        body = body_of(*events)
        address = self.controller.status.address
        assert address is not None
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(address.url, content=body, headers=signed(body))
        assert json.loads(body)
        return answer.status_code

    async def close(self) -> None:
        await self.controller.close()
        assert not self.unexpected, self.unexpected

    def _build(self, profile: Profile) -> RelayService:
        self.built += 1
        config = RelayConfig(self.folder / "relay.db", profile.relay, (SECRET,))

        @asynccontextmanager
        async def processor() -> AsyncIterator[Processor]:
            yield FakeProcessor(self._script)

        return RelayService(config, processor, redact=lambda text: text)
