"""Words find events through the index, beside a relay that goes on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.relay import search_index
from app.relay.delivery import State
from app.relay.event_records import EventFilter, Mark
from app.relay.event_search import EventSearch, match_of
from app.relay.inbox import Inbox
from app.relay.inbox_reader import InboxReader
from app.relay.search_index import index_path
from app.storage.profile import Mode
from tests.relay.builders import START_MS, new_events, track

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    opened = await Inbox.open(tmp_path / "relay.db", redact=str, kept_ids=0)
    yield opened
    await opened.close()


@pytest.fixture
def search(tmp_path: Path, inbox: Inbox) -> EventSearch:
    return EventSearch(tmp_path / "relay.db", InboxReader(tmp_path / "relay.db"))


def found(search: EventSearch, text: str, **others: object) -> list[str]:
    return [row.message_id for row in search.page(EventFilter(text=text, **others))]  # type: ignore[arg-type]


def everything(search: EventSearch) -> None:
    while not search.catch_up():
        pass


async def end(inbox: Inbox, reason: str) -> None:
    for claimed in (await inbox.claim(100, mode=Mode.LIVE, now_ms=START_MS + DAY_MS)).events:
        mark = Mark(
            claimed.row.id,
            State.FAILED,
            reason,
            "",
            Mode.LIVE,
            1,
            START_MS,
            None,
            START_MS,
            START_MS,
            "",
            None,
        )
        await inbox.record(mark)


async def test_beginnings_of_words_are_found_newest_first_and_in_any_order(
    inbox: Inbox, search: EventSearch
) -> None:
    await inbox.append(
        new_events(
            track("m-1", "ann", properties={"email": "maria.lopez@acme.example"}),
            track("m-2", "bob", properties={"note": "Zürich, please"}),
            track("m-3", "cem", properties={"email": "mario@acme.example"}),
        )
    )
    everything(search)
    assert found(search, "mar") == ["m-3", "m-1"]
    assert found(search, "ACME lop") == ["m-1"]
    assert found(search, "maria.lopez@acme") == ["m-1"]
    assert found(search, "lopez@maria") == []
    assert found(search, "zurich") == ["m-2"]
    assert found(search, "m-2") == ["m-2"]
    assert found(search, "mar", limit=1) == ["m-3"]
    below = search.page(EventFilter(text="mar", limit=1))[0].id
    assert found(search, "mar", before_id=below) == ["m-1"]
    assert found(search, "mar", states=frozenset({State.FAILED})) == []


async def test_escaped_letters_are_found_as_they_are_read(inbox: Inbox, search: EventSearch) -> None:
    (event,) = new_events(track("m-1", "ann", properties={"city": "Zürich"}))
    escaped = event.body.replace("ü".encode(), b"\\u00fc")
    object.__setattr__(event, "body", escaped)
    assert b"\\u00fc" in escaped
    await inbox.append((event,))
    everything(search)
    assert found(search, "züri") == ["m-1"]


async def test_what_has_just_come_is_found_without_waiting_for_the_index(
    inbox: Inbox, search: EventSearch
) -> None:
    await inbox.append(new_events(track("m-1", "ann")))
    everything(search)
    await inbox.append(new_events(track("m-2", "ann")))
    assert found(search, "ann") == ["m-2", "m-1"]


async def test_the_reasons_of_tries_are_found_once_each(inbox: Inbox, search: EventSearch) -> None:
    await inbox.append(new_events(track("m-1", "ann"), track("m-2", "bob")))
    everything(search)
    await end(inbox, "Plan: ann is no choice")
    everything(search)
    assert found(search, "choice") == ["m-2", "m-1"]
    assert found(search, "ann") == ["m-2", "m-1"]


async def test_words_of_deleted_events_leave_the_index(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "PART_EVENTS", 4)
    reader = InboxReader(tmp_path / "relay.db")
    search = EventSearch(tmp_path / "relay.db", reader)
    for number in range(10):
        await inbox.append(new_events(track(f"m-{number}", f"word{number}"), now_ms=START_MS + number))
    everything(search)
    await end(inbox, "refused")
    await inbox.prune(before_ms=START_MS + 6, ids_before_ms=0, max_bytes=1 << 40)
    search.close()
    again = EventSearch(tmp_path / "relay.db", reader)
    everything(again)
    assert found(again, "word") == ["m-9", "m-8", "m-7", "m-6"]
    with sqlite3.connect(index_path(tmp_path / "relay.db")) as raw:
        parts = [number for (number,) in raw.execute("SELECT number FROM part ORDER BY number")]
        terms = set()
        for part in parts:
            raw.execute(
                f"CREATE VIRTUAL TABLE temp.terms_{part} USING fts5vocab('main', 'words_{part}', 'row')"
            )
            terms |= {term for (term,) in raw.execute(f"SELECT term FROM terms_{part}")}
    raw.close()
    assert {f"word{number}" for number in range(6)}.isdisjoint(terms)
    assert {f"word{number}" for number in range(6, 10)} <= terms
    again.close()


async def test_ids_that_start_again_start_the_index_again(inbox: Inbox, search: EventSearch) -> None:
    await inbox.append(new_events(track("m-1", "ann"), track("m-2", "bob")))
    everything(search)
    await end(inbox, "refused")
    await inbox.prune(before_ms=START_MS + DAY_MS, ids_before_ms=0, max_bytes=1 << 40)
    await inbox.append(new_events(track("m-3", "cem"), track("m-4", "dora")))
    everything(search)
    assert found(search, "ann") == []
    assert found(search, "cem") == ["m-3"]


async def test_a_damaged_index_is_made_again(inbox: Inbox, search: EventSearch, tmp_path: Path) -> None:
    await inbox.append(new_events(track("m-1", "ann")))
    index_path(tmp_path / "relay.db").write_bytes(b"this is no database" * 300)
    everything(search)
    assert found(search, "ann") == ["m-1"]


async def test_without_room_for_an_index_every_event_is_looked_at(
    inbox: Inbox, search: EventSearch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await inbox.append(new_events(track("m-1", "ann")))
    index_path(tmp_path / "relay.db").mkdir()
    assert found(search, "ann") == ["m-1"]
    assert "without an index" in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    ("text", "query"), [("", ""), (" @ ", ""), ('say "hi"', '"say" * AND " hi " *'), ("a-b", '"a-b" *')]
)
def test_a_text_becomes_words_only(text: str, query: str) -> None:
    assert match_of(text) == query
