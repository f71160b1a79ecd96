"""The actions describe themselves completely, and a mapping is checked against its own action."""

from __future__ import annotations

import pytest

from app.actions.action_definitions import ACTIONS, DELETE, MERGE, RECORD, UPSERT, definition
from app.actions.compiled_mapping import CompiledMapping
from app.errors import AppError
from app.segment import mapping as mapping_language
from app.segment import triggers
from app.segment.close_destination import ActionDefinition, FieldType
from app.segment.events import read_event
from app.storage.profile import MappingSpec

SAMPLES = {
    "identify": {"type": "identify", "userId": "u_1", "traits": {"name": "Bo"}},
    "alias": {"type": "alias", "userId": "u_1", "previousId": "anon_1"},
    "track": {"type": "track", "userId": "u_1", "event": "Report Exported"},
    "delete": {"type": "delete", "userId": "u_1"},
}


def _spec(action: ActionDefinition) -> MappingSpec:
    return MappingSpec("Any", action.slug, action.default_trigger, action.default_mapping())


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action.slug))
def test_an_action_describes_every_field_and_its_defaults_can_run(action: ActionDefinition) -> None:
    assert definition(action.slug) is action
    assert action.description.endswith(".")
    assert all(field.label and field.description.endswith(".") for field in action.fields)
    assert len({field.key for field in action.fields}) == len(action.fields)
    mapping_language.compile(action.default_mapping())
    assert [triggers.compile(action.default_trigger)(body) for body in SAMPLES.values()].count(True) == 1


def test_what_cannot_be_undone_is_off_until_a_person_switches_it_on() -> None:
    for action, key in ((MERGE, "allow_merging"), (DELETE, "allow_deleting")):
        switch = action.field(key)
        assert switch is not None
        assert (switch.type, switch.default) == (FieldType.BOOLEAN, False)


@pytest.mark.parametrize(
    ("action", "sample", "values"),
    [
        (UPSERT, "identify", {"contact_name": "Bo", "contact_external_id": "u_1"}),
        (MERGE, "alias", {"previous_user_id": "anon_1", "user_id": "u_1", "allow_merging": False}),
        (
            RECORD,
            "track",
            {"contact_external_id": "u_1", "note_text": "Report Exported", "collapse_minutes": "60"},
        ),
        (DELETE, "delete", {"contact_external_id": "u_1", "allow_deleting": False}),
    ],
    ids=lambda value: getattr(value, "slug", ""),
)
def test_a_payload_has_the_fields_of_its_own_action(
    action: ActionDefinition, sample: str, values: dict[str, object]
) -> None:
    mapped = CompiledMapping(_spec(action)).map(read_event(SAMPLES[sample]))
    assert mapped.error is None
    assert values.items() <= mapped.values.items()
    assert mapped.values.keys() <= {field.key for field in action.fields}


def test_an_action_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(AppError) as caught:
        CompiledMapping(MappingSpec("Any", "sendFlowers", 'type = "track"', {}))
    assert caught.value.code == "MAPPING-ACTION-UNKNOWN"
    assert "sendFlowers" in caught.value.title
    assert all(action.slug in caught.value.remedy for action in ACTIONS)
