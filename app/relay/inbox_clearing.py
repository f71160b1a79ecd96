"""Deleting stored events because a person asks for it, beside the relay that may run."""

from __future__ import annotations

from pathlib import Path

from app.relay import inbox_sql
from app.relay.inbox_schema import MIGRATIONS
from app.storage.database import open_database, transaction, translated

_NO_SIZE_LIMIT = 1 << 62


def delete_events_before(path: Path, before_ms: int) -> int:
    """Delete what was received before that moment (ms since 1970) and has ended; how many events went.

    Undelivered ones stay. Message ids are remembered, so what Segment sends again is still a duplicate.
    Raises what the disk says.
    """
    if not path.is_file():
        return 0
    connection = open_database(path, MIGRATIONS)
    deleted = 0
    try:
        while True:
            # Small groups, so that a relay in another program can write between them.
            with translated(path), transaction(connection):
                group = inbox_sql.prune(connection, before_ms, 0, _NO_SIZE_LIMIT)
            if not group:
                return deleted
            deleted += group
    finally:
        connection.close()
