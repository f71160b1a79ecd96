"""Files that are dropped anywhere on the window; pages that take files themselves come first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from app.ui.assistant_window import AssistantWindow
from app.ui.places import REPLAY
from app.ui.setup.sample_page import SamplePage
from app.workflows.setup import Step

_SUFFIXES = frozenset({".json", ".ndjson", ".jsonl", ".csv", ".gz"})


class DroppedFiles(QObject):
    """In the workbench events to replay, in the guide samples, on its first page a saved set-up."""

    def __init__(self, window: AssistantWindow) -> None:
        super().__init__(window)
        self._window = window
        window.frame.setAcceptDrops(True)
        window.frame.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent | QDropEvent) and (paths := files_of(event.mimeData())):
            event.acceptProposedAction()
            if not isinstance(event, QDragEnterEvent):
                self._take(paths)
            return True
        return super().eventFilter(watched, event)

    def _take(self, paths: tuple[Path, ...]) -> None:
        window = self._window
        if window.in_workbench:
            window.choose_place(REPLAY)
            window.replay_page.form.take_files(paths)
        elif window.frame.current_key == Step.START:
            window.importing.read(paths[0])
        elif window.frame.current_key != Step.GO_LIVE:
            window.guide.show(Step.SAMPLE)
            page = window.frame.current_page
            if isinstance(page, SamplePage):
                page.pane.read_file(paths[0])


def files_of(mime: QMimeData) -> tuple[Path, ...]:
    """The local files among what is dragged, when all of it is files of a kind that holds events."""
    urls = mime.urls()
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    fit = all(path.suffix.lower() in _SUFFIXES for path in paths)
    return paths if paths and len(paths) == len(urls) and fit else ()
