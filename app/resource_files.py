"""Where the files under ``resources/`` are: beside ``app/`` in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_root() -> Path:
    """The folder that holds ``icons/``, ``samples/``, ``help/`` and the other resources."""
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of one resource, for example ``resource("samples", "identify.json")``."""
    return resource_root().joinpath(*parts)
