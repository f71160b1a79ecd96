"""Segment's own libraries, fetched into a cache outside the repository, and why they cannot be had here.

They are no test dependencies of ours: analytics-python needs an older python-dateutil than this program, and
the others need Node. ``SEGMENT_LIBRARIES`` names another folder for the cache.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PYTHON_LIBRARY = "segment-analytics-python==2.4.0"
NODE_LIBRARIES = ("@segment/analytics-node@3.1.0", "@segment/analytics-next@1.84.3")

_FETCH_TIMEOUT_S = 90
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")


def python_library() -> Path:
    """The folder to put on PYTHONPATH; skips the test when it cannot be fetched."""
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return _fetched("python", "segment", (*pip, "--target", ".", PYTHON_LIBRARY))


def node_libraries() -> Path:
    """The folder that holds ``node_modules``; skips the test without Node or when they cannot be fetched."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs Node with npm")
    npm = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix", ".")
    return _fetched("node", "node_modules/@segment/analytics-next", (*npm, *NODE_LIBRARIES))


def browser() -> str:
    """A Chromium's path; skips the test without one. ``CHROMIUM`` names one that is not on PATH."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("needs Chromium")
    return found


@functools.cache
def _fetched(name: str, proof: str, command: tuple[str, ...]) -> Path:
    default = Path.home() / ".cache" / "segment-close-tests"
    cache = Path(os.environ.get("SEGMENT_LIBRARIES") or default)
    folder = cache / f"{name}-{'-'.join(part.split('@')[-1].split('==')[-1] for part in command[-2:])}"
    if (folder / proof).is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: another run may look at the same moment.
        with tempfile.TemporaryDirectory(dir=cache) as fresh:
            subprocess.run(command, cwd=fresh, check=True, capture_output=True, timeout=_FETCH_TIMEOUT_S)
            if not folder.exists():
                Path(fresh, "done").mkdir()
                shutil.copytree(fresh, folder)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"cannot fetch {command[-1]}: {type(error).__name__}")
    return folder
