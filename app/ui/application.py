"""Runs the window: Qt, the event loop, the last net for errors, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app.assembly import Assistant
from app.errors import AppError
from app.storage.window_settings import WindowSettingsStore, window_settings_path
from app.ui.assistant_window import AssistantWindow
from app.ui.collector import UiThreadCollector
from app.ui.desktop.presence import DesktopPresence
from app.ui.frame.tasks import AsyncTask
from app.ui.frame.window import FrameWindow
from app.ui.opening import Opening
from app.ui.question_dialog import ErrorDialog, QuestionDialog
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from app.workflows.instance import WindowInstance, show_running

_log = logging.getLogger(__name__)

_NOTICE_SIGNALS_MS = 250
_DEMO_PROFILE = "demo"


def run_window(
    assistant: Assistant,
    profile_name: str,
    *,
    demo: DemoSession | None = None,
    opening: Opening | None = None,
) -> int:
    """Show the window until it is closed; returns the exit code. Raises ``AppError`` when nothing is to show.

    ``opening`` is the frame that a person may see already.
    """
    opening = opening or Opening(assistant.profiles.root)
    app, theme = opening.app, opening.theme
    unexpected = UnexpectedErrors(redactor=assistant.redactor)
    unexpected.watch_interpreter()
    loop = QEventLoop(app)
    asyncio.set_event_loop(loop)
    unexpected.watch_loop(loop)
    session = _Session(theme, unexpected, loop)
    collector = UiThreadCollector(app)
    instance: WindowInstance | None = None
    try:
        folder = assistant.profiles.make_folder(profile_name)
        instance = WindowInstance(folder, lambda: loop.call_soon_threadsafe(session.show_first))
        instance.claim(profile_name)
        window = session.add(assistant, profile_name, demo=demo, frame=opening.frame)
    except AppError as error:
        opening.frame.close()
        if error.code == "INSTANCE-RUNNING":
            _offer_the_other(theme, session, error, folder, loop)
            collector.stop()
            return 0
        if instance is not None:
            instance.release()
        # Started from a desktop there is no terminal to read the error in.
        dialog = ErrorDialog(theme, None, error, go_on_text=session.tr("Quit"))
        dialog.finished.connect(loop.stop)
        loop.call_soon(dialog.open)
        with loop:
            loop.run_forever()
        collector.stop()
        raise
    _end_on_signals(window, app)
    crashes = assistant.crash_log(profile_name)
    earlier = crashes.begin()
    loop.call_soon(window.open)
    if earlier is not None:
        loop.call_soon(window.settings.show_earlier, earlier)
    with loop:
        loop.run_forever()
    session.end()
    crashes.end()
    instance.release()
    if window.forgotten:
        assistant.profile_care().remove(profile_name)
    collector.stop()
    return 0


def _offer_the_other(
    theme: Theme, session: _Session, error: AppError, folder: Path, loop: QEventLoop
) -> None:
    """A second program on one profile: bring the first one's window to the front, or quit."""
    question = QuestionDialog(
        theme,
        None,
        title=error.title,
        text=f"{error.cause} {error.remedy}",
        yes=session.tr("Show it"),
        no=session.tr("Quit"),
        grave=False,
    )

    def answered(show: bool) -> None:
        if show:
            show_running(folder)
        loop.stop()

    question.answered.connect(answered)
    loop.call_soon(question.open)
    with loop:
        loop.run_forever()


class _Session(QObject):
    """The windows that are open: the person's own, and the demo if it was asked for."""

    def __init__(self, theme: Theme, unexpected: UnexpectedErrors, loop: QEventLoop) -> None:
        super().__init__()
        self._theme = theme
        self._unexpected = unexpected
        self._loop = loop
        self._windows: list[AssistantWindow] = []
        self._presences: list[DesktopPresence] = []
        self._demo: DemoSession | None = None
        self._starting = AsyncTask("start the demo", unexpected=unexpected, parent=self)
        self._starting.succeeded.connect(self._open_demo)
        self._starting.failed.connect(self._demo_failed)

    def add(
        self,
        assistant: Assistant,
        profile_name: str,
        *,
        demo: DemoSession | None = None,
        frame: FrameWindow | None = None,
    ) -> AssistantWindow:
        window = AssistantWindow(
            self._theme, assistant, profile_name, self._unexpected, demo=demo, frame=frame, parent=self
        )
        store = WindowSettingsStore(window_settings_path(assistant.profiles.root))
        self._presences.append(DesktopPresence(self._theme, window, store))
        window.closed.connect(lambda: self._closed(window))
        window.demo_requested.connect(self._start_demo)
        self._windows.append(window)
        return window

    def show_first(self) -> None:
        """Another program was started on the same profile."""
        if self._windows:
            self._presences[0].bring()

    def end(self) -> None:
        """Take the demo away that was started here."""
        demo, self._demo = self._demo, None
        if demo is not None:
            demo.stop()

    def _start_demo(self) -> None:
        if self._starting.busy:
            return
        if self._demo is not None:
            for window in self._windows[1:]:
                window.frame.raise_()
                window.frame.activateWindow()
            return

        async def work() -> DemoSession:
            demo = await asyncio.to_thread(DemoSession)
            await asyncio.to_thread(demo.start)
            return demo

        self._starting.run(work, self.tr("Starting the demo…"))

    def _open_demo(self, demo: DemoSession) -> None:
        self._demo = demo
        window = self.add(Assistant.for_demo(demo), _DEMO_PROFILE, demo=demo)
        window.open()

    def _demo_failed(self, error: AppError) -> None:
        self._windows[0].show_error(error)

    def _closed(self, window: AssistantWindow) -> None:
        del self._presences[self._windows.index(window)]
        self._windows.remove(window)
        if not self._windows:
            self._loop.stop()


def _end_on_signals(window: AssistantWindow, app: QApplication) -> None:
    """Ctrl+C in the terminal and a session's end close the window as a person would."""

    def end(_number: int, _frame: object) -> None:
        QTimer.singleShot(0, window, window.end)

    for name in ("SIGINT", "SIGTERM"):
        with suppress(ValueError):  # not on the main thread: whoever runs us there handles signals
            signal.signal(getattr(signal, name), end)
    # Python looks at signals only while it runs; Qt's loop would keep it waiting.
    notice = QTimer(app)
    notice.start(_NOTICE_SIGNALS_MS)
    notice.timeout.connect(lambda: None)
