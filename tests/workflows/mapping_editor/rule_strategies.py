"""Rules as people could build them."""

from __future__ import annotations

from hypothesis import strategies as st

from app.segment.trigger_tree import NESTED, Subject
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rule_operators import RuleOperator, Takes, offered
from app.workflows.mapping_editor.rules import TYPES, Joiner, Rule

VALUES = st.text(alphabet="abZ 09*é🙂.,()'=", max_size=8)
NAMES = st.sampled_from(["plan", "a.b", "1st", "and", "with space", "größe", "$x", "x/y", "l[0].k"])
NUMBERS = st.integers(-(10**9), 10**9).map(str) | st.sampled_from(["0.5", "-2.25", "10", "+3", ".5"])


def _condition(subject: Subject) -> st.SearchStrategy[RuleCondition]:
    def with_operator(one: RuleOperator) -> st.SearchStrategy[RuleCondition]:
        values = {Takes.NOTHING: st.just(""), Takes.TEXT: VALUES, Takes.NUMBER: NUMBERS}[one.takes]
        names = NAMES if subject in NESTED else st.just("")
        return st.builds(RuleCondition, st.just(subject), st.just(one.key), values, names)

    return st.sampled_from(offered(subject)).flatmap(with_operator)


CONDITIONS = st.sampled_from(list(Subject)).flatmap(_condition)
FINISHED = CONDITIONS.filter(lambda one: one.comparison is not None)
RULES = st.builds(
    Rule,
    st.lists(st.sampled_from(TYPES), max_size=3, unique=True).map(
        lambda names: tuple(one for one in TYPES if one in names)
    ),
    st.sampled_from(Joiner),
    st.lists(FINISHED, max_size=4).map(tuple),
    st.none() | st.lists(FINISHED, min_size=1, max_size=3).map(tuple),
)
FEW_VALUES = st.sampled_from(["a", "Z 0", "10", 10, -1, 0.5, None, True, False, "", "plan", [], {}])
BODIES = st.fixed_dictionaries(
    {"type": st.sampled_from([*TYPES, "other"])},
    optional={
        "event": FEW_VALUES | VALUES,
        "name": FEW_VALUES,
        "userId": FEW_VALUES | VALUES,
        "properties": st.dictionaries(NAMES | st.just("a"), FEW_VALUES | VALUES, max_size=3),
        "traits": st.dictionaries(NAMES, FEW_VALUES, max_size=3),
    },
)
