"""Everything the collected events say about a rule, found in one go on whatever thread has time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.json_value import JsonObject
from app.segment.trigger_tree import Group
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.rule_checks import Finding, Severity, event_findings
from app.workflows.mapping_editor.rule_matches import RuleMatches, count_matches
from app.workflows.mapping_editor.rule_overlap import Overlap, overlaps, run_by_none
from app.workflows.mapping_editor.rules import Rule


@dataclass(frozen=True, slots=True)
class RuleQuestion:
    """A rule among its mappings, and the events to ask. ``tree`` is what Segment reads from the chosen
    mapping's trigger; ``rule`` is what the builder shows, None for a trigger edited by hand. ``made_up``
    tells that the events came with the program, so that what they hold is no warning."""

    tree: Group | None
    rule: Rule | None
    chosen: int
    mappings: tuple[MappingSpec, ...]
    events: Sequence[JsonObject]
    vocabulary: CloseVocabulary
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class RuleStudy:
    """``idle`` says that none of the events runs any enabled mapping."""

    matches: RuleMatches
    findings: tuple[Finding, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    idle: bool = False


def study_rule(question: RuleQuestion, cancelled: Callable[[], bool] = lambda: False) -> RuleStudy | None:
    """The answers; None when ``cancelled`` said so on the way."""
    events = question.events
    matches = count_matches(question.tree, events, cancelled)
    if matches is None or cancelled():
        return None
    findings = event_findings(question.rule, events) if question.rule is not None else ()
    if question.made_up:
        findings = tuple(_good_to_know(one) for one in findings)
    others = overlaps(
        question.chosen, question.mappings, question.tree, events, question.vocabulary, cancelled
    )
    idle = bool(events) and not question.made_up and run_by_none(question.mappings, events, cancelled)
    return None if cancelled() else RuleStudy(matches, findings, others, idle)


def _good_to_know(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.NOTE) if finding.severity is Severity.WARNING else finding
