"""``X-Signature``: HMAC-SHA1 with the shared secret, in hexadecimal.

Segment signs the JSON text of a single event, and of a batch **only the first event**. The check
runs over the bytes as received: any JSON library writes some numbers or characters differently.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from app.segment.js_text import json_text
from app.segment.json_scan import deeper_than, first_element

_HEX_LENGTH = 40
_PATH_PURPOSE = b"segment-close path"

# Re-serialising is the last resort and happens before the sender is known, so it is kept cheap.
_REFORMAT_LIMIT = 64 * 1024
_REFORMAT_DEPTH = 64


class SignatureState(StrEnum):
    VALID = "valid"
    MISSING = "missing"
    WRONG = "wrong"


class SignedForm(StrEnum):
    """What the signature was made over."""

    BODY = "the body"
    FIRST_EVENT = "the first event of the batch"
    REFORMATTED = "the event before a proxy reformatted it"


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """``form`` and ``secret_index`` (which of the given secrets) are set only when valid."""

    state: SignatureState
    form: SignedForm | None = None
    secret_index: int | None = None

    @property
    def valid(self) -> bool:
        return self.state is SignatureState.VALID


def sign(secret: str, payload: bytes) -> str:
    """The header's value for ``payload``: 40 lower-case hexadecimal digits."""
    # SHA-1 is Segment's choice; as an HMAC it is not weakened by SHA-1's collisions.
    # Not hmac.digest: it lets go of the interpreter's lock and then waits behind the writer's thread.
    return hmac.new(secret.encode(), payload, hashlib.sha1).hexdigest()


def verify(body: bytes, header: str | None, secrets: Sequence[str]) -> SignatureVerdict:
    """Check the header against every form Segment may have signed and every secret in use.

    Order: the raw body, the raw first element of an array, the same re-serialised as JavaScript
    would. Several secrets are for the time of a rotation.
    """
    given = (header or "").strip().lower()
    if not given:
        return SignatureVerdict(SignatureState.MISSING)
    if len(given) == _HEX_LENGTH and given.isascii():
        for form, make_payload in _forms(body):
            payload = make_payload()
            if payload is None:
                continue
            for index, secret in enumerate(secrets):
                if hmac.compare_digest(sign(secret, payload), given):
                    return SignatureVerdict(SignatureState.VALID, form, index)
    return SignatureVerdict(SignatureState.WRONG)


def path_token(secret: str) -> str:
    """The unguessable part of the webhook path: 32 hexadecimal digits that follow from the secret.

    Events after the first of a batch are unsigned; knowing the path is what vouches for them.
    Deriving it means that there is nothing else to keep and that it rotates with the secret.
    """
    return hmac.new(secret.encode(), _PATH_PURPOSE, hashlib.sha256).hexdigest()[:32]


def _forms(body: bytes) -> Iterator[tuple[SignedForm, Callable[[], bytes | None]]]:
    yield SignedForm.BODY, lambda: body
    first = first_element(body)
    if first is not None:
        yield SignedForm.FIRST_EVENT, lambda: first
    yield SignedForm.REFORMATTED, lambda: _reformat(body if first is None else first)


def _reformat(text: bytes) -> bytes | None:
    """JSON text as ``JSON.stringify(JSON.parse(text))`` gives it, or None if it cannot be read."""
    if len(text) > _REFORMAT_LIMIT or deeper_than(text, _REFORMAT_DEPTH):
        return None
    try:
        # JavaScript has doubles only; reading whole numbers as such also keeps huge ones cheap.
        value = json.loads(text.decode(), parse_int=float, parse_constant=_refuse_constant)
        reformatted = json_text(value)
    except ValueError:
        return None
    return None if reformatted is None else reformatted.encode()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
