"""``map`` and ``trigger``: a mapping or a trigger tried on an event, without Close and without a profile."""

from __future__ import annotations

import argparse

from app.assembly import Assistant
from app.cli.input_files import read_text
from app.cli.output import error_json, say, say_clauses, say_error, say_result
from app.errors import AppError
from app.json_value import JsonObject
from app.workflows.mapping_files import NamedMapping, mapping_to_try, read_mapping_json
from app.workflows.mapping_settings import mapping_index
from app.workflows.mapping_trial import MappingTrial, try_mapping, try_trigger
from app.workflows.samples import parse_json

_MOST_LINES = 20


def map_event(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Print the mapped payload, or what is wrong."""
    tried = _mapping(assistant, wanted)
    trial = try_mapping(tried, _event(wanted.event))
    error = _error(trial) if trial.problems else None
    if wanted.json:
        say_result(
            {
                "mapping": tried.name or None,
                "payload": trial.payload,
                "problems": [{"place": one.place, "message": one.message} for one in trial.problems],
                "error": error_json(error),
            }
        )
    elif error is None or trial.payload is not None:
        say_result(trial.payload)
    if error is not None:
        say_error(error)
    return 0 if error is None else 1


def _mapping(assistant: Assistant, wanted: argparse.Namespace) -> NamedMapping:
    """From the file, or without one the profile's: the named mapping, or the first."""
    if wanted.mapping is not None:
        text = read_text(wanted.mapping, code="MAPPING-FILE", what="the mapping")
        return mapping_to_try(read_mapping_json(text), wanted.mapping_name)
    profile = assistant.profiles.load(wanted.profile)
    spec = profile.mappings[mapping_index(profile, wanted.mapping_name)]
    return NamedMapping(spec.name, spec.action, spec.mapping)


def _event(name: str) -> JsonObject:
    """Any JSON object: mappings and triggers do not ask for more."""
    event = parse_json(read_text(name, code="EVENT-FILE", what="the event"))
    if not isinstance(event, dict):
        raise AppError(
            "SAMPLE-NOT-AN-EVENT",
            "This JSON is not an event.",
            cause="An event is a JSON object in braces.",
            remedy="Give one event, including its braces.",
        )
    return event


def _error(trial: MappingTrial) -> AppError:
    lines = [f"{one.place}: {one.message}" for one in trial.problems[:_MOST_LINES]]
    more = len(trial.problems) - len(lines)
    return AppError(
        "MAPPING-PROBLEMS",
        "Segment would not deliver this event."
        if trial.payload is not None
        else "The mapping does not work for this event.",
        cause="\n".join([*lines, f"… and {more} more"] if more else lines),
        remedy="Correct the mapping at the places named.",
    )


def trigger(_assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Print whether the trigger matches, and why; not matching is no failure."""
    trial = try_trigger(wanted.text, _event(wanted.event))
    if wanted.json:
        say_result(
            {
                "matches": trial.matches,
                "trace": [
                    {"text": one.text, "actual": one.actual, "passed": one.passed} for one in trial.trace
                ],
                "warnings": list(trial.warnings),
            }
        )
        return 0
    say("Matches." if trial.matches else "Does not match.")
    say_clauses(trial.trace, indent="  ")
    for warning in trial.warnings:
        say(f"Note: {warning}")
    return 0
