"""Filters on text. Lengths and positions count UTF-16 units."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from html import escape as _html_escape
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_values import JS_WHITE_SPACE, JsValue, from_units, is_truthy, units_of, utf16_length
from app.segment.liquid_filter import Filter, argument, charged_text, text_argument, whole_number
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_values import plain, printed

_SPACES = re.compile(f"[{JS_WHITE_SPACE}]+")
_LINE_BREAK = re.compile(r"\r?\n")
_CJK = "\u4e00-\u9fff\uf900-\ufaff\u3400-\u4dbf\u3040-\u309f\u30a0-\u30ff\uac00-\ud7af"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_OTHER_WORD = re.compile(f"[^{_CJK}{JS_WHITE_SPACE}]+")
_ENTITY = re.compile(r"&(amp|lt|gt|#34|#39);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "#34": '"', "#39": "'"}
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def _of_text(change: Callable[[str], JsValue]) -> Filter:
    """A filter that takes nothing but the text."""
    return lambda value, _arguments, budget: change(charged_text(value, budget))


def _joined(value: JsValue, arguments: list[JsValue], budget: Budget, *, before: bool) -> JsValue:
    if len(arguments) != 1:
        raise LiquidError(f"{'prepend' if before else 'append'} takes exactly one argument.")
    text, other = printed(value), printed(arguments[0])
    budget.use(len(text) + len(other))
    return other + text if before else text + other


def _append(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _joined(value, arguments, budget, before=False)


def _prepend(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _joined(value, arguments, budget, before=True)


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


def _stripped(left: bool, right: bool) -> Filter:
    def strip(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
        text = charged_text(value, budget)
        given = argument(arguments, 0)
        characters = printed(given) if is_truthy(plain(given)) else JS_WHITE_SPACE
        if left:
            text = text.lstrip(characters)
        return text.rstrip(characters) if right else text

    return strip


def _split(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    text, separator = charged_text(value, budget), text_argument(arguments, 0)
    parts = text.split(separator) if separator else list(units_of(text))
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _replace(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _replaced(printed(value), text_argument(arguments, 0), text_argument(arguments, 1), budget)


def _remove(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _replaced(printed(value), text_argument(arguments, 0), "", budget)


def _replaced(text: str, pattern: str, replacement: str, budget: Budget) -> str:
    if not pattern:
        units = units_of(text)
        budget.use(len(units) + len(replacement) * len(units))
        return from_units(replacement.join(units))
    budget.use(len(text) + text.count(pattern) * len(replacement))
    return text.replace(pattern, replacement)


def _replace_first(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _replaced_once(value, text_argument(arguments, 0), text_argument(arguments, 1), budget, last=False)


def _replace_last(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _replaced_once(value, text_argument(arguments, 0), text_argument(arguments, 1), budget, last=True)


def _remove_first(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _replaced_once(value, text_argument(arguments, 0), "", budget, last=False)


def _remove_last(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return _replaced_once(value, text_argument(arguments, 0), "", budget, last=True)


def _replaced_once(value: JsValue, pattern: str, replacement: str, budget: Budget, *, last: bool) -> str:
    text = printed(value)
    budget.use(len(text) + len(pattern) + len(replacement))
    at = text.rfind(pattern) if last else text.find(pattern)
    return text if at < 0 else text[:at] + replacement + text[at + len(pattern) :]


def _truncate(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    text = charged_text(value, budget)
    length = number_of(plain(argument(arguments, 0, 50)))
    ending = text_argument(arguments, 1, "...")
    budget.use(len(ending))
    if utf16_length(text) <= length:
        return value
    kept = max(0, whole_number(length - utf16_length(ending)))
    return from_units(units_of(text)[: int(kept)]) + ending


def _truncate_words(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    words = _SPACES.split(charged_text(value, budget))
    wanted = number_of(plain(argument(arguments, 0, 15)))
    ending = text_argument(arguments, 1, "...")
    if wanted <= 0:
        wanted = 1
    kept = " ".join(words[: int(min(whole_number(wanted), len(words)))])
    return kept + ending if len(words) >= wanted else kept


def _number_of_words(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    text = charged_text(value, budget).strip(JS_WHITE_SPACE)
    mode = argument(arguments, 0)
    cjk = len(_CJK_CHARACTER.findall(text)) if mode in ("cjk", "auto") else 0
    if not text:
        return 0
    if mode == "cjk" or cjk:
        return cjk + len(_OTHER_WORD.findall(text))
    return len(_SPACES.split(text))


def _escape(text: str) -> str:
    return _html_escape(text, quote=False).replace('"', "&#34;").replace("'", "&#39;")


def _escape_once(text: str) -> str:
    return _escape(_ENTITY.sub(lambda found: _ENTITIES[found[1]], text))


def _strip_html(text: str) -> str:
    """Without scripts, styles, comments and tags; what is opened but never closed stays."""
    blocks = {"<script": "</script>", "<style": "</style>", "<!--": "-->", "<": ">"}
    kept: list[str] = []
    at = 0
    while (opening := text.find("<", at)) >= 0:
        kept.append(text[at:opening])
        at = opening
        for opener, closer in list(blocks.items()):
            if not text.startswith(opener, opening):
                continue
            end = text.find(closer, opening + len(opener))
            if end >= 0:
                at = end + len(closer)
                break
            del blocks[opener]
        if at == opening:
            break
    return "".join(kept) + text[at:]


def _base64_encode(text: str) -> str:
    return b64encode(_utf8(text)).decode("ascii")


def _base64_decode(text: str) -> str:
    """Tolerant as Node is: foreign characters are skipped, padding ends the text."""
    digits = _NOT_BASE64.sub("", text.split("=", 1)[0].replace("-", "+").replace("_", "/"))
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return b64decode(digits + "=" * (-len(digits) % 4)).decode("utf-8", "replace")


def _utf8(text: str) -> bytes:
    """UTF-8 in which lone surrogates have become replacement characters."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text).encode("utf-8")


def _hmac_sha256(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    text, key = charged_text(value, budget), text_argument(arguments, 0)
    budget.use(len(key))
    return hmac.new(_utf8(key), _utf8(text), hashlib.sha256).hexdigest()


TEXT_FILTERS: Final[dict[str, Filter]] = {
    "append": _append,
    "prepend": _prepend,
    "capitalize": _of_text(_capitalize),
    "upcase": _of_text(str.upper),
    "downcase": _of_text(str.lower),
    "strip": _stripped(left=True, right=True),
    "lstrip": _stripped(left=True, right=False),
    "rstrip": _stripped(left=False, right=True),
    "strip_newlines": _of_text(lambda text: _LINE_BREAK.sub("", text)),
    "normalize_whitespace": _of_text(lambda text: _SPACES.sub(" ", text)),
    "split": _split,
    "replace": _replace,
    "replace_first": _replace_first,
    "replace_last": _replace_last,
    "remove": _remove,
    "remove_first": _remove_first,
    "remove_last": _remove_last,
    "truncate": _truncate,
    "truncatewords": _truncate_words,
    "number_of_words": _number_of_words,
    "escape": _of_text(_escape),
    "xml_escape": _of_text(_escape),
    "escape_once": _of_text(_escape_once),
    "strip_html": _of_text(_strip_html),
    "base64_encode": _of_text(_base64_encode),
    "base64_decode": _of_text(_base64_decode),
    "sha256": _of_text(lambda text: hashlib.sha256(_utf8(text)).hexdigest()),
    "hmac_sha256": _hmac_sha256,
}
