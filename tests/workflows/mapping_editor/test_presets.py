from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from app.actions.action_definitions import ACTIONS, UPSERT, definition
from app.json_value import JsonObject, JsonValue
from app.resource_files import resource
from app.segment import mapping as mapping_language
from app.segment import payload as payload_check
from app.segment import triggers, value_reader, value_writer
from app.segment.mapping_exchange import ExchangedMapping, export_mappings, import_mappings
from app.workflows.mapping_editor.presets import Preset, preset, presets
from app.workflows.samples import built_in_samples

CASES = [
    pytest.param(each, sample, id=f"{each.slug}-{sample}") for each in presets() for sample in each.samples
]

# What must come out of the events that matter most.
EXPECTED: dict[tuple[str, str], JsonObject] = {
    ("identify", "identify"): {"lead_name": "Bramble & Co", "contact_external_id": "usr_1041"},
    ("group", "group"): {"lead_name": "Bramble & Co", "lead_external_id": "co_9917"},
    ("newsletter", "newsletter-track"): {"contact_email": "reader@post.example"},
    ("user-signed-up", "user-signed-up"): {
        "lead_name": "Kestrel Labs",
        "lead_external_id": "co_3301",
        "contact_name": "Tomas Reyes",
        "contact_email": "tomas@kestrel.example",
    },
    ("demo-requested", "demo-requested"): {
        "lead_name": "Fenwick Mills",
        "contact_name": "Jo Arden",
        "contact_email": "buyer@fenwick.example",
        "contact_phone": "(212) 555-0142",
    },
    ("record-events", "order-completed"): {"note_text": "Order Completed", "contact_external_id": "usr_1041"},
    ("page-views", "screen"): {"note_text": "Viewed Inbox", "contact_external_id": "usr_1041"},
    ("alias", "alias"): {
        "previous_user_id": "0aebec6c-c89d-4ead",
        "user_id": "usr_1041",
        "allow_merging": False,
    },
    ("erasure", "delete"): {"contact_external_id": "usr_1041", "allow_deleting": False},
}


def body(sample: str) -> dict[str, JsonValue]:
    event = json.loads(resource("samples", f"{sample}.json").read_text("utf-8"))["event"]
    assert isinstance(event, dict)
    return event


@pytest.mark.parametrize(("chosen", "sample"), CASES)
def test_a_preset_runs_for_its_events_and_gives_what_its_action_takes(chosen: Preset, sample: str) -> None:
    event = body(sample)
    assert triggers.matches(chosen.spec.trigger, event)
    mapped = mapping_language.transform(chosen.spec.mapping, event)
    assert isinstance(mapped, Mapping)
    checked = payload_check.validate(definition(chosen.spec.action), mapped)
    assert checked.problems == ()
    expected = EXPECTED.get((chosen.slug, sample), {})
    assert {key: checked.values.get(key) for key in expected} == expected


def test_every_expectation_was_looked_at() -> None:
    assert set(EXPECTED) <= {(each.slug, sample) for each in presets() for sample in each.samples}


@pytest.mark.parametrize("chosen", presets(), ids=lambda each: each.slug)
def test_a_preset_fills_only_fields_its_action_has_and_is_shown_without_raw_json(chosen: Preset) -> None:
    action = definition(chosen.spec.action)
    for key, value in chosen.spec.mapping.items():
        assert action.field(key) is not None, key
        assert value_writer.write(value_reader.read(value)) == value
    assert triggers.generate(triggers.parse(chosen.spec.trigger)) == chosen.spec.trigger
    assert chosen.purpose
    assert chosen.consequence


def test_the_first_preset_is_segments_own_default() -> None:
    first = presets()[0]
    assert first.spec.mapping == UPSERT.default_mapping()
    assert list(first.spec.mapping) == list(UPSERT.default_mapping())
    assert first.spec.trigger == UPSERT.default_trigger


def test_presets_of_segments_action_can_be_carried_to_segment_and_back() -> None:
    specs = [each.spec for each in presets() if each.spec.action == UPSERT.slug]
    there = export_mappings(
        ExchangedMapping(one.name, one.trigger, one.mapping, one.enabled) for one in specs
    )
    back = import_mappings(there)
    assert [(one.name, one.trigger, one.mapping) for one in back] == [
        (one.name, one.trigger, one.mapping) for one in specs
    ]


def test_every_action_and_every_kind_of_event_has_a_preset() -> None:
    assert {each.spec.action for each in presets()} == {action.slug for action in ACTIONS}
    kinds = {body(sample)["type"] for each in presets() for sample in each.samples}
    assert kinds == {sample.type for sample in built_in_samples()}


def test_a_preset_is_found_by_its_slug() -> None:
    assert preset("alias").spec.action == "mergeContactsAndLeads"
    with pytest.raises(LookupError):
        preset("nothing")
