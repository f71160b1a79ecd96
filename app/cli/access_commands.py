"""``secret`` and ``sources``: who may post to the relay. Secrets are printed only when asked for."""

from __future__ import annotations

import argparse
import sys

from app.assembly import Assistant
from app.cli.output import columns, moment, say, say_json
from app.errors import AppError
from app.json_value import JsonObject
from app.relay.intake import webhook_path
from app.workflows.relay_access import RotationState

_SHOWN = "Warning: a secret is printed. Terminals, logs and history may keep it."


def secret(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Rotate the webhook's shared secret, end a rotation, or show where it stands."""
    access = assistant.relay_access()
    profile = assistant.load_profile(wanted.profile)
    if wanted.action == "rotate":
        given = _from_stdin() if wanted.stdin else None
        state = access.rotate(profile, secret=given, overlap_h=wanted.overlap_hours)
    elif wanted.action == "end":
        access.end_rotation(profile)
        state = access.rotation(profile)
    else:
        state = access.rotation(profile)
    found = _rotation_json(state)
    value = assistant.secrets.shared_secret(profile) if wanted.show_secret else None
    if value:
        print(_SHOWN, file=sys.stderr)
        found = {**found, "secret": value, "path": webhook_path(value)}
    if wanted.json:
        say_json(found)
        return 0
    say(_rotation_words(state))
    if wanted.action == "rotate":
        say("Enter the new secret and the new webhook URL in Segment; --show-secret prints both.")
    if value:
        say(f"Secret: {value}\nPath:   {webhook_path(value)}")
    return 0


def sources(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """List, add and remove the sources whose libraries may post directly."""
    access = assistant.relay_access()
    profile = assistant.load_profile(wanted.profile)
    if wanted.action == "list":
        names, settings = access.sources(profile), profile.sources
        if wanted.json:
            say_json({"enabled": settings.enabled, "sources": list(names), "origins": list(settings.origins)})
            return 0
        say(f"Libraries may post directly: {'yes' if settings.enabled else 'no'}")
        columns([("source", name) for name in names] + [("web page", one) for one in settings.origins])
    elif wanted.action == "add":
        _add(assistant, wanted)
    elif wanted.action == "remove":
        access.remove_source(profile, wanted.name)
        say(f"Source “{wanted.name}” is refused from now on.")
    else:
        enabled = {"enable": True, "disable": False}.get(wanted.action)
        add = wanted.origin if wanted.action == "allow" else ""
        remove = wanted.origin if wanted.action == "forbid" else ""
        settings = access.set_sources(profile.name, enabled=enabled, add=add, remove=remove)
        say(f"Libraries may post directly: {'yes' if settings.enabled else 'no'}")
        columns([("web page", one) for one in settings.origins])
    return 0


def _add(assistant: Assistant, wanted: argparse.Namespace) -> None:
    profile = assistant.load_profile(wanted.profile)
    given = _from_stdin() if wanted.stdin else None
    if given is None and not wanted.show_key:
        raise AppError(
            "SOURCE-KEY-UNSEEN",
            "A new write key has to be seen once.",
            cause="The library needs it, and it is not printed unless that is asked for.",
            remedy="Add --show-key, or hand over a key of your own with --stdin.",
        )
    key = assistant.relay_access().add_source(profile, wanted.name, given)
    say(f"Source “{' '.join(wanted.name.split())}” may post with its write key.")
    if wanted.show_key:
        print(_SHOWN, file=sys.stderr)
        say(f"Write key: {key}")
    if not profile.sources.enabled:
        say("Libraries may not post yet: `segment-close sources enable`.")


def _from_stdin() -> str:
    return sys.stdin.readline()


def _rotation_json(state: RotationState) -> JsonObject:
    until = state.previous_until_ms
    return {
        "secret_set": state.has_secret,
        "previous_accepted": state.overlapping,
        "previous_until": moment(until) if until is not None else None,
    }


def _rotation_words(state: RotationState) -> str:
    if not state.has_secret:
        return "There is no shared secret."
    if not state.overlapping:
        return "One shared secret is accepted."
    until = state.previous_until_ms
    end = f" until {moment(until)}" if until is not None else ", without an end"
    return f"Two shared secrets are accepted: the one in use, and the one before{end}."
