"""The list of pictures: every page and state registers a function that builds it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from PySide6.QtWidgets import QWidget

import tests.ui.scenes as scenes_package
from app.ui.theme.theme import Theme

Build = Callable[[Theme], QWidget]


@dataclass(frozen=True, slots=True)
class Scene:
    """``size`` is the window's, in px; ``large_text`` adds a picture with 200 % text."""

    name: str
    build: Build
    size: tuple[int, int]
    large_text: bool


_SCENES: dict[str, Scene] = {}


def scene(
    name: str, *, size: tuple[int, int] = (1120, 760), large_text: bool = True
) -> Callable[[Build], Build]:
    """Register ``build(theme) -> QWidget`` under ``name`` (for example ``02-connect``)."""

    def register(build: Build) -> Build:
        if name in _SCENES and _SCENES[name].build.__module__ != build.__module__:
            raise ValueError(f"two scenes are called {name}")
        _SCENES[name] = Scene(name, build, size, large_text)
        return build

    return register


def all_scenes() -> list[Scene]:
    """Every scene of every module in this folder, by name."""
    for module in pkgutil.iter_modules(scenes_package.__path__):
        import_module(f"{scenes_package.__name__}.{module.name}")
    return [_SCENES[name] for name in sorted(_SCENES)]
