"""Templates beyond the recorded cases: Segment's limits, LiquidJS's habits, runaways."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment import liquid
from app.segment.liquid_filters import DISABLED_FILTERS
from app.segment.liquid_tags import DISABLED_TAGS

EVENT = {
    "name": "Maren",
    "n": 5,
    "none": None,
    "l": ["a", 1, None, ["b"]],
    "o": {"k": "v", "size": 9},
    "when": "2026-03-04T09:15:30.250Z",
    "smile": "É🙂",
    "products": [{"sku": "P-1", "on": True}, {"sku": "P-2", "on": False}],
}


def rendered(template: str, payload: Any = None) -> str:
    return liquid.parse(template).render(EVENT if payload is None else payload)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ name n }}", "Maren"),
        ("{{ name | nonsense: 1 | upcase }}", "MAREN"),
        ("{{ name | }}", "Maren"),
        ('{{ "}}" }}', "}}"),
        ('{{ "a\\n\\u0041" }}', "a\nA"),
        ("{{ l[-1] }}{{ l.first }}{{ l.size }}", "ba4"),
        ("{{ o.size }}{{ o.k.size }}{{ size }}", "910"),
        ("{{ (1..4) | join: '-' }}", "1-2-3-4"),
        ("{% if n == '5' %}T{% else %}F{% endif %}", "F"),
        ("{% if not none and n > 4 %}T{% endif %}", "T"),
        ("{% if l contains 1 %}T{% endif %}", "T"),
        ("{% unless n %}1{% elsif name %}2{% else %}3{% endunless %}", "2"),
        ("{% assign x = n | plus: 1 %}{{ x }}{% increment n %}{{ n }}", "656"),
        ("{% capture x %}<{{ name }}>{% endcapture %}{{ x | escape }}", "&lt;Maren&gt;"),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ("a {{- name -}} b", "aMarenb"),
        ("{% liquid assign x = 1\n echo x %}", "1"),
        ("a{% break %}b", "a"),
        ('{% cycle "a","b" %}{% cycle "c","d" %}', "ad"),
        ("{{ smile | size }}{{ smile | slice: 1, 2 }}", "3🙂"),
        ('{{ smile | split: "" | join: "" }}', "É🙂"),
        ('{{ products | where: "on" | json }}', '[{"sku":"P-1","on":true}]'),
        ("{{ o | json: 1 }}", '{\n "k": "v",\n "size": 9\n}'),
        ("{{ 10 | divided_by: 4 }} {{ 10 | divided_by: 4, true }} {{ 1 | divided_by: 0 }}", "2.5 2 Infinity"),
        ("{{ 1.005 | round: 2 }} {{ -2.5 | round }} {{ -7 | modulo: 3 }}", "1.01 -3 2"),
        ('{{ "abc" | plus: "2" }} {{ "12.7" | to_integer }} {{ n | minus }}', "2 12.7 NaN"),
        (
            '{{ "a b" | url_encode }} {{ "%41+b" | url_decode }} {{ "Ärger & Ü" | slugify }}',
            "a+b A b ärger-ü",
        ),
        ('{{ "<p>x</p><!-- y -->" | strip_html }}', "x"),
        ('{{ "eA==" | base64_decode }}{{ "x" | base64_encode }}', "xeA=="),
        ('{{ none | default: "D" }}{{ false | default: "D", allow_false: true }}', "Dfalse"),
        ('{{ "one two three" | truncatewords: 2 }} {{ name | truncate: 4 }}', "one two... M..."),
        ('{{ when | date: "%-d %b %Y %H:%M:%S.%L %z" }}', "4 Mar 2026 09:15:30.250 +0000"),
        ('{{ when | date: "%H:%M", "America/New_York" }}', "04:15"),
        ('{{ "March 4, 2026 10:20 pm" | date: "%F %Y-%m-%d %H" }}', "%F 2026-03-04 22"),
        ('{{ "no date" | date: "%Y" }}{{ none | date: "%Y" }}', "no date"),
        ('{{ when | date_to_long_string: "ordinal", "US" }}', "March 4th, 2026"),
    ],
)
def test_templates_print_what_liquidjs_prints(template: str, text: str) -> None:
    assert rendered(template) == text


@pytest.mark.parametrize("tag", DISABLED_TAGS)
def test_disabled_tags_are_refused_even_where_they_would_not_run(tag: str) -> None:
    with pytest.raises(liquid.LiquidError, match="disabled"):
        liquid.parse(f"{{% if false %}}{{% {tag} x %}}{{% endif %}}")


@pytest.mark.parametrize("name", DISABLED_FILTERS)
def test_disabled_filters_fail_only_when_they_run(name: str) -> None:
    assert rendered(f"{{% if false %}}{{{{ l | {name} }}}}{{% endif %}}ok") == "ok"
    with pytest.raises(liquid.LiquidError, match="disabled"):
        rendered(f"{{{{ l | {name} }}}}")


@pytest.mark.parametrize(
    "template",
    [
        "{{ a",
        "{% if a %}",
        "{% endif %}",
        "{% nope %}",
        "{{ }}",
        "{{ $.a }}",
        "{% assign x %}",
        "{% capture %}x{% endcapture %}",
        "{% if a %}{% else x %}{% endif %}",
        "{% if a %}1{% else %}2{% else %}3{% endif %}",
        "{% comment %}",
        "{% raw %}",
        "{% cycle %}",
        "{{ a | upcase x }}",
        "{{ (1..) }}",
        "{{ a[b }}",
        "{% # a\nb %}",
        "{%  %}",
    ],
)
def test_broken_templates_are_refused_when_read(template: str) -> None:
    with pytest.raises(liquid.LiquidError):
        liquid.parse(template)


def test_a_template_has_at_most_a_thousand_characters() -> None:
    assert rendered("x" * 1000) == "x" * 1000
    with pytest.raises(liquid.LiquidError, match="1000"):
        liquid.parse("x" * 1001)
    with pytest.raises(liquid.LiquidError, match="1000"):
        liquid.parse("🙂" * 501)


@pytest.mark.parametrize(
    "template",
    [
        "{% assign name = name | append: name %}" * 25,
        "{{ (1..99999999999) }}",
        '{% assign name = name | replace: "", name %}' * 20,
        "{% assign l = l | push: l %}" * 33 + "{{ l }}",
        "{% assign l = l | push: l %}" * 33 + "{{ l | json }}",
        "{% assign l = l | push: l %}" * 33 + '{{ l | join: "x" }}',
        '{{ 1 | date: "%999999999d" }}',
        "{% if n %}" * 62 + "{% endif %}" * 3,
    ],
)
def test_runaway_templates_end_in_a_clear_error(template: str) -> None:
    with pytest.raises(liquid.LiquidError):
        rendered(template)


def test_now_is_the_moment_the_event_was_received() -> None:
    template = '{{ "now" | date: "%Y-%m-%d" }}'
    times = {"receivedAt": "2026-03-04T09:15:30.250Z", "timestamp": "2020-01-01T00:00:00Z"}
    assert rendered(template, times) == "2026-03-04"
    assert rendered(template, {"timestamp": "2020-01-01T00:00:00Z"}) == "2020-01-01"
    with pytest.raises(liquid.LiquidError, match="no time"):
        rendered(template, {"receivedAt": 5})


def test_rendering_leaves_the_event_as_it_was() -> None:
    event = {"n": 1, "l": [1]}
    assert rendered("{% increment n %}{% assign l = 5 %}{% assign m = l | push: 2 %}", event) == "1"
    assert event == {"n": 1, "l": [1]}
