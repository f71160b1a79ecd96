"""Files and folders that only their owner can read, written so that a crash leaves old or new, never half.

Every ``OSError`` that comes from here is translated: people read ``AppError`` only. On Windows the
modes have no effect; the folders lie in the user's own profile there.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import AppError

FOLDER_MODE = 0o700
FILE_MODE = 0o600

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM}
_IN_THE_WAY = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENOTEMPTY}


def storage_error(error: OSError, path: Path) -> AppError:
    """What a person is told when the disk refuses: read-only, full, no permission, something in the way."""
    detail = f"{type(error).__name__} {errno.errorcode.get(error.errno or 0, '')}: {path}"
    if error.errno == errno.EROFS:
        return read_only_error(path, detail)
    if error.errno in _FULL:
        return full_error(path, detail)
    if error.errno in _REFUSED:
        return refused_error(path, detail)
    if error.errno in _IN_THE_WAY:
        return AppError(
            "STORAGE-IN-THE-WAY",
            f"{path} cannot be used.",
            cause="A file, a folder or a link of another kind is already there.",
            remedy="Move it away, or choose another folder with --profile-dir.",
            detail=detail,
        )
    return AppError(
        "STORAGE-FAILED",
        f"{path} could not be read or written.",
        cause=error.strerror or "The operating system gave no reason.",
        remedy="Check the disk and try again.",
        detail=detail,
    )


def read_only_error(path: Path, detail: str = "") -> AppError:
    return AppError(
        "STORAGE-READ-ONLY",
        f"{path.parent} is on a read-only disk.",
        cause="Profiles, events and logs have to be written there.",
        remedy="Make the disk writable, or choose another folder with --profile-dir.",
        detail=detail,
    )


def full_error(path: Path, detail: str = "") -> AppError:
    return AppError(
        "STORAGE-FULL",
        f"The disk of {path.parent} is full.",
        cause="Nothing more can be written there; what was written before is intact.",
        remedy="Free some space and try again.",
        detail=detail,
    )


def refused_error(path: Path, detail: str = "") -> AppError:
    return AppError(
        "STORAGE-REFUSED",
        f"The operating system does not allow access to {path}.",
        cause="The file or its folder belongs to another user or is protected.",
        remedy="Give your user access to it, or choose another folder with --profile-dir.",
        detail=detail,
    )


@contextmanager
def translated_os_errors(path: Path) -> Iterator[None]:
    """Turn each ``OSError`` inside into an ``AppError`` about ``path``."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def make_private_folder(path: Path) -> None:
    """Create ``path`` and what is missing above it, readable by the owner only.

    A folder that exists already keeps its mode: it may be one that the person named
    (``--profile-dir /tmp``). Use ``close_folder`` for folders that are surely ours.
    """
    with translated_os_errors(path):
        _make_folder(path)


def _make_folder(path: Path) -> None:
    if path.is_dir():
        return
    if path.parent != path:
        _make_folder(path.parent)
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        # Another process of ours may have been quicker.
        if not path.is_dir():
            raise


def close_folder(path: Path) -> None:
    """Create ``path`` like ``make_private_folder`` and take every right of others away from it.

    Raises ``AppError`` STORAGE-IN-THE-WAY when it is a symbolic link: its target is not ours to close.
    """
    make_private_folder(path)
    with translated_os_errors(path):
        mode = path.lstat().st_mode
        if not stat.S_ISDIR(mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if stat.S_IMODE(mode) & 0o077:
            path.chmod(FOLDER_MODE)


def write_private(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` as one durable step, mode 0600. Its folder has to exist.

    A symbolic link at ``path`` is replaced, not followed, so nothing outside the folder is written.
    """
    with translated_os_errors(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable. Windows cannot open folders and needs no such step."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_private(path: Path) -> bytes | None:
    """The content of ``path``, or None when there is no such file."""
    with translated_os_errors(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
