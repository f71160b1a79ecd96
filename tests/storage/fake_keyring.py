"""A keyring in memory that can be told to fail."""

from __future__ import annotations

from collections.abc import Callable

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FakeKeyring(KeyringBackend):
    """``error`` is raised by every call; ``before_delete`` runs first in a deletion."""

    # Never chosen by itself: every subclass registers with keyring.
    priority = -1  # type: ignore[assignment]

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.before_delete: Callable[[], None] = lambda: None
        self._error = error

    def _fail(self) -> None:
        if self._error is not None:
            raise self._error

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        self.before_delete()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such entry")
