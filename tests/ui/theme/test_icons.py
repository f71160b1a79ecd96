from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.resource_files import resource
from app.ui.theme.theme import Scheme, Theme
from app.ui.theme.tokens import DARK, LIGHT
from app.ui.widgets.icon import Icon
from tests.ui.pictures import colors_of, shows

ICON_ARGUMENTS = {"icon", "help_icon", "leading_icon", "trailing"}
UI = Path(__file__).parents[3] / "app" / "ui"


def icon_names() -> set[str]:
    """Every icon name that is written down as an argument anywhere in the interface."""
    found: set[str] = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.keyword)
                and node.arg in ICON_ARGUMENTS
                and isinstance(node.value, ast.Constant)
            ):
                found.add(str(node.value.value))
    return found - {"", "None"}


def test_every_named_icon_exists() -> None:
    missing = {name for name in icon_names() if not resource("icons", f"{name}.svg").is_file()}
    assert missing == set()


def test_the_licence_is_beside_the_icons() -> None:
    text = resource("icons", "LICENSE").read_text(encoding="utf-8")
    assert "ISC License" in text
    assert "Cole Bemis" in text


def test_an_icon_is_painted_in_the_asked_colour(theme: Theme) -> None:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    theme.icons.paint(painter, QRectF(0, 0, 32, 32), "square", "#C0292F", 4)
    painter.end()
    assert colors_of(image)["#C0292F"] > 40


def test_an_unknown_icon_is_an_error(theme: Theme) -> None:
    with pytest.raises(FileNotFoundError):
        theme.icons.pixmap("no-such-icon", 16, "#000000")


def test_icons_change_colour_with_the_scheme(qtbot: QtBot, theme: Theme) -> None:
    icon = Icon(theme, "square", "error", 20)
    qtbot.addWidget(icon)
    assert shows(icon, LIGHT.error)
    theme.set_scheme(Scheme.DARK)
    assert shows(icon, DARK.error)
    assert not shows(icon, LIGHT.error)


def test_menu_icons_change_colour_with_the_scheme(theme: Theme) -> None:
    icon = theme.menu_icon("square", "error")
    for scheme, tokens in ((Scheme.LIGHT, LIGHT), (Scheme.DARK, DARK)):
        theme.set_scheme(scheme)
        image = QImage(40, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        icon.paint(painter, 0, 0, 40, 40)
        painter.end()
        assert colors_of(image)[tokens.error] > 10


def test_the_program_has_an_icon_in_all_usual_sizes(theme: Theme) -> None:
    sizes = {size.width() for size in theme.icons.app_icon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes
