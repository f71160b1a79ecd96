"""Where a running program writes what it does: the profile's log file, redacted."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.assembly import Assistant
from app.storage.json_log import JsonFormatter, LogFormat
from app.storage.log_files import RedactingFormatter, open_log


@contextmanager
def logging_to_profile(
    assistant: Assistant, profile_name: str, *, terminal: bool, log_format: LogFormat = LogFormat.TEXT
) -> Iterator[None]:
    """The profile's log file and, with ``terminal``, standard error: warnings as text, everything as JSON."""
    as_json = log_format is LogFormat.JSON
    assistant.profiles.make_folder(profile_name)
    handlers: list[logging.Handler] = [
        open_log(assistant.profiles.log_folder(profile_name), assistant.redactor)
    ]
    if terminal:
        to_terminal = logging.StreamHandler(sys.stderr)
        to_terminal.setLevel(logging.INFO if as_json else logging.WARNING)
        handlers.append(to_terminal)
    for handler in handlers:
        handler.setFormatter((JsonFormatter if as_json else RedactingFormatter)(assistant.redactor))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
