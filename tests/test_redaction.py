from __future__ import annotations

import base64

import pytest

from app.redaction import REDACTED, Redactor, escape_control

KEY = "api_4fKd92hsQw81Lm.7pXz0aBcDeFgHiJk"


@pytest.mark.parametrize(
    "line",
    [
        f"key {KEY} was refused",
        f"glued{KEY}glued",
        f"https://api.close.com/?key={KEY}&x=1",
        f"Authorization: Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}",
        f"{{'authorization': 'Basic {base64.b64encode(KEY.encode()).decode()}'}}",
        f'{{"Authorization": "Basic {base64.b64encode(KEY.encode()).decode()}"}}',
        f'{{\\"Authorization\\": \\"Basic {base64.b64encode(KEY.encode()).decode()}\\"}}',
        f"(b'Authorization', b'Basic {base64.b64encode(KEY.encode()).decode()}')",
        f"sent basic {base64.b64encode(KEY.encode()).decode()} to Close",
        f"CLOSE_API_KEY={KEY}",
        f"http://{KEY}:@127.0.0.1/api/v1/",
    ],
)
def test_a_key_that_nobody_registered_is_taken_out(line: str) -> None:
    redacted = Redactor().redact(line)
    assert REDACTED in redacted
    assert KEY not in redacted
    assert base64.b64encode(KEY.encode()).decode()[:20] not in redacted


@pytest.mark.parametrize(
    "line",
    [
        "X-Signature: 0123456789abcdef0123456789abcdef01234567",
        "'x-signature': '0123456789abcdef0123456789abcdef01234567'",
        "('X-Signature', '0123456789abcdef0123456789abcdef01234567')",
        "SEGMENT_SHARED_SECRET=0123456789abcdef0123456789abcdef01234567",
    ],
)
def test_signatures_and_shared_secrets_are_taken_out(line: str) -> None:
    assert "0123456789abcdef" not in Redactor().redact(line)


@pytest.mark.parametrize(
    "secret", ['p"ss\\word', "correct horse", "ünïcode-secret", "plus+slash/and=é", "tab\there"]
)
def test_a_registered_secret_is_taken_out_in_every_spelling(secret: str) -> None:
    redactor = Redactor()
    redactor.add_secret(secret)
    spellings = [
        secret,
        repr(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"{secret}:".encode()).decode(),
    ]
    for spelling in spellings:
        assert redactor.redact(f"<{spelling}>") == f"<{REDACTED}>", spelling


def test_a_secret_inside_a_longer_one_leaves_nothing_behind() -> None:
    redactor = Redactor()
    redactor.add_secret("inside-it")
    redactor.add_secret("around-inside-it-around")
    assert redactor.redact("around-inside-it-around, inside-it") == f"{REDACTED}, {REDACTED}"


def test_a_text_too_short_to_be_a_secret_is_not_searched_for() -> None:
    redactor = Redactor()
    redactor.add_secret("a")
    redactor.add_secret("")
    assert redactor.redact("a banana") == "a banana"


@pytest.mark.parametrize(
    "line",
    [
        "PUT /api/v1/contact/cont_abc/ 200 in 84 ms",
        "the api_keys page; authorization is missing; a basic question",
        "Paste the API key, then press Continue",
        "https://docs.example/path@2#x",
    ],
)
def test_ordinary_text_stays_as_it_is(line: str) -> None:
    assert Redactor().redact(line) == line


def test_repr_shows_no_secret() -> None:
    redactor = Redactor()
    redactor.add_secret(KEY)
    assert KEY not in repr(redactor)


def test_control_and_direction_characters_become_visible() -> None:
    assert escape_control("a\nb\x1b[31m\u202e\x00\x7f\u2028") == "a\\nb\\x1b[31m\\u202e\\x00\\x7f\\u2028"
    assert escape_control("one\ntwo\r\x1b", keep_newlines=True) == "one\ntwo\\r\\x1b"
    assert escape_control("tab\tünïcode 😀") == "tab\tünïcode 😀"
