"""Mappings to begin with, each with what it is for and what it does in Close."""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.resource_files import resource
from app.storage.profile import MappingSpec

# In the order in which people are offered them.
_SLUGS = (
    "identify",
    "group",
    "newsletter",
    "user-signed-up",
    "demo-requested",
    "record-events",
    "page-views",
    "alias",
    "erasure",
)


@dataclass(frozen=True, slots=True)
class Preset:
    """``consequence`` says what happens in Close; ``samples`` are built-in events that it runs for."""

    slug: str
    purpose: str
    consequence: str
    samples: tuple[str, ...]
    spec: MappingSpec

    @property
    def name(self) -> str:
        return self.spec.name


def presets() -> tuple[Preset, ...]:
    """The presets that come with the program."""
    return tuple(_read(slug) for slug in _SLUGS)


def preset(slug: str) -> Preset:
    """The preset with this slug. Raises ``LookupError``."""
    if slug not in _SLUGS:
        raise LookupError(slug)
    return _read(slug)


def _read(slug: str) -> Preset:
    data = json.loads(resource("presets", f"{slug}.json").read_text("utf-8"))
    return Preset(
        slug=slug,
        purpose=data["purpose"],
        consequence=data["consequence"],
        samples=tuple(data["samples"]),
        spec=MappingSpec(data["name"], data["action"], data["trigger"], data["mapping"]),
    )
