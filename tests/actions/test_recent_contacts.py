"""A person with two contacts, both younger than what Close's search shows, on stages with a slow index."""

from __future__ import annotations

from app.actions.trace import Outcome
from tests.actions.builders import identify, stage


async def test_both_contacts_are_known_before_the_search_shows_either() -> None:
    async with stage(index_lag_s=60) as scene:
        await scene.run(identify("u_2", email="cy@acme.example", company=("co_1", "Acme")))
        await scene.run(identify(email="bo@acme.example", title="CTO"))
        await scene.run(identify(email="bo@acme.example", company=("co_1", "Acme")))
        assert len(scene.contacts()) == 3
        report = await scene.run(identify(email="bo@acme.example", company=("co_2", "Globex")))
        # One of them is under a lead without a Company ID, so that lead gets it and no third one is made.
        assert report.outcome is Outcome.DELIVERED
        assert len(scene.contacts()) == 3
        assert sorted(str(scene.company_id_of(lead)) for lead in scene.leads()) == ["co_1", "co_2"]


async def test_an_address_given_a_moment_ago_finds_its_contact() -> None:
    async with stage(index_lag_s=60) as scene:
        await scene.run(identify("u_1", name="Bo Li"))
        await scene.run(identify("u_1", email="bo@acme.example"))
        report = await scene.run(identify(None, email="bo@acme.example", title="CTO"))
        assert report.outcome is Outcome.DELIVERED
        (contact,) = scene.contacts()
        assert contact.title == "CTO"
