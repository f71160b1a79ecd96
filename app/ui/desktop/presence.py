"""How a window behaves on the desktop: where it was, what it tells, its place in the tray."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app.storage.window_settings import WindowSettingsStore
from app.ui.assistant_window import AssistantWindow
from app.ui.desktop.dropped_files import DroppedFiles
from app.ui.desktop.filter_memory import keep_filters, restore_filters
from app.ui.desktop.notice_words import PLACES, notice_text, notice_title
from app.ui.desktop.tray import Tray
from app.ui.desktop.window_memory import keep_place, restore_place
from app.ui.theme.theme import Theme
from app.workflows.notices import Notice, Noticed, notice


class DesktopPresence(QObject):
    """Belongs to one window. Where there is no tray a notice is a message in the window and a mark on its
    entry in the task bar; the window is never hidden.
    """

    def __init__(
        self,
        theme: Theme,
        window: AssistantWindow,
        store: WindowSettingsStore,
        *,
        has_tray: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._store = store
        self._noticed = Noticed()
        self._last: Notice | None = None
        self.tray = Tray(theme, window.controller, self) if has_tray() else None
        if self.tray is not None:
            self.tray.show_requested.connect(self.bring)
            self.tray.quit_requested.connect(window.end)
            self.tray.clicked.connect(self._open_cause)
        window.controller.status_changed.connect(self._look)
        window.closed.connect(self._leave)
        DroppedFiles(window)
        if not window.frame.isVisible():
            restore_place(window.frame, store)
        theme.column_widths.remember(store.load().columns)
        restore_filters(window.events_page.filters, store)

    def bring(self) -> None:
        """The window to the front, from wherever it is."""
        frame = self._window.frame
        frame.setWindowState(frame.windowState() & ~Qt.WindowState.WindowMinimized)
        frame.show()
        frame.raise_()
        frame.activateWindow()

    def _look(self) -> None:
        self._noticed = notice(self._noticed, self._window.controller.status)
        causes = self._noticed.new
        # Somebody who looks at the window sees it there.
        if not causes or self._window.frame.isActiveWindow():
            return
        self._last = causes[0]
        title, text = notice_title(causes[0]), notice_text(causes[0])
        if len(causes) > 1:
            text = " ".join((text, *(f"{notice_title(one)}." for one in causes[1:])))
        if self.tray is not None:
            self.tray.tell(title, text)
        else:
            self._window.frame.show_trouble(" · ".join(map(notice_title, causes)), self._open_cause)
            QApplication.alert(self._window.frame)

    def _open_cause(self) -> None:
        self.bring()
        if self._last is not None:
            self._window.choose_place(PLACES[self._last])

    def _leave(self) -> None:
        keep_place(self._window.frame, self._theme.column_widths, self._store)
        keep_filters(self._window.events_page.filters, self._store)
        if self.tray is not None:
            self.tray.close()
