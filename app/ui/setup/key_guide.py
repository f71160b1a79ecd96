"""Beside the key: where to find one, whose to use, and what to look at after a refusal."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.setup.guide_panel import GuidePanel
from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.check_list import CheckLine, CheckList, CheckState
from app.ui.widgets.labels import WrappedLabel


class ThingsToCheck(Card):
    """After a refusal: what is worth a second look."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.body.addWidget(WrappedLabel(theme, self.tr("Three things to check"), Role.HEADING))
        lines = CheckList(theme, gap=8)
        lines.set_lines(
            (
                CheckLine(
                    CheckState.INFO,
                    self.tr("The key was copied whole; it starts with api_."),
                    icon="key-round",
                ),
                CheckLine(
                    CheckState.INFO,
                    self.tr("It belongs to the organization you expect. A key opens exactly one."),
                    icon="building-2",
                ),
                CheckLine(
                    CheckState.INFO,
                    self.tr("It still exists under API Keys in Close. Deleted keys stop at once."),
                    icon="history",
                ),
            )
        )
        self.body.addWidget(lines)


class KeyGuide(GuidePanel):
    """The way to a key; ``open_button`` leads to Close."""

    def __init__(self, theme: Theme, open_button: QWidget) -> None:
        super().__init__(theme)
        words = {
            name: strong(text)
            for name, text in (
                ("settings", self.tr("Settings")),
                ("developer", self.tr("Developer")),
                ("keys", self.tr("API Keys")),
                ("new", self.tr("New API Key")),
                ("paste", self.tr("Paste")),
            )
        }
        steps = (
            self.tr("In Close, open {settings}, then {developer}, then {keys}."),
            self.tr("Choose {new} and name it, for example “Segment”."),
            self.tr("Copy the key. Close shows it once."),
            self.tr("Return here and press {paste}."),
        )
        self.add_steps([plain(step).format(**words) for step in steps])
        self.add(open_button)
        self.add_line()
        self.add_text(
            self.tr(
                "Changes appear in Close under the person who owns the key. Many teams create a user named "
                "“Segment” for this."
            ),
            self.tr("Whose key to use"),
        )
        self.add_text(
            self.tr(
                "A key can do what its owner can do. Creating custom fields needs the Manage Customizations "
                "permission, and only if a field is missing."
            ),
            self.tr("What the key may do"),
        )
        self.finish()
