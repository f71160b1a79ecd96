from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.storage.profile import MappingSpec
from app.ui.mapping.session import EditingSession
from app.workflows.mapping_editor import document as steps
from app.workflows.samples import built_in_samples


def spec(name: str) -> MappingSpec:
    return MappingSpec(name, "createUpdateContactAndLead", 'type = "identify"', {})


@pytest.fixture
def session(qapp: object) -> EditingSession:
    return EditingSession((spec("A"), spec("B"), spec("C")))


@pytest.fixture
def heard(session: EditingSession) -> list[str]:
    said: list[str] = []

    def note(name: str) -> Callable[[], None]:
        return lambda: said.append(name)

    for name in ("document", "chosen", "events", "sample", "vocabulary"):
        getattr(session, f"{name}_changed").connect(note(name))
    return said


def test_the_same_mapping_stays_chosen_wherever_it_goes(session: EditingSession, heard: list[str]) -> None:
    session.choose(1)
    session.set_document(steps.move(session.document, 1, 0))
    assert (session.chosen, session.spec) == (0, spec("B"))
    session.undo()
    assert session.chosen == 1
    session.set_document(steps.delete(session.document, 0))
    assert (session.chosen, session.spec) == (0, spec("B"))
    assert heard == ["chosen", *(["document", "chosen"] * 3)]


def test_a_change_of_the_chosen_mapping_keeps_it_chosen(session: EditingSession, heard: list[str]) -> None:
    session.choose(2)
    session.change("Title", replace(spec("C"), trigger="x"))
    session.change("Title", replace(spec("C"), trigger="x"))
    assert session.chosen == 2
    assert session.document.undo_label == "Title"
    assert heard == ["chosen", "document"]


def test_the_neighbour_is_chosen_when_the_chosen_one_goes(session: EditingSession) -> None:
    session.choose(2)
    for left in (1, 0, 0):
        session.set_document(steps.delete(session.document, session.chosen))
        assert session.chosen == left
    assert session.spec is None
    session.undo()
    assert session.spec == spec("A")


def test_a_new_mapping_can_be_chosen_with_the_step_that_makes_it(
    session: EditingSession, heard: list[str]
) -> None:
    session.set_document(steps.add(session.document, spec("D")), choose=3)
    assert session.spec == spec("D")
    assert heard == ["document", "chosen"]


def test_what_differs_from_the_disk_is_modified(session: EditingSession, heard: list[str]) -> None:
    assert not session.modified
    session.set_document(steps.switch(session.document, 0, enabled=False))
    assert session.modified
    session.undo()
    assert not session.modified
    session.redo()
    session.mark_saved(session.document.mappings)
    assert not session.modified
    assert session.document.undo_label
    session.undo()
    assert session.modified
    session.reset(session.saved)
    assert not session.modified
    assert session.document.past == session.document.future == ()
    assert heard == ["document"] * 6


def test_events_and_sample_are_told_when_they_change(session: EditingSession, heard: list[str]) -> None:
    samples = built_in_samples()
    session.set_events(samples)
    session.set_sample(samples[0])
    session.set_sample(samples[0])
    assert session.events == samples
    assert heard == ["events", "sample"]
