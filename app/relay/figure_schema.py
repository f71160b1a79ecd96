"""The tables of ``relay.db`` that count events while they are written, so that figures cost no scan.

``event.stage`` and ``event.cause`` say how far an event came and what stopped it (``event_stage.py``).
``event_figure`` counts events per minute of receipt; triggers keep it right whoever writes to ``event``. An
event in flight counts as queued, so that claiming one writes nothing here. When an event is deleted its
count stays without its cause: the figures outlive the retention period, words about people do not.
``latency_figure`` and ``run_figure`` are written by ``inbox_figure_sql.note_run``.
"""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

_KEY = "minute, type, state, outcome, stage, cause"
_STATE = "CASE {row}.state WHEN 'in flight' THEN 'queued' ELSE {row}.state END"


def _count(row: str, change: int, cause: str = "") -> str:
    values = ", ".join(
        (
            f"{row}.received_ms / 60000",
            f"{row}.type",
            _STATE.format(row=row),
            f"{row}.outcome",
            f"{row}.stage",
            cause or f"{row}.cause",
        )
    )
    return (
        f"INSERT INTO event_figure ({_KEY}, count) VALUES ({values}, {change}) "
        f"ON CONFLICT ({_KEY}) DO UPDATE SET count = count + ({change});"
    )


def _drop_empty(row: str) -> str:
    return (
        f"DELETE FROM event_figure WHERE minute = {row}.received_ms / 60000 AND type = {row}.type "
        f"AND state = {_STATE.format(row=row)} AND outcome = {row}.outcome AND stage = {row}.stage "
        f"AND cause = {row}.cause AND count <= 0;"
    )


_FIGURE = f"""
    CREATE TABLE event_figure (
        minute INTEGER NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        outcome TEXT NOT NULL,
        stage TEXT NOT NULL,
        cause TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY ({_KEY})
    ) WITHOUT ROWID
    """

_CHANGED = " OR ".join(
    (
        f"{_STATE.format(row='OLD')} <> {_STATE.format(row='NEW')}",
        "OLD.outcome <> NEW.outcome",
        "OLD.stage <> NEW.stage",
        "OLD.cause <> NEW.cause",
    )
)

_TRIGGERS = (
    f"CREATE TRIGGER event_counted AFTER INSERT ON event BEGIN {_count('NEW', 1)} END",
    f"""
    CREATE TRIGGER event_recounted AFTER UPDATE OF state, outcome, stage, cause ON event WHEN {_CHANGED}
    BEGIN {_count("OLD", -1)} {_drop_empty("OLD")} {_count("NEW", 1)} END
    """,
    f"""
    CREATE TRIGGER event_forgotten AFTER DELETE ON event WHEN OLD.cause <> ''
    BEGIN {_count("OLD", -1)} {_drop_empty("OLD")} {_count("OLD", 1, "''")} END
    """,
)

# What was stored before this version: the state tells how far an event came, as well as it can be known.
_STAGE_OF_OLD = """
    UPDATE event SET
        stage = CASE
            WHEN outcome IN ('delivered', 'would change') THEN 'changed'
            WHEN outcome = 'unchanged' THEN 'mapped'
            WHEN outcome IN ('failed', 'would fail') THEN 'matched'
            WHEN attempts > 0 AND outcome = 'skipped' THEN 'verified'
            ELSE '' END,
        cause = CASE outcome WHEN 'unchanged' THEN 'unchanged' ELSE '' END,
        ended_ms = (SELECT max(ended_ms) FROM attempt WHERE attempt.event_id = event.id)
    WHERE attempts > 0
    """

FIGURE_TABLES = (
    "ALTER TABLE event ADD COLUMN stage TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE event ADD COLUMN cause TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE event ADD COLUMN ended_ms INTEGER",
    _STAGE_OF_OLD,
    "CREATE INDEX event_cause ON event (cause, id) WHERE cause <> ''",
    "CREATE INDEX event_person ON event (person_key, id)",
    "CREATE INDEX event_title ON event (title COLLATE NOCASE, id)",
    _FIGURE,
    f"""
    INSERT INTO event_figure ({_KEY}, count)
    SELECT received_ms / 60000, type, {_STATE.format(row="event")}, outcome, stage, cause, count(*)
    FROM event GROUP BY 1, 2, 3, 4, 5, 6
    """,
    *_TRIGGERS,
    """
    CREATE TABLE latency_figure (
        minute INTEGER NOT NULL,
        slot INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (minute, slot)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE run_figure (
        minute INTEGER NOT NULL PRIMARY KEY,
        leads_created INTEGER NOT NULL,
        contacts_created INTEGER NOT NULL,
        leads_updated INTEGER NOT NULL,
        contacts_updated INTEGER NOT NULL,
        fields_changed INTEGER NOT NULL,
        calls_made INTEGER NOT NULL,
        with_calls INTEGER NOT NULL,
        without_calls INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)
