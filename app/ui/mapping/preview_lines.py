"""What the preview says: fields and their values, or, after Close was asked, what would change there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.actions.plan import ChangeKind, Plan
from app.ui.theme.tokens import Tone
from app.ui.widgets.diff_table import shown_value
from app.workflows.mapping_editor.evaluation import Evaluation, ValueState
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup

_KIND_LOOK = {
    ChangeKind.CREATE: ("plus", Tone.OK),
    ChangeKind.SET: ("pencil", Tone.WARN),
    ChangeKind.APPEND: ("corner-down-right", Tone.INFO),
    ChangeKind.CLEAR: ("minus", Tone.WARN),
    ChangeKind.MERGE: ("git-merge", Tone.ERROR),
    ChangeKind.DELETE: ("trash-2", Tone.ERROR),
}
_CONTAINERS = {"lead_custom_fields": TargetGroup.LEAD, "contact_custom_fields": TargetGroup.CONTACT}


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One field: an icon in a tinted square, its name, and what happens."""

    icon: str
    tone: Tone
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PreviewText:
    """``headline`` says it in one sentence; ``foot`` is the muted last line, empty for none."""

    headline: str
    lines: tuple[PreviewLine, ...] = ()
    foot: str = ""


def values_text(targets: Sequence[MappingTarget], evaluation: Evaluation) -> PreviewText:
    """The values that the event gives; nothing is said about what Close holds."""
    lines: list[PreviewLine] = []
    refused: list[PreviewLine] = []
    for target in targets:
        found = evaluation.of(target.key)
        if target.group is TargetGroup.RULES or found.state in (ValueState.EMPTY, ValueState.UNMAPPED):
            continue
        if found.state is ValueState.PROBLEM:
            refused.append(PreviewLine("circle-alert", Tone.ERROR, target.label, found.problem))
        else:
            lines.append(PreviewLine(*_look(target), target.label, found.shown))
    return PreviewText(_values_headline(len(lines), len(refused)), (*refused, *lines))


def changes_text(plan: Plan) -> PreviewText:
    """What a dry run found: the changes, and how much already matches."""
    lines = []
    for change in plan.changes:
        icon, tone = _KIND_LOOK[change.kind]
        before, after = shown_value(change.before), shown_value(change.after)
        if change.kind is ChangeKind.SET and change.before in (None, ""):
            icon, tone = _KIND_LOOK[ChangeKind.CREATE]
        if change.kind is ChangeKind.APPEND:
            text = _tr("and {value}").format(value=after)
        elif change.kind is ChangeKind.CREATE:
            text = after
        else:
            text = _tr("{before} → {after}").format(before=before, after=after)
        lines.append(PreviewLine(icon, tone, change.field, text))
    return PreviewText(_changes_headline(plan), tuple(lines), _matching(plan.matching))


def _look(target: MappingTarget) -> tuple[str, Tone]:
    container = target.key.partition(".")[0]
    group = _CONTAINERS.get(container, target.group)
    if group is TargetGroup.CONTACT:
        return "user-round", Tone.VIOLET
    return "building-2", Tone.INFO


def _values_headline(filled: int, refused: int) -> str:
    if not filled and not refused:
        return _tr("No field gets a value.")
    if filled == 1:
        words = _tr("1 field gets a value.")
    else:
        words = _tr("{count} fields get a value.").format(count=filled)
    if refused == 1:
        words += " " + _tr("1 value does not fit.")
    elif refused:
        words += " " + _tr("{count} values do not fit.").format(count=refused)
    return words


def _changes_headline(plan: Plan) -> str:
    created = sum(1 for ref in {change.record for change in plan.changes} if ref.id is None)
    changed = len(plan.changes)
    if not changed:
        return _tr("Nothing changes. Close holds all of it.")
    words = _tr("1 field changes.") if changed == 1 else _tr("{count} fields change.").format(count=changed)
    if not created:
        return words + " " + _tr("No new records.")
    new = _tr("1 new record.") if created == 1 else _tr("{count} new records.").format(count=created)
    return f"{words} {new}"


def _matching(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return _tr("1 field already matches")
    return _tr("{count} fields already match").format(count=count)


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapPreview", text)
