"""Events through the runner and the real client into a sandbox on a real socket."""

from __future__ import annotations

import asyncio

import pytest

from app.actions.plan import Verdict
from app.actions.trace import Outcome, StepStatus
from app.actions.workplace import QUIET_TIME_S, RunOptions
from app.close.failures import CloseError, FailureKind
from app.close.sandbox.faults import Fault
from app.storage.identity_memory import MemoryIdentities, ReadOnlyIdentities
from tests.actions.builders import identify, mapping, stage

ACME = ("co_1", "Acme")


async def test_a_new_person_of_a_new_company_becomes_one_lead_with_one_contact() -> None:
    async with stage() as scene:
        report = await scene.run(
            identify(
                name="Bo Li", email="bo@acme.example", phone="+1 415 555 0132", title="CTO", company=ACME
            ),
            check=True,
        )
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert report.outcome is Outcome.DELIVERED
        assert report.reason == "Created lead Acme with contact Bo Li. 7 fields changed."
        assert (lead.name, scene.company_id_of(lead)) == ("Acme", "co_1")
        assert (contact.name, contact.title, contact.lead_id) == ("Bo Li", "CTO", lead.id)
        assert scene.user_id_of(contact) == "u_1"
        assert [entry.email for entry in contact.emails] == ["bo@acme.example"]
        assert scene.writes() == 1
        (result,) = report.results
        assert [step.title for step in result.steps] == [
            "Matched “People”",
            "Mapped",
            "Looked up",
            "Planned",
            "Delivered",
            "Read back",
        ]
        assert result.steps[-1].status is StepStatus.OK


async def test_the_same_event_again_is_unchanged_and_asks_no_search() -> None:
    async with stage() as scene:
        event = identify(name="Bo Li", email="bo@acme.example", company=ACME)
        await scene.run(event)
        scene.sandbox.calls.clear()
        report = await scene.run(event)
        assert (report.outcome, scene.writes(), scene.searches()) == (Outcome.UNCHANGED, 0, 0)


async def test_the_same_event_without_a_company_is_unchanged_and_asks_no_search() -> None:
    async with stage() as scene:
        event = identify(name="Bo Li", email="bo@acme.example")
        await scene.run(event)
        scene.sandbox.calls.clear()
        report = await scene.run(event)
        assert (report.outcome, scene.writes(), scene.searches()) == (Outcome.UNCHANGED, 0, 0)
        assert len(scene.leads()) == len(scene.contacts()) == 1


async def test_a_person_known_by_address_only_is_found_without_a_search() -> None:
    async with stage() as scene:
        event = identify(None, name="Bo Li", email="bo@acme.example")
        await scene.run(event)
        scene.sandbox.calls.clear()
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        assert scene.searches() == 0


async def test_another_address_is_appended_and_keeps_the_first() -> None:
    async with stage() as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        report = await scene.run(identify(email="bo@home.example", company=ACME), check=True)
        (contact,) = scene.contacts()
        assert [entry.email for entry in contact.emails] == ["bo@acme.example", "bo@home.example"]
        assert report.results[0].steps[-1].title == "Read back"


async def test_a_changed_company_makes_a_second_contact_under_a_new_lead() -> None:
    async with stage() as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        report = await scene.run(identify(email="bo@acme.example", company=("co_2", "Bolt")))
        assert report.outcome is Outcome.DELIVERED
        assert {scene.company_id_of(lead) for lead in scene.leads()} == {"co_1", "co_2"}
        assert [scene.user_id_of(contact) for contact in scene.contacts()] == ["u_1", "u_1"]
        # Both contacts are the person's: an event without a company reaches both.
        scene.time.advance(61)
        await scene.run(identify(email="bo@acme.example", title="CTO"))
        assert [contact.title for contact in scene.contacts()] == ["CTO", "CTO"]


async def test_a_contact_found_by_address_gets_the_user_id_and_its_lead_the_company_id() -> None:
    async with stage() as scene:
        report = await scene.run(
            identify("u_9", email="maren.oakes@bramble.example", company=("co_9", "Bramble & Co"))
        )
        assert report.outcome is Outcome.DELIVERED
        assert scene.leads() == []
        (contact,) = [one for one in scene.sandbox.store.contacts.values() if one.name == "Maren Oakes"]
        assert scene.user_id_of(contact) == "u_9"
        assert scene.company_id_of(scene.sandbox.store.leads[contact.lead_id]) == "co_9"
        # The index does not show the ids yet; the memory answers.
        scene.sandbox.calls.clear()
        again = await scene.run(identify("u_9", email="maren@home.example"))
        assert (again.outcome, scene.searches()) == (Outcome.DELIVERED, 0)


@pytest.mark.parametrize("company", [ACME, None])
async def test_rapid_events_under_an_index_that_lags_a_minute_create_nothing_twice(
    company: tuple[str, str] | None,
) -> None:
    members = {"company": company} if company else {}
    async with stage(index_lag_s=60) as scene:
        for number in range(4):
            await scene.run(identify(email="bo@acme.example", title=f"Title {number}", **members))
            await scene.run(identify(None, email="BO@acme.example", name="Bo", **members))
            scene.time.advance(5)
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)
        assert scene.contacts()[0].title == "Title 3"


async def test_changing_companies_back_and_forth_within_the_lag_creates_each_contact_once() -> None:
    async with stage(index_lag_s=60) as scene:
        for company in (ACME, ("co_2", "Bolt"), None, ACME, None, ("co_2", "Bolt")):
            members = {"company": company} if company else {}
            await scene.run(identify(email="bo@acme.example", **members))
        assert (len(scene.leads()), len(scene.contacts())) == (2, 2)


async def test_colleagues_of_a_new_company_share_one_lead_within_the_lag() -> None:
    async with stage(index_lag_s=60) as scene:
        for number in range(3):
            await scene.run(identify(f"u_{number}", email=f"p{number}@acme.example", company=ACME))
        assert (len(scene.leads()), len(scene.contacts())) == (1, 3)


async def test_a_lost_answer_to_a_create_is_waited_out_and_the_record_adopted() -> None:
    async with stage(index_lag_s=50) as scene:
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/"))
        event = identify(email="bo@acme.example", title="CTO", company=ACME)
        first = await scene.run(event)
        assert isinstance(first.error, CloseError)
        assert (first.outcome, first.error.kind) == (Outcome.FAILED, FailureKind.NO_ANSWER)
        scene.time.advance(QUIET_TIME_S - 1)
        calls = scene.calls()
        early = await scene.run(event)
        assert isinstance(early.error, CloseError)
        assert (early.error.code, early.error.retry_after_s) == ("CLOSE-ANSWER-LOST", pytest.approx(1.0))
        assert scene.calls() == calls
        # The same person under another name for the same records has to wait as well.
        for other in (identify(None, email="bo@acme.example"), identify("u_2", company=ACME)):
            assert (await scene.run(other)).error is not None
        assert scene.calls() == calls
        scene.time.advance(1)
        late = await scene.run(event)
        assert late.outcome is Outcome.UNCHANGED
        assert len(scene.leads()) == len(scene.contacts()) == 1
        scene.sandbox.calls.clear()
        await scene.run(event)
        assert scene.searches() == 0


async def test_a_create_that_never_arrived_is_made_after_the_quiet_time() -> None:
    async with stage() as scene:
        scene.sandbox.faults.add(Fault(kind="drop_before", method="POST", path="/lead/"))
        event = identify(email="bo@acme.example", company=ACME)
        assert (await scene.run(event)).outcome is Outcome.FAILED
        scene.time.advance(QUIET_TIME_S)
        assert (await scene.run(event)).outcome is Outcome.DELIVERED
        assert len(scene.leads()) == 1


async def test_a_lost_answer_to_a_contact_is_adopted_too() -> None:
    async with stage(index_lag_s=50) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/contact/"))
        event = identify("u_2", email="cy@acme.example", company=ACME)
        assert (await scene.run(event)).outcome is Outcome.FAILED
        scene.time.advance(QUIET_TIME_S)
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        assert len(scene.contacts()) == 2


async def test_a_refused_create_leaves_no_intent_behind() -> None:
    async with stage() as scene:
        scene.sandbox.faults.add(Fault(kind="402", method="POST", path="/lead/"))
        event = identify(email="bo@acme.example", company=ACME)
        assert (await scene.run(event)).outcome is Outcome.FAILED
        assert (await scene.run(event)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize("company", [ACME, None])
@pytest.mark.parametrize("user_id", ["u_1", None])
async def test_a_contact_that_a_person_deleted_is_not_created_again(
    user_id: str | None, company: tuple[str, str] | None
) -> None:
    members = {"company": company} if company else {}
    event = identify(user_id, email="bo@acme.example", **members)
    async with stage() as scene:
        await scene.run(event)
        scene.sandbox.person.delete_contact(scene.contacts()[0].id)
        scene.time.advance(61)
        report = await scene.run(event)
        assert report.outcome is Outcome.SKIPPED
        assert "Deleted in Close" in report.reason
        assert scene.contacts() == []


async def test_a_deleted_contact_is_not_created_again_because_its_address_is_somewhere_else() -> None:
    async with stage() as scene:
        await scene.run(identify(company=ACME))
        scene.sandbox.person.delete_contact(scene.contacts()[0].id)
        scene.time.advance(61)
        await scene.run(identify(None, email="bo@acme.example"))
        report = await scene.run(identify(email="bo@acme.example", company=ACME))
        assert report.outcome is Outcome.SKIPPED
        assert "Deleted in Close" in report.reason
        assert [scene.user_id_of(one) for one in scene.contacts()] == [None]


async def test_a_deleted_contact_is_not_created_in_another_company_because_of_its_address() -> None:
    async with stage() as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=("co_1", "Acme")))
        (contact,), (lead,) = scene.contacts(), scene.leads()
        scene.sandbox.person.delete_contact(contact.id)
        scene.sandbox.person.add_contact(lead.id, {"name": "Bo", "emails": [{"email": "bo@acme.example"}]})
        scene.time.advance(61)
        report = await scene.run(identify(name="Bo Li", email="bo@acme.example", company=("co_2", "Bramble")))
        assert "Deleted in Close" in report.reason
        assert [one.name for one in scene.leads()] == ["Acme"]


async def test_a_lead_that_a_person_deleted_is_not_created_again_unless_the_profile_says_so() -> None:
    event = identify(email="bo@acme.example", company=ACME)
    memory = MemoryIdentities()
    async with stage(identities=memory) as scene:
        await scene.run(event)
        scene.sandbox.person.delete_lead(scene.leads()[0].id)
        scene.time.advance(61)
        report = await scene.run(event)
        assert (report.outcome, scene.leads()) == (Outcome.SKIPPED, [])
        assert report.reason == "Deleted in Close: the lead of company co_1. It is not created again."
    async with stage(options=RunOptions(recreate_deleted=True)) as scene:
        await scene.run(event)
        scene.sandbox.person.delete_lead(scene.leads()[0].id)
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.DELIVERED
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED


async def test_a_lead_that_was_merged_away_is_followed_to_where_its_contact_is() -> None:
    event = identify(email="bo@acme.example", company=ACME)
    async with stage() as scene:
        await scene.run(event)
        await scene.run(identify("u_2", email="cy@bolt.example", company=("co_2", "Bolt")))
        acme, bolt = scene.leads()
        scene.sandbox.person.merge_leads(acme.id, bolt.id)
        scene.time.advance(61)
        for title in ("CTO", "CEO"):
            report = await scene.run(identify(email="bo@acme.example", title=title, company=ACME))
            assert report.outcome is Outcome.DELIVERED
        (remaining,) = scene.leads()
        assert remaining.id == bolt.id
        assert {one.title for one in scene.contacts() if scene.user_id_of(one) == "u_1"} == {"CEO"}
        assert len(scene.contacts()) == 2


async def test_an_id_field_that_a_person_emptied_is_filled_again_without_a_second_lead() -> None:
    event = identify(email="bo@acme.example", company=ACME)
    async with stage() as scene:
        await scene.run(event)
        (lead,), (contact,) = scene.leads(), scene.contacts()
        scene.sandbox.person.edit_lead(lead.id, {f"custom.{scene.company_field.id}": None})
        scene.sandbox.person.edit_contact(contact.id, {f"custom.{scene.user_field.id}": None})
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.DELIVERED
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert (scene.company_id_of(lead), scene.user_id_of(contact)) == ("co_1", "u_1")


async def test_a_colleague_joins_the_lead_whose_id_a_person_emptied() -> None:
    async with stage() as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        scene.sandbox.person.edit_lead(scene.leads()[0].id, {f"custom.{scene.company_field.id}": None})
        scene.time.advance(61)
        await scene.run(identify("u_2", email="cy@acme.example", company=ACME))
        (lead,) = scene.leads()
        assert scene.company_id_of(lead) == "co_1"
        assert [contact.lead_id for contact in scene.contacts()] == [lead.id, lead.id]


async def test_a_lead_that_a_person_gave_to_another_company_is_left_alone() -> None:
    async with stage() as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        (lead,) = scene.leads()
        scene.sandbox.person.edit_lead(
            lead.id, {f"custom.{scene.company_field.id}": "co_other", "name": "Other"}
        )
        scene.time.advance(61)
        report = await scene.run(identify(email="bo@acme.example", company=ACME))
        assert report.outcome is Outcome.DELIVERED
        assert sorted((one.name, scene.company_id_of(one)) for one in scene.leads()) == [
            ("Acme", "co_1"),
            ("Other", "co_other"),
        ]


@pytest.mark.parametrize("place", ["contacts", "top_level"])
async def test_a_refused_address_is_left_out_once_and_named(place: str) -> None:
    async with stage(nested_contact_error=place) as scene:
        event = identify(name="Bo Li", email="not an address", phone="+14155550132", company=ACME)
        report = await scene.run(event, check=True)
        assert report.outcome is Outcome.DELIVERED
        assert "Close refused the value for emails" in report.reason
        assert report.results[0].steps[-1].status is StepStatus.OK
        assert scene.calls("POST", "/lead/") == 2
        (contact,) = scene.contacts()
        assert (contact.emails, len(contact.phones)) == ((), 1)
        # The person is known by the address that Close does not hold: no second contact.
        await scene.run(event)
        await scene.run(identify(None, name="Bo Li", email="not an address", company=ACME))
        assert len(scene.contacts()) == 1


async def test_a_field_whose_values_close_drops_is_reported_and_nothing_is_created_twice() -> None:
    async with stage(role_restricted_write="ignored") as scene:
        scene.sandbox.person.restrict_field(scene.user_field.id, ["role_nobody"])
        event = identify(name="Bo Li", email="bo@acme.example", company=ACME)
        for _ in range(3):
            report = await scene.run(event)
            assert report.outcome is Outcome.FAILED
            assert isinstance(report.error, CloseError)
            assert report.error.code == "CLOSE-FIELD-GONE"
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)
        # The same for a contact under a lead that is there.
        for _ in range(2):
            await scene.run(identify("u_2", name="Cy", email="cy@acme.example", company=ACME))
        assert len(scene.contacts()) == 2


async def test_a_deleted_field_is_reported_before_anything_is_written() -> None:
    async with stage() as scene:
        scene.sandbox.person.delete_field(scene.company_field.id)
        report = await scene.run(identify(email="bo@acme.example", company=ACME))
        assert report.error is not None
        assert (report.error.code, scene.writes()) == ("CLOSE-FIELD-GONE", 0)
        assert "Company ID" in report.error.cause


async def test_a_revoked_key_is_a_key_problem_also_behind_another_failure() -> None:
    broken = mapping(name="Broken", lead_name={"@path": "$.traits.company"})
    async with stage(broken, mapping()) as scene:
        scene.sandbox.revoke_key(scene.sandbox.api_key)
        report = await scene.run(identify(email="bo@acme.example", company=ACME))
        assert isinstance(report.error, CloseError)
        assert report.error.kind is FailureKind.KEY_REFUSED
        assert (report.outcome, report.reason) == (
            Outcome.FAILED,
            "Close refused this key. It may be revoked or from another account.",
        )


async def test_of_two_mappings_the_failed_one_names_the_event_and_the_other_is_delivered() -> None:
    broken = mapping(name="Broken", lead_name={"@path": "$.traits.company"})
    async with stage(mapping(), broken) as scene:
        report = await scene.run(identify(email="bo@acme.example", company=ACME))
        assert report.outcome is Outcome.FAILED
        assert report.error is not None
        assert report.error.code == "MAPPING-PAYLOAD"
        assert "Lead Name must be text" in report.reason
        assert [result.outcome for result in report.results] == [Outcome.DELIVERED, Outcome.FAILED]
        assert len(scene.leads()) == 1


async def test_a_failure_that_may_pass_comes_before_one_that_will_not() -> None:
    broken = mapping(name="Broken", lead_name={"@path": "$.traits.company"})
    async with stage(broken, mapping()) as scene:
        scene.sandbox.faults.add(Fault(kind="503", path="/data/search/"))
        report = await scene.run(identify(email="bo@acme.example", company=ACME))
        assert isinstance(report.error, CloseError)
        assert report.error.transient
        assert report.reason.startswith("Close has a problem of its own.")


async def test_concurrent_events_of_one_person_or_company_create_nothing_twice() -> None:
    async with stage(index_lag_s=60) as scene:
        events = [
            identify(email="bo@acme.example", company=ACME),
            identify(None, email="bo@acme.example"),
            identify(email="bo@home.example"),
            identify("u_2", email="cy@acme.example", company=ACME),
            identify(None, email="Bo@Acme.example", company=ACME),
        ]
        reports = await asyncio.gather(*(asyncio.create_task(scene.run(event)) for event in events))
        assert all(report.error is None for report in reports)
        assert (len(scene.leads()), len(scene.contacts())) == (1, 2)
        assert all(report.exchanges for report in reports)


async def test_a_dry_run_writes_nothing_and_plans_what_the_live_run_does() -> None:
    event = identify(name="Bo Li", email="bo@acme.example", company=ACME)
    memory = MemoryIdentities()
    async with stage(identities=ReadOnlyIdentities(memory)) as scene:
        before = scene.sandbox.store.events.next_number
        report = await scene.run(event, live=False)
        assert report.outcome is Outcome.WOULD_CHANGE
        assert report.reason == "Would create lead Acme with contact Bo Li. 5 fields change."
        assert scene.writes() == 0
        assert scene.sandbox.store.events.next_number == before
        live = await scene.run(event)
        assert live.results[0].plan == report.results[0].plan


async def test_a_dry_run_that_would_fail_says_why() -> None:
    broken = mapping(lead_name={"@path": "$.traits.company"})
    async with stage(broken) as scene:
        report = await scene.run(identify(company=ACME), live=False)
        assert (report.outcome, scene.calls()) == (Outcome.WOULD_FAIL, 0)


async def test_events_that_do_not_match_or_name_nobody_are_skipped_with_the_reason() -> None:
    only_track = mapping(trigger='type = "track"')
    async with stage(only_track) as scene:
        report = await scene.run(identify(email="bo@acme.example"))
        assert report.outcome is Outcome.SKIPPED
        assert "“People” runs when" in report.reason
        assert scene.calls() == 0
    async with stage() as scene:
        report = await scene.run(identify(None, name="Bo"))
        assert (report.outcome, scene.calls()) == (Outcome.SKIPPED, 0)
        assert report.reason.startswith("Nothing to match on")


async def test_without_an_enabled_mapping_nothing_runs() -> None:
    off = mapping()
    async with stage(type(off)(off.name, off.action, off.trigger, off.mapping, enabled=False)) as scene:
        report = await scene.run(identify(email="bo@acme.example"))
        assert (report.outcome, report.results) == (Outcome.SKIPPED, ())


async def test_an_older_event_fills_blanks_but_overwrites_nothing() -> None:
    async with stage() as scene:
        for at, traits in (
            ("2026-03-04T08:00:00Z", {"name": "Bo"}),
            ("2026-03-04T08:02:00Z", {"name": "Bo Li"}),
            ("2026-03-04T08:01:00Z", {"name": "Bo L.", "title": "CTO", "phone": "+14155550132"}),
        ):
            report = await scene.run(identify(at=at, email="bo@acme.example", company=ACME, **traits))
        (contact,) = scene.contacts()
        assert (contact.name, contact.title, len(contact.phones)) == ("Bo Li", "CTO", 1)
        assert report.results[0].plan is not None
        assert "a later event has set them already" in " ".join(report.results[0].plan.notes)


async def test_an_event_that_changed_nothing_still_makes_older_ones_late() -> None:
    async with stage() as scene:
        for minute, name in ((0, "Bo"), (2, "Bo"), (1, "Old name")):
            at = f"2026-03-04T08:0{minute}:00Z"
            await scene.run(identify(at=at, name=name, email="bo@acme.example", company=ACME))
        assert scene.contacts()[0].name == "Bo"


async def test_a_clock_that_runs_ahead_does_not_make_later_events_late() -> None:
    async with stage() as scene:
        await scene.run(identify(at="2031-01-01T00:00:00Z", name="Bo", email="bo@acme.example"))
        scene.time.advance(60)
        await scene.run(identify(at="2026-03-04T09:00:30Z", name="Bo Li", email="bo@acme.example"))
        assert scene.contacts()[0].name == "Bo Li"


async def test_values_of_custom_fields_and_statuses_are_written_in_closes_form_and_then_unchanged() -> None:
    async with stage() as first:
        store = first.sandbox.store
        fields = {one.name: one.id for one in store.fields.values()}
        status = next(one for one in store.statuses.values() if one.label == "Customer")
    spec = mapping(
        lead_status_id=status.id,
        lead_custom_fields={
            fields["Seats"]: {"@path": "$.traits.seats"},
            fields["Plan"]: {"@path": "$.traits.plan"},
        },
        contact_custom_fields={fields["Signed up"]: {"@path": "$.traits.since"}},
    )
    event = identify(
        email="bo@acme.example", company=ACME, seats="12", plan="team", since="2026-03-01T08:00:00.000Z"
    )
    async with stage(spec) as scene:
        report = await scene.run(event, check=True)
        assert (report.outcome, report.results[0].steps[-1].title) == (Outcome.DELIVERED, "Read back")
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert (lead.custom[fields["Seats"]], lead.custom[fields["Plan"]]) == (12, "Team")
        assert contact.custom[fields["Signed up"]] == "2026-03-01"
        assert scene.sandbox.store.statuses[lead.status_id].label == "Customer"
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        bad = await scene.run(identify(email="bo@acme.example", company=ACME, seats="many"))
        assert bad.error is not None
        assert bad.error.code == "ACTION-VALUE-REFUSED"
        assert "“many” is not a number" in bad.reason


async def test_more_than_ten_contacts_of_one_address_are_named_and_the_ten_oldest_updated() -> None:
    async with stage(index_lag_s=0) as scene:
        for number in range(12):
            lead = scene.sandbox.person.add_lead({"name": f"Lead {number}"})
            scene.sandbox.person.add_contact(
                lead.id, {"name": f"Bo {number}", "emails": [{"email": "bo@acme.example"}]}
            )
            scene.time.advance(1)
        report = await scene.run(identify(None, email="bo@acme.example", title="CTO"))
        titles = [contact.title for contact in sorted(scene.contacts(), key=lambda one: one.date_created)]
        assert titles == ["CTO"] * 10 + ["", ""]
        plan = report.results[0].plan
        assert plan is not None
        assert plan.verdict is Verdict.CHANGES
        assert plan.notes[0].startswith("More than 10 contacts share this email")
        # Still all of them the next time.
        await scene.run(identify(None, email="bo@acme.example", title="CEO"))
        assert [contact.title for contact in scene.contacts()].count("CEO") == 10


async def test_a_trigger_that_cannot_be_evaluated_ends_in_the_report() -> None:
    async with stage(mapping(trigger="(((")) as scene:
        report = await scene.run(identify(email="bo@acme.example"))
        assert (report.outcome, scene.calls()) == (Outcome.SKIPPED, 0)


async def test_a_number_in_its_countrys_own_form_is_appended_once() -> None:
    async with stage() as scene:
        for title in ("CTO", "CEO", "Chair"):
            await scene.run(
                identify(email="bo@acme.example", phone="(415) 555-0132", title=title, company=ACME)
            )
        assert [entry.phone for entry in scene.contacts()[0].phones] == ["+14155550132"]


async def test_a_merged_lead_is_not_taken_for_the_lead_a_person_always_had() -> None:
    async with stage(index_lag_s=60) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        await scene.run(identify("u_2", email="cy@home.example"))
        await scene.run(identify("u_3", email="di@bolt.example", company=("co_2", "Bolt")))
        acme, own, bolt = scene.leads()
        scene.sandbox.person.merge_leads(acme.id, bolt.id)
        # Close's search knows nothing of the merge yet.
        await scene.run(identify("u_2", email="cy@home.example", company=ACME))
        assert scene.company_id_of(scene.sandbox.store.leads[own.id]) is None
        known = scene.memory.identities.lead_for("company:co_1")
        assert known is not None
        assert (known.close_id, known.how) == (bolt.id, "merged")


async def test_an_id_given_with_a_lost_answer_is_known_before_the_search_shows_it() -> None:
    async with stage(index_lag_s=60) as scene:
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="PUT", path="/lead/*"))
        maren = identify("u_9", email="maren.oakes@bramble.example", company=("co_9", "Bramble & Co"))
        assert (await scene.run(maren)).error is not None
        await scene.run(identify("u_8", email="colleague@bramble.example", company=("co_9", "Bramble & Co")))
        assert scene.leads() == []
        assert len(scene.contacts()) == 1
