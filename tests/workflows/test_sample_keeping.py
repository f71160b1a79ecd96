from __future__ import annotations

from pathlib import Path

from app.storage.sample_store import SampleStore
from app.workflows.sample_collection import EventCollection
from app.workflows.sample_keeping import read_kept, to_store
from app.workflows.samples import Origin, Sample


def filled() -> EventCollection:
    collection = EventCollection()
    collection.add(
        Sample(name, "", {"type": "identify", "userId": name}, Origin.RECORDED) for name in ("a", "b", "c")
    )
    return collection


def through_the_disk(collection: EventCollection, folder: Path) -> EventCollection:
    store = SampleStore(folder / "samples.ndjson")
    store.save(to_store(collection.samples, collection.sample))
    again = EventCollection()
    read_kept(store).take_into(again)
    return again


def test_events_stars_origins_and_the_chosen_one_come_back(tmp_path: Path) -> None:
    collection = filled()
    collection.star(collection.own[1].number, starred=True)
    collection.star(collection.samples[5].number, starred=True)
    collection.choose(collection.own[2].number)
    again = through_the_disk(collection, tmp_path)
    assert again.samples == collection.samples
    assert [(one.starred, one.origin) for one in again.samples] == [
        (one.starred, one.origin) for one in collection.samples
    ]
    assert again.sample == collection.own[2]


def test_a_chosen_built_in_event_comes_back(tmp_path: Path) -> None:
    collection = filled()
    collection.choose(collection.samples[7].number)
    assert through_the_disk(collection, tmp_path).sample == collection.samples[7]


def test_what_was_added_before_the_file_was_read_stays(tmp_path: Path) -> None:
    store = SampleStore(tmp_path / "samples.ndjson")
    store.save(to_store(filled().samples, None))
    early = EventCollection()
    early.add([Sample("b", "", {"type": "identify", "userId": "b"}, Origin.PASTED)])
    early.add([Sample("z", "", {"type": "identify", "userId": "z"}, Origin.PASTED)])
    early.choose(early.own[0].number)
    read_kept(store).take_into(early)
    assert [one.name for one in early.own] == ["z", "b", "a", "c"]
    assert early.sample is not None
    assert early.sample.name == "z"
