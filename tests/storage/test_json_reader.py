from __future__ import annotations

import pytest

from app.storage.json_reader import JsonShapeError, decode_object, encode_object


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is not JSON (line 1)."),
        (b'{"a": 1,\n<<<<<<< HEAD', "It is not JSON (line 2)."),
        (b"\xff\xfe\x00", "It is not JSON"),
        (b"[1]", "It is not a JSON object."),
        (b'{"a": NaN}', "It is not JSON"),
        (b'{"a":' * 100_000, "It is not JSON"),
    ],
)
def test_what_is_not_a_json_object_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(JsonShapeError) as raised:
        decode_object(content)
    assert words in str(raised.value)


def test_text_without_a_utf8_form_survives() -> None:
    value = {"name": "half a pair \ud83d and a whole 😀"}
    assert decode_object(encode_object(value)) == value
