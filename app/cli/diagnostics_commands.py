"""``diagnostics``: what somebody who helps needs to see, without secrets."""

from __future__ import annotations

import argparse
import asyncio

from app.assembly import Assistant
from app.cli.output import columns, say, say_json
from app.errors import AppError


def diagnostics(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """List, print or save the bundle; without an option it is listed."""
    profile = assistant.load_profile(wanted.profile)
    bundle = asyncio.run(assistant.diagnostics().gather(profile, with_events=wanted.with_events))
    if wanted.show:
        item = next((one for one in bundle.items if one.name == wanted.show), None)
        if item is None:
            raise AppError(
                "DIAGNOSTICS-NO-FILE",
                f"The bundle has no file “{wanted.show}”.",
                remedy="Choose one of: " + ", ".join(one.name for one in bundle.items),
            )
        say(item.text.rstrip("\n"))
        return 0
    if wanted.output is not None:
        bundle.save(wanted.output)
    if wanted.json:
        say_json(
            {
                "file": str(wanted.output) if wanted.output else None,
                "items": [{"name": one.name, "bytes": one.size, "says": one.says} for one in bundle.items],
            }
        )
        return 0
    if wanted.list or wanted.output is None:
        columns([(one.name, f"{one.size} bytes", one.says) for one in bundle.items])
    if wanted.output is not None:
        say(f"Saved as {wanted.output}. Nothing was sent.")
    return 0
