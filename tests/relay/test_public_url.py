"""Which public addresses Segment can use."""

from __future__ import annotations

import pytest

from app.errors import AppError
from app.relay.public_url import fingerprint, read_public_url

TOKEN = "7f3ac91e5b0d4c6e8a1f2b3c4d5e6f70"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" https://Relay.Example.com/ ", "https://relay.example.com"),
        ("relay.example.com", "https://relay.example.com"),
        ("https://relay.example.com:443", "https://relay.example.com"),
        ("https://relay.example.com:8443/base/", "https://relay.example.com:8443/base"),
        (f"https://relay.example.com/segment/{TOKEN}", "https://relay.example.com"),
        (f"https://relay.example.com/base/segment/{TOKEN}/", "https://relay.example.com/base"),
        ("https://8.8.8.8", "https://8.8.8.8"),
    ],
)
def test_an_address_is_kept_without_the_relays_own_path(text: str, url: str) -> None:
    assert read_public_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "http://relay.example.com",
        "ftp://relay.example.com",
        "https://me:pw@relay.example.com",
        "https://relay.example.com/?a=1",
        "https://relay.example.com:99999",
        "https://localhost",
        "https://nas.local",
        "https://192.168.1.5",
        "https://127.0.0.1:8787",
        "https://relay",
        "https://re lay.example.com",
        "https://rélay.example.com",
        "https://[::1",
    ],
)
def test_what_segment_could_not_use_is_refused_in_words(text: str) -> None:
    with pytest.raises(AppError) as raised:
        read_public_url(text)
    assert raised.value.code == "PUBLIC-URL"
    assert raised.value.remedy


def test_a_fingerprint_tells_urls_apart_and_keeps_none() -> None:
    url = f"https://relay.example.com/segment/{TOKEN}"
    assert fingerprint(url) != fingerprint(url + "0")
    assert TOKEN not in fingerprint(url)
    assert fingerprint("") == ""
