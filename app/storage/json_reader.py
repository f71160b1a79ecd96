"""Reading decoded JSON whose shape is known, with errors that name the place (``relay.port``).

Files may be edited by hand, so what cannot be understood is refused rather than dropped: a mistyped
key that is quietly ignored would look like a setting that has no effect.
"""

from __future__ import annotations

import difflib
import json
from typing import NoReturn

from app.json_value import JsonObject, JsonValue


class JsonShapeError(ValueError):
    """The text is not the JSON that was expected; the message is a sentence for people."""


def decode_object(content: bytes) -> JsonObject:
    """The JSON object in ``content``. Raises ``JsonShapeError``."""
    try:
        value = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise JsonShapeError("It is not JSON" + (f" (line {line})." if line else ".")) from error
    if not isinstance(value, dict):
        raise JsonShapeError("It is not a JSON object.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def encode_object(value: JsonObject) -> bytes:
    """Indented JSON that diffs well: keys in the order given, readable letters, a final newline."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # A lone surrogate has no UTF-8 form; Python's escape for it is JSON's escape too.
    return text.encode("utf-8", "backslashreplace")


class JsonReader:
    """One JSON object that is being read key by key; ``finish`` refuses the keys nobody asked for."""

    def __init__(self, value: JsonObject, place: str = "") -> None:
        self._value = value
        self._place = place
        self._known: list[str] = []

    @property
    def place(self) -> str:
        """Where this object stands in the file, empty for the file itself."""
        return self._place.removesuffix(".")

    @property
    def value(self) -> JsonObject:
        return self._value

    def _get(self, key: str) -> JsonValue:
        self._known.append(key)
        return self._value.get(key)

    def _wrong(self, key: str, expected: str) -> NoReturn:
        raise JsonShapeError(f"“{self._place}{key}” has to be {expected}.")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without ``default`` it has to be there."""
        value = self._get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            self._wrong(key, "a text")
        return value

    def optional_text(self, key: str) -> str | None:
        value = self._get(key)
        if value is not None and not isinstance(value, str):
            self._wrong(key, "a text or null")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong(key, "true or false")
        return value

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self._wrong(key, f"a whole number from {least} to {most}")
        return value

    def optional_number(self, key: str, *, least: int, most: int) -> int | None:
        return None if self._get(key) is None else self.number(key, least, least=least, most=most)

    def choice(self, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self._get(key)
        if value is None:
            return None
        if not isinstance(value, str) or value not in allowed:
            self._wrong(key, "one of " + ", ".join(allowed))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._wrong(key, "a list of texts")
        return tuple(value)

    def json_object(self, key: str) -> JsonObject:
        """An object that is passed on without being looked into; it has to be there."""
        value = self._get(key)
        if not isinstance(value, dict):
            self._wrong(key, "an object")
        return value

    def json_value(self, key: str) -> JsonValue:
        """Anything, passed on without being looked into; None also when it is not there."""
        return self._get(key)

    def child(self, key: str) -> JsonReader | None:
        """The object under ``key`` for further reading, or None."""
        value = self._get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, "an object or null")
        return JsonReader(value, f"{self._place}{key}.")

    def children(self, key: str) -> tuple[JsonReader, ...]:
        """The objects of the list under ``key``."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._wrong(key, "a list of objects")
        readers = []
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                self._wrong(f"{key}[{index}]", "an object")
            readers.append(JsonReader(item, f"{self._place}{key}[{index}]."))
        return tuple(readers)

    def json_objects(self, key: str) -> tuple[tuple[str, JsonObject], ...]:
        """The objects of the list under ``key``, each after its place; they are not looked into."""
        return tuple((child.place, child.value) for child in self.children(key))

    def finish(self) -> None:
        """Refuse every key that was not read."""
        for key in self._value:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                hint = f"; did you mean “{near[0]}”?" if near else "."
                raise JsonShapeError(f"“{self._place}{key}” is not a known setting{hint}")
