"""Copied code runs: with Segment's real libraries where they can be had, and whatever the values hold."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.json_value import JsonObject, JsonValue
from app.segment.close_destination import ACTION
from app.storage.profile import MappingSpec, Profile
from app.workflows.snippet_calls import snippet_calls
from app.workflows.snippets import Language, js_literal, python_literal, snippet
from tests.relay.segment_libraries import node_libraries, python_library
from tests.relay.test_segment_libraries import KEY, listener, run, stored
from tests.relay.test_server import Listener

__all__ = ["listener"]

ODD = 'Demo "R\'q" </script> 🙂 \\ \u2028 %%CALLS%%'
EVENTS: tuple[JsonObject, ...] = (
    {"type": "identify", "userId": "usr_1", "traits": {"name": ODD, "email": "a@b.example", "seats": 3}},
    {
        "type": "track",
        "event": ODD,
        "userId": "usr_1",
        "properties": {"plan": "team", "urgent": True, "__proto__": "x", "unused": 1},
        "context": {"traits": {"email": "a@b.example"}},
    },
)
PEOPLE = MappingSpec(
    "People",
    ACTION.slug,
    'type = "identify"',
    {"contact_name": {"@path": "$.traits.name"}, "contact_phone": {"@path": "$.traits.seats"}},
)
DEMOS = MappingSpec(
    "Demos",
    ACTION.slug,
    'type = "track" and properties.plan = "team"',
    {
        "lead_name": {"@template": "{{properties.plan}}, {{ properties.urgent }}"},
        "contact_title": {"@path": "$.properties.__proto__"},
        "contact_email": {"@liquid": "{{ context.traits.email | upcase }}"},
    },
)
PROFILE = Profile("0" * 32, "default", mappings=(PEOPLE, DEMOS))


def test_calls_hold_what_the_mappings_read_with_the_types_of_the_events() -> None:
    people, demos = snippet_calls(PROFILE, EVENTS)
    assert (people.type, people.data) == ("identify", {"name": ODD, "seats": 3})
    assert (demos.type, demos.name) == ("track", ODD)
    assert demos.data == {"plan": "team", "urgent": True, "__proto__": "x"}
    assert demos.context == {"traits": {"email": "a@b.example"}}


def test_without_an_event_the_trigger_gives_the_names() -> None:
    spec = MappingSpec(
        "M", ACTION.slug, 'type = "track" and event = "Paid"', {"a": {"@path": "$.properties.x.y"}}
    )
    [call] = snippet_calls(Profile("0" * 32, "p", mappings=(spec,)), ())
    assert (call.type, call.name, call.data) == ("track", "Paid", {"x": {"y": "y"}})


def test_mappings_that_are_off_cause_no_call() -> None:
    off = MappingSpec("M", ACTION.slug, 'type = "identify"', {}, enabled=False)
    calls = snippet_calls(Profile("0" * 32, "p", mappings=(off,)), EVENTS)
    assert calls == ()
    assert all("No mapping is on" in snippet(language, calls) for language in Language)


async def test_the_python_code_runs_with_segments_library(listener: Listener) -> None:
    code = twice(Language.PYTHON, "identify(").replace(
        "analytics.write_key =",
        f"analytics.host = 'http://127.0.0.1:{listener.port}'\nanalytics.write_key =",
    )
    library = python_library()
    await run(
        (sys.executable, "-c", code),
        PYTHONPATH=str(library),
        PYTHONWARNINGS="ignore",
        SEGMENT_WRITE_KEY=KEY,
    )
    check_arrived(stored(listener))


async def test_the_node_code_runs_with_segments_library(listener: Listener) -> None:
    folder = node_libraries()
    await run(
        ("node", "-e", twice(Language.NODE, "identify(")),
        NODE_PATH=str(folder / "node_modules"),
        SEGMENT_WRITE_KEY=KEY,
        SEGMENT_HOST=f"http://127.0.0.1:{listener.port}",
    )
    check_arrived(stored(listener))


def check_arrived(events: list[dict[str, Any]]) -> None:
    first, again, track = events
    assert first["traits"] == again["traits"] == {"name": ODD, "seats": 3}
    assert first["integrations"] == {"All": True, "Close": True}
    assert again["integrations"] == {"All": True, "Close": False}
    assert track["event"] == ODD
    assert track["properties"] == {"plan": "team", "urgent": True, "__proto__": "x"}
    assert track["context"]["traits"] == {"email": "a@b.example"}


def twice(language: Language, call: str) -> str:
    """The code with its first call of ``call`` made a second time, as the next page load would."""
    code = snippet(language, snippet_calls(PROFILE, EVENTS))
    start = code.rindex(f"\n{call}")
    end = next(i for i in range(start + 1, len(code)) if code[start:i].rstrip(";").endswith("})")) + 1
    statement = code[start:end].removesuffix("\n")
    return code[:start] + statement + statement + code[start + len(statement) :]


STAND_IN = """
const kept = new Map();
const window = { analytics: [], localStorage: BLOCKED ? undefined : {
  getItem: (key) => (kept.has(key) ? kept.get(key) : null), setItem: (key, value) => kept.set(key, value) } };
for (const method of ['identify', 'track', 'group', 'page']) {
  window.analytics[method] = (...given) => window.analytics.push([method, ...given]);
}
for (const code of CODES) new Function('window', code)(window);
console.log(JSON.stringify({ calls: window.analytics, kept: [...kept.values()] }));
"""


def node(script: str) -> Any:
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    done = subprocess.run(["node", "-"], input=script.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize("blocked", [False, True])
def test_the_browser_code_identifies_at_close_on_change_only(blocked: bool) -> None:
    code = snippet(Language.BROWSER, snippet_calls(PROFILE, EVENTS))
    changed = code.replace('"seats": 3', '"seats": 4')
    codes = json.dumps([code, code, changed])
    script = STAND_IN.replace("BLOCKED", json.dumps(blocked)).replace("CODES", codes)
    found = node(script)
    identifies = [call for call in found["calls"] if call[0] == "identify"]
    flags = [call[3]["integrations"]["Close"] for call in identifies]
    # Without storage each page load starts anew.
    assert flags == ([True, True, True] if blocked else [True, False, True])
    [_, track, *_] = found["calls"]
    assert track[:2] == ["track", ODD]
    assert track[3] == {"context": {"traits": {"email": "a@b.example"}}}
    assert "a@b.example" not in "".join(found["kept"])
    assert "</script" not in code


def test_node_accepts_the_browser_code_as_a_file(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    file = tmp_path / "snippet.js"
    file.write_text(snippet(Language.BROWSER, snippet_calls(PROFILE, EVENTS)), encoding="utf-8")
    done = subprocess.run(["node", "--check", os.fspath(file)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_python_reads_any_value_back(value: JsonValue) -> None:
    assert ast.literal_eval(python_literal(value)) == value


@given(st.text())
def test_no_text_ends_a_script_or_a_line(text: str) -> None:
    literal = js_literal(text)
    assert json.loads(literal) == text
    assert not set(literal) & {"<", ">", "\n", "\r", "\u2028", "\u2029"}
    literal.encode("utf-8")


def test_javascript_reads_odd_values_back() -> None:
    value: JsonValue = {"__proto__": {"a": 1}, "</script>": [ODD, "\ud800", None, True, 1.5, -0.25], "": {}}
    assert node(f"console.log(JSON.stringify({js_literal(value)}))") == value
