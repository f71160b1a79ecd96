from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.close.comparison import same_email, same_phone, same_text, same_url
from app.json_value import JsonValue


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Bo@Acme.example", " bo@acme.EXAMPLE", True),
        ("bo@acme.example", "bo@acme.example.org", False),
        ("bo+a@acme.example", "bo@acme.example", False),
    ],
)
def test_emails(a: str, b: str, same: bool) -> None:
    assert same_email(a, b) is same


@pytest.mark.parametrize(
    ("a", "b", "region", "same"),
    [
        ("+1 (415) 555-0132", "+14155550132", None, True),
        ("(415) 555-0132", "+14155550132", "US", True),
        ("0171 1234567", "+49 171 1234567", "DE", True),
        ("0171 1234567", "+49 171 1234567", None, True),
        ("0171 1234567", "+1 415 555 0132", None, False),
        ("4155550132", "+44 4155550132", None, False),
        ("(415) 555-0132", "415.555.0132", None, True),
        ("+14155550132", "+14155550133", None, False),
        ("+14155550132 ext. 7", "+14155550132", None, False),
        ("1234", "12-34", None, False),
        ("1234", " 1234 ", None, True),
        ("no phone", "none", None, False),
        ("٤١٥٥٥٥٠١٣٢", "4155550132", None, True),
        ("²²²²²²", "222222", None, False),
    ],
)
def test_phones(a: str, b: str, region: str | None, same: bool) -> None:
    assert same_phone(a, b, region) is same
    assert same_phone(b, a, region) is same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("HTTPS://Acme.example/", "https://acme.example", True),
        ("https://acme.example/Path", "https://acme.example/path", False),
        ("https://acme.example/a/", "https://acme.example/a", True),
        ("https://acme.example/?q=1", "https://acme.example/?q=2", False),
        ("http://acme.example", "https://acme.example", False),
        ("https://Ana@acme.example", "https://ana@acme.example", False),
        ("https://[bad", " https://[bad", True),
        ("https://[bad", "https://[worse", False),
    ],
)
def test_urls(a: str, b: str, same: bool) -> None:
    assert same_url(a, b) is same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [(None, "", True), (" Acme ", "Acme", True), ("Acme", "acme", False), (7, "7", True), (None, "x", False)],
)
def test_texts(a: JsonValue, b: JsonValue, same: bool) -> None:
    assert same_text(a, b) is same


@given(st.text("+01 2(3)-.ext;@:/[]#?aé٣²", max_size=30))
def test_every_value_is_the_same_as_itself(text: str) -> None:
    assert same_email(text, text)
    assert same_phone(text, text)
    assert same_phone(text, text, "US")
    assert same_url(text, text)
    assert same_text(text, text)
