"""The key, ``/me/``, permissions and lead statuses."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from tests.close.sandbox.conftest import Caller


def test_the_key_has_the_shape_close_keys_have(sandbox) -> None:
    assert re.fullmatch(r"api_[a-zA-Z0-9]{22}\.[a-zA-Z0-9]{22}", sandbox.api_key)


@pytest.mark.parametrize(
    "auth",
    [None, ("api_wrong.key", ""), ("", "")],
    ids=["no key", "wrong key", "empty key"],
)
async def test_a_bad_or_missing_key_is_unauthorized(close: Caller, auth) -> None:
    # ``auth=None`` alone would keep the client's own key.
    auth = httpx.Auth() if auth is None else auth
    answer = await close.http.get("me/", auth=auth)
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})


async def test_the_password_has_to_be_empty(close: Caller) -> None:
    answer = await close.http.get("me/", auth=(close.sandbox.api_key, "secret"))
    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Bearer abc", "Basic !!!", "Basic /w==", "Basic"])
async def test_an_unreadable_authorization_is_unauthorized(close: Caller, header: str) -> None:
    answer = await close.http.get("me/", auth=httpx.Auth(), headers={"Authorization": header})
    assert answer.status_code == 401


async def test_several_keys_work_until_they_are_revoked(close: Caller) -> None:
    second = close.sandbox.add_key()
    assert (await close.http.get("me/", auth=(second, ""))).status_code == 200
    close.sandbox.revoke_key(second)
    assert (await close.http.get("me/", auth=(second, ""))).status_code == 401
    assert (await close.http.get("me/")).status_code == 200
    close.sandbox.restore_key(second)
    assert (await close.http.get("me/", auth=(second, ""))).status_code == 200


async def test_me_tells_user_membership_and_organization(close: Caller) -> None:
    me = await close.get("me/")
    organization = me["organizations"][0]
    membership = me["memberships"][0]
    assert re.fullmatch(r"user_[A-Za-z0-9]{43}", me["id"])
    assert re.fullmatch(r"orga_[A-Za-z0-9]{43}", organization["id"])
    assert membership["organization_id"] == organization["id"]
    assert membership["user_id"] == me["id"]
    assert (membership["role"], membership["role_id"]) == ("admin", "admin")
    assert {"manage_customizations", "merge_leads", "delete_leads", "view_all_leads"} <= set(
        membership["permissions_granted"]
    )
    assert organization["lead_statuses"][0]["label"] == "Potential"
    assert me["date_created"].endswith("+00:00")


async def test_fields_trims_me(close: Caller) -> None:
    assert set(await close.get("me/", _fields="id")) == {"id"}


async def test_me_may_list_a_second_organization(close: Caller) -> None:
    assert len((await close.get("me/"))["organizations"]) == 1
    close.switches.me_organizations = "two"
    me = await close.get("me/")
    assert len(me["organizations"]) == len(me["memberships"]) == 2
    assert me["organizations"][0]["id"] == close.sandbox.store.organization_id
    assert me["memberships"][1]["organization_id"] == me["organizations"][1]["id"]
    assert me["organizations"][1]["id"] != me["organizations"][0]["id"]


@pytest.mark.parametrize(
    ("permission", "method", "path"),
    [
        ("manage_customizations", "POST", "custom_field/lead/"),
        ("manage_customizations", "PUT", "custom_field_schema/lead/"),
        ("manage_customizations", "POST", "status/lead/"),
        ("merge_leads", "POST", "lead/merge/"),
    ],
)
async def test_a_missing_permission_is_forbidden(close: Caller, permission, method, path) -> None:
    close.sandbox.set_member(close.sandbox.store.account.owner.without(permission))
    refusal = await close.refused(method, path, {"name": "X", "type": "text"}, status=403)
    assert permission in refusal["error"]
    assert permission not in (await close.get("me/"))["memberships"][0]["permissions_granted"]


async def test_deleting_a_lead_needs_its_permission(close: Caller) -> None:
    lead = await close.lead()
    close.sandbox.set_member(close.sandbox.store.account.owner.without("delete_leads"))
    await close.refused("DELETE", f"lead/{lead['id']}/", status=403)
    assert lead["id"] in close.sandbox.store.leads


async def test_without_view_all_leads_other_peoples_leads_are_left_out(close: Caller) -> None:
    theirs = close.sandbox.person.add_lead({"name": "Theirs", "contacts": [{"name": "T"}]})
    mine = await close.contact(name="M")
    store = close.sandbox.store
    their_contact = store.contacts_of(theirs.id)[0].id
    close.sandbox.set_member(store.account.owner.without("view_all_leads"))

    assert [lead["id"] for lead in (await close.get("lead/"))["data"]] == [mine["lead_id"]]
    assert [row["id"] for row in (await close.get("contact/"))["data"]] == [mine["id"]]
    rows = await close.search({"type": "object_type", "object_type": "contact"})
    assert [row["id"] for row in rows] == [mine["id"]]
    await close.refused("GET", f"lead/{theirs.id}/", status=404)
    await close.refused("PUT", f"contact/{their_contact}/", {"name": "X"}, status=404)
    await close.refused("POST", "contact/", {"lead_id": theirs.id})
    assert (await close.get("event/", lead_id=theirs.id))["data"] == []


async def test_statuses_are_listed_made_renamed_and_deleted(close: Caller) -> None:
    listed = await close.get("status/lead/")
    assert listed["has_more"] is False
    assert set(listed["data"][0]) == {"id", "label", "organization_id"}
    made = await close.post("status/lead/", {"label": "Trial"})
    assert re.fullmatch(r"stat_[A-Za-z0-9]{43}", made["id"])
    renamed = await close.put(f"status/lead/{made['id']}/", {"label": "On trial"})
    assert renamed == {**made, "label": "On trial"}
    assert "On trial" in {
        status["label"] for status in (await close.get("me/"))["organizations"][0]["lead_statuses"]
    }
    assert await close.delete(f"status/lead/{made['id']}/") == {}
    await close.refused("DELETE", f"status/lead/{made['id']}/", status=404)
    await close.refused("POST", "status/lead/", {})


async def test_a_status_in_use_stays(close: Caller) -> None:
    lead = await close.lead()
    await close.refused("DELETE", f"status/lead/{lead['status_id']}/")


async def test_a_key_may_act_as_somebody_else(close: Caller) -> None:
    account = close.sandbox.store.account
    key = close.sandbox.add_key(replace(account.colleague, role="user", role_id="user"))
    me = (await close.http.get("me/", auth=(key, ""))).json()
    assert me["id"] == account.colleague.user_id
    assert me["memberships"][0]["role_id"] == "user"
