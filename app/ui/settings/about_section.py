"""Version and licences."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QGuiApplication

from app.json_value import JsonValue
from app.resource_files import resource
from app.ui.settings.rows import Section
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import FactGrid
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.labels import WrappedLabel


class AboutSection(Section):
    """``versions`` as the diagnostics have them."""

    def __init__(self, theme: Theme, versions: Mapping[str, JsonValue]) -> None:
        super().__init__(theme, "")
        self.setAccessibleName(self.tr("About"))
        card = self.card(self.tr("Segment to Close"))
        facts = FactGrid(theme)
        facts.add(self.tr("Version"), str(versions.get("program", "")))
        facts.add("Python", str(versions.get("python", "")))
        facts.add(self.tr("System"), str(versions.get("system", "")))
        packages = versions.get("packages")
        named = packages if isinstance(packages, dict) else {}
        facts.add("Qt, PySide6", str(named.get("PySide6-Essentials", "")))
        card.body.addWidget(facts)
        self.copy_button = Button(
            theme, self.tr("Copy versions"), ButtonKind.SECONDARY, icon="copy", small=True
        )
        card.body.addWidget(self.copy_button)
        licences = self.card(self.tr("Licences"))
        licences.body.addWidget(
            WrappedLabel(
                theme,
                self.tr(
                    "The window is made with Qt for Python (PySide6), used under the GNU Lesser General "
                    "Public License, version 3. Its libraries are separate files that you may replace by "
                    "your own build; its source is at code.qt.io."
                ),
            )
        )
        licences.body.addWidget(
            WrappedLabel(theme, self.tr("Icons: Lucide, ISC licence (parts from Feather, MIT)."), Role.BODY)
        )
        licences.body.addWidget(
            WrappedLabel(
                theme,
                self.tr(
                    "Also used: aiohttp, cryptography, phonenumbers and prometheus-client (Apache-2.0), "
                    "httpx, msgspec and qasync (BSD), keyring, platformdirs and python-liquid (MIT)."
                ),
                Role.BODY,
                "muted",
            )
        )
        self.icon_licence = CodeBox(
            theme, language=CodeLanguage.PLAIN, name=self.tr("Licence of the icons"), fit=True
        )
        self.icon_licence.set_text(resource("icons", "LICENSE").read_text("utf-8"))
        self.icon_licence.setVisible(False)
        self.more = Button(theme, self.tr("Licence of the icons"), ButtonKind.LINK)
        self.more.clicked.connect(lambda: self.icon_licence.setVisible(self.icon_licence.isHidden()))
        licences.body.addWidget(self.more)
        licences.body.addWidget(self.icon_licence)
        self.column.addStretch(1)
        words = "\n".join(
            f"{name}: {value}" for name, value in {**versions, **named}.items() if name != "packages"
        )
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(words))
