from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor import document as steps
from app.workflows.mapping_editor.document import MappingDocument


def spec(name: str, *, enabled: bool = True) -> MappingSpec:
    return MappingSpec(name, "createUpdateContactAndLead", 'type = "identify"', {"lead_name": name}, enabled)


def names(document: MappingDocument) -> list[str]:
    return [each.name for each in document.mappings]


ABC = MappingDocument((spec("A"), spec("B"), spec("C")))


def test_a_mapping_is_added_at_the_end_under_a_name_of_its_own() -> None:
    document = steps.add(steps.add(ABC, spec("a")), spec("New"))
    assert names(document) == ["A", "B", "C", "a 2", "New"]
    assert document.undo_label == "Add “New”"


def test_a_duplicate_stands_behind_its_original_and_is_off() -> None:
    document = steps.duplicate(steps.duplicate(ABC, 0), 0)
    assert names(document) == ["A", "A (Copy 2)", "A (Copy)", "B", "C"]
    assert [each.enabled for each in document.mappings] == [True, False, False, True, True]
    assert document.mappings[1].mapping == ABC.mappings[0].mapping


def test_a_new_name_is_tidied_and_may_differ_in_case_only() -> None:
    assert names(steps.rename(ABC, 1, "  Demo \n requested ")) == ["A", "Demo requested", "C"]
    assert names(steps.rename(ABC, 1, "b")) == ["A", "b", "C"]
    assert steps.rename(ABC, 1, " B ") is ABC


@pytest.mark.parametrize(("name", "code"), [(" \t", "MAPPING-NAME-EMPTY"), ("c", "MAPPING-NAME-TAKEN")])
def test_an_empty_or_taken_name_is_refused(name: str, code: str) -> None:
    with pytest.raises(AppError) as refused:
        steps.rename(ABC, 0, name)
    assert refused.value.code == code


def test_mappings_are_moved_switched_and_deleted() -> None:
    assert names(steps.move(ABC, 0, 2)) == ["B", "C", "A"]
    assert names(steps.move(ABC, 2, 0)) == ["C", "A", "B"]
    assert steps.move(ABC, 1, 1) is ABC
    off = steps.switch(ABC, 1, enabled=False)
    assert [each.enabled for each in off.mappings] == [True, False, True]
    assert steps.switch(off, 1, enabled=False) is off
    assert names(steps.delete(ABC, 0)) == ["B", "C"]


def test_more_mappings_than_segment_allows_are_refused_in_words() -> None:
    full = MappingDocument(tuple(spec(str(number)) for number in range(50)))
    for attempt in (lambda: steps.add(full, spec("New")), lambda: steps.duplicate(full, 0)):
        with pytest.raises(AppError) as refused:
            attempt()
        assert refused.value.code == "MAPPING-TOO-MANY"
        assert "50 mappings for one destination; here would be 51" in refused.value.cause


def test_steps_of_one_piece_of_typing_are_taken_back_together() -> None:
    document = ABC
    for text in ("x", "xy", "xyz"):
        document = document.step("Title", (spec(text), *ABC.mappings[1:]), merge_key="title")
    document = document.step("Name", (spec("n"), *ABC.mappings[1:]), merge_key="name")
    assert document.undo().undo_label == "Title"
    assert document.undo().undo().mappings == ABC.mappings
    assert document.undo().undo().redo_label == "Title"
    assert names(document.undo().undo().redo()) == ["xyz", "B", "C"]


Operation = Callable[[MappingDocument, int], MappingDocument]
OPERATIONS: tuple[Operation, ...] = (
    lambda document, index: steps.add(document, spec(f"N{index}")),
    steps.duplicate,
    lambda document, index: steps.rename(document, index, f"R{index}{len(document.past)}"),
    lambda document, index: steps.move(document, index, (index * 7) % len(document.mappings)),
    lambda document, index: steps.switch(document, index, enabled=index % 2 == 0),
    steps.delete,
)


@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 100)), max_size=30))
def test_every_way_can_be_gone_back_and_forth(way: list[tuple[Operation, int]]) -> None:
    document = ABC
    for operation, number in way:
        if document.mappings:
            document = operation(document, number % len(document.mappings))
    end = document
    while document.past:
        assert len({each.name.casefold() for each in document.mappings}) == len(document.mappings)
        document = document.undo()
    assert document.mappings == ABC.mappings
    while document.future:
        document = document.redo()
    assert (document.mappings, document.past) == (end.mappings, end.past)
