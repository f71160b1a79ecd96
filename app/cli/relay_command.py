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
from app.cli.live_confirmation import confirm_mode
from app.cli.logs import logging_to_profile
from app.cli.reach_arguments import with_reach
from app.cli.reach_output import ReachTeller, reach_json, relay_status
from app.relay.exposure import exposure_warning
from app.relay.running import crash_error
from app.relay.service import RelayService
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.json_log import LogFormat
from app.storage.profile import Mode, Profile
from app.workflows.service_notification import ServiceNotifier

_DRAIN_S = 10.0
# How often the relay is looked at: also what systemd is told in words is at most this old.
_ROUND_S = 5.0
# The thread that answers gets the interpreter back from the one that writes ten times as soon as by default.
_QUICK_SWITCH_S = 0.0005


def relay(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Print one JSON line when ready, then run; a second signal does not wait for the drain.

    Raises ``AppError`` when the relay ends by itself, so that whoever started it starts it again.
    """
    if wanted.action == "status":
        return relay_status(assistant, wanted)
    profile = _with_options(assistant.load_profile(wanted.profile), wanted)
    confirm_mode(assistant, profile, yes=wanted.yes)
    log_format = LogFormat(wanted.log_format)
    with logging_to_profile(assistant, profile.name, terminal=True, log_format=log_format):
        service = assistant.relay(profile)
        stop = threading.Event()
        _on_stop_signals(stop)
        notifier = ServiceNotifier(assistant.environment)
        usual_switch_s = sys.getswitchinterval()
        sys.setswitchinterval(_QUICK_SWITCH_S)
        try:
            address = service.start()
            _say_ready(profile, address, service.admin_url, service.status())
            _serve(service, notifier, stop)
            told = _drain_words(service.status().in_flight)
            notifier.stopping(told or "Stopping")
            if told:
                print(told, file=sys.stderr, flush=True)
            service.stop(_DRAIN_S)
        finally:
            service.close()
            sys.setswitchinterval(usual_switch_s)
    return 0


def _say_ready(profile: Profile, address: RelayAddress, admin_url: str, status: RelayStatus) -> None:
    organization = profile.organization
    ready = {
        "url": address.public_url or address.url,
        "local_url": address.url,
        "mode": profile.relay.mode,
        "organization": organization.name if organization else None,
        "listening": True,
        **reach_json(status.reach),
    }
    if admin_url:
        ready["admin_url"] = admin_url
    print(json.dumps(ready, ensure_ascii=False), flush=True)
    warning = exposure_warning(profile.relay)
    if warning:
        print(f"Warning: {warning}", file=sys.stderr)
    if profile.relay.allow_unsigned:
        print("Warning: unsigned requests from this machine are accepted.", file=sys.stderr)


def _serve(service: RelayService, notifier: ServiceNotifier, stop: threading.Event) -> None:
    """Until ``stop``: keep systemd informed, and end when the relay has ended."""
    notifier.ready(status_words(service.status()))
    watchdog_s = notifier.watchdog_s
    round_s = _ROUND_S if watchdog_s is None else min(_ROUND_S, watchdog_s / 3)
    teller = ReachTeller()
    while not stop.wait(round_s):
        teller.tell(service.status())
        # A relay that hangs is not called alive; after a while systemd ends it and starts another.
        if service.responds(round_s):
            notifier.alive(status_words(service.status()))
        elif service.status().state is RelayState.ERROR:
            raise service.failure or crash_error(RuntimeError())


def status_words(status: RelayStatus) -> str:
    """What stands in systemd's status line."""
    queue = "nothing queued" if not status.queue_depth else f"{status.queue_depth} queued"
    words = f"{status.state}, {status.mode}: {status.received} received, {queue}"
    return f"{words}. {status.trouble}" if status.trouble else words


def _drain_words(in_flight: int) -> str:
    if not in_flight:
        return ""
    return f"{'1 change is' if in_flight == 1 else f'{in_flight} changes are'} being finished."


def _with_options(profile: Profile, wanted: argparse.Namespace) -> Profile:
    settings = with_reach(profile.relay, wanted)
    if wanted.host is not None:
        settings = replace(settings, host=wanted.host)
    if wanted.port is not None:
        settings = replace(settings, port=wanted.port)
    if wanted.mode is not None:
        settings = replace(settings, mode=Mode(wanted.mode))
    if wanted.allow_unsigned:
        settings = replace(settings, allow_unsigned=True)
    if wanted.admin_port is not None:
        settings = replace(settings, admin_port=wanted.admin_port)
    return replace(profile, relay=settings)


def _on_stop_signals(stop: threading.Event) -> None:
    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
