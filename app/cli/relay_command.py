"""``relay``: receive and forward until SIGTERM or Ctrl+C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from dataclasses import replace
from types import FrameType

from app.assembly import Assistant
from app.cli.logs import logging_to_profile
from app.errors import AppError
from app.relay.exposure import exposure_warning
from app.storage.profile import Mode, Profile
from app.workflows.relay_session import confirm_live

_DRAIN_S = 10.0


def relay(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Print one JSON line when ready, then run; a second signal does not wait for the drain."""
    profile = _with_options(assistant.load_profile(wanted.profile), wanted)
    _confirm(assistant, profile, yes=wanted.yes)
    with logging_to_profile(assistant, profile.name, terminal=True):
        service = assistant.relay(profile)
        stop = threading.Event()
        _on_stop_signals(stop)
        try:
            address = service.start()
            organization = profile.organization
            ready = {
                "url": address.public_url or address.url,
                "local_url": address.url,
                "mode": profile.relay.mode,
                "organization": organization.name if organization else None,
            }
            print(json.dumps(ready, ensure_ascii=False), flush=True)
            warning = exposure_warning(profile.relay)
            if warning:
                print(f"Warning: {warning}", file=sys.stderr)
            if profile.relay.allow_unsigned:
                print("Warning: unsigned requests from this machine are accepted.", file=sys.stderr)
            stop.wait()
            _tell_drain(service.status().in_flight)
            service.stop(_DRAIN_S)
        finally:
            service.close()
    return 0


def _tell_drain(in_flight: int) -> None:
    if in_flight:
        changes = "1 change is" if in_flight == 1 else f"{in_flight} changes are"
        print(f"{changes} being finished.", file=sys.stderr, flush=True)


def _with_options(profile: Profile, wanted: argparse.Namespace) -> Profile:
    settings = profile.relay
    if wanted.host is not None:
        settings = replace(settings, host=wanted.host)
    if wanted.port is not None:
        settings = replace(settings, port=wanted.port)
    if wanted.mode is not None:
        settings = replace(settings, mode=Mode(wanted.mode))
    if wanted.allow_unsigned:
        settings = replace(settings, allow_unsigned=True)
    return replace(profile, relay=settings)


def _confirm(assistant: Assistant, profile: Profile, *, yes: bool) -> None:
    """Live asks once per profile with the organization's name; the answer is remembered."""
    try:
        confirm_live(profile, confirmed=yes)
    except AppError:
        if not sys.stdin.isatty():
            raise
        name = profile.organization.name if profile.organization else "Close"
        print(
            f"Leads and contacts of {name} are changed in live mode. Type its name to go on: ",
            end="",
            file=sys.stderr,
        )
        sys.stderr.flush()
        if sys.stdin.readline().strip().casefold() != name.casefold():
            raise
    if profile.relay.mode is Mode.LIVE and profile.organization is not None:
        saved = assistant.profiles.load(profile.name)
        if saved.live_confirmed_for != profile.organization.id:
            assistant.profiles.save(replace(saved, live_confirmed_for=profile.organization.id))


def _on_stop_signals(stop: threading.Event) -> None:
    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
