"""Choose when it runs: the events that a mapping is for, as a rule or as Segment's text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.segment.event_variables import collect
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.mapping.background import LatestOnly
from app.ui.mapping.session import EditingSession
from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.trigger.cost_card import CostCard, ReadForecast
from app.ui.trigger.finding_list import FindingList
from app.ui.trigger.match_card import MatchCard
from app.ui.trigger.rule_card import RuleCard
from app.ui.trigger.suggest_combo import QuietComboBox
from app.ui.trigger.suggesting import Suggesting
from app.ui.trigger.text_card import HandEditedCard, TextCard
from app.ui.trigger.type_card import TypeCard
from app.ui.trigger.wording import idle_finding, overlap_finding, silence
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.mapping_editor.rule_draft import RuleDraft, draft_of
from app.workflows.mapping_editor.rule_event_types import event_types
from app.workflows.mapping_editor.rule_study import RuleQuestion, RuleStudy, study_rule
from app.workflows.mapping_editor.rule_suggestions import FieldChoice, field_choices
from app.workflows.mapping_editor.rules import Rule

_BUILDER, _TEXT = "builder", "text"
_STACK_BELOW = 860
_MARGIN = 24


class WhenPage(Page):
    """Edits the trigger of the session's chosen mapping; every change is one step of its document.

    ``guided`` is False in the workbench, where no step follows. ``unexpected`` gets what a count raised,
    ``forecast`` measures how near the limits of Close are.
    """

    done = Signal()
    back = Signal()

    icons_below = 1280

    def __init__(
        self,
        theme: Theme,
        session: EditingSession,
        unexpected: Callable[[BaseException], None],
        *,
        guided: bool = True,
        forecast: ReadForecast | None = None,
    ) -> None:
        super().__init__(theme, "", margin=_MARGIN)
        self.retitle(
            self.tr("Choose when it runs"),
            self.tr("Only events that fit this rule change anything in Close."),
        )
        self._session = session
        self._guided = guided
        self._draft = draft_of("")
        self._storing = False
        self._seen: tuple[int, str] | None = None
        self._study: RuleStudy | None = None
        self._suggesting = Suggesting(self)
        self._counting: LatestOnly[RuleStudy | None] = LatestOnly(
            "count matches", self._studied, unexpected, self
        )
        self._collecting: LatestOnly[tuple[FieldChoice, ...]] = LatestOnly(
            "collect fields", self._suggesting.set_fields, unexpected, self
        )
        self._make_header()
        self.silence = FindingList(theme)
        self.types = TypeCard(theme)
        self.builder = RuleCard(theme, self._suggesting)
        self.text = TextCard(theme)
        self.by_hand = HandEditedCard(theme)
        self.matches = MatchCard(theme)
        self.findings = FindingList(theme)
        self.cost = CostCard(theme, session, unexpected, forecast)
        self._lay_out()
        self._connect()
        self._events_changed()
        self._load()

    @property
    def draft(self) -> RuleDraft:
        """The rule as far as it is built, and the text that the mapping has."""
        return self._draft

    @property
    def counting(self) -> bool:
        """Whether the events are being counted just now."""
        return self._counting.busy

    def stop_counting(self) -> None:
        """Give up what is being counted; the next change counts again."""
        self._counting.cancel()

    @property
    def valid(self) -> bool:
        return not self._draft.problem

    def initial_focus(self) -> QWidget | None:
        if self._shows_text:
            return self.text.code.edit
        rule = self._draft.rule
        if rule is None:
            return self.by_hand.text_button
        return self.types.box(rule.types[0] if rule.types else "identify")

    def commands(self) -> CommandSet:
        if not self._guided:
            return CommandSet()
        return CommandSet(
            primary=Command(self.tr("Use this rule"), self._use, trailing="arrow-right"),
            back=Command(self.tr("Back"), self.back.emit),
            fact=self._fact(),
        )

    def _fact(self) -> Fact:
        """Where the count is below everything else, it is repeated in sight."""
        is_stacked = self.width() < self.theme.px(_STACK_BELOW) + 2 * _MARGIN
        if is_stacked and self._study is not None:
            return Fact(self.matches.headline, "list-checks")
        return Fact(self.tr("Nothing runs before you go live"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.commands_changed.emit()

    def activated(self) -> None:
        self._load()
        self.cost.refresh()

    # The session -------------------------------------------------------------------------------

    def _load(self) -> None:
        """Show the chosen mapping's trigger, unless it is the one that was written here."""
        if self._storing:
            return
        spec = self._session.spec
        trigger = spec.trigger if spec is not None else ""
        self._fill_mappings()
        if self._seen != (self._session.chosen, trigger):
            if self._seen is not None and self._seen[0] != self._session.chosen:
                self.mode.choose(_BUILDER)
            self._seen = (self._session.chosen, trigger)
            self._draft = draft_of(trigger)
        self._show()

    def _events_changed(self) -> None:
        bodies = tuple(sample.body for sample in self._session.events)
        self._suggesting.set_events(bodies)
        self._collecting.run(lambda _superseded: field_choices(collect(bodies)))
        if self._seen is not None:
            self._show()

    def _change(self, rule: Rule, label: str, typing: str = "") -> None:
        """Take the builder's rule over; as long as Segment could not read it, the mapping keeps its own."""
        self._draft = self._draft.with_rule(rule)
        self._store(label, typing)
        self._show()

    def _change_text(self, text: str) -> None:
        self._draft = draft_of(text)
        self._store(self.tr("Trigger text"), "trigger-text")
        self._show()

    def _store(self, label: str, typing: str) -> None:
        spec, text = self._session.spec, self._draft.text
        if spec is None or spec.trigger == text:
            return
        self._seen = (self._session.chosen, text)
        key = f"when-{self._session.chosen}-{typing}" if typing else ""
        self._storing = True
        try:
            self._session.change(label, replace(spec, trigger=text), merge_key=key)
        finally:
            self._storing = False

    # Showing -----------------------------------------------------------------------------------

    @property
    def _shows_text(self) -> bool:
        return self.mode.current() == _TEXT

    def _show(self) -> None:
        spec = self._session.spec
        draft = self._draft
        rule = draft.rule
        builds = rule is not None and not self._shows_text
        self.types.setVisible(builds)
        self.builder.setVisible(builds)
        self.text.setVisible(self._shows_text)
        self.by_hand.setVisible(rule is None and not self._shows_text)
        if rule is not None:
            self._suggesting.set_types(rule.types)
            bodies = tuple(sample.body for sample in self._session.events)
            self.types.set_choices(event_types(spec.action if spec else "", bodies), rule.types)
            self.builder.show_rule(rule)
        self.text.show_reading(draft.reading)
        self.by_hand.show_reading(draft.reading)
        self.matches.show_words(draft.words, draft.remarks)
        self._show_findings()
        self._count()
        self.commands_changed.emit()

    def _count(self) -> None:
        session = self._session
        question = RuleQuestion(
            self._draft.tree,
            self._draft.rule,
            session.chosen,
            session.document.mappings,
            tuple(sample.body for sample in session.events),
            session.vocabulary,
            session.made_up,
        )
        self.matches.show_counting()
        self._counting.run(lambda superseded: study_rule(question, superseded))

    def _studied(self, study: RuleStudy | None) -> None:
        if study is None:
            return
        before = self.matches.headline
        self._study = study
        self.matches.show_matches(self._session.events, study.matches, self._draft.verdict)
        if self._draft.rule is not None:
            self.builder.show_findings(study.findings)
        self._show_findings()
        self.commands_changed.emit()
        if self.isVisible() and self.matches.headline != before:
            self.announce(self.matches.headline)

    def _show_findings(self) -> None:
        study = self._study
        mappings = self._session.document.mappings
        found = list(self._draft.findings)
        if study is not None:
            found += [one for one in study.findings if one.place is None]
            found += [overlap_finding(one, study.matches.total) for one in study.overlaps]
            if study.idle and sum(spec.enabled for spec in mappings) > 1:
                found.append(idle_finding(study.matches.total))
        self.findings.show_findings(found)
        self.silence.show_findings(silence(mappings))

    # What a person does ------------------------------------------------------------------------

    def _toggle_type(self, name: str, chosen: bool) -> None:
        rule = self._draft.rule
        if rule is not None:
            self._change(rule.with_type(name, chosen=chosen), self.tr("Event types"))

    def _choose_mode(self, _key: str) -> None:
        self.builder.flush()
        self._show()
        focus = self.initial_focus()
        if focus is not None and self._shows_text:
            focus.setFocus()

    def _edit_text(self) -> None:
        self.mode.choose(_TEXT)
        self._choose_mode(_TEXT)

    def _use_reading(self) -> None:
        rule = self._draft.reading.read_rule
        if rule is not None:
            self._change(rule, self.tr("Use what Segment reads"))

    def _start_new(self) -> None:
        self._change(Rule(), self.tr("New rule"))
        self.types.box("identify").setFocus()

    def _use(self) -> None:
        if self.confirm():
            self.done.emit()

    def confirm(self) -> bool:
        """Whether the rule is complete; if not, its first gap has been said and has the keyboard now."""
        self.builder.flush()
        problem = self._draft.problem
        if not problem:
            return True
        self.announce(problem, assertive=True)
        row = self.builder.first_gap()
        if self._draft.rule is None or self._shows_text:
            self._edit_text()
        elif row is not None:
            row.focus_first_gap()
        elif self._draft.unwritable:
            self.builder.joiner.setFocus()
        else:
            self.types.box("identify").setFocus()
            self.toast_requested.emit(problem, None)
        return False

    # Parts -------------------------------------------------------------------------------------

    def _make_header(self) -> None:
        self.mapping = QuietComboBox(self.theme, icon="workflow")
        self.mapping.setAccessibleName(self.tr("Mapping"))
        self.mapping.setMinimumContentsLength(12)
        segments = (Segment(_BUILDER, self.tr("Builder")), Segment(_TEXT, self.tr("Text")))
        self.mode = Segmented(self.theme, self.tr("Show the rule as"), segments)
        self.header.add(self.mapping)
        self.header.add(self.mode)

    def _fill_mappings(self) -> None:
        mappings = self._session.document.mappings
        self.mapping.setVisible(len(mappings) > 1)
        self.mapping.clear()
        for index, spec in enumerate(mappings):
            self.mapping.add(spec.name, index, "" if spec.enabled else self.tr("off"))
        self.mapping.setCurrentIndex(self._session.chosen if mappings else -1)

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        for side, widgets in (
            (left, (self.types, self.builder, self.by_hand, self.text)),
            (right, (self.matches, self.findings, self.cost)),
        ):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(12)
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch(1)
        columns = Columns(self.theme, stack_below=_STACK_BELOW)
        columns.add(left, 12)
        columns.add(right, 7)
        self.body.addWidget(self.silence)
        self.body.addWidget(columns)
        self.body.addStretch(1)

    def _connect(self) -> None:
        session = self._session
        session.document_changed.connect(self._load)
        session.chosen_changed.connect(self._load)
        session.events_changed.connect(self._events_changed)
        session.vocabulary_changed.connect(self._show)
        self.mapping.activated.connect(session.choose)
        self.mode.chosen.connect(self._choose_mode)
        self.types.toggled.connect(self._toggle_type)
        self.builder.changed.connect(self._change)
        self.text.edited.connect(self._change_text)
        self.text.copied.connect(lambda: self.toast_requested.emit(self.tr("Trigger text copied"), None))
        self.by_hand.text_wanted.connect(self._edit_text)
        self.by_hand.reading_wanted.connect(self._use_reading)
        self.by_hand.new_wanted.connect(self._start_new)
