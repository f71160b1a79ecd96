from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.storage.json_reader import JsonShapeError, encode_object
from app.storage.profile import Mode, profile_to_json
from app.storage.profile_file import NewerFileError, Seal, decode_profile, encode_profile
from tests.storage.builders import full_profile


def test_a_profile_comes_back_without_its_id_its_key_and_live_mode() -> None:
    found = decode_profile(encode_profile(full_profile("Website")))
    assert (found.name, found.seal) == ("Website", Seal.INTACT)
    wanted = full_profile("Website")
    wanted = replace(
        wanted,
        profile_id="0" * 32,
        key_location=None,
        live_confirmed_for=None,
        relay=replace(wanted.relay, mode=Mode.DRY_RUN),
    )
    assert found.profile == wanted


def test_one_changed_setting_changes_two_lines_of_the_file() -> None:
    before = encode_profile(full_profile()).decode().splitlines()
    after = encode_profile(replace(full_profile(), retention_days=8)).decode().splitlines()
    changed = [line for line in after if line not in before]
    assert [line.strip().partition(":")[0] for line in changed] == ['"seal"', '"retention_days"']


def test_a_file_edited_by_hand_says_so_and_opens() -> None:
    text = encode_profile(full_profile()).decode().replace('"retention_days": 7', '"retention_days": 9')
    found = decode_profile(text.encode())
    assert (found.seal, found.profile.retention_days) == (Seal.EDITED, 9)


def test_a_plain_profile_opens_without_a_seal() -> None:
    found = decode_profile(encode_object(profile_to_json(full_profile())))
    assert found.seal is Seal.NONE
    assert found.profile.key_location is None


@pytest.mark.parametrize("member", ["format_version", "version"])
def test_a_newer_file_is_told_from_a_broken_one(member: str) -> None:
    value = json.loads(encode_profile(full_profile()))
    (value if member == "format_version" else value["profile"])[member] = 99
    with pytest.raises(NewerFileError, match="99"):
        decode_profile(json.dumps(value).encode())


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"format": "something-else"}', '{"format": "segment-close-profile"}']
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(JsonShapeError):
        decode_profile(text.encode())
