"""The documented filter language: grammar, precedence, types, functions, globs; fail closed."""

from __future__ import annotations

import pytest

from app.segment import fql
from app.segment.fql import FqlError

EVENT = {
    "type": "track",
    "event": "Order Completed",
    "n": 5,
    "yes": True,
    "no": False,
    "none": None,
    "list": ["a", 1],
    "properties": {"revenue": 349.0, "a.b": "dotted", "name": "Größe", "total billed": 830},
}


@pytest.mark.parametrize(
    "statement",
    [
        'type = "track"',
        "event = 'Order Completed'",
        'n=5 and n!="5" and n>4 and n<=5',
        'type = "page" or type = "track" and n = 5',
        'type = "track" or type = "page" and n = 6',
        '!(type = "page") and !!yes',
        "yes",
        "!no and !none",
        "none = null and gone = null and gone.deeper = null",
        "properties.revenue >= 349 and properties.revenue < 1e3 or yes",
        'properties.a\\.b = "dotted"',
        "properties.total\\ billed = 830",
        'type in ["identify", "track"] and !(n in ["5"])',
        "1 in list and 'a' in list",
        'list = ["a", 1] and list != ["a", "1"]',
        'contains(event, "Comp") and !contains(none, "x") and !contains(n, "5")',
        'match(event, "Order*") and match(event, "*") and !match(event, "Order")',
        'match(event, "[N-P]?der C[^x]mpleted") and !match(event, "[z-a]rder*") and !match(event, "[Order*")',
        'match("a*b", "a\\\\*b") and !match("axb", "a\\\\*b")',
        "length(properties.name) = 7 and length(list) = 2 and length(gone) = 0",
        'lowercase(event) = "order completed" and uppercase(type) = "TRACK" and lowercase(none) = null',
        'snakecase(event) = "Order_Completed" and kebabcase(event) = "Order-Completed"',
        'titlecase(lowercase(event)) = "Order Completed"',
        'typeof(n) = "number" and typeof(list) = "list" and typeof(yes) = "bool" and typeof(gone) = "null"',
        'string(n) = "5" and number("5") = n and bool("true") and string(none) = null',
        '!(n > "4") and !(event > 1) and !(yes = "true")',
        '"it\\"s" = \'it"s\'',
        "((((yes))))",
        "-1 < n and +5 = n",
    ],
)
def test_a_true_statement_matches(statement: str) -> None:
    assert fql.matches(statement, EVENT)


@pytest.mark.parametrize(
    "statement",
    ["n", "event", "none", "gone", 'type = "page"', "1 = 1 = 1", "no or none", "n in 5", "list > 1", "[yes]"],
)
def test_only_what_is_exactly_true_matches(statement: str) -> None:
    assert not fql.matches(statement, EVENT)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "type =",
        "type = = 1",
        'type = "track',
        "(yes",
        "yes)",
        "nope(1)",
        "contains(event)",
        "yes and",
        "and yes",
        "type = 'a' type = 'b'",
        "a # b",
        "[1, ",
        "(" * 200 + "yes" + ")" * 200,
        "yes or " * 1000 + "yes",
    ],
)
def test_a_statement_that_cannot_be_read_is_refused_and_matches_nothing(statement: str) -> None:
    with pytest.raises(FqlError):
        fql.compile(statement)
    assert not fql.matches(statement, EVENT)


@pytest.mark.parametrize(
    "statement", ["n and yes", "!event", "lowercase(n) = 5", 'number("x") = 1', "bool(n)"]
)
def test_an_evaluation_that_fails_raises_and_matches_nothing(statement: str) -> None:
    with pytest.raises(FqlError):
        fql.compile(statement)(EVENT)
    assert not fql.matches(statement, EVENT)


def test_a_pattern_full_of_wildcards_ends() -> None:
    assert not fql.matches('match(event, "' + "*a" * 1000 + 'b")', {"event": "a" * 5000})
