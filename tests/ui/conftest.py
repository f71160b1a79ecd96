"""A theme on the offscreen platform for every test of the interface."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.ui.theme.theme import Scheme, Theme
from tests.ui.rendering import make_theme


@pytest.fixture(scope="session")
def _session_theme(qapp: QApplication) -> Theme:
    return make_theme(qapp)


@pytest.fixture
def theme(_session_theme: Theme) -> Theme:
    """Light, 100 %; a test may change it, the next one starts afresh."""
    _session_theme.set_scheme(Scheme.LIGHT)
    _session_theme.set_text_scale(1.0)
    return _session_theme
