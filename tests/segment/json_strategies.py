"""Random payloads and mappings, small enough to shrink well."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c", "1", "email", "größe", "with space"])
TEXTS = st.text(alphabet="ab{}.$[]'\"0 🙂é", max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
PAYLOADS = st.dictionaries(NAMES, VALUES, max_size=4)
PATHS = st.sampled_from(["$.a", "$.b.c", "$.c[0].a", "$.", "$.1", "$.none", "$.email.length"])


def _directives(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(lambda path: {"@path": path}, PATHS),
        st.builds(lambda text: {"@template": text}, TEXTS | st.just("{{a}} {{{b}}}")),
        st.builds(lambda value: {"@literal": value}, inner),
        st.builds(lambda a, b, c: {"@if": {"exists": a, "then": b, "else": c}}, inner, inner, inner),
        st.builds(lambda value: {"@json": {"mode": "encode", "value": value}}, inner),
        st.builds(lambda value: {"@flatten": {"separator": "_", "value": value}}, inner),
        st.builds(lambda path, value: {"@arrayPath": [path, {"x": value}]}, PATHS, inner),
        st.builds(lambda a: {"@merge": {"direction": "left", "objects": [{"k": a}, {"@path": "$."}]}}, inner),
        st.builds(lambda a, b: {"@transform": {"apply": {"a": a}, "mapping": {"z": b}}}, inner, inner),
        st.builds(lambda value: {"@excludeWhenNull": value}, inner),
    )


MEMBERS = st.recursive(
    SCALARS,
    lambda inner: (
        _directives(inner) | st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2)
    ),
    max_leaves=6,
)
MAPPINGS = st.dictionaries(NAMES, MEMBERS, max_size=4)
