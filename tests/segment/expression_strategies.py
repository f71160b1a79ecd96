"""Random expressions, the events they read, and what an expression means in a few lines of its own."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.segment.js_text import text_of
from app.segment.js_values import JS_WHITE_SPACE, UNDEFINED, JsValue
from app.segment.liquid_values import printed
from app.segment.references import path_of
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    Joined,
    JoinList,
    JsonMode,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
    Variable,
)
from app.segment.value_reader import read
from tests.segment.json_strategies import SCALARS, TEXTS

_AWKWARD_KEYS = (
    *("email", "a.b", "0", "it's", 'say "hi"', "both ' and \"", "", " edge ", "$", "a}}b", "{{x}}", "[1]"),
    *("1]", "a/b", "größe", "🙂", "nil", "size", "first", "back\\slash", "line\nbreak", "%}"),
    "x" * 1100 + ".",
)
KEYS = st.sampled_from(_AWKWARD_KEYS) | st.text(alphabet="ab.$[]{}'\"\\ |0-🙂\n", max_size=6)
"""Names of properties as people and programs write them, up to the worst."""

PLACES = st.lists(KEYS, min_size=1, max_size=4).map(tuple)
VARIABLES = st.sampled_from(
    [("email",), ("traits", "name"), ("traits", "a.b"), ("list",), ("missing",), ("traits", "{x}", "y")]
).map(Variable)
STATICS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.just([1, "a"]),
    st.just({"a": [None]}),
).map(Static)


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Joined(tuple(parts))),
        st.builds(Coalesce, inner, inner, st.booleans()),
        st.builds(ChangeCase, inner, st.sampled_from(LetterCase)),
        st.builds(
            Replace,
            inner,
            st.text(alphabet="ab$.", min_size=1, max_size=3),
            st.text(alphabet="ab$&", max_size=3),
            st.booleans(),
            st.booleans(),
        ),
        st.builds(Trim, inner),
        st.builds(JoinList, inner, st.sampled_from([", ", "'\"", "", "\\"])),
        st.builds(Flatten, inner, st.sampled_from([".", "_"]), st.booleans()),
        st.builds(ConvertJson, inner, st.sampled_from(JsonMode)),
        st.builds(
            FormatDate, inner, st.sampled_from(["%Y", "%d.%m. \"'"]), st.sampled_from(["", "Asia/Tokyo"])
        ),
    )


EXPRESSIONS = st.recursive(
    st.one_of(
        TEXTS.map(Text),
        VARIABLES,
        STATICS,
        st.just(Liquid("{% if email %}x{% endif %}")),
        st.just(Advanced({"@merge": {"direction": "left", "objects": [{"@path": "$."}]}})),
    ),
    _around,
    max_leaves=5,
)

EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "email": SCALARS | st.just(" Ann@Example.com "),
        "list": st.lists(SCALARS, max_size=3),
        "traits": st.fixed_dictionaries(
            {}, optional={"name": TEXTS, "a.b": SCALARS | st.just([1, {"c": None}])}
        ),
    },
)


def normal(expression: Expression) -> Expression:
    """The one form of expressions that mean the same by construction: joins made flat, texts made one."""
    match expression:
        case Joined(parts):
            return _normal_join(parts)
        case Coalesce(value, fallback, blank):
            return Coalesce(normal(value), normal(fallback), blank)
        case ChangeCase(value, case):
            return ChangeCase(normal(value), case)
        case Replace(value, pattern, replacement, ignore_case, everywhere):
            return Replace(normal(value), pattern, replacement, ignore_case, everywhere)
        case Trim(value):
            return Trim(normal(value))
        case JoinList(value, separator):
            return JoinList(normal(value), separator)
        case Flatten(value, separator, keep_lists):
            return Flatten(normal(value), separator, keep_lists)
        case ConvertJson(value, mode):
            return ConvertJson(normal(value), mode)
        case FormatDate(value, form, zone):
            return FormatDate(normal(value), form, zone)
        case Advanced(mapping):
            return read(mapping)
    return expression


def _normal_join(parts: tuple[Expression, ...]) -> Expression:
    flat: list[Expression] = []
    for part in map(normal, parts):
        flat += part.parts if isinstance(part, Joined) else (part,)
    merged: list[Expression] = []
    for part in flat:
        text = (
            text_of(part.value) if isinstance(part, Static) else part.text if isinstance(part, Text) else None
        )
        last = merged[-1] if merged else None
        if text is None:
            merged.append(part)
        elif isinstance(last, Text):
            merged[-1] = Text(last.text + text)
        elif text:
            merged.append(Text(text))
    if not merged:
        return Text("")
    return merged[0] if len(merged) == 1 and isinstance(merged[0], Text) else Joined(tuple(merged))


def meaning(expression: Expression, event: dict[str, Any]) -> JsValue:
    """The value of texts, variables, joins, Coalesce, letter case and Trim, worked out directly."""
    match expression:
        case Text(text):
            return text
        case Static(value):
            return value
        case Variable(keys):
            value = event
            for key in keys:
                value = value.get(key, UNDEFINED) if isinstance(value, dict) else UNDEFINED
            # What only Liquid can name is null where it is missing.
            return None if value is UNDEFINED and path_of(keys) is None else value
        case Joined(parts):
            return "".join(text_of(meaning(part, event)) for part in parts)
        case Coalesce(value, fallback):
            found = meaning(value, event)
            return meaning(fallback, event) if found is None or found is UNDEFINED else found
        case Trim(value):
            return printed(meaning(value, event)).strip(JS_WHITE_SPACE)
        case ChangeCase(value, LetterCase.CAPITALIZE):
            text = printed(meaning(value, event))
            return text[:1].upper() + text[1:].lower()
        case ChangeCase(value, case):
            found = meaning(value, event)
            if not isinstance(found, str):
                return found
            return found.upper() if case is LetterCase.UPPER else found.lower()
    raise AssertionError(f"{expression} has no meaning of its own")


MEANT = st.recursive(
    st.one_of(TEXTS.map(Text), STATICS, VARIABLES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Joined(tuple(parts))),
        st.builds(Coalesce, inner, inner),
        st.builds(Trim, inner),
        st.builds(ChangeCase, inner, st.sampled_from(LetterCase)),
    ),
    max_leaves=6,
)
