"""A disk that is really read-only or really full: a tmpfs in a mount namespace of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def on_small_disk(folder: Path, trouble: str) -> dict[str, str]:
    program = f'"{sys.executable}" -W error -m tests.storage.small_disk "{folder}" {trouble}'
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = f'mount -t tmpfs -o size=300k,mode=700 none "{folder}"'
    if (
        shutil.which("unshare") is None
        or subprocess.run([*namespace, mount], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system does not let its users mount")
    finished = subprocess.run(
        [*namespace, f"{mount} && {program}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    answer: dict[str, str] = json.loads(finished.stdout)
    return answer


def test_a_read_only_disk_is_named_by_everything_that_writes(tmp_path: Path) -> None:
    codes = on_small_disk(tmp_path, "read-only")
    assert codes.pop("kept profile") == "no error"
    assert codes.pop("reading") in {"no error", "STORAGE-READ-ONLY"}
    assert set(codes.values()) == {"STORAGE-READ-ONLY"}, codes


def test_a_full_disk_is_named_and_what_was_written_before_is_kept(tmp_path: Path) -> None:
    codes = on_small_disk(tmp_path, "full")
    assert codes["kept profile"] == "no error"
    for place in ("profile", "new profile", "draft", "database", "new database"):
        assert codes[place] == "STORAGE-FULL", codes
