"""Profiles that are set up in a sandbox, with secrets of every kind."""

from __future__ import annotations

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.storage.profile import KeyLocation, Profile
from app.storage.relay_credentials import WriteKey, keep_write_keys
from app.workflows.fields import COMPANY_ID, USER_ID

WRITE_KEY = "write-key-canary-1"


async def connect(assistant: Assistant, name: str, close: SandboxThread, *, fields: bool = True) -> Profile:
    """Set the profile up as a person would, and let one source in."""
    flow = assistant.setup_flow(name)
    checked = await flow.check_key(close.sandbox.api_key)
    flow.keep_key(checked, KeyLocation.KEYRING)
    if fields:
        view = await flow.create_fields((COMPANY_ID, USER_ID))
        flow.choose_fields(view.company.field.id, view.user.field.id)  # type: ignore[union-attr]
    profile = flow.finish()
    keep_write_keys(assistant.secrets.current(profile), (WriteKey("Website", WRITE_KEY),))
    return profile
