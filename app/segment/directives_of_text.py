"""The directives that make text: ``@template``, ``@case``, ``@replace``, ``@json``, ``@liquid``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from app.segment import json_text, liquid
from app.segment.js_text import LONGEST_TEXT, bounded, text_of
from app.segment.js_text import json_text as to_json
from app.segment.js_values import JS_WHITE_SPACE, UNDEFINED, JsValue, is_number, kind_of, utf16_length
from app.segment.mapping_nodes import NOTHING, Compile, Evaluate, Node, constant, first_missing, refusal
from app.segment.mapping_problems import mapping_error
from app.segment.mapping_validation import is_directive
from app.segment.paths import reader

_TRIPLE = re.compile(r"\{\{\{([^}]+)\}\}\}")
_DOUBLE = re.compile(r"\{\{([^}]+)\}\}")


def compile_template(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if isinstance(argument, str):
        return Node(_template(argument))
    if not is_directive(argument):
        return refusal(place, "text", kind_of(argument))
    text = compile_value(argument, place).evaluate

    def evaluate(payload: JsValue) -> JsValue:
        template = text(payload)
        if not isinstance(template, str):
            raise mapping_error(place, "text", kind_of(template))
        return _template(template)(payload)

    return Node(evaluate)


def _template(template: str) -> Evaluate:
    """A template over a missing payload is one over an empty object, as at Segment."""
    if _TRIPLE.search(template) is None:
        fill = _filled_in(template, _DOUBLE)
        return lambda payload: fill({} if payload is UNDEFINED else payload)
    fill_triples = _filled_in(template, _TRIPLE)

    def evaluate(payload: JsValue) -> str:
        payload = {} if payload is UNDEFINED else payload
        # What a triple puts in is scanned again for doubles, so the second pass sees a new text each time.
        return _filled_in(fill_triples(payload), _DOUBLE)(payload)

    return evaluate


def _filled_in(template: str, placeholder: re.Pattern[str]) -> Callable[[JsValue], str]:
    pieces = placeholder.split(template)  # text, path, text, path, ..., text
    if len(pieces) == 1:
        return lambda _payload: template
    texts = pieces[0::2]
    reads = [reader(path.strip(JS_WHITE_SPACE)) for path in pieces[1::2]]
    if len(reads) == 1:
        before, after = texts
        (read,) = reads
        return lambda payload: bounded(before + text_of(read(payload)) + after)

    def evaluate(payload: JsValue) -> str:
        filled = [texts[0]]
        length = 0
        for read, text in zip(reads, texts[1:], strict=True):
            value = text_of(read(payload))
            length += len(value)
            if length > LONGEST_TEXT:
                return bounded(" " * length)
            filled += (value, text)
        return bounded("".join(filled))

    return evaluate


def compile_case(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if not _is_plain_object(argument):
        return refusal(place, "an object", kind_of(argument))
    operator = argument.get("operator")
    if first_missing(argument, ["operator"]):
        return refusal(place, 'the field "operator"', "none")
    if first_missing(argument, ["value"]):
        return NOTHING
    value = compile_value(argument["value"], f"{place}/value")
    change = {"lower": str.lower, "upper": str.upper}.get(operator) if isinstance(operator, str) else None

    def evaluate(payload: JsValue) -> JsValue:
        text = value.evaluate(payload)
        if not isinstance(text, str):
            return text
        if change is None:
            raise mapping_error(f"{place}/operator", 'one of "lower", "upper"', text_of(operator) or "none")
        return bounded(change(text))

    return Node(evaluate, value.constructs)


def compile_replace(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if not _is_plain_object(argument):
        return refusal(place, "an object", kind_of(argument))
    if first_missing(argument, ["pattern"]):
        return refusal(place, 'the field "pattern"', "none")
    if first_missing(argument, ["value"]):
        return NOTHING
    value = compile_value(argument["value"], f"{place}/value").evaluate
    replace = _replacement(argument, place)

    def evaluate(payload: JsValue) -> JsValue:
        text = value(payload)
        if isinstance(text, bool) or is_number(text):
            text = text_of(text)
        return replace(text) if isinstance(text, str) else ""

    return Node(evaluate)


def _replacement(options: dict[str, JsValue], place: str) -> Evaluate:
    """What happens to a text: both pairs in turn, or nothing but '' for options of a wrong type."""
    pattern = options["pattern"]
    replacement = options.get("replacement", "")
    fold = options.get("ignorecase", False)
    everywhere = options.get("global", True)
    if not (
        isinstance(pattern, str)
        and isinstance(replacement, str)
        and isinstance(fold, bool)
        and isinstance(everywhere, bool)
    ):
        return lambda _text: ""
    steps = [_Replace(pattern, replacement, fold, everywhere)]
    pattern2 = options.get("pattern2")
    replacement2 = "" if options.get("replacement2") is None else options["replacement2"]
    if isinstance(pattern2, str) and pattern2 and isinstance(replacement2, str):
        steps.append(_Replace(pattern2, replacement2, fold, everywhere))
    for step in steps:
        if utf16_length(step.pattern) > 10 or utf16_length(step.replacement) > 10:
            return refusal(
                place, "patterns and replacements of at most 10 characters", "a longer one"
            ).evaluate

    def replace(text: str) -> str:
        for step in steps:
            text = step.apply(text)
        return text

    return replace


class _Replace:
    """One literal pattern and its replacement in JavaScript's ``$`` syntax."""

    def __init__(self, pattern: str, replacement: str, fold: bool, everywhere: bool) -> None:
        self.pattern = pattern
        self.replacement = replacement
        self._everywhere = everywhere
        self._find = re.compile("".join(map(_folded if fold else re.escape, pattern)))
        self._plain = not fold and "$" not in replacement

    def apply(self, text: str) -> str:
        if self._plain:
            return bounded(text.replace(self.pattern, self.replacement, -1 if self._everywhere else 1))
        pieces: list[str] = []
        length = position = 0
        for found in self._find.finditer(text):
            piece = text[position : found.start()] + self._expanded(found)
            length += len(piece)
            if length > LONGEST_TEXT:
                return bounded(" " * length)
            pieces.append(piece)
            position = found.end()
            if not self._everywhere:
                break
        pieces.append(text[position:])
        return bounded("".join(pieces))

    def _expanded(self, found: re.Match[str]) -> str:
        if "$" not in self.replacement:
            return self.replacement
        text = found.string
        special = {"$": "$", "&": found[0], "`": text[: found.start()], "'": text[found.end() :]}
        return re.sub(r"\$([$&`'])", lambda sign: special[sign[1]], self.replacement)


def _folded(character: str) -> str:
    """A pattern for all characters JavaScript takes as equal when it ignores case without the u flag."""
    wanted = _canonical(character)
    alike = {
        character,
        wanted,
        character.lower(),
        character.swapcase(),
        *_sharing_upper_case().get(wanted, ()),
    }
    return "[" + "".join(re.escape(c) for c in sorted(alike) if len(c) == 1 and _canonical(c) == wanted) + "]"


def _canonical(character: str) -> str:
    """Upper case if that is one unit and does not turn a non-ASCII character into an ASCII one."""
    upper = character.upper()
    if len(upper) != 1 or ord(character) > 0xFFFF or (ord(character) > 127 and ord(upper) < 128):
        return character
    return upper


@cache
def _sharing_upper_case() -> dict[str, list[str]]:
    """Per upper case the characters that have it; some of them are nobody's lower case."""
    sharing: dict[str, list[str]] = {}
    for character in map(chr, range(0x80, 0x2000)):
        sharing.setdefault(_canonical(character), []).append(character)
    return sharing


def compile_json(argument: JsValue, place: str, compile_value: Compile) -> Node:
    if not _is_plain_object(argument):
        return refusal(place, "an object", kind_of(argument))
    missing = first_missing(argument, ["value", "mode"])
    if missing:
        return refusal(place, f'the field "{missing}"', "none")
    value = compile_value(argument["value"], f"{place}/value")
    read = value.evaluate
    if argument["mode"] == "encode":
        return Node(lambda payload: _encoded(read(payload)))
    if argument["mode"] == "decode":
        return Node(lambda payload: _decoded(read(payload)), value.constructs)
    return Node(lambda payload: _nothing_of(read(payload)))


def _nothing_of(_value: JsValue) -> JsValue:
    """An unknown mode: the value is worked out, its failures included, and thrown away."""
    return UNDEFINED


def _encoded(value: JsValue) -> JsValue:
    text = to_json(value)
    return UNDEFINED if text is None else bounded(text)


def _decoded(value: JsValue) -> JsValue:
    if not isinstance(value, str):
        return value
    try:
        return json_text.parse(value)
    except json_text.NotJsonError:
        return value


def compile_liquid(argument: JsValue, place: str, _compile_value: Compile) -> Node:
    if not isinstance(argument, str):
        return refusal(place, "text", kind_of(argument))
    if not argument:
        return constant("")
    try:
        template = liquid.parse(argument)
    except liquid.LiquidError as error:
        # A template in a branch that is never taken does no harm, so the refusal waits.
        return refusal(place, "a Liquid template that can be read", str(error))

    def evaluate(payload: JsValue) -> str:
        try:
            return bounded(template.render(payload))
        except liquid.LiquidError as error:
            raise mapping_error(place, "a Liquid template that can be run", str(error)) from None

    return Node(evaluate)


def _is_plain_object(value: JsValue) -> bool:
    return isinstance(value, dict)
