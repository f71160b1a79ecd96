"""Live mode asks once per profile, with the organization's name."""

from __future__ import annotations

import sys
from dataclasses import replace

from app.assembly import Assistant
from app.errors import AppError
from app.storage.profile import Mode, Profile
from app.workflows.relay_session import confirm_live


def confirm_mode(assistant: Assistant, profile: Profile, *, yes: bool) -> None:
    """Ask in a terminal unless it was answered before; a yes is kept. Raises ``AppError`` without one."""
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
