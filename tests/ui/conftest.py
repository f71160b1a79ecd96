"""A theme on the offscreen platform for every test of the interface."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.ui.theme.theme import Scheme, Theme
from tests.ui.rendering import make_theme

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says so when it cannot pass on size hints; that is no fault of a window."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session")
def _session_theme(qapp: QApplication) -> Theme:
    return make_theme(qapp)


@pytest.fixture
def theme(_session_theme: Theme) -> Theme:
    """Light, 100 %; a test may change it, the next one starts afresh."""
    _session_theme.set_scheme(Scheme.LIGHT)
    _session_theme.set_text_scale(1.0)
    return _session_theme
