"""Controls of every page can be hit, have a name, and Tab goes to them in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QSlider,
    QTabBar,
    QWidget,
)

from app.ui.theme.theme import Theme
from tests.ui.rendering import discard, settle
from tests.ui.scenes.registry import Scene, all_scenes

# Scenes are pictures: what a page would begin to read has no event loop here to run in.
pytestmark = pytest.mark.qt_no_exception_capture

_LEAST_TARGET = 24
_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QSlider,
    QTabBar,
)
_SCENES = all_scenes()[1::2]


@pytest.fixture(params=_SCENES, ids=[scene.name for scene in _SCENES])
def window(theme: Theme, request: pytest.FixtureRequest) -> Iterator[QWidget]:
    scene: Scene = request.param
    shown = scene.build(theme)
    shown.resize(*scene.size)
    shown.show()
    settle(shown)
    yield shown
    discard(shown)


def test_controls_can_be_hit_named_and_reached(window: QWidget) -> None:
    found = list(_controls(window))
    assert [_called(each) for each in found if not _large_enough(each)] == []
    assert [_called(each) for each in found if not _name(each)] == []
    reached = _tab_chain(window)
    assert [_called(each) for each in found if _takes_tab(each) and each not in reached] == []
    assert _out_of_order(found, reached) == []


def _controls(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, _CONTROLS) or not widget.isVisibleTo(window):
            continue
        if isinstance(widget.parentWidget(), QLineEdit | QComboBox | QAbstractSpinBox | QAbstractItemView):
            continue  # part of a control, not one by itself
        yield widget


def _large_enough(widget: QWidget) -> bool:
    return min(widget.width(), widget.height()) >= _LEAST_TARGET


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface is not None else ""


def _takes_tab(widget: QWidget) -> bool:
    return widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _tab_chain(window: QWidget) -> list[QWidget]:
    """Where Tab goes, in its order, until it is back at the beginning: a trap would leave widgets out."""
    chain, widget = [], window.nextInFocusChain()
    while widget is not None and widget is not window and widget not in chain:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    return chain


def _out_of_order(controls: list[QWidget], chain: list[QWidget]) -> list[str]:
    """Neighbours of one place of which the later stands above the earlier, or before it."""
    place = {widget: number for number, widget in enumerate(chain)}
    stops = sorted((each for each in controls if _takes_tab(each) and each in place), key=place.__getitem__)
    wrong = []
    for first, second in pairwise(stops):
        if first.parentWidget() is not second.parentWidget():
            continue
        before, after = _box(first), _box(second)
        above = after.bottom() < before.top()
        same_line = after.top() < before.bottom() and before.top() < after.bottom()
        if above or (same_line and after.right() < before.left()):
            wrong.append(f"{_called(first)} comes before {_called(second)}")
    return wrong


def _box(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def _called(widget: QWidget) -> str:
    size = f"{widget.width()}x{widget.height()}"
    return f"{type(widget).__name__} “{_name(widget)}” {size} in {type(widget.parentWidget()).__name__}"
