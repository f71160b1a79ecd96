"""Log records as JSON, one object a line, for programs that collect them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from enum import StrEnum

from app.redaction import Redactor, escape_control


class LogFormat(StrEnum):
    """TEXT is for people. JSON is one object a line, for programs that collect logs."""

    TEXT = "text"
    JSON = "json"


class JsonFormatter(logging.Formatter):
    """Writes time (UTC), level, logger, message and, where there is one, the traceback, without secrets.

    Control and text-direction characters of a message are escaped before JSON escapes them again, so that
    no viewer that decodes a line is fooled either.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._clean(record.getMessage(), keep_newlines=False),
        }
        if record.exc_info:
            line["exception"] = self._clean(self.formatException(record.exc_info), keep_newlines=True)
        return json.dumps(line, ensure_ascii=False)

    def _clean(self, text: str, *, keep_newlines: bool) -> str:
        return escape_control(self._redactor.redact(text), keep_newlines=keep_newlines)
