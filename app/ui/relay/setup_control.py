"""The relay for the last step of the guide: the controller in the words that step uses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.relay.exposure import url_host
from app.relay.group_commit import stopped_error
from app.relay.intake import webhook_path
from app.relay.public_url import public_host
from app.relay.reachability import ReachChoice
from app.relay.status import RelayAddress, RelayStatus
from app.storage.profile import Mode, Profile
from app.ui.relay.reach_control import ReachControl
from app.ui.relay.relay_controller import RelayController
from app.workflows.reach.connection_check import Connection, ConnectionCheck, ConnectionLine


class SetupRelayControl:
    """Satisfies ``RelayControl``.

    ``current`` is the profile as the guide has it, ``load`` reads the one it has saved.
    """

    def __init__(
        self, controller: RelayController, current: Callable[[], Profile], load: Callable[[], Profile]
    ) -> None:
        self._controller = controller
        self._current = current
        self._load = load
        self._path = ""
        self._reach = ReachControl(controller)

    async def start(self, mode: Mode) -> RelayAddress:
        profile = await asyncio.to_thread(self._load)
        profile = replace(profile, relay=replace(profile.relay, mode=mode))
        if mode is Mode.LIVE and profile.organization is not None:
            profile = replace(profile, live_confirmed_for=profile.organization.id)
        return await self._controller.start_now(profile)

    async def stop(self) -> None:
        await self._controller.stop_now()

    def status(self) -> RelayStatus:
        return self._controller.status

    def planned_url(self, port: int) -> str:
        relay = self._current().relay
        base = relay.public_url.rstrip("/") or f"http://{url_host(relay.host)}:{port}"
        return base + self._path

    async def shared_secret(self) -> str:
        secret = await self._controller.shared_secret(self._current())
        self._path = webhook_path(secret)
        return secret or ""

    async def check_connection(self) -> tuple[ConnectionLine, ...]:
        status = self._controller.status
        if status.address is None:
            raise stopped_error()
        secret = await self._controller.shared_secret()
        reach = status.reach
        connection = Connection(
            status.address.host,
            status.address.port,
            webhook_path(secret),
            secret,
            reach.public_url,
            reach.tunnel.trouble if reach.tunnel else None,
            public_host(reach.public_url) if reach.url_changed else "",
        )
        return tuple([line async for line in ConnectionCheck().lines(connection)])

    async def choose_way(self, choice: ReachChoice) -> None:
        await self._reach.apply(choice)

    def url_copied(self) -> None:
        self._reach.url_copied()

    async def send_test_event(self) -> None:
        await self._controller.post_own_event()

    def events_from_segment(self) -> int:
        return self._controller.events_from_segment
