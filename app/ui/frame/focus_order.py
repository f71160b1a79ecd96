"""Tab goes where the eye goes, whatever was made first.

Qt keeps widgets in the order they were made in. A banner, a report or a table that comes later, or a part
that moves with the width of the window, would be reached last of all; so the layouts say the order instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea, QLayout, QScrollArea, QStackedWidget, QWidget


def move_focus(window: QWidget, *, forward: bool) -> bool:
    """Give the keyboard to the next control in reading order; False leaves it to Qt.

    ``setTabOrder`` is no way to the same end: it moves what hands the keyboard on together with all it holds.
    """
    behavior = QGuiApplication.styleHints().tabFocusBehavior()
    here, widgets = window.focusWidget(), list(in_reading_order(window))
    if behavior is not Qt.TabFocusBehavior.TabFocusAllControls or here not in widgets:
        return False
    at = widgets.index(here)
    after, before = widgets[at + 1 :], widgets[:at]
    ways = [*after, *before] if forward else [*reversed(before), *reversed(after)]
    target = next((each for each in ways if takes_tab(each)), None)
    if target is None:
        return False
    target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    _bring_into_view(target)
    return True


def takes_tab(widget: QWidget) -> bool:
    """Whether Tab may stop here; a widget with a proxy hands the keyboard on and is no stop of its own."""
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.isEnabled() and widget.focusProxy() is None


def in_reading_order(widget: QWidget) -> Iterator[QWidget]:
    """The visible widgets inside of ``widget``, each before what it holds."""
    # As keys they stay alive: a Python object that is let go gives its identity to the next one.
    for child in dict.fromkeys((*_laid_out(widget), *_placed_by_hand(widget))):
        if not child.isVisible() or child.isWindow():
            continue
        yield child
        yield from in_reading_order(child)


def _bring_into_view(widget: QWidget) -> None:
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()


def _laid_out(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QStackedWidget):
        current = widget.currentWidget()
        if current is not None:
            yield current
    else:
        layout = widget.layout()
        if layout is not None:
            yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        child, inner = item.widget(), item.layout()
        if child is not None:
            yield child
        elif inner is not None:
            yield from _in_layout(inner)


def _placed_by_hand(widget: QWidget) -> list[QWidget]:
    """Children without a layout: editors over a list, a note over the page."""
    if isinstance(widget, QStackedWidget):
        return []
    children = widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(widget, QAbstractScrollArea):
        children.sort(key=lambda child: child is not widget.viewport())
        return children
    far = -1 if widget.layoutDirection() is Qt.LayoutDirection.RightToLeft else 1
    return sorted(children, key=lambda child: (child.y(), far * child.x()))
