"""The relay's state and the handful of things one does without the window, where the desktop has a tray."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.ui.desktop.tray_icon import tray_icon
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import STATE_TONES, mode_word, state_word
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone


class Tray(QObject):
    """``clicked`` is a notification that was clicked."""

    show_requested = Signal()
    quit_requested = Signal()
    clicked = Signal()

    def __init__(self, theme: Theme, controller: RelayController, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._controller = controller
        self._tone: Tone | None = None
        self.menu = QMenu()
        self.state = QAction(self.menu)
        self.state.setEnabled(False)
        self.show_action = QAction(self.tr("Show window"), self.menu)
        self.relay_action = QAction(self.menu)
        self.quit_action = QAction(self.tr("Quit"), self.menu)
        self.menu.addAction(self.state)
        self.menu.addSeparator()
        self.menu.addActions([self.show_action, self.relay_action])
        self.menu.addSeparator()
        self.menu.addAction(self.quit_action)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.show_action.triggered.connect(self.show_requested)
        self.quit_action.triggered.connect(self.quit_requested)
        self.relay_action.triggered.connect(self._toggle)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.clicked)
        controller.status_changed.connect(self._show_state)
        self._show_state()
        self.icon.show()

    def tell(self, title: str, text: str) -> None:
        self.icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Warning)

    def close(self) -> None:
        self.icon.hide()
        self.menu.deleteLater()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_requested.emit()

    def _toggle(self) -> None:
        if self._controller.running:
            self._controller.stop()
        else:
            self._controller.start()

    def _show_state(self) -> None:
        status = self._controller.status
        tone = STATE_TONES[status.state]
        if tone is not self._tone:
            self._tone = tone
            self.icon.setIcon(tray_icon(self._theme, tone))
        words = f"{state_word(status.state)} · {mode_word(status.mode)}"
        self.state.setText(self.tr("Relay: {state}").format(state=words))
        self.icon.setToolTip(self.tr("Segment to Close: {state}").format(state=words))
        running = self._controller.running
        self.relay_action.setText(self.tr("Stop relay") if running else self.tr("Start relay"))
        self.relay_action.setEnabled(not self._controller.switching)
