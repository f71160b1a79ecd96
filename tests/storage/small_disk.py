"""Run as a program on a disk that is about to be full or read-only: prints the error codes that people get.

``python -m tests.storage.small_disk FOLDER full|read-only``; FOLDER is a small file system of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app.errors import AppError
from app.redaction import Redactor
from app.storage.database import open_database, open_readonly, transaction, translated
from app.storage.draft import DraftStore
from app.storage.log_files import open_log
from app.storage.migrations import sql_migration
from app.storage.profile_store import ProfileStore
from tests.storage.builders import full_profile

TABLES = [sql_migration("events", ("CREATE TABLE event (body BLOB)",))]


def code_of(action: Callable[[], object]) -> str:
    try:
        action()
    except AppError as error:
        return error.code
    return "no error"


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


def append(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection, translated(path), transaction(connection):
        connection.execute("INSERT INTO event VALUES (zeroblob(500000))")


def codes(folder: Path, trouble: str) -> dict[str, str]:
    profiles = ProfileStore(folder)
    profiles.save(full_profile())
    path = profiles.database_path("default")
    open_database(path, TABLES).close()
    if trouble == "full":
        fill(folder)
    else:
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    return {
        "profile": code_of(lambda: profiles.save(full_profile())),
        "kept profile": code_of(lambda: profiles.load("default")),
        "new profile": code_of(lambda: profiles.save(full_profile("other"))),
        "draft": code_of(
            lambda: DraftStore(profiles.draft_path("default")).save("connect", {"a": "b" * 9000})
        ),
        "delete": code_of(lambda: profiles.delete("default")) if trouble == "read-only" else "",
        "database": code_of(lambda: append(path)),
        "new database": code_of(lambda: open_database(folder / "new.db", TABLES)),
        "log": code_of(lambda: open_log(profiles.log_folder("default"), Redactor())),
        "reading": code_of(lambda: open_readonly(path).close()),
    }


if __name__ == "__main__":
    print(json.dumps(codes(Path(sys.argv[1]), sys.argv[2])))
