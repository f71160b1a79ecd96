"""Events that a person wants to keep: retention leaves them alone."""

from __future__ import annotations

from pathlib import Path

from app.relay.inbox_schema import MIGRATIONS
from app.storage.database import open_database, transaction, translated


def set_bookmark(path: Path, event_id: int, *, marked: bool, now_ms: int) -> None:
    """Keep an event, or give it back to retention. Beside a relay that may run. Raises what the disk says."""
    connection = open_database(path, MIGRATIONS)
    try:
        with translated(path), transaction(connection):
            if marked:
                connection.execute(
                    "INSERT OR IGNORE INTO bookmark (event_id, at_ms) SELECT id, ? FROM event WHERE id = ?",
                    (now_ms, event_id),
                )
            else:
                connection.execute("DELETE FROM bookmark WHERE event_id = ?", (event_id,))
    finally:
        connection.close()
