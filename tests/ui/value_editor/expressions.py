"""Expressions of every shape, for properties that hold for all of them."""

from __future__ import annotations

from hypothesis import strategies as st

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

# With what Qt's documents, bidirectional text and UTF-16 make special.
texts = st.text(
    st.one_of(
        st.sampled_from("ab /{}.\n\r\t\0\u00a0\u2028\u2029\ufdd0\ufffc\U0001f600\ud83d\ude00\u05d0"),
        st.characters(),
    ),
    max_size=6,
)
_keys = st.lists(st.sampled_from(["traits", "a.b", "", "first name", "0", "é"]), max_size=3).map(tuple)
_fixed = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.just([1, {"a": None}]))
_leaves: st.SearchStrategy[Expression] = st.one_of(
    texts.map(Text),
    _keys.map(Variable),
    _fixed.map(Static),
    texts.map(Liquid),
    st.just(Advanced({"@merge": {"objects": [], "direction": "right"}})),
)


def _grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: Joined(tuple(parts))),
        st.builds(Coalesce, inner, inner, st.booleans()),
        st.builds(ChangeCase, inner, st.sampled_from(LetterCase)),
        st.builds(Replace, inner, texts, texts, st.booleans(), st.booleans()),
        st.builds(Trim, inner),
        st.builds(JoinList, inner, texts),
        st.builds(Flatten, inner, texts, st.booleans()),
        st.builds(ConvertJson, inner, st.sampled_from(JsonMode)),
        st.builds(FormatDate, inner, texts, st.sampled_from(["", "Europe/London"])),
    )


expressions: st.SearchStrategy[Expression] = st.recursive(_leaves, _grown, max_leaves=8)
