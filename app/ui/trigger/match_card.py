"""What the rule means in words, how many collected events run it, and what stops the others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.trigger.miss_table import MissModel, miss_table
from app.ui.trigger.share_bar import ShareBar
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card, ResultCard
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label, WrappedLabel
from app.ui.widgets.skeleton import Skeleton
from app.workflows.mapping_editor.rule_checks import Finding, Severity
from app.workflows.mapping_editor.rule_matches import Misses, RuleMatches
from app.workflows.mapping_editor.rule_words import Part
from app.workflows.samples import Sample, only_built_in

_MOST_REASONS = 6
_LIST_HEIGHT = 260


class MatchCard(QWidget):
    """``show_words`` is told at once, ``show_matches`` when the events have been counted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._samples: Sequence[Sample] = ()
        self._matches: RuleMatches | None = None
        self.card = ResultCard(theme, Tone.INFO, "", icon="circle-dashed")
        self.sentence = WrappedLabel(theme, "", Role.BODY)
        self._remarks = QVBoxLayout()
        self._remarks.setSpacing(4)
        self._bar = ShareBar(theme)
        self._skeleton = Skeleton(theme, 3, self.tr("Counting events"))
        self._hint = WrappedLabel(theme, "", Role.BODY)
        self._why = WrappedLabel(theme, "", Role.LABEL)
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(6)
        self.list_button = Button(theme, "", ButtonKind.LINK, small=True)
        self.card.details.setSpacing(10)
        for part in (
            self.sentence,
            self._remarks,
            self._hint,
            self._bar,
            self._skeleton,
            self._why,
            self._reasons,
        ):
            if isinstance(part, QWidget):
                self.card.details.addWidget(part)
            else:
                self.card.details.addLayout(part)
        self.card.details.addWidget(self.list_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._model = MissModel(self)
        self.table = miss_table(theme, self.tr("Events that do not run"), self._model)
        self._list = Card(theme, flush=True)
        self._list.body.addWidget(self.table)
        self._list.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.card)
        column.addWidget(self._list)
        self.list_button.clicked.connect(self._toggle_list)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show_state()

    @property
    def headline(self) -> str:
        """What the header says, as plain text."""
        return self._headline

    def show_words(self, parts: Sequence[Part], remarks: Sequence[str]) -> None:
        """The rule as a sentence, and what it means beyond the words."""
        markup = "".join(strong(part.text) if part.strong else plain(part.text) for part in parts)
        self.sentence.set_markup(markup)
        clear_layout(self._remarks)
        for remark in remarks:
            self._remarks.addWidget(_Remark(self._theme, remark))

    def show_counting(self) -> None:
        """Before the first answer; later ones replace each other without a gap."""
        if self._matches is None:
            self._show_state()

    def show_matches(
        self, samples: Sequence[Sample], matches: RuleMatches, verdict: Finding | None = None
    ) -> None:
        """``verdict`` is why nothing can match, whatever comes; it replaces the count."""
        self._samples, self._matches = samples, matches
        self._show_state(verdict)

    def _show_state(self, verdict: Finding | None = None) -> None:
        matches = self._matches
        counted = matches is not None and matches.total > 0
        self._skeleton.setVisible(matches is None)
        self._bar.setVisible(counted and verdict is None)
        if matches is None:
            self._set_header(Tone.INFO, self.tr("Counting events…"), "circle-dashed")
        elif verdict is not None:
            is_error = verdict.severity is Severity.ERROR
            tone, icon = (Tone.ERROR, "circle-x") if is_error else (Tone.INFO, "info")
            self._set_header(tone, verdict.title, icon)
        elif not matches.total:
            self._set_header(Tone.INFO, self.tr("No events collected yet"), "info")
        elif not matches.matched:
            self._show_none(matches.total)
        else:
            some = self.tr("Matches {count} of the last {total}")
            if only_built_in(self._samples):
                some = self.tr("Matches {count} of {total} samples")
            words = some.format(count=matches.matched, total=matches.total)
            self._set_header(Tone.OK, words, "circle-check")
        if counted and matches is not None:
            self._bar.set_share(matches.matched / matches.total)
        self._show_reasons(verdict)

    def _show_none(self, total: int) -> None:
        """A warning only over a person's own events; the samples need not hold what they wait for."""
        if only_built_in(self._samples):
            none = self.tr("Matches none of the {total} samples").format(total=total)
            self._set_header(Tone.INFO, none, "info")
        else:
            none = self.tr("Matches none of the last {total}").format(total=total)
            self._set_header(Tone.WARN, none, "triangle-alert")

    def _set_header(self, tone: Tone, text: str, icon: str) -> None:
        self._headline = text
        self.card.set_result(tone, plain(text), "", icon)
        self.card.setAccessibleName(text)

    def _show_reasons(self, verdict: Finding | None) -> None:
        matches = self._matches
        misses = matches.misses if matches is not None else ()
        stopped = sum(miss.count for miss in misses)
        clear_layout(self._reasons)
        hint = verdict.text if verdict is not None else ""
        if verdict is None and matches is not None and not matches.total:
            hint = self.tr("Collect sample events to see how many this rule lets through.")
        self._hint.set_text(hint)
        self._hint.setVisible(bool(hint))
        self._why.set_text(self.tr("Why {count} do not run").format(count=stopped))
        self._why.setVisible(bool(stopped) and verdict is None)
        most = _MOST_REASONS if len(misses) > _MOST_REASONS + 1 else len(misses)
        shown = () if verdict is not None else misses[:most]
        for miss in shown:
            self._reasons.addWidget(_Reason(self._theme, miss))
        rest = len(misses) - len(shown)
        if rest and verdict is None:
            more = self.tr("and {count} more reasons").format(count=rest)
            self._reasons.addWidget(Label(self._theme, more, Role.CAPTION, "muted"))
        self.list_button.setVisible(bool(stopped) and verdict is None)
        if not stopped or verdict is not None:
            self._list.setVisible(False)
        self._name_button(stopped)
        if not self._list.isHidden():
            self._fill_list()

    def _toggle_list(self) -> None:
        self._list.setVisible(self._list.isHidden())
        if not self._list.isHidden():
            self._fill_list()
        self._name_button(self._model.rowCount())

    def _name_button(self, stopped: int) -> None:
        hidden = self._list.isHidden()
        words = self.tr("Show the {count} events") if hidden else self.tr("Hide the {count} events")
        self.list_button.set_text(words.format(count=stopped))

    def _fill_list(self) -> None:
        if self._matches is not None:
            self._model.show_matches(self._samples, self._matches)

    def _restyle(self) -> None:
        self.table.setMinimumHeight(self._theme.px(_LIST_HEIGHT))


class _Reason(QWidget):
    """``62  type is page``, and the values the events have instead."""

    def __init__(self, theme: Theme, miss: Misses) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        count = Label(theme, str(miss.count), Role.FIGURE)
        count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        count.setMinimumWidth(theme.px(34))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(WrappedLabel(theme, miss.words))
        if miss.most_often:
            often = ", ".join(f"{value} ({times})" for value, times in miss.most_often)
            text = self.tr("They have {values}").format(values=often)
            words.addWidget(WrappedLabel(theme, text, Role.CAPTION, "muted"))
        line.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.setAccessibleName(f"{miss.count}: {miss.words}")


class _Remark(QWidget):
    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(Icon(theme, "info", "muted", 14), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(WrappedLabel(theme, text, Role.CAPTION, "muted"), 1)
        self.setAccessibleName(text)
