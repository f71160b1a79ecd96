"""Which mappings a test runs, and that the destination filters come first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.storage.profile import Profile
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import Label


class ScopeBar(QWidget):
    """Shown only where there is something to choose or to know."""

    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._names: tuple[tuple[str, bool], ...] = ()
        label = Label(theme, self.tr("Run with"), Role.LABEL)
        self.combo = ComboBox(theme)
        self.combo.setAccessibleName(self.tr("Run with"))
        self.combo.setMinimumWidth(theme.px(220))
        label.setBuddy(self.combo)
        self._filters = Label(theme, "", Role.CAPTION, "muted")
        self._label = label
        row = FlowLayout(self, spacing=8)
        for widget in (label, self.combo, self._filters):
            row.addWidget(widget)
        self.combo.activated.connect(lambda _: self.chosen.emit())
        self.setVisible(False)

    def show_profile(self, profile: Profile) -> None:
        """Take over mappings and filters; the choice stays as long as its mapping is there."""
        names = tuple((spec.name, spec.enabled) for spec in profile.mappings)
        if names != self._names:
            kept = self.mapping()
            self._names = names
            self.combo.clear()
            on = sum(enabled for _, enabled in names)
            self.combo.add(self.tr("All mappings"), None, self.tr("{on} on").format(on=on))
            for name, enabled in names:
                self.combo.add(name, name, "" if enabled else self.tr("off, runs only for this test"))
            self.combo.setCurrentIndex(next((n + 1 for n, one in enumerate(names) if one[0] == kept), 0))
        active = sum(one.enabled for one in profile.filters)
        self._filters.setText(
            self.tr("1 destination filter comes first")
            if active == 1
            else self.tr("{n} destination filters come first").format(n=active)
        )
        self._filters.setVisible(active > 0)
        choice = len(names) > 1 or any(not enabled for _, enabled in names)
        self.combo.setVisible(choice)
        self._label.setVisible(choice)
        self.setVisible(choice or active > 0)

    def mapping(self) -> str | None:
        """The name of the only mapping to run, None for all that are on."""
        key = self.combo.currentData()
        return key if isinstance(key, str) else None
