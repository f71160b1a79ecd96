"""How long one keystroke in the mapping editor takes, and how long counting over many events takes.

Run it with ``python tests/benchmarks/mapping_editor_benchmark.py``. A keystroke changes one row, so the
mapping is compiled anew and run on the chosen event; people are to see the value within 100 ms. Everything
over all events (warnings, suggestions) runs in the background and may take longer. Each figure is the best
of several rounds; ``of goal`` is its share of the time allowed, ``of bare`` compares counting with running
the compiled mapping alone, without trigger, checks, conversions and counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.close.records import CustomField
from app.json_value import JsonValue
from app.segment import mapping as mapping_language
from app.segment.close_destination import ACTION
from app.segment.event_variables import collect
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.advice import MappingUnderReview, advise
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.coverage import coverage
from app.workflows.mapping_editor.evaluation import Evaluator
from app.workflows.mapping_editor.statistics import statistics_of
from app.workflows.mapping_editor.suggestions import SuggestionSources, suggest
from app.workflows.mapping_editor.targets import targets_of

ROUNDS = 5
PROPERTIES = 5_000
EVENTS = 10_000
CUSTOM_FIELDS = 250

KEYSTROKE_GOAL_S = 0.1
BACKGROUND_GOAL_S = 3.0


def main() -> None:
    vocabulary, spec = _vocabulary(), _spec()
    wide, events = _wide_event(), _events()
    evaluator = Evaluator(spec, ACTION, vocabulary)
    variables, wide_variables = collect(events), collect([wide])
    print(f"{PROPERTIES:,} properties in one event, {EVENTS:,} events, {CUSTOM_FIELDS} custom fields")
    report("one keystroke", KEYSTROKE_GOAL_S, lambda: Evaluator(spec, ACTION, vocabulary).run(wide))
    broken = MappingSpec(spec.name, spec.action, spec.trigger, {**spec.mapping, "contact_title": {"@no": 1}})
    report("… half written", KEYSTROKE_GOAL_S, lambda: Evaluator(broken, ACTION, vocabulary).run(wide))
    report("another event", KEYSTROKE_GOAL_S, lambda: evaluator.run(wide))
    whole = {**spec.mapping, "lead_description": {"@json": {"mode": "encode", "value": {"@path": "$."}}}}
    everything = MappingSpec(spec.name, spec.action, spec.trigger, whole)
    report("… read whole", KEYSTROKE_GOAL_S, lambda: Evaluator(everything, ACTION, vocabulary).run(wide))
    report("coverage", KEYSTROKE_GOAL_S, lambda: coverage(wide_variables, spec.mapping))
    counting = report("statistics", BACKGROUND_GOAL_S, lambda: statistics_of(evaluator, events))
    bare_mapping = mapping_language.compile(spec.mapping)
    bare = best(lambda: [bare_mapping(event) for event in events])
    print(f"{'  of bare':<18}{counting / bare:>10.1f} times the compiled mapping alone")
    statistics = statistics_of(evaluator, events)
    review = MappingUnderReview(spec.mapping, ACTION, vocabulary, evaluator.targets, statistics, variables)
    report("advice", KEYSTROKE_GOAL_S, lambda: advise(review))
    targets = targets_of(ACTION, vocabulary, {})
    sources = SuggestionSources(wide_variables, [wide])
    report("suggestions, wide", BACKGROUND_GOAL_S, lambda: suggest(targets, {}, vocabulary, sources))
    many = SuggestionSources(variables, events)
    report("suggestions, many", BACKGROUND_GOAL_S, lambda: suggest(targets, {}, vocabulary, many))


def report(name: str, goal_s: float, call: Callable[[], object]) -> float:
    taken = best(call)
    print(f"{name:<18}{taken * 1000:>10.2f} ms {taken / goal_s:>8.1%} of goal")
    return taken


def best(call: Callable[[], object]) -> float:
    """Seconds, best round."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def _vocabulary() -> CloseVocabulary:
    types = ("text", "number", "date", "choices", "text")
    fields = tuple(
        CustomField(f"cf_{at}", f"Property {at}", types[at % 5], "lead", choices=("team", "free"))
        for at in range(CUSTOM_FIELDS)
    )
    return CloseVocabulary(fields, company_field_id="cf_company", user_field_id="cf_user")


def _spec() -> MappingSpec:
    custom: dict[str, JsonValue] = {f"cf_{at}": {"@path": f"$.traits.property_{at}"} for at in range(10)}
    mapping: dict[str, JsonValue] = {
        **ACTION.default_mapping(),
        "contact_name": {"@template": "{{traits.first}} {{traits.last}}"},
        "contact_email": {"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}},
        "contact_title": {"@liquid": "{{ traits.title | strip | capitalize }}"},
        "lead_custom_fields": custom,
    }
    return MappingSpec("Identify", ACTION.slug, 'type = "identify"', mapping)


def _event(number: int, properties: int) -> dict[str, Any]:
    values = ("some text", "12", "2026-03-04", "team", "ten")
    return {
        "type": "identify",
        "userId": f"u_{number}",
        "traits": {
            "first": "Maren",
            "last": f"Oakes {number}",
            "email": f"Maren.{number % 9_000}@bramble.example",
            "title": " head of operations ",
            "company": {"id": f"co_{number % 500}", "name": "Bramble & Co"},
            **({"phone": "+44 20 7946 0011"} if number % 2 else {}),
            **{f"property_{at}": values[(at + number) % 5] for at in range(properties)},
        },
    }


def _wide_event() -> dict[str, Any]:
    return _event(1, PROPERTIES)


def _events() -> list[dict[str, Any]]:
    return [_event(number, 20) for number in range(EVENTS)]


if __name__ == "__main__":
    main()
