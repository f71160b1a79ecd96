from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.relay.profile_lock import ProfileLock
from app.storage.profile import MappingSpec, Mode, ProfileColor
from app.storage.profile_file import Seal
from app.workflows.instance import WindowInstance
from tests.workflows.connected import WRITE_KEY, connect
from tests.workflows.keyrings import WorkingKeyring


async def test_two_profiles_have_colours_ports_and_keys_of_their_own(
    assistant: Assistant, close: SandboxThread
) -> None:
    care = assistant.profile_care()
    first, second = care.create("Website"), care.create("iOS app")
    assert first.color is not second.color
    assert first.relay.port != second.relay.port
    assert first.profile_id != second.profile_id
    await connect(assistant, "Website", close)
    by_name = {one.name: one for one in care.summaries()}
    assert by_name["Website"].organization == close.sandbox.store.account.organization.name
    assert by_name["iOS app"].organization == ""


async def test_a_removed_profile_leaves_nothing_in_folder_or_keyring(
    assistant: Assistant, close: SandboxThread
) -> None:
    await connect(assistant, "Website", close)
    assert WorkingKeyring.kept
    assistant.profile_care().remove("Website")
    assert not WorkingKeyring.kept
    assert not assistant.profiles.folder("Website").exists()


async def test_a_renamed_profile_keeps_its_key(assistant: Assistant, close: SandboxThread) -> None:
    await connect(assistant, "Website", close)
    assistant.profile_care().rename("Website", "Shop")
    assert assistant.profiles.list() == ("Shop",)
    assert assistant.secrets.api_key(assistant.load_profile("Shop"))


def test_a_profile_in_use_is_neither_renamed_nor_removed(assistant: Assistant) -> None:
    care = assistant.profile_care()
    care.create("Website")
    instance = WindowInstance(assistant.profiles.folder("Website"), lambda: None)
    instance.claim("Website")
    assert care.summary("Website").window_open
    with pytest.raises(AppError, match="in use"):
        care.rename("Website", "Shop")
    instance.release()
    lock = ProfileLock(assistant.profiles.database_path("Website").with_suffix(".lock"))
    lock.acquire()
    assert care.summary("Website").relay_running
    with pytest.raises(AppError, match="in use"):
        care.remove("Website")
    lock.release()
    care.rename("Website", "Shop")


def test_names_are_taken_whatever_their_case(assistant: Assistant) -> None:
    care = assistant.profile_care()
    care.create("Website")
    with pytest.raises(AppError, match="already"):
        care.create("website")
    care.create("Shop")
    with pytest.raises(AppError, match="already"):
        care.rename("Shop", "Website")
    assert care.free_name("Website") == "Website 2"


async def test_what_is_exported_and_imported_is_the_same_profile(
    assistant: Assistant, close: SandboxThread, tmp_path: Path
) -> None:
    profile = await connect(assistant, "Website", close)
    care, file = assistant.profile_care(), tmp_path / "website.json"
    care.export_to("Website", file)
    assert care.export("Website") == file.read_bytes()
    preview = care.look_at(file)
    assert preview.file.seal is Seal.INTACT
    assert ("Mappings", f"{profile.mappings[0].name} (on)") in preview.lines
    taken = care.take(preview.file, "Website copy")
    assert taken.key_location is None
    assert taken.profile_id != profile.profile_id
    same = replace(
        taken,
        name="Website",
        profile_id=profile.profile_id,
        key_location=profile.key_location,
        color=profile.color,
    )
    assert same == profile


async def test_no_secret_is_in_an_exported_profile(assistant: Assistant, close: SandboxThread) -> None:
    profile = await connect(assistant, "Website", close)
    text = assistant.profile_care().export("Website").decode()
    for secret in (*assistant.secrets.known(profile), WRITE_KEY, profile.profile_id):
        assert secret not in text
    key = assistant.secrets.api_key(profile)
    leaking = MappingSpec("Leak", "createUpdateContactAndLead", "", {"lead_description": key})
    assistant.profiles.save(replace(profile, mappings=(leaking,)))
    with pytest.raises(AppError, match="a secret stands in it"):
        assistant.profile_care().export("Website")


async def test_a_closed_connection_keeps_the_mappings(assistant: Assistant, close: SandboxThread) -> None:
    profile = await connect(assistant, "Website", close)
    assistant.profiles.save(replace(profile, relay=replace(profile.relay, mode=Mode.LIVE)))
    left = assistant.profile_care().disconnect(profile)
    assert left.mappings == profile.mappings
    assert left.relay.mode is Mode.DRY_RUN
    assert not WorkingKeyring.kept


def test_colours_are_used_up_before_one_comes_twice(assistant: Assistant) -> None:
    care = assistant.profile_care()
    made = [care.create(f"p{number}").color for number in range(len(ProfileColor))]
    assert set(made) == set(ProfileColor)


def test_a_file_that_is_none_says_which(assistant: Assistant, tmp_path: Path) -> None:
    care = assistant.profile_care()
    with pytest.raises(AppError, match="no file"):
        care.look_at(tmp_path / "gone.json")
    (tmp_path / "odd.json").write_text("[1]")
    with pytest.raises(AppError, match="cannot be opened"):
        care.look_at(tmp_path / "odd.json")
