"""A trigger while it is edited: the builder's rule beside the text that the mapping has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.segment.trigger_tree import Group
from app.workflows.mapping_editor.rule_checks import Finding, Severity, logic_findings
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rule_reading import RuleReading, read_rule
from app.workflows.mapping_editor.rule_words import Part, readback, remarks
from app.workflows.mapping_editor.rule_writing import write_rule
from app.workflows.mapping_editor.rules import Rule


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """``rule`` may hold rows that are not finished; it is None for a trigger the builder cannot show.

    ``reading`` is the text as Segment reads it. While ``unwritable`` says why the rule cannot be written
    down, the text is still that of the last rule that could be.
    """

    rule: Rule | None
    reading: RuleReading
    unwritable: str = ""

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def tree(self) -> Group | None:
        return self.reading.tree

    def with_rule(self, rule: Rule) -> RuleDraft:
        """The builder's rule has changed."""
        written = write_rule(rule)
        if written.problem:
            return replace(self, rule=rule, unwritable=written.problem)
        return RuleDraft(rule, RuleReading(written.text, written.tree, rule, rule))

    @property
    def words(self) -> tuple[Part, ...]:
        """The rule as a sentence."""
        if self.tree is None and self.text.strip():
            return (Part("Segment cannot read this trigger. It never runs."),)
        return readback(self.tree)

    @property
    def remarks(self) -> tuple[str, ...]:
        return remarks(self.tree)

    @property
    def verdict(self) -> Finding | None:
        """Why no event at all can run, None when some could."""
        if self.tree is None and not self.text.strip():
            return Finding(Severity.NOTE, "No rule yet")
        if self.tree is None:
            title = "Segment cannot read this trigger"
            return Finding(Severity.ERROR, title, " ".join(self.reading.warnings))
        return next((one for one in logic_findings(self.tree) if one.severity is Severity.ERROR), None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What else is wrong with the rule as a whole, whatever events come."""
        found = [one for one in logic_findings(self.tree) if one.severity is not Severity.ERROR]
        if self.unwritable:
            title = "Segment cannot read this combination"
            found.insert(0, Finding(Severity.ERROR, title, self.unwritable))
        return tuple(found)

    @property
    def first_gap(self) -> RuleCondition | None:
        """The first row that is not part of the trigger yet."""
        rule = self.rule or Rule()
        rows = (rule.at(place) for place in rule.places)
        return next((row for row in rows if row.comparison is None), None)

    @property
    def problem(self) -> str:
        """What stands in the way of using the rule, in words; empty when nothing does."""
        gap = self.first_gap
        if self.unwritable or gap is not None:
            return self.unwritable or (gap.problem or gap.missing if gap is not None else "")
        if self.tree is None:
            return " ".join(self.reading.warnings) if self.text.strip() else "Choose an event type."
        return ""


def draft_of(text: str) -> RuleDraft:
    """The draft that a stored or typed text begins with."""
    reading = read_rule(text)
    return RuleDraft(reading.rule, reading)
