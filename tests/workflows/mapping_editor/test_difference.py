from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.json_value import JsonValue
from app.segment import value_writer
from app.segment.value_expression import (
    ChangeCase,
    Coalesce,
    Expression,
    Joined,
    LetterCase,
    Liquid,
    Static,
    Text,
    Trim,
    Variable,
)
from app.storage.mapping_history import FormerMappings
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor import document as steps
from app.workflows.mapping_editor.difference import DifferenceKind, difference, summary
from app.workflows.mapping_editor.document import MappingDocument
from app.workflows.mapping_editor.history import restore, saved_versions
from app.workflows.mapping_editor.presets import preset
from app.workflows.mapping_editor.value_words import value_words

IDENTIFY = preset("identify").spec
NEWSLETTER = preset("newsletter").spec
TITLE = Variable(("traits", "title"))


def changed(**fields: JsonValue) -> MappingSpec:
    return replace(IDENTIFY, mapping={**IDENTIFY.mapping, **fields})


def texts(before: tuple[MappingSpec, ...], after: tuple[MappingSpec, ...]) -> list[str]:
    return [each.text for each in difference(before, after)]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (TITLE, "title"),
        (Variable(("context", "groupId")), "context.groupId"),
        (Variable(("traits", "odd.key")), '["odd.key"]'),
        (Variable(()), "the whole event"),
        (Trim(TITLE), "title then Trim"),
        (ChangeCase(Trim(TITLE), LetterCase.LOWER), "title then Trim then lower case"),
        (Coalesce(TITLE, Text("none")), "title, else “none”"),
        (Joined((Text("Viewed "), Variable(("name",)))), "“Viewed ” + name"),
        (Static(value=True), "On"),
        (Static([1, 2]), "[1, 2]"),
        (Liquid("{{ traits.x\n| upcase }}"), "Liquid {{ traits.x | upcase }}"),
        (Text("x" * 200), f"“{'x' * 78}…"),
    ],
)
def test_a_value_is_said_in_one_phrase(expression: Expression, words: str) -> None:
    assert value_words(value_writer.write(expression)) == words


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (
            changed(contact_title=value_writer.write(Trim(TITLE))),
            "Title now comes from title then Trim (was title).",
        ),
        (
            changed(lead_description={"@path": "$.traits.about"}),
            "Description now comes from about (was not mapped).",
        ),
        (changed(contact_title=None), "Title is no longer mapped (was title)."),
        (changed(contact_title="Boss"), "Title is now “Boss” (was title)."),
        (
            changed(lead_name={"@path": "$.traits.firm"}),
            "Name (lead) now comes from firm (was company.name).",
        ),
        (changed(allow_creating_new_leads=False), "“Create new leads” was switched off."),
        (
            changed(lead_custom_fields={"cf_gone": {"@path": "$.traits.plan"}}),
            "cf_gone now comes from plan (was not mapped).",
        ),
        (replace(IDENTIFY, enabled=False), "It was switched off."),
        (replace(IDENTIFY, name="People"), "It was named “Identify”."),
        (replace(IDENTIFY, trigger='type = "identify" or type = "track"'), "Runs also for Track."),
        (replace(IDENTIFY, trigger='type = "track"'), "Runs also for Track. Runs no longer for Identify."),
        (
            replace(IDENTIFY, trigger='type = "identify" and traits.plan = "free"'),
            "Runs for Identify events, when plan is “free”. Until then: runs for Identify events.",
        ),
        (
            replace(IDENTIFY, ignored=("traits.a", "traits.b")),
            "traits.a and traits.b are ignored on purpose.",
        ),
        (
            replace(IDENTIFY, action="recordActivity"),
            "It now does “Record on the Lead” (was “Create or Update Contact and Lead”).",
        ),
    ],
)
def test_a_change_of_one_mapping_is_one_sentence(after: MappingSpec, line: str) -> None:
    (found,) = difference((IDENTIFY,), (after,))
    assert found.kind is DifferenceKind.CHANGED
    assert line in found.text
    assert found.text.startswith(f"“{after.name}”: ")


def test_added_deleted_and_moved_mappings_are_told_apart() -> None:
    assert texts((IDENTIFY,), (IDENTIFY, NEWSLETTER)) == ["“Newsletter”: It was added."]
    assert texts((IDENTIFY, NEWSLETTER), (NEWSLETTER,)) == ["“Identify”: It was deleted."]
    assert texts((IDENTIFY, NEWSLETTER), (NEWSLETTER, IDENTIFY)) == [
        "The order is now “Newsletter”, “Identify”."
    ]
    assert texts((IDENTIFY,), (IDENTIFY,)) == []


def test_a_renamed_and_changed_mapping_is_still_the_same() -> None:
    renamed = replace(changed(contact_title="Boss"), name="People")
    (found,) = difference((IDENTIFY, NEWSLETTER), (renamed, NEWSLETTER))
    assert found.lines == ("It was named “Identify”.", "Title is now “Boss” (was title).")


def test_a_version_in_a_few_words() -> None:
    after = (replace(IDENTIFY, enabled=False), preset("alias").spec)
    assert summary(difference((IDENTIFY, NEWSLETTER), after)) == (
        "“Identify” changed, “Alias” added, “Newsletter” deleted"
    )
    assert summary(()) == "Nothing changed"


def test_each_saved_version_tells_what_its_save_changed_and_can_be_restored() -> None:
    at = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    earlier = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    off = replace(IDENTIFY, enabled=False)
    former = (FormerMappings((off,), at), FormerMappings((IDENTIFY,), earlier))
    versions = saved_versions((off, NEWSLETTER), former)
    assert [(each.saved_at, each.in_use) for each in versions] == [
        (at, True),
        (earlier, False),
        (None, False),
    ]
    assert [[one.text for one in each.changes] for each in versions] == [
        ["“Newsletter”: It was added."],
        ["“Identify”: It was switched off."],
        [],
    ]
    edited = steps.delete(MappingDocument((off, NEWSLETTER)), 0)
    restored = restore(edited, versions[2])
    assert restored.mappings == (IDENTIFY,)
    assert restored.undo_label == "Restore"
    assert restored.undo() == replace(edited, future=restored.undo().future)
