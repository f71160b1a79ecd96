from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.desktop_session import DesktopSession


@pytest.fixture
def desktop() -> Iterator[DesktopSession]:
    """A private desktop session with an unlocked GNOME Keyring. Mark the test ``real_component``."""
    # Not tmp_path: a socket's path may have about 100 characters only.
    with tempfile.TemporaryDirectory(prefix="desktop-") as home, DesktopSession(Path(home)) as session:
        yield session


@pytest.fixture
def bare_desktop() -> Iterator[DesktopSession]:
    """A private D-Bus on which no keyring is running."""
    with (
        tempfile.TemporaryDirectory(prefix="desktop-") as home,
        DesktopSession(Path(home), with_keyring=False) as session,
    ):
        yield session
