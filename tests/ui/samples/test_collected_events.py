"""The collection on its way to the disk, beside a window that goes on."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from app.errors import AppError
from app.storage.sample_store import LoadedSamples, SampleStore, StoredSamples
from app.ui.samples.collected_events import CollectedEvents
from app.workflows.samples import Origin, collected
from tests.conditions import until
from tests.ui.scenes.sample_scenes import people


class SlowStore(SampleStore):
    """Writes only while it is let; counts what it was asked to write."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.may_write = Event()
        self.written: list[int] = []
        self.refusal: AppError | None = None

    def save(self, samples: StoredSamples) -> None:
        assert self.may_write.wait(10)
        if self.refusal is not None:
            raise self.refusal
        self.written.append(len(samples.events))
        super().save(samples)


class BrokenStore(SampleStore):
    """A disk that refuses to be read."""

    def load(self) -> LoadedSamples:
        raise AppError("STORAGE-REFUSED", "No access.", remedy="Ask for it.")


def stored(path: Path) -> int:
    return len(SampleStore(path).load().samples.events)


async def loaded(store: SampleStore, unexpected: list[BaseException]) -> CollectedEvents:
    events = CollectedEvents(store, unexpected.append)
    events.load()
    await until(lambda: not events.loading, what="the file to be read")
    return events


async def test_changes_during_a_save_are_saved_together_after_it(
    qapp: object, tmp_path: Path, unexpected: list[BaseException]
) -> None:
    path = tmp_path / "samples.ndjson"
    store = SlowStore(path)
    events = await loaded(store, unexpected)
    for person in people(5):
        events.add([person])
    store.may_write.set()
    await until(lambda: path.is_file() and stored(path) == 5, what="everything on the disk")
    assert store.written == [1, 5]
    assert not unexpected


async def test_what_was_added_before_the_file_was_read_is_kept_with_it(
    qapp: object, tmp_path: Path, unexpected: list[BaseException]
) -> None:
    path = tmp_path / "samples.ndjson"
    first = await loaded(SampleStore(path), unexpected)
    first.add(people(2))
    await first.flush()
    second = CollectedEvents(SampleStore(path), unexpected.append)
    second.add([collected({"type": "page", "userId": "early"}, Origin.PASTED)])
    second.load()
    await until(lambda: not second.loading, what="the file to be read")
    await second.flush()
    await until(lambda: stored(path) == 3, what="all three on the disk")


async def test_a_disk_that_is_full_is_told_and_the_next_save_takes_it_back(
    qapp: object, tmp_path: Path, unexpected: list[BaseException]
) -> None:
    path = tmp_path / "samples.ndjson"
    store = SlowStore(path)
    store.may_write.set()
    store.refusal = AppError("STORAGE-FULL", "The disk is full.", remedy="Free some space.")
    events = await loaded(store, unexpected)
    events.add(people(1))
    await until(lambda: events.trouble is not None, what="the trouble")
    assert len(events.collection.own) == 1
    store.refusal = None
    events.star(events.collection.own[0].number, starred=True)
    await until(lambda: events.trouble is None, what="the trouble to go")
    assert stored(path) == 1


async def test_a_file_that_could_not_be_looked_at_is_never_replaced(
    qapp: object, tmp_path: Path, unexpected: list[BaseException]
) -> None:
    path = tmp_path / "samples.ndjson"
    path.write_text("precious", encoding="utf-8")
    events = await loaded(BrokenStore(path), unexpected)
    assert events.trouble is not None
    events.add(people(1))
    await events.flush()
    assert path.read_text(encoding="utf-8") == "precious"


async def test_choosing_an_event_from_elsewhere_adds_it(
    qapp: object, tmp_path: Path, unexpected: list[BaseException]
) -> None:
    events = CollectedEvents(None, unexpected.append)
    (person,) = people(1)
    chosen = events.choose(person)
    assert chosen.number > 0
    assert events.sample == person
    assert events.choose(person).number == chosen.number
    assert len(events.collection.own) == 1
