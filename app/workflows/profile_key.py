"""Exchanging the Close key of a profile that is set up: the new one has to open the same organization."""

from __future__ import annotations

import asyncio

from app.close.api_key import tidy_api_key
from app.close.records import Account
from app.errors import AppError
from app.storage.profile import Profile
from app.storage.secret_store import SecretKind
from app.workflows.secret_access import SecretAccess
from app.workflows.setup_parts import OpenClose


async def replace_key(profile: Profile, text: str, secrets: SecretAccess, open_close: OpenClose) -> Account:
    """Check the key with Close, then keep exactly that key where the one before was.

    Raises ``AppError``: what Close or the place of the secrets says, SETUP-OTHER-ORGANIZATION; then the key
    before stays.
    """
    key = tidy_api_key(text).value
    async with open_close(key, profile.close_url) as close:
        account = await close.me()
    known = profile.organization
    if known is not None and known.id != account.organization.id:
        raise AppError(
            "SETUP-OTHER-ORGANIZATION",
            f"This key opens {account.organization.name}, not {known.name}.",
            cause="A replaced key has to open the same organization: fields and identities belong to it.",
            remedy=f"Use a key of {known.name}, or make a profile for {account.organization.name}.",
        )
    await asyncio.to_thread(lambda: secrets.current(profile).set(SecretKind.CLOSE_API_KEY, key))
    return account
