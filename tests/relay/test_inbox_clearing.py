from __future__ import annotations

from pathlib import Path

from app.relay.bookmarks import set_bookmark
from app.relay.event_records import EventFilter
from app.relay.inbox import Inbox
from app.relay.inbox_clearing import delete_events_before
from app.relay.inbox_reader import InboxReader
from tests.relay.builders import START_MS, new_events, track
from tests.relay.test_inbox import DAY_MS, deliver_all


def test_without_a_store_nothing_is_deleted_or_made(tmp_path: Path) -> None:
    assert delete_events_before(tmp_path / "relay.db", 1) == 0
    assert not (tmp_path / "relay.db").exists()


async def test_ended_events_before_the_moment_go_beside_a_writer_and_open_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    inbox = await Inbox.open(path, redact=str)
    await inbox.append(new_events(track("old", "a"), now_ms=START_MS))
    await deliver_all(inbox)
    await inbox.append(new_events(track("stuck", "b"), now_ms=START_MS))
    await inbox.append(new_events(track("new", "a"), now_ms=START_MS + 20 * DAY_MS))
    assert delete_events_before(path, START_MS + DAY_MS) == 1
    assert delete_events_before(path, START_MS + DAY_MS) == 0
    reader = InboxReader(path)
    assert [row.message_id for row in reader.page(EventFilter())] == ["new", "stuck"]
    reader.close()
    assert (await inbox.append(new_events(track("old", "a")))).duplicates == 1
    await inbox.close()


async def test_events_with_a_bookmark_outlive_retention_until_it_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    inbox = await Inbox.open(path, redact=str)
    kept, _ = (await inbox.append(new_events(track("kept", "a"), track("other", "b")))).rows
    await deliver_all(inbox)
    set_bookmark(path, kept.id, marked=True, now_ms=START_MS)
    set_bookmark(path, 99, marked=True, now_ms=START_MS)
    await inbox.prune(before_ms=START_MS + DAY_MS, ids_before_ms=0, max_bytes=0)
    reader = InboxReader(path)
    assert reader.bookmarks() == {kept.id}
    assert [row.message_id for row in reader.page(EventFilter(bookmarked=True))] == ["kept"]
    assert reader.counts() != {}
    set_bookmark(path, kept.id, marked=False, now_ms=START_MS)
    await inbox.prune(before_ms=START_MS + DAY_MS, ids_before_ms=0, max_bytes=1 << 40)
    assert reader.page(EventFilter()) == []
    reader.close()
    await inbox.close()
