"""Look, language, size of text, this computer and privacy."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from app.storage.window_settings import TEXT_PERCENTS, WindowSettings
from app.ui.settings.rows import Section, SettingRow
from app.ui.theme.theme import Theme
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.segmented import Segment, Segmented


class GeneralSection(Section):
    """``changed`` carries the whole new settings; looks change at once, words at the next start.

    ``this_computer`` is where what belongs to the computer stands, for example starting at login.
    """

    changed = Signal(object)

    def __init__(self, theme: Theme, settings: WindowSettings) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("General"))
        self.settings = settings
        look = self.card(self.tr("Appearance"))
        self.scheme = Segmented(
            theme,
            self.tr("Colours"),
            (
                Segment("system", self.tr("System"), "monitor"),
                Segment("light", self.tr("Light")),
                Segment("dark", self.tr("Dark"), "moon"),
            ),
        )
        self.scheme.choose(settings.scheme)
        look.body.addWidget(
            SettingRow(theme, self.tr("Colours"), self.tr("System follows the desktop."), self.scheme)
        )
        self.text_size = ComboBox(theme)
        for percent in TEXT_PERCENTS:
            self.text_size.add(self.tr("{n} %").format(n=percent), percent)
        self.text_size.choose(settings.text_percent)
        look.body.addWidget(
            SettingRow(
                theme,
                self.tr("Size of text"),
                self.tr("In addition to what the desktop has set."),
                self.text_size,
            )
        )
        self.language = ComboBox(theme)
        for text, code in ((self.tr("System"), ""), ("English", "en"), ("Deutsch", "de")):
            self.language.add(text, code)
        self.language.choose(settings.language)
        self.language_row = SettingRow(
            theme, self.tr("Language"), self.tr("Holds from the next start of the program."), self.language
        )
        look.body.addWidget(self.language_row)
        computer = self.card(self.tr("This computer"))
        self.this_computer: QVBoxLayout = computer.body
        self.computer_card = computer
        computer.setVisible(False)
        privacy = self.card(self.tr("Privacy"))
        self.masking = QCheckBox(self.tr("Mask personal values"))
        self.masking.setChecked(settings.mask_personal)
        self.masking.setAccessibleDescription(self.tr("Only the display changes, not the events."))
        privacy.body.addWidget(
            SettingRow(
                theme,
                self.tr("Show the screen to others"),
                self.tr("Names and addresses in sample events are hidden. Only the display changes."),
                self.masking,
            )
        )
        self.column.addStretch(1)
        self.scheme.chosen.connect(lambda key: self._change(scheme=key))
        self.text_size.activated.connect(
            lambda _: self._change(text_percent=int(str(self.text_size.current_key())))
        )
        self.language.activated.connect(lambda _: self._change(language=str(self.language.current_key())))
        self.masking.toggled.connect(lambda on: self._change(mask_personal=on))

    def _change(self, **members: object) -> None:
        self.settings = replace(self.settings, **members)  # type: ignore[arg-type]
        self.changed.emit(self.settings)
