from __future__ import annotations

import json

import pytest

from app.json_value import JsonObject
from app.storage.json_reader import JsonShapeError, decode_object, encode_object
from app.storage.profile import VERSION, MappingSpec, Mode, Profile, profile_from_json, profile_to_json
from tests.storage.builders import PROFILE_ID, full_profile

KEPT = {"title": "", "if": "all", "actions": [{"type": "SAMPLE", "percent": 1}]}


def stored(**changes: object) -> JsonObject:
    value = json.loads(encode_object(profile_to_json(full_profile())))
    value.update(changes)
    return value


def test_every_field_survives_the_way_to_disk_and_back() -> None:
    profile = full_profile()
    assert profile_from_json(decode_object(encode_object(profile_to_json(profile))), "default") == profile


def test_a_file_of_the_first_version_is_read_and_written_as_the_present_one() -> None:
    profile = profile_from_json(
        {
            "version": 1,
            "profile_id": PROFILE_ID,
            "mappings": [{"name": "People", "action": "a", "trigger": "", "mapping": {}, "enabled": False}],
        },
        "old",
    )
    assert profile.mappings == (MappingSpec("People", "a", "", {}, enabled=False),)
    assert profile.filters == ()
    assert profile_to_json(profile)["version"] == VERSION == 3


def test_a_file_with_only_version_and_id_takes_every_default() -> None:
    profile = profile_from_json({"version": 1, "profile_id": PROFILE_ID}, "small")
    assert profile == Profile(profile_id=PROFILE_ID, name="small")
    assert profile.relay.mode is Mode.DRY_RUN
    assert profile.relay.host == "127.0.0.1"
    assert not profile.relay.allow_unsigned


def test_the_text_is_the_same_each_time_and_one_line_per_value() -> None:
    once = encode_object(profile_to_json(full_profile()))
    again = encode_object(profile_to_json(profile_from_json(decode_object(once), "default")))
    assert once == again
    assert b'\n  "retention_days": 7,\n' in once
    assert "Bäckerei Öhr".encode() in once
    assert once.endswith(b"}\n")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recreate_deletd": True}, "did you mean “recreate_deleted”"),
        ({"relay": {"port": "8787"}}, "“relay.port” has to be a whole number"),
        ({"relay": {"port": 70000}}, "from 0 to 65535"),
        ({"relay": {"port": True}}, "“relay.port” has to be a whole number"),
        ({"relay": {"mode": "alive"}}, "“relay.mode” has to be one of observe, dry-run, live"),
        ({"relay": {"hots": "x"}}, "did you mean “host”"),
        ({"relay": {"allowed_hosts": "x"}}, "“relay.allowed_hosts” has to be a list of texts"),
        ({"relay": []}, "“relay” has to be an object or null"),
        ({"profile_id": "../../x"}, "“profile_id” has to be 32 hexadecimal digits"),
        ({"organization": {"id": 7, "name": "x"}}, "“organization.id” has to be a text"),
        ({"mappings": {}}, "“mappings” has to be a list of objects"),
        ({"mappings": [7]}, "“mappings[0]” has to be an object"),
        ({"mappings": [{"name": "a", "action": "b", "mapping": []}]}, "“mappings[0].mapping” has to be"),
        ({"mappings": [{"name": "a", "action": "b", "mapping": {}, "x": 1}]}, "“mappings[0].x” is not"),
        (
            {"mappings": [{"name": "a", "action": "b", "mapping": {}, "ignored": "x"}]},
            "“mappings[0].ignored” has",
        ),
        ({"filters": {}}, "“filters” has to be a list of objects"),
        (
            {"filters": [{"title": "Trials", "if": "all"}]},
            "“filters[0]” cannot be used. The filter 'Trials' has no",
        ),
        (
            {"filters": [KEPT, {"if": "type = ", "actions": [{"type": "DROP"}]}]},
            "condition of “filters[1]” cannot",
        ),
        ({"filters": [KEPT] * 11}, "“filters” has 11 filters; a destination has at most 10"),
        ({"recreate_deleted": "no"}, "“recreate_deleted” has to be true or false"),
        ({"key_location": "paper"}, "“key_location” has to be one of keyring"),
        ({"live_confirmed_for": 3}, "“live_confirmed_for” has to be a text or null"),
        ({"version": 0}, "“version” has to be a whole number"),
        ({"close_url": 1}, "“close_url” has to be a text"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(JsonShapeError) as raised:
        profile_from_json(stored(**changes), "default")
    assert words in str(raised.value)
