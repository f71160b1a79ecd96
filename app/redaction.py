"""Taking secrets out of text before it is written anywhere. Pure; used by logs, errors and the Close client.

Known secrets are replaced wherever they occur; beside them, everything that has the form of a
credential, so that a key nobody registered does not slip through.
"""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

# A shorter text would occur by chance, and replacing it would make the log unreadable.
_SHORTEST_SECRET = 6

_HEADER = (
    r"(?:proxy-)?authorization|x-signature|x-api-key|cookie|set-cookie|"
    r"close_api_key|segment_shared_secret|api[_-]?key|shared[_-]?secret|passphrase|password"
)

_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    # "Authorization: Basic …", 'x-signature': '…', b'Authorization', b'…', CLOSE_API_KEY=…
    (
        re.compile(
            rf"""(?ix) \b (?P<name> (?:{_HEADER})
                     (?: \\?["']? \s* [:=]+ | \\?["'] \s* , ) \s* (?: b(?=["']) )? \\?["']? )
                 (?: (?P<scheme> basic|bearer|digest ) \s+ )? [^\s"',;&}})\]\\]+"""
        ),
        rf"\g<name>{REDACTED}",
    ),
    # The scheme alone, as it stands in tuples and messages of HTTP libraries.
    # A digit or "=" tells a credential from the next word of a sentence.
    (
        re.compile(r"(?i)\b(?P<scheme>basic|bearer)\s+(?=\S*[0-9=])[a-z0-9+/=_~.-]{8,}"),
        rf"\g<scheme> {REDACTED}",
    ),
    # Close's API keys: "api_", letters and digits, a dot, more of them; text may be glued on in front.
    (re.compile(r"api_[A-Za-z0-9]{4,}\.[A-Za-z0-9.]{4,}|api_[A-Za-z0-9]{16,}"), REDACTED),
    # User name and password inside a URL.
    (re.compile(r"(?P<front>\b[a-z][a-z0-9+.-]*://)[^\s/@\"'?#]+@"), rf"\g<front>{REDACTED}@"),
)

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Redactor:
    """Removes registered secrets and whatever looks like one. May be shared between threads."""

    def __init__(self) -> None:
        # Replaced as a whole, never changed in place: readers need no lock.
        self._secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Redactor {len(self._secrets)} secrets>"

    def add_secret(self, value: str) -> None:
        """Replace ``value`` from now on, also in its URL, JSON and Basic spellings."""
        if len(value) < _SHORTEST_SECRET:
            return
        # Longest first, or a secret inside another would leave the rest of it behind.
        known = {*self._secrets, *_spellings(value)}
        self._secrets = tuple(sorted(known, key=lambda text: (-len(text), text)))

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        for pattern, replacement in _FORMS:
            text = pattern.sub(replacement, text)
        return text


def _spellings(value: str) -> set[str]:
    raw = value.encode("utf-8", "replace")
    escaped = value.encode("unicode_escape").decode("ascii")
    return {
        value,
        escaped,
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
        value.replace("\\", "\\\\").replace('"', '\\"'),
        # Basic authentication as Close wants it: the key is the user name, the password is empty.
        base64.b64encode(raw + b":").decode("ascii"),
        base64.b64encode(raw).decode("ascii"),
    }


def escape_control(text: str, *, keep_newlines: bool = False) -> str:
    """Control and text-direction characters as visible escapes: event text cannot forge a log line."""

    def shown(match: re.Match[str]) -> str:
        character = match.group()
        if keep_newlines and character == "\n":
            return character
        return character.encode("unicode_escape").decode("ascii")

    return _CONTROL.sub(shown, text)
