"""What the comparison with Segment's form has found, as lines to show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.ui.language.translator import said
from app.ui.widgets.badge import State
from app.ui.widgets.check_list import CheckLine, CheckState
from app.workflows.entry_check import EntryLine, Verdict

_API_KEY: Final = re.compile(r"\bapi_[A-Za-z0-9]{4,}(?:\.[A-Za-z0-9]+)?")
_STATES: Final = {Verdict.DIFFERS: CheckState.FAILED, Verdict.MISSING: CheckState.ATTENTION}


def without_keys(text: str) -> str:
    """Pasted text with Close's API keys taken out: nothing here needs them."""
    return _API_KEY.sub("api_…", text)


def wrong_lines(lines: Sequence[EntryLine]) -> tuple[EntryLine, ...]:
    return tuple(line for line in lines if line.verdict is not Verdict.EQUAL)


def check_lines(lines: Sequence[EntryLine]) -> tuple[CheckLine, ...]:
    """What differs, one line each in the order of the form; what is equal in one line at the end."""
    wrong = wrong_lines(lines)
    shown = [
        CheckLine(
            _STATES[line.verdict],
            _tr("{place}: {label}").format(place=said(line.place), label=line.label),
            " ".join(filter(None, (_difference(line), said(line.cause)))),
        )
        for line in wrong
    ]
    if equal := len(lines) - len(wrong):
        text = _tr("1 value is as it belongs") if equal == 1 else _tr("{n} values are as they belong")
        shown.append(CheckLine(CheckState.PROVEN, text.format(n=equal)))
    return tuple(shown)


def verdict(lines: Sequence[EntryLine]) -> tuple[State, str]:
    """For the badge."""
    wrong = len(wrong_lines(lines))
    if not wrong:
        return State.OK, _tr("All {n} equal").format(n=len(lines))
    return State.FAILED, _tr("{n} of {all} differ").format(n=wrong, all=len(lines))


def _difference(line: EntryLine) -> str:
    wanted, entered = line.wanted, line.entered
    if not entered:
        return _tr("Nothing was entered; {wanted} belongs here.").format(wanted=wanted)
    if not wanted:
        return _tr("{entered} was entered.").format(entered=entered)
    return _tr("{entered} was entered; {wanted} belongs here.").format(entered=entered, wanted=wanted)


def _tr(text: str) -> str:
    return QCoreApplication.translate("EntryCheck", text)
