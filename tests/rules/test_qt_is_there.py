"""The window's tests cannot run without Qt's libraries; this test says so where it is the case."""

from __future__ import annotations

import pytest

from tests.conftest import ON_CI, QT_PROBLEM


def test_qt_can_be_loaded() -> None:
    if QT_PROBLEM and not ON_CI:
        pytest.skip(f"the window's tests are left out: {QT_PROBLEM}; on Debian install libegl1 libgl1 …")
    assert not QT_PROBLEM
