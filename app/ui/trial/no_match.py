"""Why no mapping runs for an event: each with the first condition that the event does not meet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions.trace import MappingResult, TraceClause
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel, WrappedLabel


class NoMatchCard(Card):
    """One row per mapping. ``off`` are the names of mappings that were not asked because they are off."""

    def __init__(self, theme: Theme, results: Sequence[MappingResult], off: Sequence[str] = ()) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("Mappings that do not run"))
        self.body.setSpacing(10)
        rows: list[QWidget] = [
            _Row(theme, one.mapping_name, first_failing(one), one.reason) for one in results
        ]
        rows += [_Row(theme, name, None, self.tr("It is switched off.")) for name in off]
        for number, row in enumerate(rows):
            if number:
                self.body.addWidget(Hair(theme))
            self.body.addWidget(row)


def first_failing(result: MappingResult) -> TraceClause | None:
    """The clause that decided; None when something else did."""
    clauses = (clause for step in result.steps for clause in step.clauses)
    return next((clause for clause in clauses if not clause.passed), None)


class _Row(QWidget):
    def __init__(self, theme: Theme, name: str, clause: TraceClause | None, reason: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        icon = QVBoxLayout()
        icon.addWidget(Icon(theme, "circle-slash", "muted", 18))
        icon.addStretch(1)
        row.addLayout(icon)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(WrappedLabel(theme, name, Role.LABEL))
        if clause is None:
            words.addWidget(WrappedLabel(theme, reason, Role.CAPTION, "muted"))
            row.addLayout(words, 1)
            self.setAccessibleName(f"{name}: {reason}")
            return
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(Icon(theme, "x", "error", 14))
        line.addWidget(WrappedLabel(theme, clause.text, Role.CAPTION), 1)
        words.addLayout(line)
        row.addLayout(words, 3)
        actual = ElidedLabel(theme, clause.actual, Role.MONO_SMALL, "muted")
        actual.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(actual, 2)
        self.setAccessibleName(f"{name}: {clause.text}")
        self.setAccessibleDescription(clause.actual)
