"""Who may post, for the window: read and changed in worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.storage.profile import Profile, SourceSettings
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.workflows.relay_access import AccessNow, RelayAccess

# The keyring may ask a person to unlock it.
_PATIENT = TaskLimits(give_up=120.0)


class AccessDesk(QObject):
    """``access`` is called in worker threads for the profile that ``profile`` gives.

    ``changed`` fires when ``now`` or ``busy`` has changed, ``failed`` carries an ``AppError``,
    ``key_made`` a new source's name and write key, ``rotated`` nothing, ``sources_saved`` the settings that
    were written to the profile.
    """

    changed = Signal()
    failed = Signal(object)
    rotated = Signal()
    key_made = Signal(str, str)
    sources_saved = Signal(object)

    def __init__(
        self,
        access: RelayAccess,
        profile: Callable[[], Profile],
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.now: AccessNow | None = None
        self._access = access
        self._profile = profile
        self._task = AsyncTask("who may post", unexpected=unexpected, limits=_PATIENT, parent=self)
        self._task.changed.connect(self.changed)
        self._task.failed.connect(self.failed)

    @property
    def task(self) -> AsyncTask:
        return self._task

    @property
    def busy(self) -> bool:
        return self._task.busy

    def read(self) -> None:
        self._change(lambda _profile: None)

    def rotate(self) -> None:
        """A new shared secret; the one before holds for a day more."""
        self._change(self._access.rotate, lambda _: self.rotated.emit())

    def end_rotation(self) -> None:
        self._change(self._access.end_rotation)

    def add_source(self, name: str) -> None:
        """Let a source in with a new write key; ``key_made`` hands it over, once."""

        def made(key: object) -> None:
            self.key_made.emit(" ".join(name.split()), str(key))

        self._change(lambda profile: self._access.add_source(profile, name), made)

    def remove_source(self, name: str) -> None:
        self._change(lambda profile: self._access.remove_source(profile, name))

    def set_sources(self, *, enabled: bool | None = None, add: str = "", remove: str = "") -> None:
        """Switch direct posting on or off, list or unlist a web page."""

        def save(profile: Profile) -> SourceSettings:
            return self._access.set_sources(profile.name, enabled=enabled, add=add, remove=remove)

        self._change(save, self.sources_saved.emit)

    def _change(
        self, work: Callable[[Profile], object], done: Callable[[object], None] = lambda _result: None
    ) -> None:
        profile = self._profile()

        async def run() -> None:
            result = await asyncio.to_thread(work, profile)
            self.now = await asyncio.to_thread(self._access.now, profile.name)
            done(result)

        self._task.run(run, self.tr("Asking the keyring…"))
