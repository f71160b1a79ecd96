"""Write ``constraints.txt``: the exact versions the README's commands install.

Run it with the Python of an environment in which everything passed: ``python packaging/constraints.py``.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution, requires
from pathlib import Path

ROOT = "segment-close-assistant"
# Per Python version: 6.12 aborts under CPython 3.11 (see pyproject.toml).
QT_LINES = (
    'PySide6-Essentials==6.11.3; python_version < "3.12"',
    'PySide6-Essentials==6.12.0; python_version >= "3.12"',
    'shiboken6==6.11.3; python_version < "3.12"',
    'shiboken6==6.12.0; python_version >= "3.12"',
)
_QT = {"pyside6-essentials", "shiboken6"}
# Whoever makes the environment brings these.
_INSTALLERS = {"pip", "setuptools"}


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(name: str, seen: set[str]) -> None:
    for requirement in requires(name) or ():
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        if match is None:
            continue
        key = _key(match.group())
        if key in seen or key == ROOT:
            continue
        try:
            distribution(key)
        except ModuleNotFoundError:
            continue  # another platform's or another Python's
        seen.add(key)
        _needed(key, seen)


def main() -> None:
    """Collect what the program and its test extra stand on, and write it beside this file."""
    seen: set[str] = set()
    _needed(ROOT, seen)
    lines = [f"{key}=={distribution(key).version}" for key in sorted(seen - _QT - _INSTALLERS)]
    Path(__file__).with_name("constraints.txt").write_text("\n".join([*lines, *QT_LINES]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
