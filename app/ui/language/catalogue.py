"""One language's texts, as ``resources/translations/<code>.json`` holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import AppError
from app.resource_files import resource, resource_root

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Catalogue:
    """Texts of the window by their English, and phrases from below it by their English template.

    Templates name what varies by position (``{0} of {1}``); a translation may give them another order.
    ``name`` is what the language calls itself.
    """

    code: str
    name: str
    texts: Mapping[str, str]
    phrases: Mapping[str, str]


def languages() -> tuple[str, ...]:
    """The codes there are, English first."""
    found = sorted(path.stem for path in (resource_root() / "translations").glob("*.json"))
    return (SOURCE_LANGUAGE, *found)


def load(code: str) -> Catalogue:
    """Read one language; an entry without a translation is left out. Raises ``AppError``."""
    path = resource("translations", f"{code}.json")
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return Catalogue(
            code=code, name=held["name"], texts=_filled(held["texts"]), phrases=_filled(held["phrases"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AppError(
            "LANGUAGE-UNREADABLE",
            f"The texts of the language “{code}” cannot be read.",
            cause="A file of the program is missing or damaged.",
            remedy="Install the program again. Until then it speaks English.",
            detail=f"{path.name}: {type(error).__name__}",
        ) from error


def _filled(entries: Mapping[str, str]) -> dict[str, str]:
    return {source: translated for source, translated in entries.items() if translated}
