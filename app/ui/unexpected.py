"""The one place for errors nobody expected: logged in full, told in plain words.

The report of a failure (traceback and versions, redacted) is the ``detail`` of the error people are told;
it is shown only when they ask for it, and never sent.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from app.errors import AppError
from app.redaction import Redactor
from app.workflows.diagnostics import masked_addresses, versions

_log = logging.getLogger(__name__)

UNEXPECTED = "APP-UNEXPECTED"
_MOST_CHARACTERS = 20_000


class UnexpectedErrors(QObject):
    """Call it with an exception from any thread; ``happened`` carries what a person is told."""

    happened = Signal(object)
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None, *, redactor: Redactor | None = None) -> None:
        super().__init__(parent)
        self._redactor = redactor or Redactor()
        self._reported.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def __call__(self, error: BaseException) -> None:
        _log.error("Unexpected: %s", type(error).__name__, exc_info=error)
        self._reported.emit(self.told(error))

    def told(self, error: BaseException) -> AppError:
        if isinstance(error, AppError):
            return error
        return AppError(
            UNEXPECTED,
            self.tr("Something unexpected happened in this program"),
            cause=self.tr("The details are in the log. Events that were acknowledged are kept."),
            remedy=self.tr("Continue, or start the program again if something looks wrong."),
            detail=self.report(error),
        )

    def report(self, error: BaseException) -> str:
        """Kind, place and versions. Messages of foreign exceptions may hold values: they are cleaned too."""
        told = versions()
        head = f"{told['program']} · Python {told['python']} · {told['system']}"
        # The end of a long traceback says where it happened.
        lines = "".join(traceback.format_exception(error)).strip()[-_MOST_CHARACTERS:]
        return masked_addresses(self._redactor.redact(f"{head}\n\n{lines}"))

    def watch_interpreter(self) -> None:
        """Hear of exceptions that nobody caught: in slots, in threads, and while objects are deleted."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def watch_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.set_exception_handler(self._loop_hook)

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self(error)

    def _thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self(arguments.exc_value)

    def _loop_hook(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self(error)
        else:
            _log.error("The event loop reports: %s", context.get("message", ""))
