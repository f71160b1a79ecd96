"""The colours of profiles as the window's tones, with their names."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.storage.profile import ProfileColor
from app.ui.theme.tokens import Tone

COLOR_TONES = {
    ProfileColor.BLUE: Tone.ACCENT,
    ProfileColor.GREEN: Tone.OK,
    ProfileColor.AMBER: Tone.WARN,
    ProfileColor.RED: Tone.ERROR,
    ProfileColor.VIOLET: Tone.VIOLET,
    ProfileColor.GREY: Tone.NEUTRAL,
}


def color_word(color: ProfileColor) -> str:
    return {
        ProfileColor.BLUE: _tr("Blue"),
        ProfileColor.GREEN: _tr("Green"),
        ProfileColor.AMBER: _tr("Amber"),
        ProfileColor.RED: _tr("Red"),
        ProfileColor.VIOLET: _tr("Violet"),
        ProfileColor.GREY: _tr("Grey"),
    }[color]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProfileColors", text)
