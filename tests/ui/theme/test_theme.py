from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Scheme, Theme
from app.ui.theme.tokens import DARK, LIGHT, high_contrast
from app.ui.theme.typography import Role


def test_the_application_palette_is_the_chosen_scheme(qapp: QApplication, theme: Theme) -> None:
    theme.set_scheme(Scheme.DARK)

    role = QPalette.ColorRole
    assert theme.tokens is DARK
    assert qapp.palette().color(role.Window).name().upper() == DARK.window
    assert qapp.palette().color(role.Text).name().upper() == DARK.text
    assert qapp.palette().color(QPalette.ColorGroup.Disabled, role.Text).name().upper() == DARK.muted


def test_no_colour_of_the_palette_is_left_to_the_platform(qapp: QApplication, theme: Theme) -> None:
    del theme
    roles = [
        role
        for role in QPalette.ColorRole
        if role not in (QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles)
    ]
    known = {value.upper() for value in vars_of(LIGHT)}

    found = {qapp.palette().color(role).name().upper() for role in roles}

    assert found <= known


def vars_of(tokens: object) -> list[str]:
    return [value for name in tokens.__slots__ if isinstance(value := getattr(tokens, name), str)]  # type: ignore[attr-defined]


def test_a_change_is_announced_once(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(Scheme.DARK)


def test_the_system_scheme_is_followed_when_chosen(qapp: QApplication, theme: Theme) -> None:
    theme.set_scheme(Scheme.SYSTEM)

    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)

    expected = DARK if qapp.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
    assert theme.tokens is expected


def test_a_wish_for_more_contrast_is_followed(monkeypatch: pytest.MonkeyPatch, theme: Theme) -> None:
    class Wish:
        def contrastPreference(self) -> Qt.ContrastPreference:
            return Qt.ContrastPreference.HighContrast

    monkeypatch.setattr(theme, "_accessibility", Wish())
    theme.set_scheme(Scheme.DARK)
    assert theme.tokens == high_contrast(DARK)


def test_text_scale_stays_between_100_and_200_percent(theme: Theme) -> None:
    theme.set_text_scale(5)
    assert theme.text_scale == 2.0
    theme.set_text_scale(0.1)
    assert theme.text_scale == 1.0


def test_every_role_grows_with_the_text_scale(theme: Theme) -> None:
    before = {role: theme.font(role).pixelSize() for role in Role}
    theme.set_text_scale(2.0)
    for role in Role:
        assert theme.font(role).pixelSize() == 2 * before[role]


def test_no_text_is_smaller_than_eleven_pixels(theme: Theme) -> None:
    assert min(theme.font(role).pixelSize() for role in Role) >= 11


def test_weights_are_only_400_500_and_600(theme: Theme) -> None:
    assert {theme.font(role).weight() for role in Role} <= {400, 500, 600}


def test_code_has_no_ligatures_and_figures_are_tabular(theme: Theme) -> None:
    mono, figure = theme.font(Role.MONO), theme.font(Role.FIGURE)
    assert (mono.featureValue(QFont.Tag("calt")), mono.featureValue(QFont.Tag("liga"))) == (0, 0)
    assert figure.featureValue(QFont.Tag("tnum")) == 1


def test_a_changed_font_does_not_leak_into_the_next_one(theme: Theme) -> None:
    theme.font(Role.BODY).setPixelSize(99)
    assert theme.font(Role.BODY).pixelSize() != 99


def test_the_application_font_is_the_body_font(theme: Theme) -> None:
    assert QGuiApplication.font().pixelSize() == theme.font(Role.BODY).pixelSize()
