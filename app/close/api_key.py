"""What people paste as an API key, tidied and checked before it is ever sent. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.errors import AppError

_WHERE = "In Close, open Settings, Developer, API Keys, create a key and paste it here."
_QUOTES = "\"'`“”‘’„«»"
# Invisible characters that web pages and chat programs add when text is copied.
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_EDGES = _QUOTES + _INVISIBLE

# Close does not document the form; these are the keys seen so far. Only ever a hint.
_USUAL_KEY = re.compile(r"api_[A-Za-z0-9.]{45}")

_WRONG_PASTES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:custom\.)?(?:cf|lcf|ccf)_[A-Za-z0-9]+"), "a custom field ID"),
    (re.compile(r"lead_[A-Za-z0-9]+"), "a lead ID"),
    (re.compile(r"cont_[A-Za-z0-9]+"), "a contact ID"),
    (re.compile(r"user_[A-Za-z0-9]+"), "a user ID"),
    (re.compile(r"orga_[A-Za-z0-9]+"), "an organization ID"),
    (re.compile(r"(?:authorization\s*:\s*)?bearer(?:\s.*)?", re.I | re.S), "an access token (Bearer)"),
    (re.compile(r"(?:authorization\s*:\s*)?basic(?:\s.*)?", re.I | re.S), "an Authorization header (Basic)"),
    (re.compile(r"(?:https?://|www\.)\S*", re.I), "a web address"),
    (re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"), "an email address"),
    (re.compile(r"[A-Za-z0-9]{32}"), "a Segment write key"),
)


@dataclass(frozen=True, slots=True)
class TidiedKey:
    """A key that may be tried. ``notes`` tell people what was changed or looks unusual."""

    value: str = field(repr=False)
    notes: tuple[str, ...]


def tidy_api_key(text: str) -> TidiedKey:
    """Remove what copying adds around a key, and refuse what cannot be one.

    Raises ``AppError``: ``CLOSE-KEY-EMPTY``, ``CLOSE-KEY-WRONG-PASTE`` (the text is something
    else), ``CLOSE-KEY-CHARACTERS``. None of them holds the text itself.
    """
    value = _trimmed(text)
    if not value:
        raise AppError("CLOSE-KEY-EMPTY", "There is no key yet.", remedy=_WHERE)
    for form, thing in _WRONG_PASTES:
        if form.fullmatch(value):
            raise AppError(
                "CLOSE-KEY-WRONG-PASTE", f"This looks like {thing}, not an API key.", remedy=_WHERE
            )
    if not all("!" <= character <= "~" for character in value):
        raise AppError(
            "CLOSE-KEY-CHARACTERS",
            "This key holds characters that no API key has.",
            cause="There is a space, a line break or a special character inside it.",
            remedy="Copy the key again, in one piece and without text around it.",
        )
    return TidiedKey(value, tuple(_notes(text, value)))


def _trimmed(text: str) -> str:
    """The text without spaces, line breaks and quotes at its ends, however they are nested."""
    before, value = "", text
    while value != before:
        before, value = value, value.strip().strip(_EDGES)
    return value


def _notes(text: str, value: str) -> list[str]:
    removed = text.replace(value, "", 1)
    notes = []
    if any(character in _QUOTES for character in removed):
        notes.append("Quotes around the key were removed.")
    if any(character not in _QUOTES for character in removed):
        notes.append("Spaces or line breaks around the key were removed.")
    if not _USUAL_KEY.fullmatch(value):
        notes.append("This does not look like the usual Close key (api_…). It can be tried all the same.")
    return notes
