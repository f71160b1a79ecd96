"""What every test shares: an offscreen Qt, and honest skips for components a machine may not have."""

from __future__ import annotations

import ctypes.util
import importlib
import os
import shutil
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Time says nothing about correctness, and a busy machine is slow at everything.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

ON_CI = os.environ.get("CI", "").lower() == "true"

# Debian package -> programs that have to be on PATH for it to count as installed.
_PROGRAMS = {
    "gnome-keyring": ("gnome-keyring-daemon",),
    "dbus": ("dbus-daemon", "dbus-run-session"),
    "xvfb": ("Xvfb",),
    "xdotool": ("xdotool",),
    "openbox": ("openbox",),
}
# Debian package -> a file of it, below the root folder, where PATH does not lead to.
_FILES = {
    "at-spi2-core": "usr/libexec/at-spi-bus-launcher",
    "gir1.2-atspi-2.0": "usr/lib/*/girepository-1.0/Atspi-2.0.typelib",
    "python3-gi": "usr/lib/python3/dist-packages/gi/__init__.py",
}
# Debian package -> the library the X11 platform plugin loads from it.
_LIBRARIES = {"libxcb-cursor0": "xcb-cursor"}

_TESTS_OF_THE_WINDOW = (
    ("tests", "ui"),
    ("end_to_end", "test_window.py"),
    ("end_to_end", "test_x_session.py"),
)


def _qt_problem() -> str:
    """Why Qt cannot be loaded here; empty when it can. A bare Linux lacks the libraries it draws with."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return str(error)
    return ""


QT_PROBLEM = _qt_problem()

# pytest-qt ends the run when Qt cannot be loaded, so it is not loaded by itself (see pyproject.toml).
pytest_plugins = () if QT_PROBLEM else ("pytestqt.plugin",)


def pytest_addoption(parser: pytest.Parser) -> None:
    if QT_PROBLEM:
        parser.addini("qt_api", "as pytest-qt has it, which is not loaded")
        parser.addini("qt_log_level_fail", "as pytest-qt has it, which is not loaded")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Without Qt the window's tests cannot even be imported; one test says so by name instead."""
    of_the_window = collection_path.parts[-2:] in _TESTS_OF_THE_WINDOW
    return True if QT_PROBLEM and of_the_window else None


def _missing(package: str) -> bool:
    if package in _LIBRARIES:
        return ctypes.util.find_library(_LIBRARIES[package]) is None
    if package in _FILES:
        return not any(Path("/").glob(_FILES[package]))
    return any(shutil.which(program) is None for program in _PROGRAMS[package])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests whose component is missing; on CI a missing component is a failure instead."""
    for item in items:
        for mark in item.iter_markers("real_component"):
            for package in mark.args:
                if not _missing(package):
                    continue
                if ON_CI:
                    raise pytest.UsageError(f"{item.nodeid} needs the Debian package {package}")
                item.add_marker(pytest.mark.skip(reason=f"needs the Debian package {package}"))
