"""The look that a person has chosen, brought into the theme."""

from __future__ import annotations

from app.storage.window_settings import WindowSettings
from app.ui.theme.theme import Scheme, Theme


def apply_look(theme: Theme, settings: WindowSettings) -> None:
    """Colours and size of text as a person wants them."""
    if theme.scheme != settings.scheme:
        theme.set_scheme(Scheme(settings.scheme))
    if round(theme.text_scale * 100) != settings.text_percent:
        theme.set_text_scale(settings.text_percent / 100)
