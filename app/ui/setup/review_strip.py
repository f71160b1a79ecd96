"""What goes live, in one line: names above, values below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.storage.profile import Mode, Profile
from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import WrappedLabel


class ReviewStrip(Card):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, padding=14)
        self._facts: tuple[tuple[str, str], ...] = ()
        self.setAccessibleName(self.tr("Review"))

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """``facts`` are (name, value)."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        clear_layout(self.body)
        columns = Columns(self._theme, stack_below=520, spacing=16)
        for name, value in facts:
            columns.add(self._fact(name, value))
        self.body.addWidget(columns)
        self.setAccessibleDescription("; ".join(f"{name}: {value}" for name, value in facts))

    def show_profile(self, profile: Profile, organization: str, mode: Mode | None) -> None:
        """``mode`` is None where Segment writes to Close itself."""
        fields = [one for one in (profile.company_field, profile.user_field) if one is not None]
        on = sum(1 for spec in profile.mappings if spec.enabled)
        words = {
            None: self.tr("Segment writes"),
            Mode.OBSERVE: self.tr("Observe"),
            Mode.DRY_RUN: self.tr("Dry run"),
            Mode.LIVE: self.tr("Live"),
        }
        names = ", ".join(one.name for one in fields) or self.tr("none, matched by email")
        self.set_facts(
            (
                (self.tr("Organization"), organization),
                (self.tr("ID fields"), names),
                (self.tr("Mappings on"), self.tr("{on} of {all}").format(on=on, all=len(profile.mappings))),
                (self.tr("Mode"), words[mode]),
                (self.tr("Start at login"), self.tr("Off")),
            )
        )

    def _fact(self, name: str, value: str) -> QWidget:
        part = QWidget()
        words = QVBoxLayout(part)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(1)
        words.addWidget(WrappedLabel(self._theme, name, Role.CAPTION, "muted"))
        words.addWidget(WrappedLabel(self._theme, value, Role.LABEL))
        words.addStretch(1)
        return part
