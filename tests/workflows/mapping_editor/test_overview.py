from __future__ import annotations

from dataclasses import replace

from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.overview import MappingOverview, events_that_run, overview
from app.workflows.mapping_editor.presets import preset
from app.workflows.samples import built_in_samples

NOTHING = CloseVocabulary()
EVENTS = [sample.body for sample in built_in_samples()]


def test_a_mapping_is_told_in_a_few_words() -> None:
    assert overview(preset("newsletter").spec, NOTHING) == MappingOverview(
        "Create or Update Contact and Lead", "Runs for Track events named “Subscribed”.", 3, 10
    )


def test_custom_fields_count_as_fields_once_they_are_mapped() -> None:
    spec = preset("newsletter").spec
    custom = {"cf_plan": {"@path": "$.properties.plan"}}
    more = overview(replace(spec, mapping={**spec.mapping, "lead_custom_fields": custom}), NOTHING)
    assert (more.mapped, more.fields) == (4, 11)


def test_a_mapping_that_can_never_run_says_why() -> None:
    spec = preset("identify").spec
    assert overview(replace(spec, trigger="n>4"), NOTHING).trouble == (
        "Segment cannot read this trigger, so it never runs."
    )
    assert overview(replace(spec, action="gone"), NOTHING).trouble == "There is no action “gone”."
    assert overview(replace(spec, trigger=""), NOTHING).trouble == ""


def test_events_that_run_a_trigger_are_counted() -> None:
    assert events_that_run('type = "identify"', EVENTS) == 3
    assert events_that_run('type = "track" and event = "Subscribed"', EVENTS) == 1
    assert events_that_run("n>4", EVENTS) == 0
    assert events_that_run("()", EVENTS) == 0
