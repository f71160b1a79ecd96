"""The tables of ``relay.db`` that remember replays and events made from others.

Everything a replay still has to do is in them, so it goes on after a crash. ``replay_item.body`` is set only
until the event is in the inbox; ``plan_floor`` and ``plan_ceiling`` enclose the plans of its run.
"""

from __future__ import annotations

REPLAY_TABLES = (
    """
    CREATE TABLE replay (
        id INTEGER PRIMARY KEY,
        created_ms INTEGER NOT NULL,
        state TEXT NOT NULL,
        scope TEXT NOT NULL,
        mappings TEXT NOT NULL,
        again INTEGER NOT NULL,
        started_ms INTEGER,
        ended_ms INTEGER,
        undone_ms INTEGER,
        note TEXT NOT NULL,
        totals BLOB
    )
    """,
    """
    CREATE TABLE replay_item (
        replay_id INTEGER NOT NULL REFERENCES replay (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        event_id INTEGER,
        key TEXT NOT NULL,
        plan_key TEXT NOT NULL,
        type TEXT NOT NULL,
        title TEXT NOT NULL,
        place TEXT NOT NULL,
        state TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        as_of_ms INTEGER,
        body BLOB,
        plan_floor INTEGER,
        plan_ceiling INTEGER,
        ended_ms INTEGER,
        PRIMARY KEY (replay_id, number)
    )
    """,
    "CREATE INDEX replay_item_state ON replay_item (replay_id, state, number)",
    "CREATE INDEX replay_item_key ON replay_item (replay_id, key)",
    "CREATE INDEX replay_item_queued ON replay_item (event_id) WHERE state = 'queued'",
    """
    CREATE TABLE event_origin (
        event_id INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
        original_id INTEGER,
        replay_id INTEGER
    )
    """,
    "CREATE INDEX event_origin_original ON event_origin (original_id)",
)
