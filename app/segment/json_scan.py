"""Finding things in JSON text without decoding it, and without recursion.

Signatures are made over original bytes and limits have to hold before anything is decoded, so
these functions look at brackets, commas and strings only. All run in linear time on any bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_SPACE = b" \t\n\r"

# A string is taken whole, also an unterminated one: a second try at each of its quotes would make
# a hostile body cost quadratic time. The possessive quantifiers rule out backtracking inside it.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)
_ESCAPE = re.compile(
    rb"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})(?P<low>\\u[dD][c-fC-F][0-9a-fA-F]{2})?"
    rb"|u[dD][c-fC-F][0-9a-fA-F]{2}|.)",
    re.DOTALL,
)
_REPLACEMENT = rb"\ufffd"

# An event of 32 KB has fewer; the scan for a signature happens before the sender is known.
_FIRST_ELEMENT_TOKENS = 100_000


def array_elements(body: bytes, *, token_limit: int | None = None) -> Iterator[bytes]:
    """The elements of the array that ``body`` holds, as their original bytes without outer space.

    Nothing for a body that is no array. The text is not checked: what is not JSON gives some
    slices or none, and decoding them tells. Stops after ``token_limit`` strings, brackets and commas.
    """
    start = len(body) - len(body.lstrip(_SPACE))
    if body[start : start + 1] != b"[":
        return
    depth = 0
    start += 1
    for token in islice(_TOKEN.finditer(body, start), token_limit):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
        elif depth and mark in (b"]", b"}"):
            depth -= 1
        elif not depth and mark in (b",", b"]"):
            element = body[start : token.start()].strip(_SPACE)
            if element:
                yield element
            if mark == b"]":
                return
            start = token.end()


def first_element(body: bytes) -> bytes | None:
    """The original bytes of an array's first element: what Segment signs of a batch."""
    return next(array_elements(body, token_limit=_FIRST_ELEMENT_TOKENS), None)


def deeper_than(text: bytes, limit: int) -> bool:
    """Whether arrays and objects are nested more than ``limit`` deep."""
    if text.count(b"[") + text.count(b"{") <= limit:
        return False
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth > limit:
                return True
        elif mark in (b"]", b"}"):
            depth -= 1
    return False


def mend_surrogates(text: bytes) -> bytes:
    r"""``text`` with escaped halves of surrogate pairs (``\ud83d`` alone) as U+FFFD.

    JavaScript writes them for text that was cut inside an emoji; strict decoders refuse them.
    """

    def mend(escape: re.Match[bytes]) -> bytes:
        whole = escape.group()
        lone = len(whole) == 6 and whole[2:3] in b"dD" and whole[3:4] in b"89abABcdefCDEF"
        return _REPLACEMENT if lone else whole

    return _ESCAPE.sub(mend, text)
