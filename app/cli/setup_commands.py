"""``setup``, ``fields`` and ``doctor``."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from dataclasses import replace

from app.assembly import Assistant
from app.cli.output import columns, say, say_json
from app.errors import AppError
from app.json_value import JsonValue
from app.storage.key_store import KeyringState, probe
from app.storage.profile import DeliveryPath, FieldRef, KeyLocation, Profile
from app.storage.secret_store import EnvironmentSecretStore, SecretKind
from app.workflows.doctor import Doctor
from app.workflows.fields import FieldStatus, FieldsView, FieldView
from app.workflows.samples import built_in_samples
from app.workflows.setup import SetupFlow, Step, default_mapping


def setup(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Connect, fields, mapping, profile: in one go, without questions except for the key."""
    return asyncio.run(_setup(assistant, wanted))


async def _setup(assistant: Assistant, wanted: argparse.Namespace) -> int:
    flow = assistant.setup_flow(wanted.profile)
    flow.start()
    location = _location(assistant, wanted)
    checked = await flow.check_key(_read_key(assistant, wanted))
    passphrase = _new_passphrase() if location is KeyLocation.ENCRYPTED_FILE else None
    await asyncio.to_thread(flow.keep_key, checked, location, passphrase=passphrase)
    view = await _fields_view(flow, create=wanted.create_fields)
    company_id, user_id = _chosen_ids(view, wanted, flow.state.profile)
    flow.choose_fields(company_id, user_id)
    flow.choose_sample(built_in_samples()[0])
    mappings = flow.state.profile.mappings or (default_mapping(),)
    for step in (Step.MAPPING, Step.WHEN):
        flow.accept_mappings(mappings, step)
    if flow.state.profile.delivery_path is None:
        flow.choose_path(DeliveryPath.RELAY, other_path_off=False)
    profile = flow.finish()
    if wanted.json:
        say_json(_profile_json(assistant, profile, checked.notes))
        return 0
    for note in checked.notes:
        say(f"Note: {note}")
    account = checked.account
    say(f"Connected to {account.organization.name} as {account.user_name}.")
    say(f"The key is in {assistant.secrets.current(profile).name}.")
    _say_fields(view)
    if assistant.secrets.shared_secret(profile) is None:
        say("There is no shared secret yet: set SEGMENT_SHARED_SECRET before starting the relay.")
    say(f"Profile “{profile.name}” is ready. Next: segment-close preview EVENT.json, segment-close relay")
    return 0


def _location(assistant: Assistant, wanted: argparse.Namespace) -> KeyLocation:
    if wanted.store:
        return KeyLocation(wanted.store)
    if assistant.secrets.has_environment_key() and probe().state is not KeyringState.AVAILABLE:
        return KeyLocation.ENVIRONMENT
    return KeyLocation.KEYRING


def _read_key(assistant: Assistant, wanted: argparse.Namespace) -> str:
    if wanted.api_key_stdin:
        return sys.stdin.read()
    handed_over = EnvironmentSecretStore(assistant.environment).get(SecretKind.CLOSE_API_KEY)
    if handed_over:
        return handed_over
    if sys.stdin.isatty():
        return getpass.getpass("Close API key (Close > Settings > Developer > API Keys): ")
    raise AppError(
        "KEY-MISSING",
        "No Close API key was given.",
        remedy="Pipe it in with --api-key-stdin, or set CLOSE_API_KEY.",
    )


def _new_passphrase() -> str:
    if not sys.stdin.isatty():
        raise AppError(
            "SECRETS-PASSPHRASE-NEEDED",
            "The encrypted file needs a passphrase, and nobody can be asked here.",
            remedy="Run the set-up in a terminal, or use --store keyring or --store environment.",
        )
    first = getpass.getpass("New passphrase for the encrypted file: ")
    if first != getpass.getpass("The same passphrase again: "):
        raise AppError(
            "SECRETS-PASSPHRASE-DIFFERS",
            "The two passphrases are different.",
            remedy="Run the command again and type the same passphrase twice.",
        )
    return first


async def _fields_view(flow: SetupFlow, *, create: bool) -> FieldsView:
    view = await flow.read_fields()
    return await flow.create_fields(view.missing) if create and view.missing else view


def _chosen_ids(view: FieldsView, wanted: argparse.Namespace, profile: Profile) -> tuple[str, str]:
    company = wanted.company_field or _id_of(view.company, profile.company_field)
    user = wanted.user_field or _id_of(view.user, profile.user_field)
    unsolved = [one for one, found in ((view.company, company), (view.user, user)) if not found]
    if unsolved:
        raise _unsolved(unsolved, view)
    return company or "", user or ""


def _id_of(view: FieldView, kept: FieldRef | None) -> str | None:
    """The field in use stays in use while Close has it; else the one found by name."""
    if kept and any(one.id == kept.id for one in view.candidates):
        return kept.id
    return view.field.id if view.status is FieldStatus.FOUND and view.field else None


def _unsolved(views: list[FieldView], view: FieldsView) -> AppError:
    names = " and ".join(f"{one.wanted.name} ({one.wanted.object_type})" for one in views)
    options = " or ".join(
        f"--{'company' if one.wanted.object_type == 'lead' else 'user'}-field ID" for one in views
    )
    only_missing = all(one.status is FieldStatus.MISSING for one in views)
    create = (
        "Create them with --create-fields (or `segment-close fields --create`), or c" if only_missing else "C"
    )
    may_not = "" if view.may_create or not only_missing else " This key may not create fields itself."
    return AppError(
        "FIELD-MISSING" if only_missing else "FIELD-UNCLEAR",
        f"Close has no usable field for {names}.",
        cause=" ".join(one.message for one in views) + may_not,
        remedy=f"{create}hoose existing text fields with {options}.",
    )


def fields(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Show the ID fields; with ``--create`` or a choice the profile is updated."""
    return asyncio.run(_fields(assistant, wanted))


async def _fields(assistant: Assistant, wanted: argparse.Namespace) -> int:
    flow = assistant.setup_flow(wanted.profile)
    profile = assistant.load_profile(wanted.profile)
    view = await _fields_view(flow, create=wanted.create)
    if wanted.json:
        say_json({"company": _field_json(view.company), "user": _field_json(view.user)})
    else:
        _say_fields(view)
    company_id, user_id = _chosen_ids(view, wanted, profile)
    chosen = flow.choose_fields(company_id, user_id).profile
    saved = assistant.profiles.load(wanted.profile)
    assistant.profiles.save(replace(saved, company_field=chosen.company_field, user_field=chosen.user_field))
    flow.discard_draft()
    return 0


def _say_fields(view: FieldsView) -> None:
    rows = []
    for one in (view.company, view.user):
        field_id = one.field.id if one.field and one.status is FieldStatus.FOUND else ""
        rows.append((one.wanted.name, one.wanted.object_type, str(one.status), field_id))
    columns(rows)
    for one in (view.company, view.user):
        for text in (one.message, one.warning):
            if text:
                say(f"Note: {text}")


def _field_json(view: FieldView) -> JsonValue:
    found = view.field if view.status is FieldStatus.FOUND else None
    return {
        "name": view.wanted.name,
        "object": view.wanted.object_type,
        "status": view.status,
        "id": found.id if found else None,
        "message": view.message,
        "warning": view.warning,
    }


def _profile_json(assistant: Assistant, profile: Profile, notes: tuple[str, ...]) -> JsonValue:
    organization, company, user = profile.organization, profile.company_field, profile.user_field
    return {
        "profile": profile.name,
        "organization": {"id": organization.id, "name": organization.name} if organization else None,
        "company_field": {"id": company.id, "name": company.name} if company else None,
        "user_field": {"id": user.id, "name": user.name} if user else None,
        "key_location": profile.key_location,
        "key_store": assistant.secrets.current(profile).name,
        "mode": profile.relay.mode,
        "notes": list(notes),
    }


def doctor(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Every check with its fix; exit code 1 when one does not hold."""
    profile = assistant.load_profile(wanted.profile)
    examined = Doctor(
        profile,
        assistant.secrets,
        assistant.open_close,
        reach_log=assistant.reach_log(profile.name),
        copied=assistant.copied_url(profile.name),
    )
    findings = asyncio.run(examined.examine())
    if wanted.json:
        say_json(
            [
                {
                    "name": one.name,
                    "ok": one.holds,
                    "detail": one.detail,
                    "fix": one.fix,
                    "measure": one.measure,
                }
                for one in findings
            ]
        )
    else:
        for one in findings:
            measure = f" ({one.measure})" if one.measure else ""
            say(f"{'+' if one.holds else 'x'} {one.name}: {one.detail}{measure}")
            if one.fix:
                say(f"    {one.fix}")
    return 0 if all(one.holds for one in findings) else 1
