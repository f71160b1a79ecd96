from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import EventReport, MappingResult, Outcome, StepStatus, TraceClause, TraceStep
from app.close.exchange import Exchange
from app.errors import AppError
from app.relay import inbox_append
from app.relay.delivery import State
from app.relay.event_records import ClaimedEvent, EventFilter, Mark
from app.relay.event_store import InboxBusyError
from app.relay.inbox import Inbox
from app.relay.inbox_reader import InboxReader
from app.relay.inbox_schema import MIGRATIONS
from app.relay.report_codec import decode_report, encode_report
from app.storage.database import open_database
from app.storage.profile import Mode
from tests.relay.builders import START_MS, new_events, track

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    opened = await Inbox.open(tmp_path / "relay.db", redact=str, kept_ids=0)
    yield opened
    await opened.close()


@pytest.fixture
def reader(tmp_path: Path) -> InboxReader:
    return InboxReader(tmp_path / "relay.db")


def ended(claimed: ClaimedEvent, state: State = State.DELIVERED, report: EventReport | None = None) -> Mark:
    due = START_MS + 5_000 if state is State.WAITING else None
    return Mark(
        claimed.row.id, state, "because", "", Mode.LIVE, 1, START_MS, due, START_MS, START_MS + 7, "", report
    )


async def deliver_all(inbox: Inbox) -> None:
    while claims := (await inbox.claim(100, mode=Mode.LIVE, now_ms=START_MS + 40 * DAY_MS)).events:
        for claimed in claims:
            await inbox.record(ended(claimed))


async def test_requests_that_share_a_commit_know_of_each_other(inbox: Inbox) -> None:
    requests = [new_events(track("m-0", "u-0"), track("m-0", "u-0"), track("m-1", "u-1"))]
    requests += [new_events(track(f"m-{number}", f"u-{number % 7}")) for number in range(100)]
    appended = await asyncio.gather(*map(inbox.append, requests))
    assert [len(one.rows) for one in appended] == [2, 0, 0, *[1] * 98]
    assert [one.duplicates for one in appended] == [1, 1, 1, *[0] * 98]
    rows = [row for one in appended for row in one.rows]
    assert [row.message_id for row in rows] == [f"m-{number}" for number in range(100)]
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    heads = (await inbox.claim(200, mode=Mode.LIVE, now_ms=START_MS)).events
    assert [claimed.row for claimed in heads] == [
        replace(row, state=State.IN_FLIGHT, mode=Mode.LIVE) for row in rows[:7]
    ]


async def test_claims_are_heads_only_and_say_when_the_next_is_due(inbox: Inbox) -> None:
    await inbox.append(new_events(track("a1", "a"), track("a2", "a"), track("b1", "b")))
    claims = await inbox.claim(10, mode=Mode.LIVE, now_ms=START_MS)
    assert [claimed.row.message_id for claimed in claims.events] == ["a1", "b1"]
    assert claims.next_due_ms is None
    await inbox.record(ended(claims.events[0], State.WAITING))
    again = await inbox.claim(10, mode=Mode.LIVE, now_ms=START_MS)
    assert (again.events, again.next_due_ms) == ((), START_MS + 5_000)
    assert inbox.depth == 3


async def test_many_requests_share_few_transactions(tmp_path: Path) -> None:
    commits = 0
    opened = threading.Event()

    def open_slowly() -> sqlite3.Connection:
        connection = open_database(tmp_path / "relay.db", MIGRATIONS, check_same_thread=False)
        connection.set_trace_callback(count)
        opened.set()
        return connection

    def count(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    inbox = await Inbox.open(tmp_path / "relay.db", redact=str, open_connection=open_slowly)
    before = commits
    await asyncio.gather(*(inbox.append(new_events(track(f"m{n}", f"u{n}"))) for n in range(500)))
    assert commits - before <= 3
    await inbox.close()


async def test_a_defect_in_one_write_does_not_take_its_group_along(inbox: Inbox, reader: InboxReader) -> None:
    def broken(_connection: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    results = await asyncio.gather(
        inbox.append(new_events(track("a"))),
        inbox._writer.run(broken),
        inbox.append(new_events(track("b", "u-2"))),
        return_exceptions=True,
    )
    assert isinstance(results[1], ZeroDivisionError)
    assert {row.message_id for row in reader.page(EventFilter())} == {"a", "b"}


async def test_memory_is_bounded(tmp_path: Path) -> None:
    inbox = await Inbox.open(tmp_path / "relay.db", redact=str, queue_bytes=5_000)
    results = await asyncio.gather(
        *(inbox.append(new_events(track(f"m{n}"))) for n in range(20)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, InboxBusyError)]
    assert 0 < len(refused) < 20
    await inbox.append(new_events(track("later")))
    await inbox.close()


async def test_a_full_disk_keeps_nothing_half_and_recovers_by_itself(
    tmp_path: Path, reader: InboxReader
) -> None:
    pages = 80

    def open_small() -> sqlite3.Connection:
        connection = open_database(tmp_path / "relay.db", MIGRATIONS, check_same_thread=False)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    inbox = await Inbox.open(tmp_path / "relay.db", redact=str, open_connection=open_small)
    large = new_events(*(track(f"m{n}", f"u{n}", x="y" * 20_000) for n in range(40)))
    with pytest.raises(AppError) as raised:
        await inbox.append(large)
    assert raised.value.code == "STORAGE-FULL"
    assert inbox.trouble
    assert reader.page(EventFilter()) == []
    pages = 100_000
    assert len((await inbox.append(large)).rows) == 40
    assert inbox.trouble == ""
    await inbox.close()


async def test_a_connection_that_broke_is_opened_anew(inbox: Inbox) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        await inbox._writer.run(lambda connection: connection.close())
    assert len((await inbox.append(new_events(track("c")))).rows) == 1


async def test_a_file_that_cannot_be_opened_fails_the_start(tmp_path: Path) -> None:
    (tmp_path / "relay.db").mkdir()
    with pytest.raises(AppError):
        await Inbox.open(tmp_path / "relay.db", redact=str)


async def test_pages_filter_and_continue(inbox: Inbox, reader: InboxReader) -> None:
    await inbox.append(
        new_events(
            track("m1", "ann"),
            track("m2", "bob", properties={"note": "100% sure_thing"}),
            {"type": "identify", "userId": "ann", "messageId": "m3"},
            {"type": "dance", "messageId": "m4"},
        )
    )

    def names(wanted: EventFilter) -> list[str]:
        return [row.message_id for row in reader.page(wanted)]

    assert names(EventFilter()) == ["m4", "m3", "m2", "m1"]
    assert names(EventFilter(limit=2)) == ["m4", "m3"]
    assert names(EventFilter(before_id=3)) == ["m2", "m1"]
    assert names(EventFilter(states=frozenset({State.SKIPPED, State.FAILED}))) == ["m4"]
    assert names(EventFilter(types=frozenset({"track"}), text="ANN")) == ["m1"]
    assert names(EventFilter(text="100% sure_")) == ["m2"]
    assert names(EventFilter(text="100_")) == []
    assert names(EventFilter(since_ms=START_MS + 1)) == []


async def test_counts_for_the_timeline(inbox: Inbox, reader: InboxReader) -> None:
    await inbox.append(new_events(track("a"), {"type": "dance"}, now_ms=START_MS))
    await inbox.append(new_events(track("b"), now_ms=START_MS + 60_000))
    assert reader.counts() == {State.QUEUED: 2, State.SKIPPED: 1}
    assert reader.counts(START_MS + 1) == {State.QUEUED: 1}
    first = START_MS - START_MS % 60_000
    assert [(c.minute_ms, c.state, c.count) for c in reader.minute_counts(START_MS)] == [
        (first, State.QUEUED, 1),
        (first, State.SKIPPED, 1),
        (first + 60_000, State.QUEUED, 1),
    ]
    assert reader.oldest_ms() == START_MS
    assert reader.size_bytes() > 0
    assert (reader.queue_depth(), reader.oldest_queued_ms()) == (2, START_MS)


def test_a_profile_without_a_database_has_no_events(tmp_path: Path) -> None:
    reader = InboxReader(tmp_path / "relay.db")
    assert reader.page(EventFilter()) == []
    assert reader.detail(1) is None
    assert (reader.counts(), reader.size_bytes(), reader.oldest_ms(), reader.queue_depth()) == (
        {},
        0,
        None,
        0,
    )
    assert not (tmp_path / "relay.db").exists()


async def test_several_threads_read_at_once_while_events_arrive(inbox: Inbox, reader: InboxReader) -> None:
    async def write() -> None:
        for number in range(30):
            await inbox.append(new_events(track(f"m{number}")))

    pages = await asyncio.gather(write(), *(asyncio.to_thread(reader.page, EventFilter()) for _ in range(12)))
    assert len(pages) == 13
    assert len(reader.page(EventFilter())) == 30
    reader.close()


async def test_old_finished_events_go_and_undelivered_ones_and_message_ids_stay(
    inbox: Inbox, reader: InboxReader
) -> None:
    await inbox.append(new_events(track("old", "a"), now_ms=START_MS))
    await deliver_all(inbox)
    await inbox.append(new_events(track("stuck", "b"), now_ms=START_MS))
    await inbox.append(new_events(track("new", "a"), now_ms=START_MS + 20 * DAY_MS))
    limits = {"before_ms": START_MS + DAY_MS, "max_bytes": 2**40}
    assert await inbox.prune(ids_before_ms=START_MS, **limits) == 1
    assert await inbox.prune(ids_before_ms=START_MS, **limits) == 0
    assert [row.message_id for row in reader.page(EventFilter())] == ["new", "stuck"]
    assert (await inbox.append(new_events(track("old", "a")))).duplicates == 1
    await inbox.prune(ids_before_ms=START_MS + 7 * DAY_MS, **limits)
    assert len((await inbox.append(new_events(track("old", "a")))).rows) == 1


async def test_a_full_inbox_loses_its_oldest_finished_events_first(inbox: Inbox, reader: InboxReader) -> None:
    await inbox.append(new_events(*(track(f"m{n}", f"u{n}", x="y" * 3_000) for n in range(450))))
    await deliver_all(inbox)
    limit = reader.size_bytes() // 2
    while await inbox.prune(before_ms=0, ids_before_ms=0, max_bytes=limit):
        pass
    left = [row.message_id for row in reader.page(EventFilter(limit=1000))]
    assert 0 < len(left) < 450
    assert left[0] == "m449"
    assert reader.size_bytes() <= limit


async def test_the_history_of_an_event_is_bounded(inbox: Inbox, reader: InboxReader) -> None:
    await inbox.append(new_events(track("m")))
    for _ in range(60):
        claims = await inbox.claim(1, mode=Mode.LIVE, now_ms=START_MS + 5_000)
        await inbox.record(ended(claims.events[0], State.WAITING))
    detail = reader.detail(1)
    assert detail is not None
    assert [attempt.number for attempt in detail.attempts] == list(range(11, 61))


def full_report() -> EventReport:
    change = Change(
        RecordRef("contact", None, "Maren"),
        "Title",
        "title",
        None,
        ["a", 1, {"b": 2.5}],
        ChangeKind.SET,
        "why",
    )
    plan = Plan(Verdict.CHANGES, "One field.", (change,), notes=("note",), matching=3)
    steps = (
        TraceStep(
            "Matched", StepStatus.OK, "detail", "2 ms", (TraceClause('type = "track"', "track", passed=True),)
        ),
    )
    result = MappingResult("Contacts", Outcome.FAILED, "why", steps, {"email": "a@b.example"}, plan)
    exchange = Exchange(
        "POST", "/lead/", 400, 12.5, "lead", {"name": "x"}, "answer with hunter22", "trace", ""
    )
    error = AppError("CLOSE-X", "Title.", cause="c", remedy="r", detail="d hunter22")
    return EventReport(Outcome.FAILED, "why", (result,), error, (exchange,))


def test_reports_come_back_as_they_were_without_secrets() -> None:
    report = full_report()
    stored = encode_report(report, lambda text: text.replace("hunter22", "[redacted]"))
    assert b"hunter22" not in stored
    back = decode_report(stored)
    assert back.results == report.results
    assert back.exchanges[0].answer_head == "answer with [redacted]"
    assert back.exchanges[0].request_body == {"name": "x"}
    assert back.error is not None
    assert (back.error.code, back.error.remedy, back.error.detail) == ("CLOSE-X", "r", "d [redacted]")


def test_a_stored_report_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Object missing"):
        decode_report(b"{}")


async def test_a_file_whose_tables_are_still_being_made_reads_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    reader = InboxReader(path)
    assert reader.page(EventFilter()) == []
    assert reader.queue_depth() == 0

    open_database(path, MIGRATIONS).close()
    assert reader.page(EventFilter()) == []
    assert reader.counts() == {}
    reader.close()


async def test_a_lock_of_another_program_holds_up_the_events_and_not_the_loop(
    inbox: Inbox, tmp_path: Path
) -> None:
    await inbox.append(new_events(track("m-0")))
    other = sqlite3.connect(tmp_path / "relay.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    turned = threading.Event()

    def let_go_once_the_loop_has_turned() -> bool:
        went_on = turned.wait(5)
        other.execute("ROLLBACK")
        return went_on

    releasing = asyncio.create_task(asyncio.to_thread(let_go_once_the_loop_has_turned))
    waiting = asyncio.create_task(inbox.append(new_events(track("m-1"))))
    asyncio.get_running_loop().call_later(0.1, turned.set)
    try:
        assert [row.message_id for row in (await waiting).rows] == ["m-1"]
        assert await releasing
    finally:
        other.close()


async def test_what_failed_on_the_loop_is_told_by_the_thread_and_keeps_nothing(
    inbox: Inbox, reader: InboxReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a group is written when it fails; the next one begins on a clean connection."""
    await inbox.append(new_events(track("m-0")))
    with monkeypatch.context() as broken:
        broken.setattr(inbox_append, "_enqueue", _refuse)
        with pytest.raises(ZeroDivisionError):
            await inbox.append(new_events(track("m-1")))
    assert (await inbox.append(new_events(track("m-1")))).duplicates == 0
    assert [row.message_id for row in reader.page(EventFilter())] == ["m-1", "m-0"]


def _refuse(*_: object) -> None:
    raise ZeroDivisionError
