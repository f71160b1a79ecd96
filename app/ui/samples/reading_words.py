"""What is said after events were read, added or removed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.errors import AppError
from app.workflows.sample_collection import MOST_EVENTS, Added
from app.workflows.sample_reading import ReadEvents

_SHOWN = 5


def added_words(added: Added) -> str:
    """One sentence for a toast; what needs more room is in ``refused_error``."""
    count = len(added.samples)
    if not count:
        one = added.known == 1
        return (
            _tr("This event is in the list already.") if one else _tr("These events are in the list already.")
        )
    parts = [_tr("1 event added.") if count == 1 else _tr("{n} events added.").format(n=f"{count:,}")]
    if added.known:
        parts.append(_tr("{n} were in the list already.").format(n=f"{added.known:,}"))
    if added.pushed_out:
        text = _tr("{n} older ones without a star made room.")
        parts.append(text.format(n=f"{added.pushed_out:,}"))
    return " ".join(parts)


def limit_words(found: ReadEvents, added: Added) -> str:
    """That there were more events than are kept; empty when there were not."""
    if not found.more and not added.left_out:
        return ""
    text = _tr("The first {n} events are kept. There were more.")
    return text.format(n=f"{len(added.samples) + added.known if found.more else MOST_EVENTS:,}")


def refused_error(found: ReadEvents) -> AppError | None:
    """What could not be read beside what could; None when all could."""
    if not found.bad:
        return None
    count = len(found.samples)
    good = _tr("1 event was read") if count == 1 else _tr("{n} events were read").format(n=f"{count:,}")
    bad = _tr("1 was not") if found.bad == 1 else _tr("{n} were not").format(n=f"{found.bad:,}")
    first = found.problems[0]
    cause = f"{first.place}: {first.message}" if first.place else first.message
    lines = []
    for problem in found.problems[:_SHOWN]:
        lines.append(f"{problem.place}: {problem.message}" if problem.place else problem.message)
        if problem.excerpt:
            lines.append(problem.excerpt)
    rest = found.bad - min(len(found.problems), _SHOWN)
    if rest > 0:
        lines.append(_tr("and {n} more").format(n=f"{rest:,}"))
    return AppError("SAMPLE-SOME-REFUSED", f"{good}, {bad}.", cause=cause, remedy="", detail="\n".join(lines))


def removed_words(count: int) -> str:
    return _tr("1 event removed.") if count == 1 else _tr("{n} events removed.").format(n=f"{count:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("SamplePage", text)
