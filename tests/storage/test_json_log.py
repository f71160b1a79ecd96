from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from app.redaction import REDACTED, Redactor
from app.storage.json_log import JsonFormatter

CANARY = "canary-7f3a9c51"


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(written: io.StringIO) -> logging.Logger:
    redactor = Redactor()
    redactor.add_secret(CANARY)
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter(redactor))
    logger = logging.Logger("app.relay.server")
    logger.addHandler(handler)
    return logger


def only_line(written: io.StringIO) -> dict[str, Any]:
    (line,) = written.getvalue().splitlines()
    return dict(json.loads(line))


def test_a_record_is_one_object_on_one_line(logger: logging.Logger, written: io.StringIO) -> None:
    logger.warning("Refused a %s request", "POST")
    line = only_line(written)
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "app.relay.server", "message": "Refused a POST request"}


def test_event_text_can_forge_neither_a_line_nor_what_a_viewer_shows(
    logger: logging.Logger, written: io.StringIO
) -> None:
    logger.info('a\n{"level": "error"}\r\x1b[2J\u202eb\u2028c')
    assert only_line(written)["message"] == 'a\\n{"level": "error"}\\r\\x1b[2J\\u202eb\\u2028c'


def test_secrets_are_taken_out_of_messages_and_tracebacks(
    logger: logging.Logger, written: io.StringIO
) -> None:
    try:
        int(CANARY)
    except ValueError:
        logger.exception("With %s", CANARY)
    line = only_line(written)
    assert line["message"] == f"With {REDACTED}"
    assert "Traceback" in line["exception"]
    assert "\n" in line["exception"]
    assert CANARY not in written.getvalue()
