"""JSON as people have it in front of them: JavaScript and Python literals and calls of Segment's libraries.

Unquoted keys, single quotes, comments, trailing commas and ``analytics.track("Event", {…})`` are read. Made
for text that strict JSON refused: slow, without evaluation of anything, and linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.json_value import JsonValue

MOST_DEPTH = 64

_SPACE = re.compile(r"(?:[\s\ufeff\u200b]|//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/|^#[^\n]*)*+", re.MULTILINE)
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w$])")
_WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
_NAME = re.compile(r"(?:await\s+)?((?:[^\W\d]|\$)[\w$]*(?:\s*\??\.\s*[\w$]+)*)\s*\(")
_KEYWORD = re.compile(r"([^\W\d]\w*)\s*=(?!=)")
_DATE = re.compile(r"(?:new\s+)?(?:Date|ISODate)\s*\(\s*")
_STRINGS = {
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*+"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\\n]|\\.)*+'", re.DOTALL),
    "`": re.compile(r"`(?:[^`\\$]|\\.|\$(?!\{))*+`", re.DOTALL),
    "“": re.compile(r"“(?:[^”\\\n]|\\.)*+”", re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WORDS: dict[str, JsonValue] = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
    # What JSON.stringify makes of them inside lists.
    "undefined": None,
    "NaN": None,
    "Infinity": None,
}
_MOST_DIGITS = 400


class LiteralError(ValueError):
    """The text cannot be read at ``position``; the message is a sentence for people."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was read, not made: ``name`` is what follows the last dot."""

    name: str
    arguments: tuple[JsonValue, ...]
    keywords: dict[str, JsonValue]
    position: int


@dataclass(frozen=True, slots=True)
class Literal:
    value: JsonValue
    position: int


class LiteralReader:
    """Reads one text from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def position(self) -> int:
        return self._at

    def items(self) -> Iterator[Literal | Call]:
        """Values and calls one after another, with or without commas and semicolons. Raises ``LiteralError``.

        After an error ``skip_to_next_item`` makes it possible to ask again.
        """
        while True:
            self._skip(",;")
            if self._at >= len(self._text):
                return
            start = self._at
            call = _NAME.match(self._text, start)
            if call is not None and not _DATE.match(self._text, start):
                self._at = call.end()
                yield self._call(re.split(r"[?.\s]+", call.group(1))[-1], start)
            else:
                yield Literal(self._value(0), start)

    def skip_to_next_item(self) -> bool:
        """Go on with the next line that begins with a brace or a call; False when there is none."""
        found = re.compile(r"\n(?=\{|[\w.]+\()").search(self._text, self._at)
        if found is None:
            return False
        self._at = found.end()
        return True

    # ---------------------------------------------------------------------------------------------

    def _skip(self, also: str = "") -> None:
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if not also or self._peek() not in also or not self._peek():
                return
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _fail(self, message: str) -> LiteralError:
        if self._at >= len(self._text):
            return LiteralError(self._at, "The text ends here, before the event does.")
        return LiteralError(self._at, message)

    def _call(self, name: str, start: int) -> Call:
        arguments: list[JsonValue] = []
        keywords: dict[str, JsonValue] = {}
        self._skip()
        while self._peek() != ")":
            keyword = _KEYWORD.match(self._text, self._at)
            if keyword is not None:
                self._at = keyword.end()
                self._skip()
                keywords[keyword.group(1)] = self._value(1)
            else:
                arguments.append(self._value(1))
            self._separator(")")
        self._at += 1
        return Call(name, tuple(arguments), keywords, start)

    def _separator(self, end: str) -> None:
        self._skip()
        mark = self._peek()
        if mark == ",":
            self._at += 1
            self._skip()
        elif mark != end:
            raise self._fail(f"A comma or “{end}” was expected.")

    def _value(self, depth: int) -> JsonValue:
        if depth > MOST_DEPTH:
            raise LiteralError(self._at, f"Events are nested at most {MOST_DEPTH} levels deep.")
        mark = self._peek()
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self._list(depth)
        if mark in _STRINGS and mark:
            return self._string(mark)
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            value = self._number(number.group())
            self._at = number.end()
            return value
        return self._word(depth)

    def _word(self, depth: int) -> JsonValue:
        date = _DATE.match(self._text, self._at)
        if date is not None:
            self._at = date.end()
            value = self._value(depth + 1)
            self._skip()
            if self._peek() != ")":
                raise self._fail("“)” was expected.")
            self._at += 1
            return value
        word = _WORD.match(self._text, self._at)
        if word is None:
            raise self._fail("A value was expected.")
        if word.group() not in _WORDS:
            raise self._fail(f"A text needs quotes: “{word.group()[:40]}”.")
        self._at = word.end()
        return _WORDS[word.group()]

    def _object(self, depth: int) -> JsonValue:
        members: dict[str, JsonValue] = {}
        self._at += 1
        self._skip()
        while self._peek() != "}":
            key = self._key()
            self._skip()
            if self._peek() != ":":
                raise self._fail("“:” was expected after the name of a member.")
            self._at += 1
            self._skip()
            undefined = self._text.startswith("undefined", self._at)
            value = self._value(depth + 1)
            if not undefined:
                members[key] = value
            self._separator("}")
        self._at += 1
        return members

    def _key(self) -> str:
        mark = self._peek()
        if mark in _STRINGS and mark:
            return self._string(mark)
        found = _WORD.match(self._text, self._at) or _NUMBER.match(self._text, self._at)
        if found is None:
            raise self._fail("The name of a member was expected.")
        self._at = found.end()
        return found.group()

    def _list(self, depth: int) -> JsonValue:
        members: list[JsonValue] = []
        self._at += 1
        self._skip()
        while self._peek() != "]":
            members.append(self._value(depth + 1))
            self._separator("]")
        self._at += 1
        return members

    def _string(self, mark: str) -> str:
        found = _STRINGS[mark].match(self._text, self._at)
        if found is None:
            raise LiteralError(self._at, "This text has no closing quote.")
        self._at = found.end()
        text = found.group()[1:-1]
        return _unescaped(text) if "\\" in text else text

    def _number(self, text: str) -> JsonValue:
        if len(text) > _MOST_DIGITS:
            raise LiteralError(self._at, "No event can hold a number this long. Put it in quotes.")
        if "x" in text.casefold():
            return int(text, 16)
        if any(mark in text for mark in ".eE"):
            value = float(text)
            if value in (float("inf"), float("-inf")):
                raise LiteralError(self._at, "No event can hold a number this large. Put it in quotes.")
            return value
        return int(text)


def _unescaped(text: str) -> str:
    def replace(escape: re.Match[str]) -> str:
        braced, four, two, plain = escape.groups()
        code = braced or four or two
        if code:
            return chr(min(int(code, 16), 0x10FFFF))
        return _PLAIN.get(plain, plain)

    joined = _ESCAPE.sub(replace, text)
    # Two escaped halves of an emoji become one character; a half alone becomes U+FFFD.
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
