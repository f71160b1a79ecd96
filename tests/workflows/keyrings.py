"""Keyrings for ``PYTHON_KEYRING_BACKEND``: one that works and one that is locked."""

from __future__ import annotations

from keyring.errors import KeyringLocked

from tests.storage.fake_keyring import FakeKeyring

WORKING = "tests.workflows.keyrings.WorkingKeyring"
LOCKED = "tests.workflows.keyrings.LockedKeyring"
MISSING = "keyring.backends.null.Keyring"


class WorkingKeyring(FakeKeyring):
    """Keeps its entries from one instance to the next, as a keyring does."""

    kept: dict[tuple[str, str], str] = {}  # noqa: RUF012 - shared on purpose

    def __init__(self) -> None:
        super().__init__()
        self.entries = self.kept


class LockedKeyring(FakeKeyring):
    def __init__(self) -> None:
        super().__init__(KeyringLocked("locked"))
