"""The look of the running program: colour scheme, text size, fonts and icons in one place."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon
from PySide6.QtWidgets import QApplication

from app.ui.theme.column_widths import ColumnWidths
from app.ui.theme.icons import Icons, TintedIconEngine
from app.ui.theme.palette import palette_from
from app.ui.theme.style import AppStyle
from app.ui.theme.tokens import DARK, LIGHT, Tokens, Tone, ToneColors, high_contrast
from app.ui.theme.typography import Role, Typography


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class Theme(QObject):
    """Handed to every widget. ``changed`` fires after style, palette and fonts are in place.

    Widgets read ``tokens`` while painting, so a change of scheme needs no work of theirs; what they keep
    (fonts, a label's palette) they set again when ``changed`` fires.
    """

    changed = Signal()

    def __init__(
        self,
        app: QApplication,
        *,
        scheme: Scheme = Scheme.SYSTEM,
        text_scale: float = 1.0,
        base_font: QFont | None = None,
        fixed_font: QFont | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._scheme = scheme
        self._scale = _bounded(text_scale)
        self._typography = Typography(base_font, fixed_font)
        self.icons = Icons()
        self.column_widths = ColumnWidths()
        self.tokens: Tokens = LIGHT
        # Kept: the accessibility hints become invalid together with the Python object of the style hints.
        self._hints = hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        # Qt reports a wish for more contrast from 6.10 on.
        accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
        self._accessibility = accessibility if hasattr(accessibility, "contrastPreference") else None
        if self._accessibility is not None:
            self._accessibility.contrastPreferenceChanged.connect(self._system_changed)
        self._style = AppStyle(self)
        app.setStyle(self._style)
        self._apply()

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    @property
    def text_scale(self) -> float:
        return self._scale

    def set_scheme(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._apply()

    def set_text_scale(self, scale: float) -> None:
        """``scale`` from 1.0 to 2.0; anything outside is brought back into that range."""
        self._scale = _bounded(scale)
        self._apply()

    def font(self, role: Role) -> QFont:
        return self._typography.font(role, self._scale)

    def font_for_fields(self) -> QFont:
        """The font of a field that has no widget to ask yet."""
        return self.font(Role.BODY)

    def px(self, size: float) -> int:
        """A length that has to grow with the text, given for a 13 px font; spacing stays constant."""
        return round(size * self._typography.ratio(self._scale))

    def tone(self, tone: Tone) -> ToneColors:
        return self.tokens.tone(tone)

    def color(self, token: str) -> QColor:
        """A token by its field name, for example ``muted``."""
        return QColor(getattr(self.tokens, token))

    def menu_icon(self, name: str, color: str = "muted") -> QIcon:
        """An icon for a ``QAction``; it follows the theme by itself."""
        return QIcon(TintedIconEngine(self.icons, name, lambda: getattr(self.tokens, color)))

    def _system_changed(self, *_: object) -> None:
        if self._scheme is Scheme.SYSTEM or self._accessibility is not None:
            self._apply()

    def _apply(self) -> None:
        self.tokens = self._resolve()
        hints = self._hints
        wanted = {
            Scheme.LIGHT: Qt.ColorScheme.Light,
            Scheme.DARK: Qt.ColorScheme.Dark,
            Scheme.SYSTEM: Qt.ColorScheme.Unknown,
        }[self._scheme]
        # Native window frames follow this; the offscreen platform ignores it, hence the full palette below.
        hints.colorSchemeChanged.disconnect(self._system_changed)
        hints.setColorScheme(wanted)
        hints.colorSchemeChanged.connect(self._system_changed)
        self._app.setFont(self.font(Role.BODY))
        self._app.setPalette(palette_from(self.tokens))
        self.changed.emit()

    def _resolve(self) -> Tokens:
        dark = self._scheme is Scheme.DARK
        if self._scheme is Scheme.SYSTEM:
            dark = self._hints.colorScheme() is Qt.ColorScheme.Dark
        tokens = DARK if dark else LIGHT
        return high_contrast(tokens) if self._wants_contrast() else tokens

    def _wants_contrast(self) -> bool:
        if self._accessibility is None:
            return False
        return self._accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast


def _bounded(scale: float) -> float:
    return min(2.0, max(1.0, scale))
