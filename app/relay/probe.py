"""The probe: a signed request that the relay answers on the webhook path and never takes for an event. Pure.

It goes the way of Segment's requests, through the public URL, so an answer shows that the way is open. The
answer carries a proof made from the shared secret and the probe's own nonce: a login page, a parked
domain or somebody else's relay can answer 200, but not that.
"""

from __future__ import annotations

import hashlib
import hmac
import json

_TYPE = "segment-close-probe"
_LONGEST = 512
_NONCE_CHARS = 32
_PURPOSE = b"segment-close probe "


def probe_body(nonce: str) -> bytes:
    """What is posted; to be signed like an event. ``nonce`` is 32 hexadecimal digits."""
    return json.dumps({"type": _TYPE, "nonce": nonce}, separators=(",", ":")).encode()


def read_probe(body: bytes) -> str | None:
    """The nonce of a probe, or None for everything else. Cheap for what is not one."""
    if len(body) > _LONGEST or _TYPE.encode() not in body:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("type") != _TYPE:
        return None
    nonce = value.get("nonce")
    known = isinstance(nonce, str) and len(nonce) == _NONCE_CHARS and nonce.isascii() and nonce.isalnum()
    return str(nonce) if known else None


def proof(secret: str | None, nonce: str) -> str:
    """What only a relay with this secret can answer to ``nonce``."""
    return hmac.new((secret or "").encode(), _PURPOSE + nonce.encode(), hashlib.sha256).hexdigest()


def probe_answer(secret: str | None, nonce: str) -> bytes:
    """The body of the relay's answer."""
    return json.dumps({"success": True, "probe": proof(secret, nonce)}).encode()


def proves(answer: bytes, secret: str | None, nonce: str) -> bool:
    """Whether ``answer`` is what our own relay says to ``nonce``."""
    try:
        value = json.loads(answer)
    except ValueError:
        return False
    given = value.get("probe") if isinstance(value, dict) else None
    wanted = proof(secret, nonce)
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
