from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app.workflows.sample_masking import mask_event, mask_text
from app.workflows.samples import built_in_samples


def traits(**members: Any) -> dict[str, Any]:
    masked = mask_event({"type": "identify", "traits": members})["traits"]
    assert isinstance(masked, dict)
    return masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("maren.oakes@bramble.example", "m•••@b•••.example"),
        ("Write to a@b.co.uk, or c@d.example", "Write to a•••@b•••.co.uk, or c•••@d•••.example"),
        ("call +44 20 7946 0011 now", "call +44 •• •••• ••11 now"),
        ("203.0.113.7", "203.0.•••.•••"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:•••"),
        ("https://x.example/?token=abc123&page=2", "https://x.example/?token=•••&page=2"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc", "eyJh••••••"),
        ("2026-03-04T09:15:00.850Z", "2026-03-04T09:15:00.850Z"),
        ("10:15:22", "10:15:22"),
        ("npm:next-1.84.3", "npm:next-1.84.3"),
        ("3.2.0", "3.2.0"),
    ],
)
def test_values_are_recognised_inside_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_what_says_who_somebody_is_is_masked_and_the_rest_is_not() -> None:
    masked = traits(
        firstName="Maren",
        last_name="van Oakes",
        name="Maren Oakes",
        phone="(212) 555-0142",
        birthday="1990-02-03",
        apiToken="s3cr3t",
        plan="team",
        seats=25,
        urgent=True,
        company={"id": "co_1", "name": "Bramble & Co"},
        address={"street": "1 Quay Road", "city": "Hull", "postalCode": 1234, "country": "UK"},
    )
    assert masked == {
        "firstName": "M•••",
        "last_name": "v••• O•••",
        "name": "M••• O•••",
        "phone": "(21•) •••-••42",
        "birthday": "••••-••-••",
        "apiToken": "••••••",
        "plan": "team",
        "seats": 25,
        "urgent": True,
        "company": {"id": "co_1", "name": "Bramble & Co"},
        "address": {"street": "1••• Q••• R•••", "city": "H•••", "postalCode": "•••", "country": "UK"},
    }


def test_names_of_companies_and_pages_stay() -> None:
    group = mask_event({"type": "group", "traits": {"name": "Bramble & Co"}})
    page = mask_event({"type": "page", "name": "Pricing", "properties": {"name": "Pricing"}})
    assert group["traits"] == {"name": "Bramble & Co"}
    assert page == {"type": "page", "name": "Pricing", "properties": {"name": "Pricing"}}


def test_a_name_beside_an_email_is_a_persons() -> None:
    masked = mask_event({"type": "track", "properties": {"name": "Jo Arden", "email": "b@f.example"}})
    assert masked["properties"] == {"name": "J••• A•••", "email": "b•••@f•••.example"}


def test_traits_in_the_context_are_masked_too() -> None:
    masked = mask_event({"type": "track", "context": {"traits": {"name": "Jo Arden"}, "ip": "198.51.100.4"}})
    assert masked["context"] == {"traits": {"name": "J••• A•••"}, "ip": "198.51.•••.•••"}


def test_empty_values_stay_as_they_are() -> None:
    assert traits(name="", phone=None, email="  ", password="") == {
        "name": "",
        "phone": None,
        "email": "  ",
        "password": "",
    }


def test_nothing_personal_of_the_built_in_events_is_left_and_they_are_not_changed() -> None:
    for sample in built_in_samples():
        before = copy.deepcopy(sample.body)
        text = json.dumps(mask_event(sample.body))
        for word in (
            "maren",
            "oakes",
            "tomas@",
            "reyes",
            "arden",
            "7946",
            "203.0.113",
            "quay",
            "buyer",
            "lea@",
        ):
            assert word not in text.casefold(), (sample.name, word)
        assert sample.body == before


def test_deep_events_come_to_an_end() -> None:
    body: Any = {"email": "a@b.example"}
    for _ in range(300):
        body = {"inner": [body]}
    assert "a@b.example" not in json.dumps(mask_event({"type": "identify", "traits": body}))
