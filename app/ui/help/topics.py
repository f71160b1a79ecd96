"""Which help belongs to a widget or a page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.workflows.help_pages import PAGES

_PROPERTY = "helpTopic"
_PAGES = {"try": "test", "guide-segment": "segment", "map-fields": "mapping", "when-it-runs": "when"}


def explain(widget: QWidget, page: str, anchor: str) -> None:
    """F1 in the widget, or in anything inside it, shows this part of the help."""
    widget.setProperty(_PROPERTY, f"{page}#{anchor}")


def topic_of(widget: QWidget | None, page_key: str) -> tuple[str, str]:
    """The page of help and the part of it; no part where nothing is said about the widget alone."""
    while widget is not None:
        topic = widget.property(_PROPERTY)
        if topic:
            page, _, anchor = str(topic).partition("#")
            return page, anchor
        widget = widget.parentWidget()
    page = _PAGES.get(page_key, page_key)
    return (page if page in PAGES else "start"), ""
