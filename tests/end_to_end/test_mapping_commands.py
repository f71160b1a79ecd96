"""Mappings and triggers on the command line: tried on an event, listed, switched, carried in files.

The whole program runs, most often in this process: only what a process of its own adds is tested in one.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.program import main
from app.segment import close_destination
from app.storage.profile import MappingSpec, Profile
from app.storage.profile_store import ProfileStore
from tests.end_to_end.programs import Done, Program

NOWHERE = "http://127.0.0.1:9/api/v1/"
EVENT: dict[str, Any] = {
    "type": "identify",
    "userId": "u1",
    "traits": {"name": "Ann Lee", "email": "Ann@Example.com", "a.b": 5, "text": "x" * 30_000},
}
NAME = {"contact_name": {"@path": "$.traits.name"}}
SUBSCRIPTION = {
    "name": "From Segment",
    "actionSlug": "createUpdateContactAndLead",
    "trigger": 'type = "identify"',
    "enabled": True,
    "settings": NAME,
}
TWO = {"data": {"subscriptions": [SUBSCRIPTION, {**SUBSCRIPTION, "name": "Second", "enabled": False}]}}


@dataclass
class Command:
    """Runs the program's ``main`` here."""

    folder: Path
    patch: pytest.MonkeyPatch
    printed: pytest.CaptureFixture[str]

    def run(self, *arguments: str, stdin: str = "") -> Done:
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8"))))
        try:
            code = main(["--profile-dir", str(self.folder), *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        return Done(code, *self.printed.readouterr())


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Without a profile, a key or a Close that answers."""
    monkeypatch.setattr(logging.getLogger(), "handlers", list(logging.getLogger().handlers))
    return Command(tmp_path / "profiles", monkeypatch, capsys)


@pytest.fixture
def with_profile(program: Command) -> Command:
    spec = MappingSpec(
        "Identify",
        close_destination.ACTION.slug,
        'type = "identify"',
        close_destination.default_mapping(),
        ignored=("traits.text",),
    )
    store = ProfileStore(program.folder)
    store.save(Profile("0" * 32, "default", mappings=(spec,)))
    return program


def written(folder: Path, name: str, value: Any) -> str:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return str(path)


def mapped(program: Command, mapping: Any, *options: str, event: Any = EVENT) -> Done:
    """``map`` with both files written beside the profiles."""
    folder = program.folder.parent
    files = written(folder, "mapping.json", mapping), written(folder, "event.json", event)
    return program.run("map", "--mapping", files[0], files[1], *options)


def saved(program: Command) -> tuple[MappingSpec, ...]:
    return ProfileStore(program.folder).load("default").mappings


def test_map_prints_the_payload_and_needs_no_profile(program: Command) -> None:
    lower = {"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}}
    done = mapped(program, {**NAME, "contact_email": lower, "other": {"@path": "$.missing"}})
    assert done.code == 0, done.err
    assert done.data == {"contact_name": "Ann Lee", "contact_email": "ann@example.com"}
    assert not program.folder.exists()


@pytest.mark.parametrize(
    "mapping",
    [
        NAME,
        SUBSCRIPTION,
        {"data": {"subscription": SUBSCRIPTION}},
        [SUBSCRIPTION],
        {"name": "Ours", "action": "createUpdateContactAndLead", "trigger": "", "mapping": NAME},
        {"version": 2, "mappings": [{"name": "Ours", "enabled": False, "ignored": ["a"], "mapping": NAME}]},
    ],
)
def test_map_reads_bare_mappings_exports_and_profiles(program: Command, mapping: Any) -> None:
    done = mapped(program, mapping, "--json")
    assert done.code == 0, done.err
    assert done.data["payload"] == {"contact_name": "Ann Lee"}
    assert done.data["problems"] == []
    assert done.data["error"] is None


@pytest.mark.parametrize("beside", [{}, {"name": {"@path": "$.userId"}, "enabled": True}])
def test_map_takes_fields_that_are_named_like_parts_of_an_export_as_fields(
    program: Command, beside: dict[str, Any]
) -> None:
    done = mapped(program, {"settings": {"first": {"@path": "$.traits.name"}}, **beside}, "--json")
    assert done.code == 0, done.err
    assert done.data["payload"]["settings"] == {"first": "Ann Lee"}


def test_the_installed_program_maps_an_event_from_standard_input(tmp_path: Path) -> None:
    program = Program(tmp_path / "profiles", NOWHERE, {})
    mapping = written(tmp_path, "mapping.json", NAME)
    done = program.run("map", "--mapping", mapping, "-", "--json", stdin=json.dumps(EVENT))
    assert done.code == 0, done.err
    assert done.data["payload"] == {"contact_name": "Ann Lee"}
    trigger = program.run("trigger", 'type = "track"', "-", "--json", stdin=json.dumps(EVENT))
    assert (trigger.code, trigger.data["matches"]) == (0, False)


def test_map_wants_a_choice_among_several_mappings(program: Command) -> None:
    refused = mapped(program, TWO)
    assert refused.code == 1
    assert "MAPPING-FILE" in refused.err
    assert "“Second”" in refused.err
    assert mapped(program, TWO, "--mapping-name", "Second", "--json").data["mapping"] == "Second"
    assert "MAPPING-UNKNOWN" in mapped(program, TWO, "--mapping-name", "Third").err


def test_map_uses_the_profiles_mapping_without_a_file(with_profile: Command) -> None:
    event = json.dumps(EVENT)
    for options in ((), ("--mapping-name", "Identify")):
        done = with_profile.run("map", *options, "-", "--json", stdin=event)
        assert done.code == 0, done.err
        assert done.data["mapping"] == "Identify"
        assert done.data["payload"]["contact_email"] == "Ann@Example.com"


def test_map_names_every_problem_with_its_place(program: Command) -> None:
    broken = {"contact_email": {"@case": {"value": 5}}, "contact_name": {"@nonsense": 1}}
    done = mapped(program, broken, "--json")
    assert done.code == 1
    assert done.data["payload"] is None
    assert [problem["place"] for problem in done.data["problems"]] == [
        "/contact_email/@case/value",
        "/contact_name",
    ]
    assert done.data["error"]["code"] == "MAPPING-PROBLEMS"
    assert "/contact_email/@case/value" in done.err


def test_map_says_which_value_segment_would_refuse(program: Command) -> None:
    done = mapped(program, {"contact_name": {"@path": "$.traits"}}, "--json")
    assert done.code == 1
    assert done.data["payload"]["contact_name"]["name"] == "Ann Lee"
    assert done.data["problems"][0]["place"] == "/contact_name"
    assert "Contact Name" in done.err


def repeated(times: int, step: Any, start: Any) -> Any:
    for _ in range(times):
        start = step(start)
    return start


BOMBS: dict[str, Any] = {
    "text that trebles at each step": repeated(
        20,
        lambda value: {"@transform": {"apply": {"a": value}, "mapping": {"@template": "{{a}}{{a}}{{a}}"}}},
        {"@path": "$.traits.text"},
    ),
    "lists that double at each step": repeated(
        25,
        lambda value: {
            "@transform": {"apply": {"a": value}, "mapping": {"l": [{"@path": "$.a"}, {"@path": "$.a"}]}}
        },
        {"@path": "$."},
    ),
    "many large texts": {str(place): {"@template": "{{traits.text}}" * 60} for place in range(400)},
    "a large text for each item": {
        "@arrayPath": [{"@literal": [{"a": 1}] * 5_000}, {"t": {"@template": "y" * 50_000 + "{{a}}"}}]
    },
    "a loop in Liquid": {"@liquid": "{% for i in (1..9) %}{% endfor %}"},
    "a range without end in Liquid": {"@liquid": "{{ (1..9999999999) | join: '' }}"},
    "text that doubles in Liquid": {
        "@liquid": "{% assign a = traits.text %}" + "{% assign a = a | append: a %}" * 30 + "{{ a }}"
    },
    "Liquid that never closes": {"@liquid": "{{ a"},
    "deep nesting": repeated(300, lambda value: {"@case": {"operator": "lower", "value": value}}, "x"),
    "deep lists": repeated(600, lambda value: [value], 1),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_mapping_that_runs_away_gets_a_clear_error(program: Command, bomb: str) -> None:
    done = mapped(program, {"contact_name": BOMBS[bomb]})
    assert done.code == 1
    assert "MAPPING-PROBLEMS" in done.err
    assert "Traceback" not in done.err
    assert len(done.err) < 2_000


@pytest.mark.parametrize("text", ["", "{", "5", "[1]", '{"a":' * 50_000 + "1" + "}" * 50_000, "[NaN]"])
def test_a_file_that_holds_no_mapping_is_refused(program: Command, text: str) -> None:
    done = mapped(program, text, "--json")
    assert done.code == 1
    assert done.data["error"]["code"] == "MAPPING-FILE"
    assert {"title", "cause", "remedy"} <= done.data["error"].keys()
    assert "MAPPING-FILE" in done.err


@pytest.mark.parametrize(
    ("text", "code"), [("[]", "SAMPLE-"), ("{", "SAMPLE-"), ("x" * 1_100_000, "EVENT-FILE")]
)
def test_an_event_that_cannot_be_read_is_named(
    program: Command, tmp_path: Path, text: str, code: str
) -> None:
    mapping = written(tmp_path, "mapping.json", NAME)
    done = program.run("map", "--mapping", mapping, "-", stdin=text)
    assert done.code == 1
    assert code in done.err


def test_text_of_an_event_cannot_steer_the_terminal(program: Command) -> None:
    done = mapped(program, NAME, event={"traits": {"name": "\u009b31m\u202eevil\x1b["}})
    assert not {"\u009b", "\u202e", "\x1b"} & set(done.out)
    assert done.data == {"contact_name": "\u009b31m\u202eevil\x1b["}


def test_trigger_prints_match_and_trace(program: Command, tmp_path: Path) -> None:
    event = written(tmp_path, "event.json", EVENT)
    text = 'type = "identify" and traits.name = "Bo"'
    done = program.run("trigger", text, event, "--json")
    assert done.code == 0
    assert done.data["matches"] is False
    assert [(clause["actual"], clause["passed"]) for clause in done.data["trace"]] == [
        ("identify", True),
        ("Ann Lee", False),
    ]
    assert done.data["warnings"] == []
    for_people = program.run("trigger", 'type = "identify"', event)
    assert (for_people.code, for_people.out.splitlines()[0]) == (0, "Matches.")
    assert not program.folder.exists()


def test_trigger_says_where_segment_reads_something_else(program: Command) -> None:
    done = program.run("trigger", "no trigger at all (", "-", "--json", stdin=json.dumps(EVENT))
    assert done.code == 0
    assert done.data["matches"] is False
    assert done.data["warnings"]


@pytest.mark.parametrize("text", ["(" * 60_000, "!" * 60_000, 'type = "a" and ' * 5_000 + 'type = "b"'])
def test_a_trigger_without_end_is_answered(program: Command, text: str) -> None:
    done = program.run("trigger", text, "-", stdin=json.dumps(EVENT))
    assert done.code in (0, 1)
    assert "Traceback" not in done.err


def test_mappings_are_listed_and_switched_by_name(with_profile: Command) -> None:
    off = with_profile.run("mappings", "disable", "Identify", "--json")
    assert off.code == 0
    assert [(each["name"], each["enabled"]) for each in off.data] == [("Identify", False)]
    assert not saved(with_profile)[0].enabled
    assert with_profile.run("mappings", "enable", "Identify").out.startswith("on ")
    assert saved(with_profile)[0].enabled
    listed = with_profile.run("mappings", "list", "--json").data
    assert listed[0].keys() == {"name", "action", "trigger", "enabled"}
    unknown = with_profile.run("mappings", "enable", "Nobody", "--json")
    assert unknown.code == 1
    assert unknown.data["error"]["code"] == "MAPPING-UNKNOWN"


def test_an_export_is_what_segments_api_holds_and_maps_the_same(
    with_profile: Command, tmp_path: Path
) -> None:
    shown = with_profile.run("mappings", "export")
    assert shown.code == 0, shown.err
    (exported,) = shown.data["subscriptions"]
    assert exported["actionSlug"] == "createUpdateContactAndLead"
    assert exported["settings"] == close_destination.default_mapping()
    assert "ignored" not in exported
    file = tmp_path / "out.json"
    told = with_profile.run("mappings", "export", "--name", "Identify", "--output", str(file), "--json")
    assert told.data == {"file": str(file), "mappings": 1}
    assert json.loads(file.read_text("utf-8")) == shown.data
    assert mapped(with_profile, shown.data).code == 0


def test_an_export_to_a_place_that_cannot_be_written_is_explained(
    with_profile: Command, tmp_path: Path
) -> None:
    done = with_profile.run("mappings", "export", "--output", str(tmp_path / "none" / "out.json"))
    assert done.code == 1
    assert "STORAGE-" in done.err


def test_imported_mappings_arrive_as_segment_says_under_names_of_their_own(with_profile: Command) -> None:
    for _ in range(2):
        done = with_profile.run("mappings", "import", "-", "--json", stdin=json.dumps(TWO))
        assert done.code == 0, done.err
    assert done.data["imported"] == ["From Segment 2", "Second 2"]
    assert [(spec.name, spec.enabled) for spec in saved(with_profile)] == [
        ("Identify", True),
        ("From Segment", True),
        ("Second", False),
        ("From Segment 2", True),
        ("Second 2", False),
    ]
    assert saved(with_profile)[1].mapping == NAME
    assert saved(with_profile)[0].ignored == ("traits.text",)


def test_import_can_replace_and_the_replaced_ones_are_in_the_history(with_profile: Command) -> None:
    before = saved(with_profile)
    done = with_profile.run("mappings", "import", "-", "--replace", stdin=json.dumps(TWO))
    assert done.code == 0, done.err
    assert [spec.name for spec in saved(with_profile)] == ["From Segment", "Second"]
    assert ProfileStore(with_profile.folder).history("default").versions()[0].mappings == before


def test_what_is_exported_is_imported_unchanged(with_profile: Command) -> None:
    assert with_profile.run("mappings", "import", "-", stdin=json.dumps(TWO)).code == 0
    before = saved(with_profile)
    text = with_profile.run("mappings", "export").out
    assert with_profile.run("mappings", "import", "-", "--replace", stdin=text).code == 0
    carried = [(each.name, each.trigger, each.mapping, each.enabled) for each in saved(with_profile)]
    assert carried == [(each.name, each.trigger, each.mapping, each.enabled) for each in before]


@pytest.mark.parametrize(
    "value",
    [
        "{",
        {"subscriptions": []},
        {"settings": {"contact_name": {"@nonsense": 1}}, "name": "Bad"},
        [SUBSCRIPTION, {"name": "No mapping"}],
        {**SUBSCRIPTION, "actionSlug": "somethingElse"},
        '{"name": "Infinite", "settings": {"contact_name": 1e999}}',
        [SUBSCRIPTION] * 51,
    ],
)
def test_a_bad_file_changes_nothing(with_profile: Command, value: Any) -> None:
    path = with_profile.folder / "default" / "profile.json"
    before = path.read_bytes()
    text = value if isinstance(value, str) else json.dumps(value)
    for options in ((), ("--replace",)):
        done = with_profile.run("mappings", "import", "-", *options, "--json", stdin=text)
        assert done.code == 1
        assert done.data["error"]["code"].startswith("MAPPING-")
        assert "Traceback" not in done.err
    assert path.read_bytes() == before


def test_more_mappings_than_segment_allows_are_not_added(with_profile: Command) -> None:
    done = with_profile.run("mappings", "import", "-", stdin=json.dumps([SUBSCRIPTION] * 50))
    assert done.code == 1
    assert "MAPPING-TOO-MANY" in done.err
    assert len(saved(with_profile)) == 1


@pytest.mark.parametrize(
    "arguments", [["map"], ["trigger", "x"], ["mappings", "import"], ["mappings", "enable"]]
)
def test_wrong_usage_is_exit_code_2(program: Command, arguments: list[str]) -> None:
    assert program.run(*arguments).code == 2
