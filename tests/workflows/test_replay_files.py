from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from app.errors import AppError
from app.workflows.event_exports import ExportedEvent, ExportFormat, write_export
from app.workflows.replay_files import FileEvent, event_files, read_events
from app.workflows.replay_pace import ReplayPace, span_words
from app.workflows.sample_files import Stopped


def identify(number: int) -> dict[str, object]:
    return {"type": "identify", "userId": f"u_{number}", "messageId": f"m-{number}", "traits": {"n": number}}


def ids(events: list[FileEvent]) -> list[str]:
    return [json.loads(event.body)["messageId"] for event in events if not event.trouble]


def lines(*numbers: int) -> bytes:
    return "".join(json.dumps(identify(number)) + "\n" for number in numbers).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lines.ndjson", lines(1, 2, 3)),
        ("lines.log", b"\xef\xbb\xbf" + lines(1, 2, 3).replace(b"\n", b"\r\n\r\n")),
        ("array.json", json.dumps([identify(one) for one in (1, 2, 3)], indent=2).encode()),
        ("batch.json", json.dumps({"batch": [identify(one) for one in (1, 2, 3)]}).encode()),
        ("archive.gz", gzip.compress(lines(1, 2)) + gzip.compress(lines(3))),
        ("table.csv", b"userId;messageId;n\nu_1;m-1;1\nu_2;m-2;2\n\nu_3;m-3;3\n"),
    ],
)
def test_every_form_of_file_gives_its_events(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    events = list(read_events(path))
    assert ids(events) == ["m-1", "m-2", "m-3"]
    assert all(event.place.startswith(name) for event in events)


def test_bytes_of_lines_are_kept_and_bad_lines_told(tmp_path: Path) -> None:
    path = tmp_path / "mixed.ndjson"
    odd = b'{"type": "track",  "userId": "u", "messageId": "m", "n": 1e-7}'
    path.write_bytes(odd + b"\nnothing\n" + lines(4))
    first, bad, last = read_events(path)
    assert first == FileEvent(odd, "mixed.ndjson, line 1")
    assert (bad.place, bool(bad.trouble)) == ("mixed.ndjson, line 2", True)
    assert ids([last]) == ["m-4"]


def test_a_folder_stands_for_its_archives_in_order(tmp_path: Path) -> None:
    for name in ("b.gz", "a.gz", "notes.txt", ".hidden.gz"):
        (tmp_path / name).write_bytes(gzip.compress(lines(1)))
    assert [path.name for path in event_files([tmp_path])] == ["a.gz", "b.gz"]
    (tmp_path / "empty").mkdir()
    for missing in (tmp_path / "empty", tmp_path / "gone"):
        with pytest.raises(AppError) as refused:
            event_files([missing])
        assert refused.value.code == "REPLAY-NO-FILE"


def test_an_archive_that_breaks_off_gives_what_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    content = gzip.compress(lines(*range(3000)), mtime=0)
    path.write_bytes(content[: len(content) // 2])
    events = list(read_events(path))
    assert ids(events)[:2] == ["m-0", "m-1"]
    assert "breaks off" in events[-1].trouble
    path.write_bytes(b"\x1f\x8bnothing packed")
    with pytest.raises(AppError) as damaged:
        list(read_events(path))
    assert damaged.value.code == "REPLAY-FILE-DAMAGED"


def test_reading_stops_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "lines.ndjson"
    path.write_bytes(lines(*range(10)))
    reading = read_events(path, stopped=lambda: True)
    with pytest.raises(Stopped):
        next(reading)


def test_an_export_is_private_read_again_and_harmless_in_a_spreadsheet(tmp_path: Path) -> None:
    body = json.dumps(identify(1)).encode()
    event = ExportedEvent(7, "identify", "=HYPERLINK(1)", "failed", "refused", body, message_id="m-1")
    out = tmp_path / "out.ndjson"
    assert write_export(out, [event, event], ExportFormat.of(out)) == 2
    assert out.stat().st_mode & 0o077 == 0
    assert ids(list(read_events(out))) == ["m-1", "m-1"]
    table = tmp_path / "out.csv"
    assert write_export(table, iter([event]), ExportFormat.of(table)) == 1
    assert "'=HYPERLINK" in table.read_text()
    assert list(tmp_path.glob("*.partial")) == []


def test_the_pace_follows_the_last_minute() -> None:
    pace = ReplayPace()
    assert pace.seconds_left(100, planned_s=60, planned_events=200) == 30
    assert pace.seconds_left(0) == 0
    for second in range(120):
        pace.note(second, second * 10 if second < 60 else 600 + (second - 60) * 2)
    assert pace.per_second == pytest.approx(2, abs=0.2)
    assert pace.seconds_left(100) == pytest.approx(50, abs=5)
    pace.forget()
    assert pace.seconds_left(5) is None
    assert [span_words(one) for one in (5, 720, 7800, 7200, 90_000)] == [
        "less than a minute",
        "12 min",
        "2 h 10 min",
        "2 h",
        "1 d 1 h",
    ]


def test_an_empty_part_of_an_archive_holds_no_events_and_no_trouble(tmp_path: Path) -> None:
    for name, content in (("0.gz", gzip.compress(b"")), ("1.json", b"\n")):
        path = tmp_path / name
        path.write_bytes(content)
        assert list(read_events(path)) == []
