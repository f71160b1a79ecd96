"""Banners about the rule as a whole: what can never hold, and what other mappings do with the same events."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.flow import clear_layout
from app.workflows.mapping_editor.rule_checks import Finding, Severity

_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARN, Severity.NOTE: Tone.INFO}


class FindingList(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._findings: tuple[Finding, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setVisible(False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._findings

    def show_findings(self, findings: Sequence[Finding]) -> None:
        if tuple(findings) == self._findings:
            return
        self._findings = tuple(findings)
        clear_layout(self._column)
        for finding in findings:
            self._column.addWidget(Banner(self._theme, _TONES[finding.severity], finding.title, finding.text))
        self.setVisible(bool(findings))
