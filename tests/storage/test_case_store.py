from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.case_store import CaseStore, EventCase, ExpectedChange, ExpectedResult

CASE = EventCase(
    "Maria Lopez",
    {"type": "identify", "userId": "u_42", "traits": {"seats": 3, "tags": ["a"]}},
    "Identify",
    "would change",
    (
        ExpectedResult(
            "Identify",
            "createUpdateContactAndLead",
            "would change",
            {"contact_title": "VP Growth"},
            (ExpectedChange("contact", "Maria Lopez", "Title", "title", "set", "VP Growth"),),
        ),
        ExpectedResult("Track", "recordActivity", "skipped", None),
    ),
)


def test_cases_come_back_as_they_were_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    store = CaseStore(tmp_path / "default" / "test-cases.json")
    assert store.load() == ()
    store.save((CASE,))
    assert store.load() == (CASE,)
    assert stat.S_IMODE((tmp_path / "default" / "test-cases.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"{", b'{"version": 2, "cases": []}', b'{"version": 1, "cases": [{}]}'])
def test_a_file_that_cannot_be_read_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "test-cases.json"
    path.write_bytes(content)
    with pytest.raises(AppError, match="The test cases cannot be read"):
        CaseStore(path).load()
    with pytest.raises(AppError):
        CaseStore(path).save((CASE,))
    assert path.read_bytes() == content
