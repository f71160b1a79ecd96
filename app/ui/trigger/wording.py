"""Sentences about a rule among its mappings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.rule_checks import Finding, Severity
from app.workflows.mapping_editor.rule_overlap import Overlap

_MOST_FIELDS = 3


def overlap_finding(overlap: Overlap, total: int) -> Finding:
    """“12 of 100 events also run “Newsletter””, and what both write."""
    title = _tr("{count} of {total} events also run “{name}”").format(
        count=overlap.count, total=total, name=overlap.name
    )
    if not overlap.fields:
        return Finding(Severity.NOTE, title, _tr("They write different fields."))
    names = ", ".join(overlap.fields[:_MOST_FIELDS])
    rest = len(overlap.fields) - _MOST_FIELDS
    if rest > 0:
        text = _tr("Both write {fields} and {count} more. The later one wins.").format(
            fields=names, count=rest
        )
    else:
        text = _tr("Both write {fields}. The later one wins.").format(fields=names)
    return Finding(Severity.WARNING, title, text)


def idle_finding(total: int) -> Finding:
    """None of the events runs any mapping, though some are turned on."""
    text = _tr("None of the last {total} events runs a mapping that is turned on.").format(total=total)
    return Finding(Severity.WARNING, _nothing_sent(), text)


def silence(mappings: Sequence[MappingSpec]) -> tuple[Finding, ...]:
    """Whether nothing at all will be sent because no mapping is turned on."""
    title = _nothing_sent()
    if not mappings:
        return (Finding(Severity.WARNING, title, _tr("There is no mapping yet.")),)
    if not any(spec.enabled for spec in mappings):
        one = _tr("The mapping is turned off.")
        text = (
            one
            if len(mappings) == 1
            else _tr("All {count} mappings are turned off.").format(count=len(mappings))
        )
        return (Finding(Severity.WARNING, title, text),)
    return ()


def _nothing_sent() -> str:
    return _tr("Nothing will be sent to Close")


def _tr(text: str) -> str:
    return QCoreApplication.translate("WhenPage", text)
