"""The grammar of ``relay`` and ``service``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from app.storage.json_log import LogFormat
from app.storage.profile import Mode


def add_relay_options(relay: argparse.ArgumentParser, port_number: Callable[[str], int]) -> None:
    relay.add_argument("--host", metavar="H", help="address to listen on (default: the profile's, 127.0.0.1)")
    relay.add_argument("--port", metavar="P", type=port_number, help="port to listen on, 0 for any free one")
    _add_what_it_does(relay)
    relay.add_argument(
        "--allow-unsigned", action="store_true", help="accept unsigned requests, from this machine only"
    )
    _add_watching(relay, port_number)


def add_service_actions(
    action: Callable[[str, str], argparse.ArgumentParser], port_number: Callable[[str], int]
) -> None:
    """``action`` makes a parser from its name and its help."""
    install = action(
        "install", "Let this computer run the relay: now, after a crash, and from the next start."
    )
    _add_what_it_does(install)
    _add_watching(install, port_number)
    install.add_argument(
        "--credentials",
        metavar="FOLDER",
        type=Path,
        help="read the secrets from files of this folder named CLOSE_API_KEY and SEGMENT_SHARED_SECRET "
        "(systemd only; default: from where the profile keeps them)",
    )
    install.add_argument(
        "--print", action="store_true", help="print the service's definition, change nothing"
    )
    remove = action("remove", "Stop the service and remove its definition; profile and events stay.")
    status = action("status", "Say whether the service is installed and how it runs.")
    for parser in (install, remove, status):
        parser.add_argument("--json", action="store_true", help="print data as JSON")


def _add_what_it_does(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", choices=[str(mode) for mode in Mode], help="default: the profile's")
    parser.add_argument("--yes", action="store_true", help="confirm live mode for this organization")


def _add_watching(parser: argparse.ArgumentParser, port_number: Callable[[str], int]) -> None:
    parser.add_argument(
        "--admin-port",
        metavar="P",
        type=port_number,
        help="serve /healthz and /metrics on this port of 127.0.0.1 (default: the profile's, none)",
    )
    parser.add_argument(
        "--log-format",
        choices=[str(one) for one in LogFormat],
        default=str(LogFormat.TEXT),
        help="json writes one object a line, to standard error as well (default: text)",
    )
