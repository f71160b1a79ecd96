"""The options of ``relay`` that say how Segment reaches it, and what they mean for the settings."""

from __future__ import annotations

import argparse
from dataclasses import replace

from app.relay.public_url import read_public_url
from app.storage.profile import RelaySettings, TunnelTool


def add_reach_options(relay: argparse.ArgumentParser) -> None:
    relay.add_argument(
        "action",
        metavar="status",
        nargs="?",
        choices=("run", "status"),
        default="run",
        help="say whether it listens, whether Segment can reach it, and when nothing could arrive",
    )
    way = relay.add_mutually_exclusive_group()
    way.add_argument("--public-url", metavar="URL", help="the https address that leads here")
    way.add_argument(
        "--tunnel",
        choices=[str(tool) for tool in TunnelTool if tool],
        help="let this program, which has to be installed, give a public address",
    )
    relay.add_argument(
        "--pasted", action="store_true", help="with status: remember that this URL was pasted in Segment"
    )
    relay.add_argument("--json", action="store_true", help="with status: print data as JSON")


def with_reach(settings: RelaySettings, wanted: argparse.Namespace) -> RelaySettings:
    """The settings with what the options say. Raises ``AppError`` (``PUBLIC-URL``)."""
    if wanted.public_url is not None:
        return replace(settings, public_url=read_public_url(wanted.public_url), tunnel=TunnelTool.NONE)
    if wanted.tunnel is not None:
        return replace(settings, tunnel=TunnelTool(wanted.tunnel))
    return settings
