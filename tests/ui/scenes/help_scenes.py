"""Help beside a page: about one field, and about the whole page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.frame.page import DrawerContent
from app.ui.frame.window import FrameWindow
from app.ui.help.help_panel import HelpPanel
from app.ui.theme.theme import Theme
from app.workflows.help_pages import help_page
from tests.ui.scenes.registry import scene
from tests.ui.scenes.workbench_scenes import events_list


def _with_help(theme: Theme, frame: QWidget, page: str, anchor: str = "") -> QWidget:
    assert isinstance(frame, FrameWindow)
    panel = HelpPanel(theme)
    panel.show_help(help_page(page), anchor)
    frame.show_help(DrawerContent(f"Help: {help_page(page).title}", panel))
    return frame


@scene("58-help-field")
def help_field(theme: Theme) -> QWidget:
    return _with_help(theme, events_list(theme), "events", "filter")


@scene("59-help-page")
def help_page_whole(theme: Theme) -> QWidget:
    return _with_help(theme, events_list(theme), "connect")


@scene("59-help-keys", size=(880, 600))
def help_keys(theme: Theme) -> QWidget:
    return _with_help(theme, events_list(theme), "keys")
