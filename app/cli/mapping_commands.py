"""``mappings``: list, show, set, enable, disable, export and import."""

from __future__ import annotations

import argparse
from dataclasses import replace

from app.assembly import Assistant
from app.cli.input_files import read_text
from app.cli.output import columns, say, say_json
from app.json_value import JsonValue
from app.storage.json_reader import encode_object
from app.storage.private_files import write_private
from app.storage.profile import MappingSpec, Profile
from app.workflows.mapping_editor.document import MappingDocument
from app.workflows.mapping_files import exported, imported, read_mapping_json, with_imported
from app.workflows.mapping_settings import set_field, switched
from app.workflows.mapping_view import mapping_rows


def mappings(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Show, change and save, or carry between files and the profile."""
    # The saved profile, not the addressed one: --close-url is for this run and stays out of the file.
    profile = assistant.profiles.load(wanted.profile)
    match wanted.action:
        case "export":
            _export(profile, wanted)
        case "import":
            _import(assistant, profile, wanted)
        case "list":
            _list(profile, as_json=wanted.json)
        case "show":
            _show(profile, as_json=wanted.json)
        case "set":
            changed = set_field(profile, wanted.key, wanted.value, wanted.mapping)
            assistant.profiles.save(changed)
            _show(changed, as_json=wanted.json)
        case _:
            changed = switched(profile, wanted.name, enabled=wanted.action == "enable")
            assistant.profiles.save(changed)
            _list(changed, as_json=wanted.json)
    return 0


def _list(profile: Profile, *, as_json: bool) -> None:
    if as_json:
        say_json([_entry(spec) for spec in profile.mappings])
    elif not profile.mappings:
        say("No mappings.")
    else:
        switches = [("on" if spec.enabled else "off", spec) for spec in profile.mappings]
        columns([(state, spec.name, spec.action, spec.trigger) for state, spec in switches])


def _entry(spec: MappingSpec) -> dict[str, JsonValue]:
    return {"name": spec.name, "action": spec.action, "trigger": spec.trigger, "enabled": spec.enabled}


def _show(profile: Profile, *, as_json: bool) -> None:
    if as_json:
        say_json([{**_entry(spec), "mapping": spec.mapping} for spec in profile.mappings])
        return
    for spec in profile.mappings:
        say(f"{spec.name} ({'on' if spec.enabled else 'off'}), when {spec.trigger}")
        columns([(f"  {row.group}", row.key, row.source) for row in mapping_rows(spec, None)])


def _export(profile: Profile, wanted: argparse.Namespace) -> None:
    """To a file only its owner can read: mappings tell what a company knows about its customers."""
    shape = exported(profile, wanted.name)
    if wanted.output is None:
        say_json(shape)
        return
    write_private(wanted.output.absolute(), encode_object(shape))
    count = 1 if wanted.name is not None else len(profile.mappings)
    if wanted.json:
        say_json({"file": str(wanted.output), "mappings": count})
    else:
        say(f"{_counted(count)} written to {wanted.output}.")


def _import(assistant: Assistant, profile: Profile, wanted: argparse.Namespace) -> None:
    """The file is read and checked as a whole before anything changes."""
    text = read_text(wanted.file, code="MAPPING-FILE", what="the mappings")
    before = MappingDocument(profile.mappings)
    after = with_imported(before, imported(read_mapping_json(text)), replacing=wanted.replace).mappings
    changed = replace(profile, mappings=after)
    assistant.profiles.save(changed)
    arrived = after if wanted.replace else after[len(profile.mappings) :]
    if wanted.json:
        names: list[JsonValue] = [spec.name for spec in arrived]
        say_json({"imported": names, "mappings": [_entry(spec) for spec in after]})
    else:
        say(f"{_counted(len(arrived))} imported.")
        _list(changed, as_json=False)


def _counted(count: int) -> str:
    return "1 mapping" if count == 1 else f"{count} mappings"
