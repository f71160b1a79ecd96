from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.redaction import Redactor
from app.workflows.crash_log import CrashLog

_CRASH = """
import faulthandler, sys
from pathlib import Path
from app.redaction import Redactor
from app.workflows.crash_log import CrashLog
log = CrashLog(Path(sys.argv[1]), Redactor())
log.begin()
faulthandler._sigsegv()
"""


def test_a_run_that_ended_well_leaves_nothing(tmp_path: Path) -> None:
    first = CrashLog(tmp_path / "logs", Redactor())
    assert first.begin() is None
    first.end()
    assert list((tmp_path / "logs").iterdir()) == []


def test_a_native_crash_is_told_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    ended = subprocess.run(
        [sys.executable, "-c", _CRASH, str(folder)], check=False, cwd=Path(__file__).parents[2]
    )
    assert ended.returncode != 0
    following = CrashLog(folder, Redactor())
    earlier = following.begin()
    following.end()
    assert earlier is not None
    assert earlier.crashed
    assert "Segmentation fault" in earlier.fault
    assert earlier.started


def test_a_run_that_was_ended_from_outside_is_no_crash(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "running").write_text('{"started": "2026-03-01T10:00:00+00:00", "pid": 1}')
    following = CrashLog(folder, Redactor())
    earlier = following.begin()
    following.end()
    assert earlier is not None
    assert not earlier.crashed
    assert earlier.started == "2026-03-01T10:00:00+00:00"


def test_a_folder_that_cannot_be_written_does_not_keep_the_program_from_starting(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    log = CrashLog(tmp_path / "logs", Redactor())
    assert log.begin() is None
    log.end()
