"""``service``: the relay in the care of systemd, launchd or Task Scheduler."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from app.assembly import Assistant
from app.cli.live_confirmation import confirm_mode
from app.cli.output import say, say_json
from app.storage.json_log import LogFormat
from app.storage.own_folders import default_root
from app.storage.profile import Mode, Profile
from app.workflows.service_definition import ServiceHost, ServiceSpec, ServiceState, service_name
from app.workflows.service_setup import Surroundings, program_command, service_host, service_spec


def service(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """``install``, ``remove`` or ``status``."""
    around = Surroundings.real(assistant.environment)
    host = service_host(around)
    name = service_name(wanted.profile, assistant.profiles.root.absolute(), default_root())
    if wanted.action == "install":
        _install(assistant, host, around, name, wanted)
    elif wanted.action == "remove":
        removed = host.remove(name)
        if wanted.json:
            say_json({"removed": removed})
        else:
            say("The service is removed." if removed else "No service is installed for this profile.")
    else:
        _say_state(host.state(name), as_json=wanted.json)
    return 0


def _install(
    assistant: Assistant, host: ServiceHost, around: Surroundings, name: str, wanted: argparse.Namespace
) -> None:
    profile = assistant.load_profile(wanted.profile)
    spec = service_spec(
        profile, name, _command(assistant, profile, wanted, around), wanted.credentials, around.platform
    )
    if wanted.print:
        _say_definition(host, spec, as_json=wanted.json)
        return
    mode = profile.relay.mode if wanted.mode is None else Mode(wanted.mode)
    confirm_mode(assistant, replace(profile, relay=replace(profile.relay, mode=mode)), yes=wanted.yes)
    notes = host.install(spec)
    state = host.state(name)
    _say_state(state, as_json=wanted.json, notes=notes)


def _command(
    assistant: Assistant, profile: Profile, wanted: argparse.Namespace, around: Surroundings
) -> list[str]:
    checkout = Path(__file__).resolve().parents[2]
    command = [*program_command(Path(sys.executable), checkout, around.platform), "relay"]
    command += ["--profile", profile.name, "--profile-dir", str(assistant.profiles.root.absolute())]
    if wanted.close_url is not None:
        command += ["--close-url", wanted.close_url]
    if wanted.mode is not None:
        command += ["--mode", wanted.mode]
    if wanted.admin_port is not None:
        command += ["--admin-port", str(wanted.admin_port)]
    if wanted.log_format != LogFormat.TEXT:
        command += ["--log-format", wanted.log_format]
    return command


def _say_definition(host: ServiceHost, spec: ServiceSpec, *, as_json: bool) -> None:
    text = host.definition(spec)
    if as_json:
        say_json({"name": spec.name, "definition": text})
    else:
        say(text.rstrip("\n"))


def _say_state(state: ServiceState, *, as_json: bool, notes: tuple[str, ...] = ()) -> None:
    if as_json:
        say_json(
            {
                "installed": state.installed,
                "running": state.running,
                "state": state.words,
                "path": str(state.path),
                "pid": state.pid,
                "notes": list(notes),
            }
        )
        return
    for line in (state.words, *notes):
        say(line)
