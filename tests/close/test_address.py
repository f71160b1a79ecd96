from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.close.address import DEFAULT_BASE_URL, api_address
from app.close.client import CloseClient
from app.errors import AppError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (DEFAULT_BASE_URL, DEFAULT_BASE_URL),
        (" https://api.close.com/api/v1 ", DEFAULT_BASE_URL),
        ("https://api.close.com/api/v1//", DEFAULT_BASE_URL),
        ("http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080/api/v1/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_an_address_ends_in_one_slash(text: str, address: str) -> None:
    assert api_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.close.com/api/v1/",
        "//api.close.com/",
        "ftp://api.close.com/",
        "https:///api/v1/",
        "http://api.close.com/api/v1/",
        "http://192.168.1.5/",
        "http://localhost.evil.example/",
        "https://ana:secret@api.close.com/",
        "https://api.close.com/?x=1",
        "https://api.close.com/#x",
        "https://api.close.com:99999/",
        "https://[::1/",
        "https://api.close.com/a b/",
        "https://api.close.com/\x00/",
    ],
)
def test_an_address_the_key_must_not_be_sent_to_is_refused(text: str) -> None:
    with pytest.raises(AppError) as failure:
        CloseClient("api_key", base_url=text)
    assert failure.value.code == "CLOSE-URL-INVALID"
    assert "secret" not in failure.value.detail


@given(st.text("htps:/.@?#[]1 a\0é%", max_size=30))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        outcome = api_address(text)
    except AppError as failure:
        outcome = failure.code
    assert outcome == "CLOSE-URL-INVALID" or outcome.endswith("/")
