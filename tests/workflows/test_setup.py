"""The set-up from its first page to its last, against a sandbox on a real socket."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.actions.trace import Outcome
from app.assembly import Assistant
from app.close.sandbox.account import new_account
from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.server import RunningSandbox, SandboxThread
from app.close.sandbox.store import Store
from app.errors import AppError
from app.segment.close_destination import ACTION
from app.storage.profile import DeliveryPath, KeyLocation, Profile
from app.workflows.fields import COMPANY_ID, USER_ID, FieldStatus
from app.workflows.samples import built_in_samples, read_sample
from app.workflows.setup import ORDER, SetupFlow, Step, default_mapping
from tests.workflows.keyrings import LOCKED, MISSING, WorkingKeyring


async def connected(
    flow: SetupFlow, close: SandboxThread, location: KeyLocation = KeyLocation.MEMORY
) -> SetupFlow:
    flow.start()
    flow.keep_key(await flow.check_key(close.sandbox.api_key), location)
    return flow


async def with_fields(flow: SetupFlow, close: SandboxThread) -> SetupFlow:
    await connected(flow, close)
    view = await flow.create_fields((await flow.read_fields()).missing)
    assert view.company.field
    assert view.user.field
    flow.choose_fields(view.company.field.id, view.user.field.id)
    return flow


async def test_a_set_up_from_start_to_finish_changes_close_and_saves_the_profile(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    store = close.sandbox.store
    steps = [flow.state.step, flow.start().step]
    checked = await flow.check_key(f'  "{close.sandbox.api_key}" ')
    steps.append(flow.keep_key(checked, KeyLocation.KEYRING).step)
    view = await flow.read_fields()
    assert (view.company.status, view.user.status) == (FieldStatus.MISSING, FieldStatus.MISSING)
    assert view.may_create
    view = await flow.create_fields(view.missing)
    assert view.missing == ()
    assert view.company.field
    assert view.user.field
    steps.append(flow.choose_fields(view.company.field.id, view.user.field.id).step)
    steps.append(flow.choose_sample(built_in_samples()[0]).step)
    steps.append(flow.accept_mappings((default_mapping(),)).step)
    steps.append(flow.accept_mappings((default_mapping(),), Step.WHEN).step)

    before = len(close.sandbox.store.events)
    dry = await flow.dry_run()
    assert dry.outcome is Outcome.WOULD_CHANGE
    assert len(close.sandbox.store.events) == before
    sent = await flow.send_test()
    assert sent.outcome is Outcome.DELIVERED
    assert sent.results[0].steps[-1].title == "Read back"
    (person,) = [one for one in store.contacts.values() if one.name == "Maren Oakes"]
    assert person.custom[view.user.field.id] == "usr_1041"
    assert store.leads[person.lead_id].custom[view.company.field.id] == "co_9917"
    steps.append(flow.finish_test().step)
    flow.choose_path(DeliveryPath.RELAY, other_path_off=True)
    flow.change_relay_port(8899)
    profile = flow.finish()

    assert tuple(steps) == ORDER
    assert flow.state.done == frozenset(ORDER)
    assert assistant.load_profile("default") == profile
    assert profile.organization
    assert profile.organization.name == close.sandbox.store.account.organization.name
    assert profile.relay.port == 8899
    assert assistant.saved_setup("default") is None
    assert len(assistant.secrets.shared_secret(profile) or "") >= 32


async def test_back_returns_to_the_snapshot_before(flow: SetupFlow, close: SandboxThread) -> None:
    assert not flow.can_go_back
    await with_fields(flow, close)
    assert flow.state.step is Step.SAMPLE
    assert flow.back().step is Step.FIELDS
    assert flow.state.profile.company_field is None
    assert flow.state.profile.organization
    assert flow.back().step is Step.CONNECT
    assert flow.state.profile.organization is None
    assert flow.back().step is Step.START
    assert flow.back().step is Step.START


async def test_a_draft_is_kept_after_each_step_and_resumed(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    await with_fields(flow, close)
    flow.choose_sample(built_in_samples()[1])
    flow.accept_mappings((default_mapping(),))
    flow.accept_mappings((default_mapping(),), Step.WHEN)
    await flow.dry_run()
    flow.choose_path(DeliveryPath.DESTINATION, other_path_off=True)
    saved = assistant.saved_setup("default")
    assert saved is not None
    assert saved.state == flow.state
    resumed = assistant.setup_flow("default", state=saved.state)
    assert resumed.state.step is Step.TEST
    assert resumed.state.first_unfinished is Step.GO_LIVE
    assert resumed.back().step is Step.WHEN
    assert (await resumed.dry_run()).outcome is Outcome.WOULD_CHANGE


@pytest.mark.parametrize("content", ["{", "{}", '{"version": 99}'])
async def test_a_draft_that_cannot_be_read_is_said_and_kept_aside(assistant: Assistant, content: str) -> None:
    path = assistant.profiles.draft_path("default")
    assistant.profiles.make_folder("default")
    path.write_text(content)
    with pytest.raises(AppError) as refused:
        assistant.saved_setup("default")
    assert refused.value.code in ("DRAFT-UNREADABLE", "DRAFT-NEWER")
    assert assistant.saved_setup("default") is None


async def test_a_draft_whose_content_makes_no_sense_is_refused(flow: SetupFlow, assistant: Assistant) -> None:
    flow.start()
    path = assistant.profiles.draft_path("default")
    for key, value in (("step", "nowhere"), ("done", ["nowhere"]), ("profile", None), ("sample", 3)):
        draft = json.loads(path.read_text())
        draft["content"][key] = value
        path.write_text(json.dumps(draft))
        with pytest.raises(AppError) as refused:
            assistant.saved_setup("default")
        assert refused.value.code == "DRAFT-UNREADABLE", key
        flow.start()


async def test_mappings_under_edit_are_kept_in_the_draft_without_going_on(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    await with_fields(flow, close)
    flow.choose_sample(built_in_samples()[0])
    edited = (replace(default_mapping(), ignored=("traits.avatar",)),)
    assert flow.keep_mappings(edited).step is Step.MAPPING
    saved = assistant.saved_setup("default")
    assert saved is not None
    assert saved.state.profile.mappings == edited
    assert saved.state.first_unfinished is Step.MAPPING


@pytest.mark.parametrize(
    ("done", "resumes_at"),
    [(("start", "connect", "fields", "sample", "mapping"), Step.WHEN), (("test",), Step.GO_LIVE)],
)
async def test_a_draft_of_the_guide_without_when_it_runs_is_resumed(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant, done: tuple[str, ...], resumes_at: Step
) -> None:
    await with_fields(flow, close)
    flow.choose_sample(built_in_samples()[0])
    flow.accept_mappings((default_mapping(),))
    path = assistant.profiles.draft_path("default")
    draft = json.loads(path.read_text())
    before = ("start", "connect", "fields", "sample", "mapping")
    draft["content"]["done"] = list(dict.fromkeys((*before, *done)))
    draft["content"]["step"] = "test"
    draft["content"]["profile"]["version"] = draft["version"] = 1
    del draft["content"]["profile"]["filters"]
    del draft["content"]["profile"]["mappings"][0]["ignored"]
    path.write_text(json.dumps(draft))
    saved = assistant.saved_setup("default")
    assert saved is not None
    assert saved.state.first_unfinished is resumes_at
    assert saved.state.profile.mappings == (default_mapping(),)


async def test_another_sample_or_mapping_makes_the_tests_undone(
    flow: SetupFlow, close: SandboxThread
) -> None:
    await with_fields(flow, close)
    flow.choose_sample(built_in_samples()[0])
    flow.accept_mappings((default_mapping(),))
    await flow.dry_run()
    assert flow.state.dry_run_outcome is Outcome.WOULD_CHANGE
    assert flow.accept_mappings(flow.state.profile.mappings).dry_run_outcome is Outcome.WOULD_CHANGE
    changed = replace(default_mapping(), name="Other")
    assert flow.accept_mappings((changed,)).dry_run_outcome is None
    await flow.dry_run()
    assert flow.choose_sample(built_in_samples()[1]).dry_run_outcome is None


async def test_a_step_ahead_cannot_be_jumped_to(flow: SetupFlow, close: SandboxThread) -> None:
    with pytest.raises(AppError) as ahead:
        flow.go_to(Step.FIELDS)
    assert ahead.value.code == "SETUP-STEP-AHEAD"
    with pytest.raises(AppError) as unconnected:
        flow.finish()
    assert unconnected.value.code == "SETUP-NOT-CONNECTED"
    await connected(flow, close)
    assert flow.go_to(Step.START).step is Step.START
    assert flow.go_to(Step.FIELDS).step is Step.FIELDS


async def test_a_key_of_another_organization_is_refused_once_a_profile_is_set_up(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    await with_fields(flow, close)
    profile = flow.finish()
    ids = IdSource()
    other = Sandbox(store=Store(ids=ids, account=new_account(ids, "Somebody Else")))
    async with RunningSandbox(other) as running:
        again = Assistant.in_folder(assistant.profiles.root, {}, close_url=running.base_url).setup_flow(
            "default"
        )
        with pytest.raises(AppError) as refused:
            await again.check_key(other.api_key)
    assert refused.value.code == "SETUP-OTHER-ORGANIZATION"
    assert profile.organization
    assert refused.value.title == f"This key opens Somebody Else, not {profile.organization.name}."
    # Another key of the same organization is welcome.
    same = assistant.setup_flow("default")
    checked = await same.check_key(close.sandbox.add_key())
    assert same.keep_key(checked, KeyLocation.MEMORY).profile.organization == profile.organization


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "CLOSE-KEY-EMPTY"),
        ("cf_MiNqzA8bYAhaTGsyTT9EgmVBeLvgnjfkFpDFTCpJjf2", ""),
        ("api_abcdefghijklmnopqrst.uvwxyzABCDEFGHIJKLMN", "CLOSE-KEY-REFUSED"),
    ],
)
async def test_a_wrong_key_is_explained_and_nothing_is_stored(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant, text: str, code: str
) -> None:
    flow.start()
    with pytest.raises(AppError) as refused:
        await flow.check_key(text)
    assert refused.value.code.startswith(code or "CLOSE-KEY-")
    assert refused.value.remedy
    assert flow.state.step is Step.CONNECT
    assert WorkingKeyring.kept == {}
    assert text not in f"{refused.value}{refused.value.cause}{refused.value.detail}" or not text


async def test_a_user_of_several_organizations_is_told_which_one_is_used(
    flow: SetupFlow, close: SandboxThread
) -> None:
    close.sandbox.switches.me_organizations = "two"
    checked = await flow.check_key(close.sandbox.api_key)
    assert "several organizations" in checked.notes[-1]
    assert close.sandbox.api_key not in repr(checked)


@pytest.mark.parametrize(("keyring", "code"), [(LOCKED, "KEYRING-LOCKED"), (MISSING, "KEYRING-MISSING")])
async def test_a_keyring_that_cannot_be_used_offers_other_places_and_they_work(
    flow: SetupFlow,
    close: SandboxThread,
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    keyring: str,
    code: str,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", keyring)
    flow.start()
    checked = await flow.check_key(close.sandbox.api_key)
    with pytest.raises(AppError) as refused:
        flow.keep_key(checked, KeyLocation.KEYRING)
    assert refused.value.code == code
    assert "encrypted with a passphrase" in refused.value.remedy
    assert flow.state.step is Step.CONNECT
    state = flow.keep_key(checked, KeyLocation.MEMORY)
    assert (state.step, state.profile.key_location) == (Step.FIELDS, KeyLocation.MEMORY)
    assert assistant.secrets.api_key(state.profile) == close.sandbox.api_key


async def test_a_passphrase_file_holds_the_key_and_opens_again(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    flow.start()
    checked = await flow.check_key(close.sandbox.api_key)
    state = flow.keep_key(checked, KeyLocation.ENCRYPTED_FILE, passphrase="five words and a comma")
    assert close.sandbox.api_key.encode() not in assistant.profiles.secrets_path("default").read_bytes()
    later = Assistant(
        assistant.profiles, {}, close.base_url, ask_passphrase=lambda _profile: "five words and a comma"
    )
    assert later.secrets.api_key(state.profile) == close.sandbox.api_key
    nobody = Assistant(assistant.profiles, {}, close.base_url)
    with pytest.raises(AppError) as refused:
        nobody.secrets.api_key(state.profile)
    assert refused.value.code == "SECRETS-PASSPHRASE-NEEDED"


async def test_the_environment_takes_only_the_key_it_holds(
    close: SandboxThread, assistant: Assistant
) -> None:
    holding = {"CLOSE_API_KEY": close.sandbox.api_key}
    server = Assistant(assistant.profiles, holding, close.base_url)
    flow = server.setup_flow("default")
    assert server.secrets.has_environment_key()
    checked = await flow.check_key(close.sandbox.api_key)
    assert flow.keep_key(checked, KeyLocation.ENVIRONMENT).profile.key_location is KeyLocation.ENVIRONMENT
    other = await flow.check_key(close.sandbox.add_key())
    with pytest.raises(AppError) as refused:
        flow.keep_key(other, KeyLocation.ENVIRONMENT)
    assert refused.value.code == "SECRETS-READ-ONLY"


async def test_the_shared_secret_moves_along_when_the_key_moves(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    await connected(flow, close, KeyLocation.KEYRING)
    secret = assistant.secrets.shared_secret(flow.state.profile)
    flow.keep_key(await flow.check_key(close.sandbox.api_key), KeyLocation.MEMORY)
    assert secret
    assert assistant.secrets.shared_secret(flow.state.profile) == secret


async def test_a_key_kept_until_quitting_is_missing_the_next_time(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    await with_fields(flow, close)
    profile = flow.finish()
    later = Assistant.in_folder(assistant.profiles.root, {}, close_url=close.base_url)
    with pytest.raises(AppError) as refused:
        await later.tester().run(profile, built_in_samples()[0], live=False)
    assert refused.value.code == "KEY-MISSING"


async def test_no_secret_is_in_the_draft_the_profile_or_a_repr(
    flow: SetupFlow, close: SandboxThread, assistant: Assistant
) -> None:
    await with_fields(flow, close)
    await flow.send_test(built_in_samples()[0])
    key, secret = close.sandbox.api_key, assistant.secrets.shared_secret(flow.state.profile)
    assert secret
    draft = assistant.profiles.draft_path("default").read_text()
    profile = flow.finish()
    saved = assistant.profiles.profile_path("default").read_text()
    for text in (draft, saved, repr(flow), repr(flow.state), repr(assistant), repr(profile)):
        assert key not in text
        assert secret not in text


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_refused(flow: SetupFlow, port: int) -> None:
    with pytest.raises(AppError) as refused:
        flow.change_relay_port(port)
    assert refused.value.code == "RELAY-PORT-RANGE"


async def test_fields_may_be_left_out_and_must_be_read_first(flow: SetupFlow, close: SandboxThread) -> None:
    await connected(flow, close)
    with pytest.raises(AppError) as unread:
        flow.choose_fields("cf_a", None)
    assert unread.value.code == "FIELD-NOT-READ"
    await flow.read_fields()
    profile: Profile = flow.choose_fields(None, None).profile
    assert (profile.company_field, profile.user_field) == (None, None)
    report = await flow.dry_run(built_in_samples()[0])
    assert report.outcome is Outcome.WOULD_CHANGE


async def test_a_pasted_sample_that_is_no_event_never_gets_into_the_state(flow: SetupFlow) -> None:
    with pytest.raises(AppError) as refused:
        flow.choose_sample(replace(built_in_samples()[0], body={"type": "identify"}))
    assert refused.value.code == "SAMPLE-NOT-AN-EVENT"
    pasted = read_sample('{"type": "identify", "userId": "u_1"}')
    assert flow.choose_sample(pasted).sample == pasted


def test_the_default_mapping_is_segments_own() -> None:
    spec = default_mapping()
    assert (spec.action, spec.trigger, spec.enabled) == (ACTION.slug, 'type = "identify"', True)
    assert spec.mapping == ACTION.default_mapping()


async def test_fields_are_created_under_another_name_beside_a_wrong_one(
    flow: SetupFlow, close: SandboxThread
) -> None:
    close.sandbox.person.add_field("lead", "company id", "number")
    await connected(flow, close)
    view = await flow.read_fields()
    assert view.company.status is FieldStatus.WRONG_TYPE
    view = await flow.create_fields((COMPANY_ID,), name="Segment Company ID")
    assert view.company.status is FieldStatus.FOUND
    assert view.company.field
    assert view.company.field.name == "Segment Company ID"
    assert [one.name for one in view.company.candidates].count("Segment Company ID") == 1
    view = await flow.create_fields((USER_ID,))
    assert view.user.status is FieldStatus.FOUND
