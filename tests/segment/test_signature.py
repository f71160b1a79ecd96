from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.segment.signature import SignatureState, SignedForm, path_token, sign, verify

SECRET = "s3cret-key"
EVENT = (
    '{"type":"track","event":"Zoë 🙂","userId":"u1","properties":{"2":"two","10":"ten","rate":1e-7}}'.encode()
)
HEADER = "b2c07a7647d23e783f9f61789839e761966c5b30"
BATCH = b"[" + EVENT + b',{"type":"identify","userId":"u2"}]'


def test_signs_as_segment_documents() -> None:
    assert sign(SECRET, EVENT) == HEADER
    assert sign(SECRET, BATCH) == "04fbff33e77128dc917434712b7de4c091db2da2"


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (EVENT, SignedForm.BODY),
        (BATCH, SignedForm.FIRST_EVENT),
        (b"[" + EVENT + b"]", SignedForm.FIRST_EVENT),
        (b" [ " + EVENT + b" , 1 ] ", SignedForm.FIRST_EVENT),
        (json.dumps(json.loads(EVENT), indent=2).encode(), SignedForm.REFORMATTED),
        (json.dumps([json.loads(EVENT), 2], indent=2).encode(), SignedForm.REFORMATTED),
    ],
)
def test_every_form_segment_may_have_signed_is_accepted(body: bytes, form: SignedForm) -> None:
    verdict = verify(body, HEADER, [SECRET])
    assert verdict.valid
    assert verdict.form is form


def test_header_is_trimmed_and_case_does_not_matter() -> None:
    assert verify(EVENT, f"  {HEADER.upper()} ", [SECRET]).valid


def test_each_of_several_secrets_is_tried() -> None:
    assert verify(BATCH, HEADER, ["new", SECRET]).secret_index == 1


@pytest.mark.parametrize("header", [None, "", "   "])
def test_no_header_is_missing_and_not_wrong(header: str | None) -> None:
    assert verify(EVENT, header, [SECRET]).state is SignatureState.MISSING


@pytest.mark.parametrize(
    "header", ["0" * 40, HEADER[:-1], HEADER + "0", "ё" * 40, "sha1=" + HEADER[5:], "z" * 40]
)
def test_any_other_header_is_wrong(header: str) -> None:
    assert verify(EVENT, header, [SECRET]).state is SignatureState.WRONG


def test_no_secret_accepts_nothing() -> None:
    assert verify(EVENT, HEADER, []).state is SignatureState.WRONG


def test_a_changed_first_event_is_refused() -> None:
    assert not verify(BATCH.replace(b"two", b"six"), HEADER, [SECRET]).valid


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"[]", b"]", b'["', b'["\\', b"[" * 100_000, b"\xff\xfe", b"NaN", b'{"a":' * 60_000, b"[,"],
)
def test_hostile_bodies_are_wrong_and_harmless(body: bytes) -> None:
    assert verify(body, "0" * 40, [SECRET]).state is SignatureState.WRONG


@given(st.binary(max_size=200))
def test_any_bytes_verify_with_their_own_signature_and_with_no_other(body: bytes) -> None:
    assert verify(body, sign(SECRET, body), [SECRET]).form is SignedForm.BODY
    assert not verify(body, sign(SECRET, body + b"x"), [SECRET]).valid


def test_path_token_follows_from_the_secret_and_does_not_show_it() -> None:
    assert path_token("a") == path_token("a") != path_token("b")
    assert len(path_token("a")) == 32
    assert int(path_token("a"), 16)
