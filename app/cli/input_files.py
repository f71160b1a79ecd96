"""Files a command is given, and standard input in their place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from app.errors import AppError

MOST_BYTES: Final = 1_000_000
"""Far above any event (32 KB at Segment) or set of mappings."""

STANDARD_INPUT: Final = "-"


def read_text(name: str, *, code: str, what: str) -> str:
    """The text of the file, or of standard input for ``-``; ``what`` it should hold, as in "the event".

    Raises ``AppError`` with ``code`` when it cannot be read, is too large or is not UTF-8.
    """
    try:
        if name == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise AppError(
            code,
            f"“{name}” cannot be read.",
            cause=(error.strerror if isinstance(error, OSError) else None) or type(error).__name__,
            remedy=f"Check the path, or use - to read {what} from standard input.",
        ) from error
    if len(content) > MOST_BYTES:
        raise AppError(
            code,
            f"“{name}” is too large.",
            cause=f"It has more than {MOST_BYTES:,} bytes.",
            remedy=f"Give a file that holds only {what}.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AppError(code, f"“{name}” is not UTF-8 text.", remedy=f"Save {what} as UTF-8 JSON.") from error
