"""The text of an entry that several events of one person share, and when it is worth writing again."""

from __future__ import annotations

from collections.abc import Sequence

Lines = tuple[tuple[str, int], ...]

_STEPS = (1, 2, 5)


def counted(lines: Lines, text: str) -> Lines:
    """The lines with one more event of this text; new texts come last."""
    if any(line == text for line, _ in lines):
        return tuple((line, count + (line == text)) for line, count in lines)
    return (*lines, (text, 1))


def count_of(lines: Lines, text: str) -> int:
    return next((count for line, count in lines if line == text), 0)


def worth_writing(count: int) -> bool:
    """At 1, 2, 5, 10, 20, 50, …: a burst of a thousand events costs ten calls, not a thousand."""
    while count >= 10 and count % 10 == 0:
        count //= 10
    return count in _STEPS


def entry_text(lines: Sequence[tuple[str, int]]) -> str:
    """“Report Exported (5 times or more)” per line."""
    return "\n".join(_line(text, count) for text, count in lines)


def _line(text: str, count: int) -> str:
    if count == 1:
        return text
    return f"{text} (twice)" if count == 2 else f"{text} ({_shown(count)} times or more)"


def _shown(count: int) -> int:
    """The last number that was worth writing."""
    best = 1
    size = 1
    while size <= count:
        for step in _STEPS:
            if step * size <= count:
                best = step * size
        size *= 10
    return best
