"""The help pages under ``resources/help/``: one per page of the program, in parts about its fields.

A part begins with an anchor on a line of its own, so that the same file reads well on a repository's page and
F1 in a field finds the part about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.errors import AppError
from app.resource_files import resource

SOURCE_LANGUAGE = "en"
PAGES = (
    "start",
    "connect",
    "fields",
    "sample",
    "mapping",
    "when",
    "test",
    "go-live",
    "relay",
    "events",
    "mappings",
    "replay",
    "metrics",
    "segment",
    "settings",
    "keys",
)
"""Every page of help, in the order of the index."""

_TITLE = re.compile(r"\A# (.+)\n")
_PART = re.compile(r'^<a id="([a-z-]+)"></a>\n## (.+)\n', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HelpPart:
    """What is said about one field; ``text`` is Markdown without the heading."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page of help; ``intro`` is Markdown without the title."""

    key: str
    title: str
    intro: str
    parts: tuple[HelpPart, ...]

    def part(self, anchor: str) -> HelpPart | None:
        return next((part for part in self.parts if part.anchor == anchor), None)

    @property
    def markdown(self) -> str:
        """The whole page without its title."""
        parts = (f"## {part.title}\n\n{part.text}" for part in self.parts)
        return "\n\n".join(text for text in (self.intro, *parts) if text)


@cache
def help_page(key: str, language: str = SOURCE_LANGUAGE) -> HelpPage:
    """One of ``PAGES``, in English where the language has none. Raises ``AppError`` (``HELP-MISSING``)."""
    own = resource("help", language, f"{key}.md")
    path = own if language != SOURCE_LANGUAGE and own.is_file() else resource("help", f"{key}.md")
    try:
        return _read(key, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AppError(
            "HELP-MISSING",
            "This page of help cannot be read.",
            cause="A file of the program is missing or damaged.",
            remedy="Install the program again.",
            detail=f"{path.name}: {error}",
        ) from error


def _read(key: str, text: str) -> HelpPage:
    title = _TITLE.match(text)
    if title is None:
        raise ValueError("no title")
    found = list(_PART.finditer(text))
    ends = [*(match.start() for match in found), len(text)][1:]
    parts = tuple(
        HelpPart(match[1], match[2], text[match.end() : end].strip())
        for match, end in zip(found, ends, strict=True)
    )
    intro = text[title.end() : found[0].start() if found else len(text)].strip()
    return HelpPage(key, title[1], intro, parts)
