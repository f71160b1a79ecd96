"""The tables of ``relay.db``: events, their order, and what is known about records in Close.

``queue`` has only what is not delivered yet, and knows which of it is the first of its person and
company (``head``): claiming never has to look at what stands behind a stuck event. ``seen`` outlives
the events, because people replay after a retention period has passed.
"""

from __future__ import annotations

from app.relay.figure_schema import FIGURE_TABLES
from app.relay.replay_schema import REPLAY_TABLES
from app.storage.action_memory import MEMORY_TABLES
from app.storage.identity_store import IDENTITY_TABLES
from app.storage.migrations import Migration, sql_migration

_EVENT_TABLES = (
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL,
        type TEXT NOT NULL,
        title TEXT NOT NULL,
        person_key TEXT NOT NULL,
        entity_keys TEXT NOT NULL,
        trust TEXT NOT NULL,
        received_ms INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        outcome TEXT NOT NULL,
        mode TEXT,
        attempts INTEGER NOT NULL,
        first_try_ms INTEGER,
        next_ms INTEGER,
        body BLOB NOT NULL
    )
    """,
    "CREATE INDEX event_state ON event (state)",
    "CREATE INDEX event_received ON event (received_ms, state)",
    """
    CREATE TABLE seen (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        at_ms INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE queue (
        position INTEGER PRIMARY KEY,
        event_id INTEGER NOT NULL UNIQUE REFERENCES event (id),
        due_ms INTEGER NOT NULL,
        head INTEGER NOT NULL,
        claimed INTEGER NOT NULL,
        live INTEGER NOT NULL
    )
    """,
    "CREATE INDEX queue_ready ON queue (due_ms, position) WHERE head = 1 AND claimed = 0",
    """
    CREATE TABLE queue_entity (
        entity TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (entity, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY,
        event_id INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        started_ms INTEGER NOT NULL,
        ended_ms INTEGER NOT NULL,
        mode TEXT NOT NULL,
        state TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        error_code TEXT NOT NULL,
        report BLOB,
        UNIQUE (event_id, number)
    )
    """,
)

_BOOKMARKS = (
    """
    CREATE TABLE bookmark (
        event_id INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL
    )
    """,
)

MIGRATIONS: tuple[Migration, ...] = (
    sql_migration("events, their order, identities", (*_EVENT_TABLES, *IDENTITY_TABLES)),
    sql_migration("applied plans, settled payloads", MEMORY_TABLES),
    sql_migration("replays, origins of events", REPLAY_TABLES),
    sql_migration("figures", FIGURE_TABLES),
    sql_migration("bookmarks", _BOOKMARKS),
)
"""Everything ``relay.db`` holds; for every program part that opens the file for writing."""
