"""The client, unchanged, against every way in which Close may turn out to behave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, get_args

import pytest

from app.close.client import CloseClient
from app.close.failures import CloseError, FailureKind
from app.close.fields import Found, match_field, role_warning
from app.close.records import Contact, ContactWrite, CustomField, Lead, LeadWrite, ListEntry
from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.faults import Fault, FaultKind
from app.close.sandbox.server import RunningSandbox
from app.close.sandbox.switches import (
    RECORDED_LIMITS,
    ErrorDialect,
    RateHeaders,
    RateWindow,
    Switches,
    TooManyBody,
    TooManyHeaders,
)

# Every value of every switch, the unusual ones included; each alone, the rest at its default.
EVERY_VALUE: dict[str, tuple[Any, ...]] = {
    "index_lag_s": (0, 1, 11, 60),
    "stale_get_after_delete_s": (0, 30),
    "error_dialect": get_args(ErrorDialect),
    "rate_headers": get_args(RateHeaders),
    "body_429": get_args(TooManyBody),
    "headers_429": get_args(TooManyHeaders),
    "limits": (None, RECORDED_LIMITS),
    "rate_window": get_args(RateWindow),
    "unknown_custom_field": ("refused", "ignored"),
    "duplicate_field_name": ("accepted", "refused"),
    "role_restricted_write": ("403", "401", "ignored"),
    "exact_value_case": ("sensitive", "insensitive"),
    "merge": ("immediate", "async", "errored", "busy"),
    "contact_lead_id_put": ("moves", "refused"),
    "naive_dates": (True, False),
    "number_into_text": ("refused", "stored"),
    "computed_keys_in_lists": ("ignored", "refused"),
    "slash_redirect": ("301", "308", "404"),
    "shared_fields_in_list": ("listed", "schema_only"),
    "me_organizations": ("one", "two"),
    "email_case": ("kept", "lower"),
    "nested_contact_error": ("contacts", "top_level"),
}
# These leave nothing as it was; each has a test of its own below.
SPOILING_SWITCHES = {"field_quota", "merge_takes_s", "drop_after_commit", "fault"}


@dataclass(frozen=True)
class Stage:
    """A sandbox being served and a client whose sleep moves the sandbox's time."""

    sandbox: Sandbox
    time: VirtualClock
    client: CloseClient


@asynccontextmanager
async def stage(**switches: Any) -> AsyncIterator[Stage]:
    time = VirtualClock()
    start = time.now()

    async def sleep(seconds: float) -> None:
        time.advance(seconds)

    sandbox = Sandbox(switches=Switches(**switches), clock=time)
    async with (
        RunningSandbox(sandbox) as running,
        CloseClient(
            sandbox.api_key,
            base_url=running.base_url,
            clock=lambda: (time.now() - start).total_seconds(),
            sleep=sleep,
        ) as client,
    ):
        yield Stage(sandbox, time, client)


@dataclass(frozen=True)
class Records:
    company_field: CustomField
    user_field: CustomField
    lead: Lead
    contact: Contact


def acme(company_field: CustomField, user_field: CustomField) -> LeadWrite:
    contact = ContactWrite(
        name="Bo Li",
        emails=(ListEntry("bo@acme.example", "office"),),
        phones=(ListEntry("(415) 555-0132", "mobile"),),
        custom={user_field.id: "u_42"},
    )
    return LeadWrite(name="Acme", custom={company_field.id: "co_1001"}, contacts=(contact,))


async def made(client: CloseClient) -> Records:
    company_field = await client.create_custom_field("lead", "Company ID")
    user_field = await client.create_custom_field("contact", "User ID")
    lead = await client.create_lead(acme(company_field, user_field))
    return Records(company_field, user_field, lead, lead.contacts[0])


def test_every_switch_is_toured_or_has_a_test_of_its_own() -> None:
    assert EVERY_VALUE.keys() | SPOILING_SWITCHES == set(Switches.__slots__)


@pytest.mark.parametrize(
    ("switch", "value"), [(switch, value) for switch, values in EVERY_VALUE.items() for value in values]
)
async def test_everything_works_whatever_close_turns_out_to_be(switch: str, value: Any) -> None:
    async with stage(**{switch: value}) as scene:
        client = scene.client
        account = await client.me()
        assert account.organization_count == (2 if value == "two" else 1)
        assert account.may("manage_customizations")
        assert account.lead_statuses == await client.lead_statuses()

        records = await made(client)
        lead, contact = records.lead, records.contact
        assert lead.custom == {records.company_field.id: "co_1001"}
        assert contact.lead_id == lead.id
        schema = await client.custom_fields("lead")
        match = match_field(schema, " company id", "lead")
        assert isinstance(match, Found)
        assert match.field.id == records.company_field.id
        assert role_warning(match.field, account) == ""

        scene.time.advance(61)
        (found,) = await client.leads_by_company_id(records.company_field.id, "co_1001")
        assert (found.id, found.name, found.contacts) == (lead.id, "Acme", ())
        assert found.custom == lead.custom
        assert await client.leads_by_company_id(records.company_field.id, "CO_1001") == ()
        (person,) = await client.contacts_by_user_id(records.user_field.id, "u_42")
        (same,) = await client.contacts_by_email("bo@acme.example", user_field_id=records.user_field.id)
        (again,) = await client.contacts_by_email("BO@acme.Example", user_field_id=None)
        assert person == same == again == await client.contact(contact.id)
        assert person.phones == (ListEntry("+14155550132", "mobile"),)

        second = ListEntry("bo@home.example", "home")
        changed = await client.update_contact(
            contact.id, ContactWrite(title="CTO", emails=(*contact.emails, second), phones=contact.phones)
        )
        assert changed.emails == (*contact.emails, second)
        assert (changed.title, changed.custom) == ("CTO", contact.custom)
        colleague = await client.create_contact(lead.id, ContactWrite(name="Cy"))
        assert await client.contacts_of_lead(lead.id) == (changed, colleague)
        cleared = await client.update_lead(
            lead.id, LeadWrite(name="Acme Inc.", custom={records.company_field.id: None})
        )
        assert (cleared.name, cleared.custom) == ("Acme Inc.", {})

        await client.delete_contact(colleague.id)
        await client.delete_lead(lead.id)
        scene.time.advance(31)
        for read in (client.lead(lead.id), client.contact(contact.id), client.contact(colleague.id)):
            with pytest.raises(CloseError) as failure:
                await read
            assert failure.value.kind is FailureKind.NOT_FOUND
        assert all(call.status in (200, 404) for call in scene.sandbox.calls)


@pytest.mark.parametrize(
    ("headers", "body", "ordinary", "window"),
    [
        *product(get_args(TooManyHeaders), get_args(TooManyBody), ["none"], ["fixed"]),
        *product(get_args(TooManyHeaders), ["error"], get_args(RateHeaders), get_args(RateWindow)),
    ],
)
async def test_every_429_is_waited_out(
    headers: TooManyHeaders, body: TooManyBody, ordinary: RateHeaders, window: RateWindow
) -> None:
    # Far below the recorded limits, so that pacing alone cannot stay within them.
    limits = {"*": 3, "POST search": 1}
    async with stage(
        headers_429=headers, body_429=body, rate_headers=ordinary, rate_window=window, limits=limits
    ) as scene:
        field = await scene.client.create_custom_field("lead", "Company ID")
        for number in range(5):
            await scene.client.create_lead(LeadWrite(name=f"Acme {number}"))
        for _ in range(2):
            assert await scene.client.leads_by_company_id(field.id, "co_1") == ()
        created = [call.status for call in scene.sandbox.calls if call.path == "/lead/"]
        assert len(scene.sandbox.store.leads) == created.count(200) == 5


@pytest.mark.parametrize("window", get_args(RateWindow))
@pytest.mark.parametrize("ordinary", get_args(RateHeaders))
async def test_the_recorded_limits_are_never_run_into(ordinary: RateHeaders, window: RateWindow) -> None:
    async with stage(rate_headers=ordinary, rate_window=window, limits=RECORDED_LIMITS) as scene:
        records = await made(scene.client)
        for number in range(60):
            await scene.client.leads_by_company_id(records.company_field.id, f"co_{number}")
            await scene.client.update_lead(records.lead.id, LeadWrite(name=f"Acme {number}"))
        assert 429 not in {call.status for call in scene.sandbox.calls}


async def test_an_index_that_never_catches_up_finds_nothing_and_reading_by_id_still_works() -> None:
    async with stage(index_lag_s="never") as scene:
        records = await made(scene.client)
        scene.time.advance(3600)
        assert await scene.client.leads_by_company_id(records.company_field.id, "co_1001") == ()
        assert (await scene.client.lead(records.lead.id)).contacts == records.lead.contacts


@pytest.mark.parametrize("dialect", get_args(ErrorDialect))
async def test_a_refused_address_is_named_in_either_dialect(dialect: ErrorDialect) -> None:
    async with stage(error_dialect=dialect) as scene:
        records = await made(scene.client)
        write = ContactWrite(emails=(*records.contact.emails, ListEntry("not an address", "office")))
        with pytest.raises(CloseError) as failure:
            await scene.client.update_contact(records.contact.id, write)
    assert failure.value.kind is FailureKind.INVALID
    (path,) = failure.value.field_errors
    assert path.startswith("emails")
    assert failure.value.field_errors[path] in failure.value.cause


@pytest.mark.parametrize(
    ("place", "dialect"), list(product(("contacts", "top_level"), get_args(ErrorDialect)))
)
async def test_a_refused_address_of_a_nested_contact_is_found_at_any_depth(
    place: str, dialect: ErrorDialect
) -> None:
    async with stage(nested_contact_error=place, error_dialect=dialect) as scene:
        contact = ContactWrite(name="Bo", emails=(ListEntry("not an address", "office"),))
        with pytest.raises(CloseError) as failure:
            await scene.client.create_lead(LeadWrite(name="Acme", contacts=(contact,)))
        assert len(scene.sandbox.store.leads) == 0
    (path,) = failure.value.field_errors
    assert "emails" in path.split(".")


FAULTS: dict[FaultKind, tuple[str, bool]] = {
    "401": ("CLOSE-FORBIDDEN", False),
    "402": ("CLOSE-PLAN-LIMIT", False),
    "403": ("CLOSE-FORBIDDEN", False),
    "500": ("CLOSE-SERVER-ERROR", True),
    "502": ("CLOSE-SERVER-ERROR", True),
    "503": ("CLOSE-SERVER-ERROR", True),
    "504": ("CLOSE-SERVER-ERROR", True),
    "truncated_json": ("CLOSE-BAD-ANSWER", True),
    "html": ("CLOSE-SERVER-ERROR", True),
    "drop_before": ("CLOSE-NO-ANSWER", True),
    "drop_after_commit": ("CLOSE-NO-ANSWER", True),
    "slow": ("CLOSE-NO-ANSWER", True),
}


@pytest.mark.parametrize("kind", [kind for kind in get_args(FaultKind) if kind != "429"])
async def test_each_fault_has_its_code_and_a_create_is_never_sent_twice(kind: FaultKind) -> None:
    code, may_have_happened = FAULTS[kind]
    async with stage() as scene:
        scene.sandbox.faults.add(Fault(kind=kind, method="POST", path="/lead/", times=None))
        impatient = CloseClient(
            scene.sandbox.api_key,
            base_url=scene.client.base_url,
            total_deadline_s=0.2 if kind == "slow" else 20,
        )
        async with impatient:
            with pytest.raises(CloseError) as failure:
                await impatient.create_lead(LeadWrite(name="Acme"))
        leads = [call for call in scene.sandbox.calls if call.path == "/lead/"]
        exists = len(scene.sandbox.store.leads) == 1
    assert (failure.value.code, failure.value.may_have_happened) == (code, may_have_happened)
    assert len(leads) <= 1
    assert exists == (kind in ("drop_after_commit", "truncated_json", "slow"))


@pytest.mark.parametrize("kind", get_args(FaultKind))
async def test_a_fault_on_everything_still_ends_every_call_in_words(kind: FaultKind) -> None:
    async with stage(fault=kind) as scene:
        impatient = CloseClient(
            scene.sandbox.api_key,
            base_url=scene.client.base_url,
            total_deadline_s=0.1 if kind == "slow" else 20,
            max_rate_wait_s=1,
        )
        async with impatient:
            with pytest.raises(CloseError) as failure:
                await impatient.lead_statuses()
    expected = {
        "401": "CLOSE-KEY-REFUSED",
        "429": "CLOSE-RATE-LIMITED",
        "drop_after_commit": "CLOSE-NO-ANSWER",
    }
    assert failure.value.code == expected.get(kind, FAULTS.get(kind, ("",))[0])


@pytest.mark.parametrize("stored", ["kept", "lower"])
@pytest.mark.parametrize("exact", ["sensitive", "insensitive"])
async def test_an_address_in_mixed_case_is_found_again_as_it_was_given(stored: str, exact: str) -> None:
    async with stage(email_case=stored, exact_value_case=exact, index_lag_s=0) as scene:
        lead = await scene.client.create_lead(LeadWrite(name="Acme"))
        write = ContactWrite(emails=(ListEntry("Bo@Acme.example", "office"),))
        contact = await scene.client.create_contact(lead.id, write)
        (found,) = await scene.client.contacts_by_email("Bo@Acme.example", user_field_id=None)
    assert found == contact


async def test_a_cut_after_the_write_leaves_a_record_that_can_be_found_again() -> None:
    async with stage(index_lag_s=0) as scene:
        company_field = await scene.client.create_custom_field("lead", "Company ID")
        scene.sandbox.switches.drop_after_commit = True
        with pytest.raises(CloseError) as failure:
            await scene.client.create_lead(LeadWrite(name="Acme", custom={company_field.id: "co_1"}))
        assert failure.value.may_have_happened
        (lead,) = await scene.client.leads_by_company_id(company_field.id, "co_1")
        assert lead.name == "Acme"


async def test_the_quota_of_custom_fields_is_a_limit_of_the_plan() -> None:
    async with stage(field_quota=0) as scene:
        with pytest.raises(CloseError) as failure:
            await scene.client.create_custom_field("lead", "Company ID")
    assert failure.value.kind is FailureKind.PLAN_LIMIT


async def test_a_revoked_key_is_told_apart_from_a_missing_permission() -> None:
    async with stage() as scene:
        owner = scene.sandbox.store.account.owner
        scene.sandbox.set_member(owner.without("manage_customizations"))
        with pytest.raises(CloseError) as forbidden:
            await scene.client.create_custom_field("lead", "Company ID")
        scene.sandbox.revoke_key(scene.sandbox.api_key)
        with pytest.raises(CloseError) as refused:
            await scene.client.create_custom_field("lead", "Company ID")
    assert forbidden.value.kind is FailureKind.FORBIDDEN
    assert refused.value.kind is FailureKind.KEY_REFUSED


@pytest.mark.parametrize("answer", ["403", "401"])
async def test_a_field_for_other_roles_is_warned_about_and_refused_as_forbidden(answer: str) -> None:
    async with stage(role_restricted_write=answer) as scene:
        field = scene.sandbox.person.add_field("lead", "Company ID", editable_with_roles=["admin"])
        owner = scene.sandbox.store.account.owner
        scene.sandbox.set_member(replace(owner, role="user", role_id="user"))
        (own,) = await scene.client.custom_fields("lead")
        assert role_warning(own, await scene.client.me())
        with pytest.raises(CloseError) as failure:
            await scene.client.create_lead(LeadWrite(name="Acme", custom={field.id: "co_1"}))
    assert failure.value.code == "CLOSE-FORBIDDEN"


@pytest.mark.parametrize("listed", ["listed", "schema_only"])
async def test_a_shared_field_is_found_wherever_close_lists_it(listed: str) -> None:
    async with stage(shared_fields_in_list=listed) as scene:
        shared = scene.sandbox.person.add_field(("lead", "contact"), "User ID")
        match = match_field(await scene.client.custom_fields("contact"), "User ID", "contact")
    assert isinstance(match, Found)
    assert (match.field.id, match.field.is_shared) == (shared.id, True)


async def test_many_hits_are_walked_over_several_pages_oldest_first() -> None:
    async with stage(index_lag_s=0) as scene:
        field = scene.sandbox.person.add_field("lead", "Company ID")
        names = [f"Acme {number:03}" for number in range(120)]
        for name in names:
            scene.sandbox.person.add_lead({"name": name, f"custom.{field.id}": "co_1"})
            scene.time.advance(1)
        leads = await scene.client.leads_by_company_id(field.id, "co_1")
    assert [lead.name for lead in leads] == names


async def test_many_contacts_of_one_lead_are_walked_over_several_pages() -> None:
    async with stage() as scene:
        lead = scene.sandbox.person.add_lead({"name": "Acme"})
        for number in range(230):
            scene.sandbox.person.add_contact(lead.id, {"name": f"Person {number:03}"})
        contacts = await scene.client.contacts_of_lead(lead.id)
    assert sorted(contact.name for contact in contacts) == [f"Person {number:03}" for number in range(230)]
