"""``connect``: what Segment has to be told, whether it was told right, and code that calls Segment."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from app.assembly import Assistant
from app.cli.input_files import read_text
from app.cli.output import columns, say, say_json
from app.json_value import JsonObject, JsonValue
from app.relay.intake import webhook_path
from app.storage.profile import DeliveryPath, Profile
from app.storage.sample_store import SampleStore
from app.workflows.entry_check import EntryLine, Verdict, check_entries
from app.workflows.paste_sheet import PasteSection, paste_sheet
from app.workflows.samples import built_in_samples
from app.workflows.snippet_calls import snippet_calls
from app.workflows.snippets import ADVICE, Language, snippet
from app.workflows.straight_limits import straight_limits
from app.workflows.webhook_sheet import webhook_sheet


def connect(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """``sheet``, ``check`` or ``snippet``; a check with any difference ends with 1."""
    profile = assistant.load_profile(wanted.profile)
    if wanted.action == "check":
        return _check(profile, wanted)
    if wanted.action == "snippet":
        return _snippet(assistant, profile, wanted)
    return _sheet(assistant, profile, wanted)


def _sheet(assistant: Assistant, profile: Profile, wanted: argparse.Namespace) -> int:
    path = DeliveryPath(wanted.path) if wanted.path else profile.delivery_path or DeliveryPath.RELAY
    secret = assistant.secrets.shared_secret(profile) if wanted.show_secret else None
    limits: tuple[str, ...] = ()
    if path is DeliveryPath.DESTINATION:
        sections, limits = paste_sheet(profile), straight_limits(profile)
    else:
        base = profile.relay.public_url.rstrip("/")
        sections = webhook_sheet(profile, base + webhook_path(secret) if base and secret else "")
    shown: JsonObject = {}
    if secret and path is DeliveryPath.RELAY:
        print(
            "Warning: a secret is printed. Terminals, logs and history may keep it.",
            file=sys.stderr,
        )
        shown = {"secret": secret, "webhook_path": webhook_path(secret)}
    if wanted.json:
        listed: list[JsonValue] = [_section_json(section) for section in sections]
        say_json({"path": path, "sections": listed, "limits": list(limits), **shown})
        return 0
    for section in sections:
        say(f"{section.title}: {section.place}")
        columns([(f"  {line.label}", line.value or "—", line.note) for line in section.lines])
        say()
    for limit in limits:
        say(f"! {limit}")
    for name, value in shown.items():
        say(f"{name}: {value}")
    return 0


def _section_json(section: PasteSection) -> JsonObject:
    lines: list[JsonValue] = [
        {"label": line.label, "value": line.value, "note": line.note, "secret": line.secret}
        for line in section.lines
    ]
    return {"title": section.title, "place": section.place, "lines": lines}


def _check(profile: Profile, wanted: argparse.Namespace) -> int:
    text = read_text(wanted.file, code="ENTRY-FILE", what="what was entered in Segment")
    lines = check_entries(profile, text)
    wrong = [line for line in lines if line.verdict is not Verdict.EQUAL]
    if wanted.json:
        say_json({"equal": not wrong, "lines": [asdict(line) for line in lines]})
        return 1 if wrong else 0
    columns([_row(line) for line in lines])
    say(f"\n{len(lines) - len(wrong)} of {len(lines)} values are equal.")
    return 1 if wrong else 0


def _row(line: EntryLine) -> tuple[str, ...]:
    if line.verdict is Verdict.EQUAL:
        return ("=", line.place, line.label, line.wanted)
    mark = "?" if line.verdict is Verdict.MISSING else "x"
    words = f"wanted {line.wanted or 'nothing'}, entered {line.entered or 'nothing'}. {line.cause}"
    return (mark, line.place, line.label, words.rstrip())


def _snippet(assistant: Assistant, profile: Profile, wanted: argparse.Namespace) -> int:
    kept = SampleStore(assistant.profiles.samples_path(profile.name)).load()
    collected = [each.body for each in reversed(kept.samples.events)]
    events = [*collected, *(sample.body for sample in built_in_samples())]
    code = snippet(Language(wanted.language), snippet_calls(profile, events))
    if wanted.json:
        say_json({"language": wanted.language, "code": code, "advice": ADVICE})
    else:
        # As it is: code with made-visible characters would no longer be the code.
        print(code, end="")
    return 0
