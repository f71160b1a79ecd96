from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.sample_store import SampleStore, StoredSample, StoredSamples

EVENTS = (
    StoredSample("Ann", "", "pasted", starred=True, body={"type": "identify", "userId": "a\nb\u2028\u85e4"}),
    StoredSample(
        "Bob", "why", "file", starred=False, body={"type": "track", "traits": {"x": [1, None, 2.5]}}
    ),
)
SAMPLES = StoredSamples(EVENTS, 1, "", ("Alias",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "default" / "samples.ndjson"


@pytest.fixture
def store(path: Path) -> SampleStore:
    return SampleStore(path)


def test_without_a_file_there_are_no_events(store: SampleStore) -> None:
    loaded = store.load()
    assert loaded.samples == StoredSamples()
    assert loaded.trouble is None


def test_what_was_saved_comes_back(store: SampleStore) -> None:
    store.save(SAMPLES)
    loaded = store.load()
    assert loaded.samples == SAMPLES
    assert loaded.trouble is None


def test_half_a_surrogate_pair_survives(store: SampleStore) -> None:
    event = StoredSample("x", "", "pasted", starred=False, body={"traits": {"emoji": "\ud83d"}})
    store.save(StoredSamples((event,)))
    assert store.load().samples.events == (event,)


def test_file_and_folder_are_private(store: SampleStore, path: Path) -> None:
    store.save(SAMPLES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_line_that_cannot_be_read_costs_only_itself(store: SampleStore, path: Path) -> None:
    store.save(SAMPLES)
    lines = path.read_bytes().split(b"\n")
    lines[1] = lines[1][:20]
    path.write_bytes(b"\n".join(lines))
    loaded = store.load()
    assert loaded.samples == StoredSamples(EVENTS[1:], 0, "", ("Alias",))
    assert loaded.trouble is not None
    assert loaded.trouble.title == "1 of 2 collected events cannot be read."
    aside = path.with_name("samples-unreadable.ndjson")
    assert str(aside) in loaded.trouble.remedy
    assert aside.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "head", [b"", b"\x00\x01", b"[]", b'{"version": 2}', b'{"version": 0}', b'{"chosen": 1}']
)
def test_a_file_that_cannot_be_read_is_set_aside_and_never_overwritten(
    store: SampleStore, path: Path, head: bytes
) -> None:
    path.parent.mkdir()
    for number, name in ((1, "samples-unreadable.ndjson"), (2, "samples-unreadable-2.ndjson")):
        content = head + b"\n" + str(number).encode()
        path.write_bytes(content)
        loaded = store.load()
        assert loaded.samples == StoredSamples()
        assert loaded.trouble is not None
        assert loaded.trouble.code == "SAMPLES-UNREADABLE"
        assert path.with_name(name).read_bytes() == content
        assert not path.exists()


def test_a_folder_in_the_way_is_told(store: SampleStore, path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(AppError, match=r"cannot be used|could not be read"):
        store.load()
