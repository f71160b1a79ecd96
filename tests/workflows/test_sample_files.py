from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError
from app.workflows.sample_files import FileProgress, Stopped, read_file
from app.workflows.sample_reading import ReadEvents
from app.workflows.sample_tables import EventTable


def event(number: int, padding: int = 0) -> dict[str, Any]:
    return {"type": "identify", "userId": f"u_{number}", "traits": {"note": "é" * padding}}


def read(path: Path, **more: Any) -> ReadEvents:
    found = read_file(path, **more)
    assert isinstance(found, ReadEvents)
    return found


def ids(found: ReadEvents) -> list[object]:
    return [one.body["userId"] for one in found.samples]


def written(folder: Path, content: str | bytes, name: str = "events") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture(scope="module")
def many() -> list[dict[str, Any]]:
    """A megabyte of events, so that a file is read in several pieces."""
    return [event(number, 400) for number in range(1_000)]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_large_array_is_read_element_by_element(
    tmp_path: Path, many: list[dict[str, Any]], indent: int | None
) -> None:
    told: list[FileProgress] = []
    path = written(tmp_path, json.dumps(many, indent=indent, ensure_ascii=False))
    found = read(path, progress=told.append)
    assert ids(found) == [f"u_{n}" for n in range(1_000)]
    assert found.bad == 0
    assert len(told) > 2
    assert path.stat().st_size / 2 < told[-1].done <= told[-1].total == path.stat().st_size
    assert 0 < told[1].events < 1_000


def test_lines_and_packed_lines_are_read(tmp_path: Path, many: list[dict[str, Any]]) -> None:
    lines = "\n".join(json.dumps(one) for one in many) + "\n{broken\n"
    for path in (
        written(tmp_path, lines, "events.ndjson"),
        written(tmp_path, gzip.compress(lines.encode()), "events.ndjson.gz"),
    ):
        found = read(path)
        assert len(found.samples) == 1_000
        assert [problem.line for problem in found.problems] == [1_001]


def test_the_first_events_are_kept_and_reading_stops_there(
    tmp_path: Path, many: list[dict[str, Any]]
) -> None:
    for text in (json.dumps(many), "\n".join(map(json.dumps, many))):
        told: list[FileProgress] = []
        found = read(written(tmp_path, text), most=10, progress=told.append)
        assert len(found.samples) == 10
        assert found.more
        assert all(one.done < one.total for one in told)


def test_a_packed_file_that_breaks_off_keeps_what_came_before(
    tmp_path: Path, many: list[dict[str, Any]]
) -> None:
    packed = gzip.compress("\n".join(json.dumps({**one, "x": hash(str(one))}) for one in many).encode(), 1)
    found = read(written(tmp_path, packed[: len(packed) // 2]))
    assert 10 < len(found.samples) < 1_000
    assert "breaks off" in found.problems[-1].message
    with pytest.raises(AppError) as refused:
        read_file(written(tmp_path, packed[:20]))
    assert refused.value.code == "SAMPLE-FILE-DAMAGED"


def test_an_array_that_breaks_off_keeps_what_came_before(tmp_path: Path, many: list[dict[str, Any]]) -> None:
    text = json.dumps(many)
    found = read(written(tmp_path, text[: len(text) - 50]))
    assert len(found.samples) == 999
    assert found.problems[0].number == 1_000
    found = read(written(tmp_path, text[:-1]))
    assert len(found.samples) == 1_000 or found.bad == 1


def test_a_broken_element_of_a_large_array_ends_the_reading_with_its_number(
    tmp_path: Path, many: list[dict[str, Any]]
) -> None:
    text = json.dumps(many).replace('"userId": "u_700"', '"userId" "u_700"')
    found = read(written(tmp_path, text))
    assert len(found.samples) == 700
    assert found.problems[0].number == 701


def test_a_person_can_stop_the_reading(tmp_path: Path, many: list[dict[str, Any]]) -> None:
    path = written(tmp_path, json.dumps(many))
    told: list[FileProgress] = []
    with pytest.raises(Stopped):
        read_file(path, progress=told.append, stopped=lambda: bool(told))


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(event(1)),
        json.dumps(event(1), indent=2),
        json.dumps([event(1)]),
        json.dumps({"batch": [event(1)]}),
        json.dumps(event(1)).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(event(1)).encode(),
        "analytics.identify('u_1', {note: ''});",
        "[{type: 'identify', userId: 'u_1',},]",
        gzip.compress(json.dumps([event(1)]).encode(), mtime=0),
    ],
)
def test_small_files_of_every_form_are_read(tmp_path: Path, content: str | bytes) -> None:
    assert ids(read(written(tmp_path, content))) == ["u_1"]


def test_a_table_of_a_spreadsheet_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    text = "userId;name\r\n" + "u_1;José\r\n" * 40_000
    found = read_file(written(tmp_path, text.encode("cp1252")))
    assert isinstance(found, EventTable)
    assert found.rows[0] == ("u_1", "José")
    assert found.more


@pytest.mark.parametrize("content", [b"", b"   \n", b"\x00\x01\x02" * 10, b"prose without an end. " * 30_000])
def test_files_without_events_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(AppError) as refused:
        read_file(written(tmp_path, content))
    assert refused.value.code.startswith("SAMPLE-")
    assert refused.value.remedy


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(AppError) as refused:
            read_file(path)
        assert refused.value.code == "SAMPLE-NO-FILE"
