from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.private_files import (
    close_folder,
    make_private_folder,
    read_private,
    storage_error,
    write_private,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_folders_are_private_even_under_an_open_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        make_private_folder(tmp_path / "a" / "b")
    finally:
        os.umask(old)
    assert mode(tmp_path / "a") == 0o700
    assert mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_that_the_person_named_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o755)
    make_private_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o755


def test_our_own_folder_is_closed_when_it_was_open(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours").chmod(0o755)
    close_folder(tmp_path / "ours")
    assert mode(tmp_path / "ours") == 0o700


def test_a_link_in_the_place_of_our_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "ours").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AppError) as raised:
        close_folder(tmp_path / "ours")
    assert raised.value.code == "STORAGE-IN-THE-WAY"
    assert mode(tmp_path / "elsewhere") == 0o755


def test_a_written_file_is_private_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_private(tmp_path / "file", b"one")
        write_private(tmp_path / "file", b"two")
    finally:
        os.umask(old)
    assert read_private(tmp_path / "file") == b"two"
    assert mode(tmp_path / "file") == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "file").symlink_to(tmp_path / "target")
    write_private(tmp_path / "file", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert not (tmp_path / "file").is_symlink()


def test_a_failed_write_keeps_the_old_content_and_removes_the_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(tmp_path / "file", b"old")

    def disk_is_full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", disk_is_full)
    with pytest.raises(AppError) as raised:
        write_private(tmp_path / "file", b"new")
    assert raised.value.code == "STORAGE-FULL"
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_missing_file_reads_as_none(tmp_path: Path) -> None:
    assert read_private(tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EROFS, "STORAGE-READ-ONLY"),
        (errno.ENOSPC, "STORAGE-FULL"),
        (errno.EDQUOT, "STORAGE-FULL"),
        (errno.EACCES, "STORAGE-REFUSED"),
        (errno.EPERM, "STORAGE-REFUSED"),
        (errno.ENOTDIR, "STORAGE-IN-THE-WAY"),
        (errno.EIO, "STORAGE-FAILED"),
    ],
)
def test_each_refusal_of_the_disk_has_its_own_code_and_a_remedy(number: int, code: str) -> None:
    error = storage_error(OSError(number, os.strerror(number)), Path("/data/profile.json"))
    assert error.code == code
    assert error.remedy
    assert "/data" in error.title
    assert errno.errorcode[number] in error.detail


def test_a_folder_below_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(AppError) as raised:
        make_private_folder(tmp_path / "file" / "folder")
    assert raised.value.code == "STORAGE-IN-THE-WAY"


def test_a_place_where_nobody_may_create_anything_is_refused() -> None:
    if not Path("/sys/kernel").is_dir():
        pytest.skip("no sysfs on this system")
    with pytest.raises(AppError) as raised:
        make_private_folder(Path("/sys/kernel/segment-close"))
    assert raised.value.code in {"STORAGE-REFUSED", "STORAGE-READ-ONLY"}
