"""Cuts a template into text, outputs and tags where LiquidJS cuts it.

python-liquid's own lexer differs in small ways that people's templates rely on: quotes protect ``}}``,
white space control stops at ``raw``, and the arguments of a tag keep their spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token

from app.segment.liquid_expressions import BLANK, is_word

_BLANKS = "".join(BLANK)


@dataclass(slots=True)
class _Piece:
    """``name`` is empty for text and outputs; ``trims`` says on which sides white space goes."""

    kind: str
    text: str
    start: int
    name: str = ""
    trims_left: bool = False
    trims_right: bool = False


def template_tokens(source: str) -> Iterator[Token]:
    """Raises ``LiquidSyntaxError`` for something that is opened and not closed."""
    pieces = _trimmed(list(_pieces(source)))
    for piece in pieces:
        if piece.kind == TOKEN_CONTENT:
            if piece.text:
                yield Token(TOKEN_CONTENT, piece.text, piece.start, source)
        else:
            yield Token(piece.kind, piece.name, piece.start, source)
            yield Token(TOKEN_EXPRESSION, piece.text, piece.start, source)


def line_tokens(source: str) -> Iterator[Token]:
    """The lines of a ``liquid`` tag, each a tag without delimiters."""
    for line in source.split("\n"):
        text = line.strip(_BLANKS)
        if text:
            name, arguments = _name_and_arguments(text, 0, source)
            yield Token(TOKEN_TAG, name, 0, source)
            yield Token(TOKEN_EXPRESSION, arguments, 0, source)


def _pieces(source: str) -> Iterator[_Piece]:
    at = 0
    while at < len(source):
        if source.startswith("{%", at):
            end = source.find("%}", at + 1)
            if end < 0:
                raise _error("A tag is not closed.", at, source)
            piece = _delimited(TOKEN_TAG, source, at, end)
            yield piece
            at = end + 2
            if piece.name == "raw":
                content, at = _raw_content(source, at)
                yield content
        elif source.startswith("{{", at):
            end = _end_of_output(source, at)
            yield _delimited(TOKEN_OUTPUT, source, at, end)
            at = end + 2
        else:
            end = min(
                (found for found in (source.find("{%", at), source.find("{{", at)) if found >= 0),
                default=len(source),
            )
            yield _Piece(TOKEN_CONTENT, source[at:end], at)
            at = end


def _delimited(kind: str, source: str, start: int, end: int) -> _Piece:
    """An output or a tag whose closing delimiter stands at ``end``."""
    inner = source[start + 2 : max(end, start + 2)]
    left, right = inner.startswith("-"), inner.endswith("-")
    text = inner[int(left) : len(inner) - int(right)].strip(_BLANKS) if inner != "-" else ""
    name, arguments = ("", text) if kind == TOKEN_OUTPUT else _name_and_arguments(text, start, source)
    return _Piece(kind, arguments, start, name, left, right)


def _name_and_arguments(text: str, start: int, source: str) -> tuple[str, str]:
    end = 0
    while end < len(text) and is_word(text[end]):
        end += 1
    if text.startswith("#"):
        end = 1
    if end == 0:
        raise _error("A tag has no name.", start, source)
    return text[:end], text[end:].strip(_BLANKS)


def _end_of_output(source: str, start: int) -> int:
    """Where the ``}}`` of an output stands; quoted text cannot close it."""
    at = start
    while at < len(source):
        if source[at] in "\"'":
            at = _behind_quoted(source, at)
            continue
        at += 1
        if at - 2 >= start + 1 and source[at - 2 : at] == "}}":
            return at - 2
    raise _error("An output is not closed.", start, source)


def _behind_quoted(source: str, start: int) -> int:
    at = start + 1
    while at < len(source):
        if source[at] == "\\":
            at += 1
        elif source[at] == source[start]:
            return at + 1
        at += 1
    return len(source)


def _raw_content(source: str, start: int) -> tuple[_Piece, int]:
    """Everything up to ``{% endraw %}``, taken as it is; a dash before ``endraw`` hides it."""
    at = source.find("{%", start)
    while at >= 0:
        end = at + 2
        while end < len(source) and source[end] in BLANK:
            end += 1
        name_start = end
        while end < len(source) and is_word(source[end]):
            end += 1
        closing = source.find("%}", end)
        following = source.find("{%", end)
        if source[name_start:end] == "endraw" and closing >= 0 and not 0 <= following < closing:
            return _Piece(TOKEN_CONTENT, source[start:at], start), at
        at = following
    raise _error("A raw tag is not closed.", start, source)


def _trimmed(pieces: list[_Piece]) -> list[_Piece]:
    in_raw = False
    for at, piece in enumerate(pieces):
        if piece.kind == TOKEN_CONTENT:
            continue
        if not in_raw and piece.trims_left and at > 0 and pieces[at - 1].kind == TOKEN_CONTENT:
            pieces[at - 1].text = pieces[at - 1].text.rstrip(_BLANKS)
        if piece.name == "raw":
            in_raw = True
        elif piece.name == "endraw":
            in_raw = False
        follower = pieces[at + 1] if at + 1 < len(pieces) else None
        if not in_raw and piece.trims_right and follower is not None and follower.kind == TOKEN_CONTENT:
            follower.text = follower.text.lstrip(_BLANKS)
    return pieces


def _error(message: str, start: int, source: str) -> LiquidSyntaxError:
    return LiquidSyntaxError(message, token=Token(TOKEN_TAG, "", start, source))
