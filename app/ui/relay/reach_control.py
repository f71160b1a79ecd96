"""What a person does about being reachable: check now, copy the URL, choose another way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.relay.public_url import read_public_url
from app.relay.reachability import ReachChoice
from app.storage.profile import Profile, TunnelTool
from app.ui.frame.tasks import AsyncTask
from app.ui.relay.relay_controller import RelayController


class ReachControl(QObject):
    """Acts on the controller's relay in worker threads. ``failed`` carries an ``AppError``.

    ``save`` writes a profile; it may block and raise ``AppError``.
    """

    failed = Signal(object)
    chosen = Signal()

    def __init__(
        self,
        controller: RelayController,
        save: Callable[[Profile], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or controller)
        self._controller = controller
        self._save = save or controller.store
        self._checking = self._task("check the public URL")
        self._copying = self._task("remember the copied URL")
        self._choosing = self._task("choose the public address")
        self._choosing.succeeded.connect(lambda _: self.chosen.emit())

    @property
    def choice(self) -> ReachChoice:
        settings = self._controller.profile.relay
        return ReachChoice(settings.tunnel, settings.public_url)

    def check_now(self) -> None:
        service = self._controller.service
        if service is not None:
            self._checking.run(lambda: asyncio.to_thread(service.check_reach), self.tr("Checking…"))

    def url_copied(self) -> None:
        service = self._controller.service
        if service is not None:
            self._copying.run(lambda: asyncio.to_thread(service.url_copied), self.tr("Saving…"))

    def choose(self, tunnel: TunnelTool, public_url: str) -> None:
        """From now on and for the next starts. Raises ``AppError`` (``PUBLIC-URL``)."""
        url = read_public_url(public_url) if public_url.strip() else ""
        self._choosing.run(lambda: self.apply(ReachChoice(tunnel, url)), self.tr("Saving…"))

    async def apply(self, choice: ReachChoice) -> None:
        """The same for a caller that waits. Raises ``AppError``; then the former way holds."""
        profile = self._controller.profile
        settings = replace(profile.relay, tunnel=choice.tunnel, public_url=choice.public_url)
        profile = replace(profile, relay=settings)
        service = self._controller.service
        if service is not None and self._controller.running:
            await asyncio.to_thread(service.choose_reach, choice)
        await asyncio.to_thread(self._save, profile)
        self._controller.set_profile(profile)

    def _task(self, name: str) -> AsyncTask:
        task = AsyncTask(name, unexpected=self._controller.unexpected, parent=self)
        task.failed.connect(self.failed)
        return task
