"""The events people try mappings on."""

from __future__ import annotations

from typing import Any

from app.workflows.sample_collection import EventCollection
from app.workflows.samples import Origin, Sample, built_in_samples


def event(name: str, **members: Any) -> Sample:
    body = {"type": "identify", "userId": name, **members}
    return Sample(name, "", body, Origin.PASTED)


def names(collection: EventCollection) -> list[str]:
    return [one.name for one in collection.own]


def test_a_new_collection_holds_the_built_in_events() -> None:
    collection = EventCollection()
    assert collection.samples == built_in_samples()
    assert collection.own == ()
    assert len({one.number for one in collection.samples}) == 13


def test_newer_events_stand_above_older_ones_and_above_the_built_in_ones() -> None:
    collection = EventCollection()
    collection.add([event("a"), event("b")])
    added = collection.add([event("c")])
    assert names(collection) == ["c", "a", "b"]
    assert [one.name for one in collection.samples[:3]] == ["c", "a", "b"]
    assert added.first is not None
    assert collection.get(added.first.number) == event("c")


def test_the_same_event_is_kept_once() -> None:
    collection = EventCollection()
    collection.add([event("a", traits={"n": 1})])
    again = collection.add([event("a", traits={"n": 1}), event("a", traits={"n": True})])
    assert again.known == 1
    assert len(again.samples) == 1
    assert again.first == event("a", traits={"n": 1})
    assert collection.add([built_in_samples()[0]]).known == 1


def test_a_full_collection_pushes_out_the_oldest_without_a_star() -> None:
    collection = EventCollection(most=3)
    collection.add([event("old")])
    collection.add([event("starred")])
    collection.add([event("mid")])
    starred = next(one for one in collection.own if one.name == "starred")
    collection.star(starred.number, starred=True)
    added = collection.add([event("new")])
    assert added.pushed_out == 1
    assert names(collection) == ["new", "mid", "starred"]
    assert collection.find(event("old").body) is None


def test_of_one_large_import_the_first_events_are_kept() -> None:
    collection = EventCollection(most=3)
    collection.add([event("kept")])
    collection.star(collection.own[0].number, starred=True)
    added = collection.add(event(str(n)) for n in range(10))
    assert [one.name for one in added.samples] == ["0", "1"]
    assert added.left_out == 8
    assert names(collection) == ["0", "1", "kept"]


def test_own_events_are_in_use_as_soon_as_there_are_any() -> None:
    collection = EventCollection()
    assert collection.in_use == built_in_samples()
    collection.add([event("a")])
    assert collection.in_use == (event("a"),)
    built_in = collection.samples[1:]
    collection.star(built_in[2].number, starred=True)
    collection.choose(built_in[4].number)
    assert collection.in_use == (event("a"), built_in[2], built_in[4])


def test_removing_can_be_undone_with_place_and_choice() -> None:
    collection = EventCollection()
    collection.add([event("a"), event("b"), event("c")])
    collection.choose(collection.own[1].number)
    removed = collection.remove([one.number for one in collection.own if one.name in "ab"])
    assert len(removed) == 2
    assert collection.sample is None
    collection.restore(removed)
    assert names(collection) == ["a", "b", "c"]
    assert collection.sample == event("b")


def test_removing_all_imported_leaves_the_built_in_ones() -> None:
    collection = EventCollection()
    collection.add([event("a"), event("b")])
    assert len(collection.remove_imported()) == 2
    assert collection.samples == built_in_samples()
    assert len(collection.remove([collection.samples[0].number])) == 0


def test_every_change_is_told_once_and_no_change_is_not() -> None:
    collection = EventCollection()
    told: list[int] = []
    collection.subscribe(lambda: told.append(len(collection)))
    collection.add([event("a")])
    collection.add([event("a")])
    number = collection.own[0].number
    collection.star(number, starred=True)
    collection.star(number, starred=True)
    collection.choose(number)
    collection.choose(number)
    collection.remove([number])
    assert told == [14, 14, 14, 13]


def test_a_star_on_a_built_in_event_keeps_the_event() -> None:
    collection = EventCollection()
    first = collection.samples[0]
    starred = collection.star(first.number, starred=True)
    assert starred is not None
    assert starred.starred
    assert collection.samples[0].starred
    assert collection.samples == built_in_samples()
