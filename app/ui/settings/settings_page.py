"""The page of settings: tabs over sections."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.ui.frame.page import Page
from app.ui.help.topics import explain
from app.ui.settings.rows import Section
from app.ui.theme.theme import Theme
from app.ui.widgets.tabs import TabStrip

GENERAL = "general"
PROFILES = "profiles"
RELAY = "relay"
STORAGE = "storage"
SECRETS = "secrets"
DIAGNOSTICS = "diagnostics"
ABOUT = "about"


class SettingsPage(Page):
    """Every change holds at once or has its own button, so the command bar stays away."""

    def __init__(self, theme: Theme, sections: Sequence[tuple[str, str, Section]]) -> None:
        """``sections`` are (key, text of the tab, widget)."""
        super().__init__(theme, "", form=True)
        self.retitle(
            self.tr("Set how this program works"),
            self.tr("The window's own settings hold for all profiles; the others for this profile only."),
        )
        self._sections = {key: section for key, _, section in sections}
        self.strip = TabStrip(theme, self.tr("Sections"), [(key, text) for key, text, _ in sections])
        self.strip.setUsesScrollButtons(True)
        self.body.addWidget(self.strip)
        self.body.addSpacing(4)
        for key, section in self._sections.items():
            explain(section, "settings", key)
            self.body.addWidget(section)
        self.body.addStretch(1)
        self.strip.chosen.connect(self._show)
        self._show(self.strip.current_key())

    @property
    def section(self) -> str:
        return self.strip.current_key()

    def choose(self, key: str) -> None:
        self.strip.choose(key)

    def initial_focus(self) -> QWidget:
        return self.strip

    def activated(self) -> None:
        self._sections[self.section].opened.emit()

    def _show(self, key: str) -> None:
        for each, section in self._sections.items():
            section.setVisible(each == key)
        if self.isVisible():
            self._sections[key].opened.emit()
