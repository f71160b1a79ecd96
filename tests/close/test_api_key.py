from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.close.api_key import tidy_api_key
from app.errors import AppError
from tests.close.close_answers import KEY


def refused(text: str) -> AppError:
    with pytest.raises(AppError) as failure:
        tidy_api_key(text)
    return failure.value


def test_a_key_in_the_usual_form_passes_without_a_note() -> None:
    tidied = tidy_api_key(KEY)
    assert (tidied.value, tidied.notes) == (KEY, ())


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (f"  {KEY}\r\n", ["Spaces or line breaks around the key were removed."]),
        (f"\u200b{KEY}\ufeff", ["Spaces or line breaks around the key were removed."]),
        (f'"{KEY}"', ["Quotes around the key were removed."]),
        (
            f" “ '{KEY}' ” ",
            [
                "Quotes around the key were removed.",
                "Spaces or line breaks around the key were removed.",
            ],
        ),
    ],
)
def test_what_copying_adds_is_removed_with_a_note(text: str, notes: list[str]) -> None:
    tidied = tidy_api_key(text)
    assert tidied.value == KEY
    assert list(tidied.notes) == notes


@pytest.mark.parametrize("text", ["api_short.key", "key-from-the-future:2031"])
def test_an_unusual_form_is_only_a_hint(text: str) -> None:
    tidied = tidy_api_key(text)
    assert tidied.value == text
    assert "usual Close key" in tidied.notes[0]


@pytest.mark.parametrize("text", ["", "  ", "\n", '""', " ' ' "])
def test_nothing_is_told_as_nothing(text: str) -> None:
    assert refused(text).code == "CLOSE-KEY-EMPTY"


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("cf_MiNqzA8bYAhaTGsyTT9EgmVBeLvgnjfkFpDFTCpJjf2", "a custom field ID"),
        ("custom.cf_MiNqzA8bYAhaTGsyTT9EgmVBeLvgnjfkFpDFTCpJjf2", "a custom field ID"),
        (" lcf_MiNqzA8b ", "a custom field ID"),
        ("ccf_MiNqzA8b", "a custom field ID"),
        ("lead_MAVZFvabQz5y", "a lead ID"),
        ("cont_aJIEigWTxlpb", "a contact ID"),
        ("user_RCG7UDcMyROn", "a user ID"),
        ("orga_4oBo634h1JPr", "an organization ID"),
        (f"Bearer {KEY}", "an access token (Bearer)"),
        ("Basic YXBpXzEyMzo=", "an Authorization header (Basic)"),
        ("Authorization: Basic YXBpXzEyMzo=", "an Authorization header (Basic)"),
        ("https://app.close.com/settings/developer/api-keys/", "a web address"),
        ("ana@example.com", "an email address"),
        ("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF", "a Segment write key"),
    ],
)
def test_other_things_people_paste_are_named(text: str, thing: str) -> None:
    failure = refused(text)
    assert failure.code == "CLOSE-KEY-WRONG-PASTE"
    assert failure.title == f"This looks like {thing}, not an API key."


@pytest.mark.parametrize("text", ["api_abc def", "api_abc\ndef", "api_äbc", "api_abc\x00def", "api_a\u200bb"])
def test_characters_inside_that_no_key_has_are_refused(text: str) -> None:
    failure = refused(text)
    assert failure.code == "CLOSE-KEY-CHARACTERS"
    assert text not in f"{failure} {failure.cause} {failure.detail}"


def test_a_tidied_key_does_not_show_itself() -> None:
    assert KEY not in repr(tidy_api_key(KEY))


@given(st.text("ab0 Zi_.:/@\"'\n\t\0é\u200b“", max_size=50) | st.sampled_from([KEY, "Bearer", "basic"]))
def test_any_text_is_either_a_sendable_key_or_a_refusal_in_words(text: str) -> None:
    try:
        tidied, code = tidy_api_key(text), ""
    except AppError as failure:
        tidied, code = None, failure.code
    if tidied is None:
        assert code.startswith("CLOSE-KEY-")
        return
    assert tidied.value
    assert all("!" <= character <= "~" for character in tidied.value)
    assert tidied.value in text
    assert tidy_api_key(tidied.value).value == tidied.value
