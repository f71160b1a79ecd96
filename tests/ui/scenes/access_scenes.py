"""Who may post to the relay: one secret, a rotation, sources and web pages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.storage.profile import Profile, SourceSettings
from app.ui.relay.access_desk import AccessDesk
from app.ui.relay.access_dialog import AccessDialog
from app.ui.theme.theme import Theme
from app.workflows.relay_access import AccessNow, RelayAccess, RotationState
from tests.ui.scenes.registry import scene
from tests.ui.scenes.workbench_scenes import finished_profile

SIZE = (560, 620)
_UNTIL_MS = 1_772_615_700_000


class StillDesk(AccessDesk):
    """Shows ``now`` and asks no keyring."""

    def __init__(self, now: AccessNow) -> None:
        def raising(error: BaseException) -> None:
            raise error

        super().__init__(RelayAccess.__new__(RelayAccess), finished_profile, raising)
        self.now = now

    def _change(
        self, work: Callable[[Profile], object], done: Callable[[object], None] = lambda _result: None
    ) -> None:
        """A picture changes nothing."""


def access_now(*sources: str, overlapping: bool = False, origins: tuple[str, ...] = ()) -> AccessNow:
    until = _UNTIL_MS if overlapping else None
    return AccessNow(
        "a secret",
        RotationState(has_secret=True, overlapping=overlapping, previous_until_ms=until),
        sources,
        SourceSettings(bool(sources), origins),
    )


def _dialog(theme: Theme, now: AccessNow) -> AccessDialog:
    desk = StillDesk(now)
    dialog = AccessDialog(theme, None, desk)
    desk.setParent(dialog)
    return dialog


@scene("47-who-may-post", size=SIZE)
def who_may_post(theme: Theme) -> QWidget:
    return _dialog(theme, access_now())


@scene("47-who-may-post-rotated", size=SIZE, large_text=False)
def rotated(theme: Theme) -> QWidget:
    dialog = _dialog(theme, access_now(overlapping=True))
    dialog.desk.rotated.emit()
    return dialog


@scene("47-who-may-post-sources", size=(560, 760), large_text=False)
def sources(theme: Theme) -> QWidget:
    now = access_now("Website", "Billing server", origins=("https://app.acme.example",))
    dialog = _dialog(theme, now)
    dialog.desk.key_made.emit("Billing server", "a write key")
    error = AppError(
        "SOURCE-ORIGIN",
        "This is not the origin of a web page.",
        remedy="Write it like https://app.example or http://localhost:3000.",
    )
    dialog.desk.failed.emit(error)
    return dialog
