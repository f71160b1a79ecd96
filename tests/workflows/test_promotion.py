"""From a test organization to a live one, over real sockets to two sandboxes."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.assembly import Assistant
from app.cli.arguments import build_parser
from app.cli.profile_commands import profiles
from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from app.errors import AppError
from app.storage.profile import KeyLocation, MappingSpec, Mode, Profile
from app.workflows.promotion import Finding, Promotion, PromotionTarget
from app.workflows.promotion_references import ThingKind
from tests.workflows.connected import connect
from tests.workflows.keyrings import WORKING, WorkingKeyring


def _organization(seed: int) -> SandboxThread:
    store = demo_data(ids=IdSource(random.Random(seed)))
    thread = SandboxThread(Sandbox(store=store, switches=Switches(index_lag_s=0)))
    thread.start()
    return thread


@pytest.fixture
def live() -> Iterator[SandboxThread]:
    thread = _organization(99)
    yield thread
    thread.stop()


@pytest.fixture
def several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """The program with each profile at its own address."""
    monkeypatch.setattr(WorkingKeyring, "kept", {})
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", WORKING)
    return Assistant.in_folder(tmp_path / "profiles", {})


async def _test_profile(several: Assistant, close: SandboxThread) -> Profile:
    """A test organization's profile that names a thing of every kind."""
    at_home = Assistant.in_folder(several.profiles.root, {}, close_url=close.base_url)
    profile = await connect(at_home, "Website test", close)
    store = close.sandbox.store
    field = {one.name: one.id for one in (*store.fields_of("lead"), *store.fields_of("contact"))}
    status = next(iter(store.statuses.values()))
    store.activity_types.append(_type("actitype_AAAAAAAAAAAAAAAAAAAAAA", "cf_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
    mapping = {
        "lead_status_id": status.id,
        "lead_custom_fields": {field["Plan"]: {"@path": "$.traits.plan"}},
        "contact_custom_fields": {field["Signup source"]: f"by {store.account.owner.user_id}"},
        "activity_type_id": "actitype_AAAAAAAAAAAAAAAAAAAAAA",
        "activity_custom_fields": {"cf_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA": {"@path": "$.event"}},
    }
    made = replace(profile, mappings=(MappingSpec("People", "createUpdateContactAndLead", "", mapping),))
    several.profiles.save(made)
    return made


test_profile = pytest.fixture(_test_profile, name="test_profile")


def _type(type_id: str, field_id: str) -> dict[str, object]:
    return {
        "id": type_id,
        "name": "Product event",
        "fields": [{"id": field_id, "name": "Event name", "type": "text"}],
    }


def _target(live: SandboxThread) -> PromotionTarget:
    return PromotionTarget(
        "Website",
        live.sandbox.api_key,
        KeyLocation.KEYRING,
        close_url=live.base_url,
    )


def _lines(promotion: Promotion) -> dict[str, Finding]:
    return {line.name: line.finding for line in promotion.lines}


async def test_every_id_is_found_again_by_name_or_said_to_be_missing(
    several: Assistant, test_profile: Profile, live: SandboxThread
) -> None:
    before = live.sandbox.store.fields_of("lead")
    promotion = await several.promoter().compare(test_profile, _target(live))
    found = _lines(promotion)
    assert found["Company ID"] is Finding.CREATE
    assert found["User ID"] is Finding.CREATE
    assert found["Plan"] is Finding.FOUND
    assert found["Signup source"] is Finding.FOUND
    assert {line.reference.kind for line in promotion.lines} == set(ThingKind)
    assert found["Product event"] is Finding.CHOOSE
    assert live.sandbox.store.fields_of("lead") == before
    assert several.profiles.list() == ("Website test",)
    with pytest.raises(AppError, match="have to be chosen"):
        await several.promoter().carry_out(promotion, _target(live))
    assert live.sandbox.store.fields_of("lead") == before


async def test_a_promoted_profile_holds_only_ids_of_the_live_organization(
    several: Assistant, test_profile: Profile, live: SandboxThread
) -> None:
    store = live.sandbox.store
    store.activity_types.append(_type("actitype_BBBBBBBBBBBBBBBBBBBBBB", "cf_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"))
    target = _target(live)
    promotion = await several.promoter().compare(test_profile, target)
    for line in promotion.to_choose:
        promotion = promotion.choosing(line.reference.id, line.options[0].id)
    profile = await several.promoter().carry_out(promotion, target)
    assert profile == several.profiles.load("Website")
    assert profile.relay.mode is Mode.DRY_RUN
    assert profile.live_confirmed_for is None
    held = several.profile_care().export("Website").decode()
    for line in promotion.lines:
        assert line.reference.id not in held
    fields = {one.name: one.id for one in (*store.fields_of("lead"), *store.fields_of("contact"))}
    assert profile.company_field is not None
    assert profile.company_field.id == fields["Company ID"]
    mapping = profile.mappings[0].mapping
    assert list(mapping["lead_custom_fields"]) == [fields["Plan"]]  # type: ignore[arg-type]
    assert mapping["activity_type_id"] == "actitype_BBBBBBBBBBBBBBBBBBBBBB"
    assert several.secrets.api_key(profile) == target.api_key
    assert several.profiles.load("Website test") == test_profile


async def test_a_connected_target_keeps_its_relay_and_its_former_mappings(
    several: Assistant, test_profile: Profile, live: SandboxThread
) -> None:
    at_live = Assistant.in_folder(several.profiles.root, {}, close_url=live.base_url)
    known = await connect(at_live, "Website", live)
    several.profiles.save(replace(known, relay=replace(known.relay, port=9191, mode=Mode.LIVE)))
    plain = replace(test_profile, mappings=known.mappings)
    target = PromotionTarget("Website")
    promotion = await several.promoter().compare(plain, target)
    assert promotion.replaces
    assert not promotion.to_create
    saved = await several.promoter().carry_out(promotion, target)
    assert (saved.relay.port, saved.relay.mode, saved.profile_id) == (9191, Mode.DRY_RUN, known.profile_id)
    assert saved.company_field == known.company_field


async def test_the_same_organization_and_a_missing_key_are_refused(
    several: Assistant, test_profile: Profile, close: SandboxThread
) -> None:
    same = PromotionTarget("Website", close.sandbox.api_key, KeyLocation.MEMORY)
    with pytest.raises(AppError, match="Both keys open"):
        await several.promoter().compare(test_profile, same)
    with pytest.raises(AppError, match="not connected"):
        await several.promoter().compare(test_profile, PromotionTarget("Website"))


async def test_a_choice_that_is_not_offered_is_refused(
    several: Assistant, test_profile: Profile, live: SandboxThread
) -> None:
    promotion = await several.promoter().compare(test_profile, _target(live))
    with pytest.raises(AppError, match="cannot stand for"):
        promotion.choosing(promotion.lines[0].reference.id, "cf_nothing")


def test_on_the_command_line_nothing_is_switched_before_a_yes(
    several: Assistant,
    test_profile: Profile,
    live: SandboxThread,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(several, "close_url", live.base_url)
    store = live.sandbox.store
    store.activity_types.append(_type("actitype_BBBBBBBBBBBBBBBBBBBBBB", "cf_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"))
    words = ["profiles", "promote", test_profile.name, "--to", "Website", "--api-key-stdin"]

    def run(*more: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(live.sandbox.api_key + "\n"))
        return profiles(several, build_parser().parse_args([*words, *more]))

    first = run("--dry-run", "--yes", "--json")
    report = json.loads(capsys.readouterr().out)
    assert not report["done"]
    assert several.profiles.list() == ("Website test",)
    missing = [line for line in report["lines"] if line["finding"] == "choose"]
    assert first == (1 if missing else 0)
    choices = [f"{line['id']}={line['options'][0]['id']}" for line in missing]
    given = [word for choice in choices for word in ("--choose", choice)]
    assert run(*given) == 0
    assert "Add --yes to carry it out" in capsys.readouterr().out
    assert several.profiles.list() == ("Website test",)
    assert run(*given, "--yes") == 0
    assert "in Dry run" in capsys.readouterr().out
    assert several.profiles.list() == ("Website", "Website test")
