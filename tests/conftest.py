"""What every test shares: an offscreen Qt, and honest skips for components a machine may not have."""

from __future__ import annotations

import os
import shutil

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Debian package -> programs that have to be on PATH for it to count as installed.
_PROGRAMS = {
    "gnome-keyring": ("gnome-keyring-daemon",),
    "dbus": ("dbus-daemon", "dbus-run-session"),
    "xvfb": ("Xvfb",),
    "xdotool": ("xdotool",),
    "openbox": ("openbox",),
}


def _missing(package: str) -> bool:
    programs = _PROGRAMS[package]
    return any(shutil.which(program) is None for program in programs)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests whose component is missing; on CI a missing component is a failure instead."""
    on_ci = os.environ.get("CI", "").lower() == "true"
    for item in items:
        for mark in item.iter_markers("real_component"):
            for package in mark.args:
                if not _missing(package):
                    continue
                if on_ci:
                    raise pytest.UsageError(f"{item.nodeid} needs the Debian package {package}")
                item.add_marker(pytest.mark.skip(reason=f"needs the Debian package {package}"))
