"""Switching the relay's mode: Live is agreed to once for each organization."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.storage.profile import Mode
from app.ui.question_dialog import QuestionDialog
from app.ui.relay.relay_controller import RelayController
from app.ui.theme.theme import Theme


class ModeSwitch(QObject):
    """Asks before the first live change; every other switch happens at once."""

    def __init__(
        self, theme: Theme, window: QWidget, controller: RelayController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._window = window
        self._controller = controller

    def switch(self, mode: Mode) -> None:
        profile = self._controller.profile
        organization = profile.organization
        confirmed = organization is not None and profile.live_confirmed_for == organization.id
        if mode is not Mode.LIVE or confirmed:
            self._controller.set_mode(mode)
            return
        name = organization.name if organization else "Close"
        dialog = QuestionDialog(
            self._theme,
            self._window,
            title=self.tr("Go live for {name}?").format(name=name),
            text=self.tr(
                "From now on events change leads and contacts of {name}. You can switch back to Dry run at "
                "any time; what was written stays."
            ).format(name=name),
            yes=self.tr("Go live for {name}").format(name=name),
            no=self.tr("Not now"),
        )
        dialog.answered.connect(self._answered)
        dialog.open()

    def _answered(self, agreed: bool) -> None:
        organization = self._controller.profile.organization
        if agreed and organization is not None:
            self._controller.set_mode(Mode.LIVE, confirmed_for=organization.id)
        else:
            self._controller.status_changed.emit()
