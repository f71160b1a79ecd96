"""``profiles``: several destinations, each with its own key, mappings, relay and events."""

from __future__ import annotations

import argparse
import asyncio
import sys

from app.assembly import Assistant
from app.cli.output import columns, say, say_json
from app.errors import AppError
from app.json_value import JsonObject
from app.storage.profile import KeyLocation, ProfileColor
from app.workflows.profile_care import ProfileSummary
from app.workflows.promotion import Finding, Promotion, PromotionLine, PromotionTarget, chosen


def profiles(assistant: Assistant, wanted: argparse.Namespace) -> int:
    return _ACTIONS[wanted.action](assistant, wanted)


def _list(assistant: Assistant, wanted: argparse.Namespace) -> int:
    found = assistant.profile_care().summaries()
    if wanted.json:
        say_json([_summary_json(each) for each in found])
        return 0
    if not found:
        say("There is no profile yet: `segment-close setup`, or open the window.")
    columns([_summary_row(each) for each in found])
    return 0


def _create(assistant: Assistant, wanted: argparse.Namespace) -> int:
    color = ProfileColor(wanted.color) if wanted.color else None
    made = assistant.profile_care().create(wanted.name, color)
    _done(
        wanted,
        f"“{made.name}” was made ({made.color}). Connect it: segment-close --profile NAME setup",
        {"created": made.name, "color": made.color, "port": made.relay.port},
    )
    return 0


def _rename(assistant: Assistant, wanted: argparse.Namespace) -> int:
    assistant.profile_care().rename(wanted.name, wanted.new_name)
    _done(
        wanted,
        f"“{wanted.name}” is “{wanted.new_name}” now.",
        {"renamed": wanted.name, "to": wanted.new_name},
    )
    return 0


def _remove(assistant: Assistant, wanted: argparse.Namespace) -> int:
    if not wanted.yes:
        raise AppError(
            "PROFILE-REMOVE-UNCONFIRMED",
            f"“{wanted.name}” was not removed.",
            cause="Its key, its secrets and its events would be gone for good.",
            remedy="Add --yes when that is wanted; `profiles export` keeps the settings.",
        )
    assistant.profile_care().remove(wanted.name)
    _done(wanted, f"“{wanted.name}” was removed with its key and its events.", {"removed": wanted.name})
    return 0


def _export(assistant: Assistant, wanted: argparse.Namespace) -> int:
    care = assistant.profile_care()
    if wanted.output is None:
        # The file itself is JSON, so it is printed as it is with --json, too.
        say(care.export(wanted.name).decode().rstrip("\n"))
        return 0
    care.export_to(wanted.name, wanted.output)
    _done(
        wanted,
        f"Written to {wanted.output}, without secrets.",
        {"exported": wanted.name, "file": str(wanted.output)},
    )
    return 0


def _import(assistant: Assistant, wanted: argparse.Namespace) -> int:
    care = assistant.profile_care()
    preview = care.look_at(wanted.file)
    name = wanted.name or care.free_name(preview.file.name)
    taken = None if wanted.dry_run else care.take(preview.file, name)
    if wanted.json:
        contents: JsonObject = dict(preview.lines)
        say_json({"contents": contents, "seal": preview.file.seal, "imported": taken.name if taken else None})
        return 0
    columns(preview.lines)
    if taken is not None:
        say(f"\nTaken as “{taken.name}”, in Dry run. Connect it: segment-close --profile NAME setup")
    return 0


def _promote(assistant: Assistant, wanted: argparse.Namespace) -> int:
    # Each organization at the address of its own profile; --close-url is the new profile's.
    source = assistant.profiles.load(wanted.name)
    target = PromotionTarget(
        wanted.to,
        sys.stdin.readline().strip() if wanted.api_key_stdin else "",
        KeyLocation(wanted.store) if wanted.store else None,
        close_url=assistant.close_url or "",
    )
    promoter = assistant.promoter()
    promotion = chosen(asyncio.run(promoter.compare(source, target)), dict(wanted.choose))
    go = wanted.yes and not wanted.dry_run
    if go:
        asyncio.run(promoter.carry_out(promotion, target))
    if wanted.json:
        say_json(_promotion_json(promotion, done=go))
    else:
        _say_promotion(promotion, wanted.to, done=go)
    return 0 if go or not promotion.to_choose else 1


def _say_promotion(promotion: Promotion, name: str, *, done: bool) -> None:
    organization = promotion.account.organization.name
    say(f"To {organization} as “{name}”: {promotion.headline}")
    columns(
        [(_MARKS[line.finding], str(line.reference.kind), line.name, line.words) for line in promotion.lines]
    )
    for line in promotion.to_choose:
        say(f"\n{line.name}: --choose {line.reference.id}=ID with one of")
        columns(
            [(option.id, option.words) for option in line.options] or [("", "nothing of this kind is there")]
        )
    if done:
        say(f"\n“{name}” has {len(promotion.profile.mappings)} mappings now, in Dry run.")
    elif not promotion.to_choose:
        say("\nNothing was changed. Add --yes to carry it out.")


_MARKS = {Finding.FOUND: "+ found", Finding.CREATE: "* create", Finding.CHOOSE: "? choose"}


def _promotion_json(promotion: Promotion, *, done: bool) -> JsonObject:
    return {
        "organization": promotion.account.organization.name,
        "done": done,
        "headline": promotion.headline,
        "lines": [_line_json(line) for line in promotion.lines],
    }


def _line_json(line: PromotionLine) -> JsonObject:
    return {
        "id": line.reference.id,
        "kind": line.reference.kind,
        "name": line.name,
        "places": list(line.reference.places),
        "finding": line.finding,
        "words": line.words,
        "target_id": line.target.id if line.target else None,
        "options": [{"id": one.id, "name": one.words} for one in line.options]
        if line.finding is Finding.CHOOSE
        else [],
    }


def _summary_json(one: ProfileSummary) -> JsonObject:
    return {
        "name": one.name,
        "color": one.color,
        "organization": one.organization or None,
        "mappings_on": one.mappings_on,
        "mappings": one.mappings,
        "mode": one.mode,
        "port": one.port,
        "window_open": one.window_open,
        "relay_running": one.relay_running,
        "trouble": one.trouble or None,
    }


def _summary_row(one: ProfileSummary) -> tuple[str, ...]:
    if one.trouble:
        return (one.name, "", one.trouble, "", "", "")
    use = "relay runs" if one.relay_running else "window open" if one.window_open else ""
    return (
        one.name,
        one.color,
        one.organization or "not connected",
        f"{one.mappings_on} of {one.mappings} mappings on",
        one.mode,
        use,
    )


def _done(wanted: argparse.Namespace, words: str, data: JsonObject) -> None:
    if wanted.json:
        say_json(data)
    else:
        say(words)


_ACTIONS = {
    "list": _list,
    "create": _create,
    "rename": _rename,
    "remove": _remove,
    "export": _export,
    "import": _import,
    "promote": _promote,
}
