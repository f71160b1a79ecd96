"""Every way in which the two ID fields may stand, with its message and its way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.workflows.fields import COMPANY_ID, USER_ID, FieldStatus
from app.workflows.setup import SetupFlow
from tests.workflows.test_setup import connected


@pytest.fixture
def sandbox(close: SandboxThread) -> Sandbox:
    return close.sandbox


@pytest.fixture
async def connected_flow(flow: SetupFlow, close: SandboxThread) -> SetupFlow:
    return await connected(flow, close)


async def code_of(flow: SetupFlow, name: str | None = None) -> AppError:
    with pytest.raises(AppError) as refused:
        await flow.create_fields((COMPANY_ID,), name=name)
    return refused.value


async def test_missing_fields_can_be_created(connected_flow: SetupFlow) -> None:
    view = await connected_flow.read_fields()
    assert view.missing == (COMPANY_ID, USER_ID)
    assert view.company.message == "No matching field yet. We can create “Company ID” on Leads."
    assert view.user.message == "No matching field yet. We can create “User ID” on Contacts."
    created = await connected_flow.create_fields(view.missing)
    assert created.company.status is created.user.status is FieldStatus.FOUND
    assert (await connected_flow.read_fields()).missing == ()


async def test_a_field_is_found_whatever_its_case_and_a_shared_one_too(
    connected_flow: SetupFlow, sandbox: Sandbox
) -> None:
    sandbox.person.add_field("lead", " company ID ")
    shared = sandbox.person.add_field(("lead", "contact"), "User ID")
    view = await connected_flow.read_fields()
    assert (view.company.status, view.user.status) == (FieldStatus.FOUND, FieldStatus.FOUND)
    assert view.user.field
    assert (view.user.field.id, view.user.field.is_shared) == (shared.id, True)
    assert connected_flow.choose_fields(None, shared.id).profile.user_field


async def test_twins_are_left_to_a_person(connected_flow: SetupFlow, sandbox: Sandbox) -> None:
    twins = [sandbox.person.add_field("lead", "Company ID").id for _ in range(2)]
    view = await connected_flow.read_fields()
    assert view.company.status is FieldStatus.SEVERAL
    assert view.company.message == "2 fields on Leads are called “Company ID”. Choose one."
    assert set(twins) <= {one.id for one in view.company.candidates}
    chosen = connected_flow.choose_fields(twins[1], None).profile.company_field
    assert chosen
    assert chosen.id == twins[1]


async def test_a_field_of_the_wrong_type_is_named_with_its_type(
    connected_flow: SetupFlow, sandbox: Sandbox
) -> None:
    wrong = sandbox.person.add_field("lead", "Company ID", "number")
    view = await connected_flow.read_fields()
    assert view.company.status is FieldStatus.WRONG_TYPE
    assert "its type is number" in view.company.message
    assert wrong.id not in {one.id for one in view.company.candidates}
    error = await code_of(connected_flow)
    assert (error.code, error.title) == (
        "FIELD-EXISTS",
        "A field called “Company ID” exists on Leads already.",
    )


async def test_a_field_of_several_values_is_named(connected_flow: SetupFlow, sandbox: Sandbox) -> None:
    many = sandbox.person.add_field("lead", "Company ID", accepts_multiple_values=True)
    view = await connected_flow.read_fields()
    assert view.company.status is FieldStatus.MULTI_VALUE
    assert "takes several values" in view.company.message
    assert many.id not in {one.id for one in view.company.candidates}


async def test_a_full_account_says_how_many_fields_fit(connected_flow: SetupFlow, sandbox: Sandbox) -> None:
    await connected_flow.read_fields()
    sandbox.switches.field_quota = 0
    error = await code_of(connected_flow)
    assert (error.code, error.cause) == ("FIELD-QUOTA", "An organization can hold 250 custom fields.")


async def test_without_the_permission_a_request_to_an_administrator_is_written(
    flow: SetupFlow, close: SandboxThread
) -> None:
    owner = close.sandbox.store.account.owner
    close.sandbox.set_member(owner.without("manage_customizations"))
    await connected(flow, close)
    view = await flow.read_fields()
    assert not view.may_create
    assert (await code_of(flow)).code == "FIELD-NOT-PERMITTED"
    request = view.request_for_admin()
    assert view.organization_name in request
    assert "- Company ID: on Leads, type Text, single value" in request
    assert "- User ID: on Contacts, type Text, single value" in request


async def test_a_permission_lost_since_is_reported_the_same_way(
    connected_flow: SetupFlow, sandbox: Sandbox
) -> None:
    await connected_flow.read_fields()
    sandbox.set_member(sandbox.store.account.owner.without("manage_customizations"))
    assert (await code_of(connected_flow)).code == "FIELD-NOT-PERMITTED"


async def test_a_field_for_other_roles_is_found_with_a_warning(flow: SetupFlow, close: SandboxThread) -> None:
    close.sandbox.person.add_field("lead", "Company ID", editable_with_roles=["admin"])
    owner = close.sandbox.store.account.owner
    close.sandbox.set_member(replace(owner, role="user", role_id="user"))
    await connected(flow, close)
    view = await flow.read_fields()
    assert view.company.status is FieldStatus.FOUND
    assert "Only some roles may edit “Company ID”" in view.company.warning
    assert view.user.warning == ""


async def test_a_field_created_by_somebody_meanwhile_is_not_made_twice(
    connected_flow: SetupFlow, sandbox: Sandbox
) -> None:
    view = await connected_flow.read_fields()
    sandbox.person.add_field("lead", "Company ID")
    assert view.missing
    assert (await code_of(connected_flow)).code == "FIELD-EXISTS"
    assert (await connected_flow.read_fields()).company.status is FieldStatus.FOUND


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Company ID", "FIELD-ID-SHAPE"),
        ("cf_", "FIELD-ID-SHAPE"),
        ("lead_abc", "FIELD-ID-SHAPE"),
        ("cf_unknown", "FIELD-UNKNOWN"),
    ],
)
async def test_a_typed_id_is_checked(connected_flow: SetupFlow, typed: str, code: str) -> None:
    await connected_flow.read_fields()
    step = connected_flow.state.step
    with pytest.raises(AppError) as refused:
        connected_flow.choose_fields(typed, None)
    assert refused.value.code == code
    assert connected_flow.state.step is step


async def test_one_field_cannot_hold_both_ids(connected_flow: SetupFlow, sandbox: Sandbox) -> None:
    shared = sandbox.person.add_field(("lead", "contact"), "Segment ID")
    await connected_flow.read_fields()
    with pytest.raises(AppError) as refused:
        connected_flow.choose_fields(shared.id, shared.id)
    assert refused.value.code == "FIELD-TWICE"


async def test_a_field_of_the_wrong_kind_cannot_be_chosen(
    connected_flow: SetupFlow, sandbox: Sandbox
) -> None:
    number = sandbox.person.add_field("lead", "Company ID", "number")
    contact_field = sandbox.person.add_field("contact", "Other")
    await connected_flow.read_fields()
    for field_id, code in ((number.id, "FIELD-WRONG-TYPE"), (contact_field.id, "FIELD-UNKNOWN")):
        with pytest.raises(AppError) as refused:
            connected_flow.choose_fields(field_id, None)
        assert refused.value.code == code
