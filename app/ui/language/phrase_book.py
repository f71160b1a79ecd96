"""Puts sentences from below the window into its language.

Errors, decision traces and reports are made, stored and exported in English, so that they stay the same for
programs, logs and other people. The window recognises the template that a sentence was made from and says it
in its own language; what filled the template is looked up in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_PLACE = re.compile(r"\{(\d+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…”])\s+(?=[A-Z“\d])|\n+")
# What filled a template may be a phrase that is filled as well; nothing is nested deeper than that.
_DEPTH = 4
_KEPT = 4096


@dataclass(frozen=True)
class _Template:
    pattern: re.Pattern[str]
    places: tuple[int, ...]
    said: str
    literal: int

    def filled(self, values: list[str]) -> str:
        by_place = dict(zip(self.places, values, strict=True))
        return _PLACE.sub(lambda place: by_place.get(int(place[1]), ""), self.said)


class PhraseBook:
    """Sentences by their English template. Instances never change; any thread may ask."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._whole = {source: said for source, said in phrases.items() if not _PLACE.search(source)}
        filled = (_template(source, said) for source, said in phrases.items() if _PLACE.search(source))
        # The template with the most words of its own wins: others would swallow them as values.
        self._templates = sorted(filled, key=lambda template: -template.literal)
        self.said = lru_cache(maxsize=_KEPT)(self._said)

    def _said(self, text: str) -> str:
        return self._phrase(text, _DEPTH) or "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        """Sentence by sentence, with the white space between them."""
        start = 0
        for end in _SENTENCE_END.finditer(text):
            piece = text[start : end.start()]
            yield self._phrase(piece, _DEPTH) or piece
            yield end.group()
            start = end.end()
        piece = text[start:]
        yield (self._phrase(piece, _DEPTH) or piece) if start else piece

    def _phrase(self, text: str, depth: int) -> str | None:
        """The translation of exactly this phrase; ``None`` when no template made it."""
        if (whole := self._whole.get(text)) is not None:
            return whole
        if not depth:
            return None
        for template in self._templates:
            if match := template.pattern.fullmatch(text):
                return template.filled([self._phrase(value, depth - 1) or value for value in match.groups()])
        return None


def _template(source: str, said: str) -> _Template:
    places = tuple(int(place) for place in _PLACE.findall(source))
    literals = _PLACE.split(source)[::2]
    pattern = "(.+?)".join(re.escape(literal) for literal in literals)
    return _Template(re.compile(pattern, re.DOTALL), places, said, sum(len(part) for part in literals))
