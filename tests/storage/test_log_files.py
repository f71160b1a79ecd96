from __future__ import annotations

import logging
import logging.handlers
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import AppError
from app.redaction import Redactor
from app.storage import log_files
from app.storage.log_files import LOG_FILE, open_log, silence_talkative_libraries

CANARY = "canary-7f3a9c51"


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.add_secret(CANARY)
    return redactor


@pytest.fixture
def logger(tmp_path: Path, redactor: Redactor) -> Iterator[logging.Logger]:
    handler = open_log(tmp_path / "logs", redactor)
    logger = logging.Logger("segment-close")
    logger.addHandler(handler)
    yield logger
    handler.close()


def lines(tmp_path: Path) -> list[str]:
    return (tmp_path / "logs" / LOG_FILE).read_text("utf-8").splitlines()


def test_a_record_is_one_line_with_utc_time_level_and_name(logger: logging.Logger, tmp_path: Path) -> None:
    logger.info("relay listens on %s", "127.0.0.1")
    (line,) = lines(tmp_path)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO    segment-close: relay listens on 127\.0\.0\.1", line
    )


def test_secrets_are_taken_out_of_messages_arguments_and_tracebacks(
    logger: logging.Logger, tmp_path: Path
) -> None:
    logger.info("message with %s", CANARY)
    logger.info("headers %r", {"Authorization": "Basic YXBpX2tleTo=", "X-Signature": "feedbeef"})
    try:
        int(f"refused {CANARY}")
    except ValueError:
        logger.exception("it failed")
    text = "\n".join(lines(tmp_path))
    assert "it failed" in text
    assert "Traceback" in text
    assert CANARY not in text
    assert "YXBpX2tleTo" not in text
    assert "feedbeef" not in text


def test_event_text_cannot_forge_a_line_or_drive_a_terminal(logger: logging.Logger, tmp_path: Path) -> None:
    logger.info("name %s", "Eve\n2026-01-01T00:00:00.000Z ERROR forged\x1b[2J")
    (line,) = lines(tmp_path)
    assert "\\n2026" in line
    assert "\\x1b[2J" in line


def test_text_without_a_utf8_form_is_written(logger: logging.Logger, tmp_path: Path) -> None:
    logger.info("half %s", "\ud83d")
    assert "half \\ud83d" in lines(tmp_path)[0]


def test_files_and_folder_are_private_also_after_rotation(
    tmp_path: Path, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "FILE_SIZE_BYTES", 200)
    handler = open_log(tmp_path / "logs", redactor)
    logger = logging.Logger("segment-close")
    logger.addHandler(handler)
    for number in range(30):
        logger.info("line %d", number)
    handler.close()
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 1 + log_files.OLD_FILES
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_a_link_in_the_place_of_the_log_is_refused(tmp_path: Path, redactor: Redactor) -> None:
    (tmp_path / "logs").mkdir(0o700)
    (tmp_path / "target").write_text("precious")
    (tmp_path / "logs" / LOG_FILE).symlink_to(tmp_path / "target")
    with pytest.raises(AppError) as raised:
        open_log(tmp_path / "logs", redactor)
    assert raised.value.code == "STORAGE-IN-THE-WAY"
    assert (tmp_path / "target").read_text() == "precious"


def test_a_log_that_cannot_be_written_is_told_once_without_the_secret(
    tmp_path: Path, redactor: Redactor, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    handler = open_log(tmp_path / "logs", redactor)
    assert isinstance(handler, logging.handlers.RotatingFileHandler)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, handler.stream.fileno())
    os.close(full)
    logger = logging.Logger("segment-close")
    logger.addHandler(handler)
    logger.info("one %s", CANARY)
    logger.info("two %s", CANARY)
    handler.close()
    errors = capsys.readouterr().err
    assert errors.count("cannot be written") == 1
    assert CANARY not in errors
    assert "Traceback" not in errors


def test_http_libraries_only_speak_when_something_is_wrong() -> None:
    levels = {name: logging.getLogger(name).level for name in log_files._TALKATIVE}
    try:
        silence_talkative_libraries()
        for name in ("httpx", "httpcore", "httpcore.http11", "aiohttp.access"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
            assert logging.getLogger(name).isEnabledFor(logging.WARNING)
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
