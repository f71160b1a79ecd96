"""A disk whose power can be cut at any moment, under a real SQLite.

The files live in memory. What was written since the last sync of a file is in the drive's cache only; a cut
keeps all, none or any part of it, in any order, the last piece possibly torn.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

_SECTOR = 512


@dataclass(frozen=True)
class _Write:
    at: int
    data: bytes

    def onto(self, content: bytearray) -> None:
        if len(content) < self.at:
            content.extend(bytes(self.at - len(content)))
        content[self.at : self.at + len(self.data)] = self.data


@dataclass(frozen=True)
class _Truncate:
    size: int

    def onto(self, content: bytearray) -> None:
        del content[self.size :]


@dataclass
class _File:
    """``seen`` is what programs read, ``durable`` what is on the platters, ``cached`` what is between."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    cached: list[_Write | _Truncate] = field(default_factory=list)

    def change(self, step: _Write | _Truncate) -> None:
        step.onto(self.seen)
        self.cached.append(step)

    def sync(self) -> None:
        self.durable[:] = self.seen
        self.cached.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        content = bytearray(self.durable)
        kept = _kept(self.cached, chance)
        for step in kept:
            step.onto(content)
        return bytes(content)


def _kept(cached: list[_Write | _Truncate], chance: random.Random) -> list[_Write | _Truncate]:
    """All lost, a beginning of it with a torn end, or any of it in any order."""
    way = chance.randrange(3)
    if way == 0 or not cached:
        return []
    if way == 1:
        kept = cached[: chance.randrange(len(cached) + 1)]
        last = kept[-1] if kept else None
        if isinstance(last, _Write) and len(last.data) > _SECTOR:
            kept[-1] = _Write(last.at, last.data[: _SECTOR * chance.randrange(len(last.data) // _SECTOR)])
        return kept
    kept = [step for step in cached if chance.random() < 0.5]
    chance.shuffle(kept)
    return kept


class PowerDisk(apsw.VFS):
    """An SQLite file system of its own. ``on_step`` is called before each write and each sync."""

    def __init__(self, name: str, on_step: Callable[[], None] = lambda: None) -> None:
        self.files: dict[str, _File] = {}
        self.name = name
        self.on_step = on_step
        # The system's own file system lends its clock and randomness.
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> _OpenFile:  # type: ignore[override]
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return _OpenFile(self, self.files.setdefault(path, _File()))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xFullPathname(self, name: str) -> str:
        return name

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """What a machine finds on this disk when it starts again."""
        return {name: file.after_cut(chance) for name, file in self.files.items()}


class _OpenFile:
    """One open file; locks are not needed, because one connection uses the disk."""

    def __init__(self, disk: PowerDisk, file: _File) -> None:
        self._disk = disk
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:
        # SQLite fills a short read with zeros itself.
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.on_step()
        self._file.change(_Write(offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self._disk.on_step()
        self._file.change(_Truncate(size))

    def xSync(self, flags: int) -> None:
        self._disk.on_step()
        self._file.sync()

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xClose(self) -> None:
        pass

    def xLock(self, level: int) -> None:
        pass

    def xUnlock(self, level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return _SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0


class _Rows:
    """What ``sqlite3`` gives back for a statement, as far as the inbox uses it."""

    def __init__(self, connection: apsw.Connection, cursor: apsw.Cursor) -> None:
        self._rows = list(cursor)
        self.rowcount = connection.changes()
        self.lastrowid = connection.last_insert_rowid()

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    def __iter__(self) -> Any:
        return iter(self.fetchall())


class DiskConnection:
    """An ``apsw`` connection that answers like one of ``sqlite3``."""

    def __init__(self, disk: PowerDisk, path: Path) -> None:
        self._connection = apsw.Connection(str(path), vfs=disk.name)
        # The disk has no shared memory; with one connection the write-ahead log needs none.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, text: str, values: Any = ()) -> _Rows:
        return _Rows(self._connection, self._connection.execute(text, tuple(values)))

    def executemany(self, text: str, values: Any) -> _Rows:
        return _Rows(self._connection, self._connection.executemany(text, values))

    def close(self) -> None:
        self._connection.close()
