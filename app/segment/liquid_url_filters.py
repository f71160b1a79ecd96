"""Filters that make or read addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from app.segment.js_text import string_of
from app.segment.js_values import JS_WHITE_SPACE, JsValue, is_truthy
from app.segment.liquid_filter import Filter, argument, charged_text
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_values import plain

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BRACKETS = re.compile(r"%5[BD]")
_SPARED_BY_COMPONENT = "-_.!~*'()"
_SPARED_BY_URI = ";,/?:@&=+$-_.!~*'()#"
_ACCENTS: Final = {
    "a": "àáâãäå",
    "ae": "æ",
    "c": "ç",
    "e": "èéêë",
    "i": "ìíîï",
    "d": "ð",
    "n": "ñ",
    "o": "òóôõöø",
    "u": "ùúûü",
    "y": "ýÿ",
    "ss": "ß",
    "oe": "œ",
    "th": "þ",
    "SS": "ẞ",
    "OE": "Œ",
    "TH": "Þ",
}
_WITHOUT_ACCENTS = str.maketrans({letter: plain for plain, letters in _ACCENTS.items() for letter in letters})


def _quoted(text: str, spared: str) -> str:
    try:
        return quote(text, safe=spared)
    except UnicodeEncodeError:
        raise LiquidError("Half of a surrogate pair cannot be part of an address.") from None


def _url_encode(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    return _quoted(charged_text(value, budget), _SPARED_BY_COMPONENT).replace("%20", "+")


def _cgi_escape(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    return _quoted(charged_text(value, budget), "-_.~").replace("%20", "+")


def _uri_escape(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    escaped = _quoted(charged_text(value, budget), _SPARED_BY_URI)
    return _BRACKETS.sub(lambda found: "[" if found[0] == "%5B" else "]", escaped)


def _url_decode(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    text = charged_text(value, budget)
    try:
        if _BROKEN_ESCAPE.search(text):
            raise LiquidError("url_decode found a % that begins no escape.")
        return unquote_to_bytes(text).decode("utf-8").replace("+", " ")
    except UnicodeError:
        raise LiquidError("url_decode found escapes that are no text.") from None


def _is_letter(character: str) -> bool:
    """A letter, a mark or a decimal digit of any script."""
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"


def _is_kept_by_pretty(character: str) -> bool:
    return _is_letter(character) or character in "._~!$&'()+,;=@"


_KEPT: Final[dict[str, Callable[[str], bool]]] = {
    "raw": lambda character: character not in JS_WHITE_SPACE,
    "default": _is_letter,
    "latin": _is_letter,
    "pretty": _is_kept_by_pretty,
    "ascii": lambda character: character.isascii() and character.isalnum(),
}


def _slugify(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    text = charged_text(value, budget)
    mode = string_of(plain(argument(arguments, 0, "default")))
    kept = _KEPT.get(mode)
    if kept is not None:
        if mode == "latin":
            text = text.translate(_WITHOUT_ACCENTS)
        text = _dashed(text, kept).removeprefix("-").removesuffix("-")
    return text if is_truthy(plain(argument(arguments, 1, default=False))) else text.lower()


def _dashed(text: str, kept: Callable[[str], bool]) -> str:
    """Each run of characters that are not kept becomes one dash."""
    pieces: list[str] = []
    in_run = False
    for character in text:
        if kept(character):
            pieces.append(character)
            in_run = False
        elif not in_run:
            pieces.append("-")
            in_run = True
    return "".join(pieces)


URL_FILTERS: Final[dict[str, Filter]] = {
    "url_encode": _url_encode,
    "url_decode": _url_decode,
    "cgi_escape": _cgi_escape,
    "uri_escape": _uri_escape,
    "slugify": _slugify,
}
