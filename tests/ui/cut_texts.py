"""Which texts of a shown window a person cannot read to the end, measured on its real widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from app.ui.theme import painting
from app.ui.widgets.labels import ElidedLabel

_LEAST_OF_AN_ELIDED = 3
_SLACK = 1
_NO_MARGIN = 0


class PaintedTexts(QObject):
    """Hears of every line that a widget draws shortened with ``painting.line_of_text``."""

    def __init__(self) -> None:
        super().__init__()
        self.shortened: list[tuple[QWidget, str]] = []
        self._painting: QWidget | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            self._painting = watched
        return False

    def note(self, text: str, shown: str) -> None:
        if shown != text and self._painting is not None:
            self.shortened.append((self._painting, text))

    @contextmanager
    def listening(self) -> Iterator[None]:
        note = self.note

        class Metrics(QFontMetrics):
            def elidedText(self, text: str, mode: Qt.TextElideMode, width: int, flags: int = 0) -> str:
                shown = super().elidedText(text, mode, width, flags)
                note(text, shown)
                return shown

        app = QApplication.instance()
        assert app is not None
        before = painting.QFontMetrics
        painting.QFontMetrics = Metrics  # type: ignore[misc]
        app.installEventFilter(self)
        try:
            yield
        finally:
            app.removeEventFilter(self)
            painting.QFontMetrics = before  # type: ignore[misc]


def cut_texts(window: QWidget) -> list[str]:
    """One line for each text that is cut, or drawn where nobody can scroll to. ``window`` is shown."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or widget.window() is not window:
            continue
        for test in _TESTS:
            problem = test(widget)
            if problem:
                found.append(f"{_called(widget)}: {problem}")
    heard = PaintedTexts()
    with heard.listening():
        window.grab()
    for widget, text in heard.shortened:
        if isinstance(widget.parentWidget(), QAbstractScrollArea):
            continue  # cells: the view tells the whole text in a tool tip and in its detail
        if not _told_in_tool_tip(widget):
            found.append(f"{_called(widget)}: “{text}” is shortened and has no tool tip")
    return found


def _called(widget: QWidget) -> str:
    parents, parent = [], widget.parentWidget()
    while parent is not None and len(parents) < 2:
        if type(parent) is not QWidget:
            parents.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " < ".join([type(widget).__name__, *parents])


def _told_in_tool_tip(widget: QWidget) -> bool:
    return bool(widget.toolTip() or (widget.parentWidget() and widget.parentWidget().toolTip()))


def _label(widget: QWidget) -> str:
    if not isinstance(widget, QLabel) or not widget.text():
        return ""
    room = widget.contentsRect().size()
    if isinstance(widget, ElidedLabel):
        return _elided_label(widget, room)
    needed = _needed(widget, room.width())
    if needed.width() > room.width() + _SLACK:
        return f"“{_plain(widget)}” needs {needed.width()} px and has {room.width()}"
    if needed.height() > room.height() + _SLACK:
        return f"“{_plain(widget)}” needs {needed.height()} px of height and has {room.height()}"
    return ""


def _elided_label(label: ElidedLabel, room: QSize) -> str:
    metrics = label.fontMetrics()
    if metrics.horizontalAdvance(label.text()) <= room.width() + _SLACK:
        return ""
    if not label.toolTip():
        return f"“{label.text()}” is shortened and has no tool tip"
    least = metrics.horizontalAdvance(label.text()[:_LEAST_OF_AN_ELIDED] + "…")
    return f"nothing is left of “{label.text()}”" if room.width() < least else ""


def _needed(label: QLabel, width: int) -> QSize:
    if label.textFormat() is not Qt.TextFormat.RichText:
        flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag.TextSingleLine
        return label.fontMetrics().boundingRect(QRect(0, 0, width, 10_000), int(flags), label.text()).size()
    document = QTextDocument()
    document.setDefaultFont(label.font())
    document.setDocumentMargin(0)
    document.setHtml(label.text())
    document.setTextWidth(width if label.wordWrap() else -1)
    return QSize(round(document.idealWidth()), label.fontMetrics().height())


def _plain(label: QLabel) -> str:
    document = QTextDocument()
    document.setHtml(label.text())
    return document.toPlainText()


def _button(widget: QWidget) -> str:
    if not isinstance(widget, QAbstractButton) or not widget.text() or widget.toolTip():
        return ""
    needed = widget.sizeHint()
    if needed.width() > widget.width() + _SLACK:
        return f"“{widget.text()}” needs {needed.width()} px and has {widget.width()}"
    if needed.height() > widget.height() + _SLACK:
        return f"“{widget.text()}” needs {needed.height()} px of height and has {widget.height()}"
    return ""


def _combo(widget: QWidget) -> str:
    if not isinstance(widget, QComboBox) or widget.isEditable() or widget.toolTip():
        return ""
    option = QStyleOptionComboBox()
    widget.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    room = widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, widget)
    needed = widget.fontMetrics().horizontalAdvance(widget.currentText())
    if needed > room.width() + _SLACK:
        return f"“{widget.currentText()}” needs {needed} px, has {room.width()} and no tool tip"
    return ""


def _placeholder(widget: QWidget) -> str:
    if not isinstance(widget, QLineEdit) or not widget.placeholderText() or widget.text():
        return ""
    if widget.toolTip():
        return ""
    margins = widget.textMargins()
    room = widget.width() - margins.left() - margins.right() - 4
    needed = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
    if needed > room + _SLACK:
        return f"hint “{widget.placeholderText()}” needs {needed} px, has {room} and no tool tip"
    return ""


def _tabs(widget: QWidget) -> str:
    if not isinstance(widget, QTabBar) or widget.usesScrollButtons():
        return ""
    last = widget.tabRect(widget.count() - 1)
    if last.right() > widget.width() + _SLACK or last.left() < -_SLACK:
        return f"the tabs need {last.right()} px and have {widget.width()}"
    return ""


def _header(widget: QWidget) -> str:
    if not isinstance(widget, QHeaderView) or widget.orientation() is Qt.Orientation.Vertical:
        return ""
    model = widget.model()
    for section in range(widget.count()):
        if widget.isSectionHidden(section):
            continue
        title = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        tip = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        needed, room = widget.fontMetrics().horizontalAdvance(title), widget.sectionSize(section)
        if needed > room + _SLACK and not tip:
            return f"column “{title}” needs {needed} px, has {room} and no tool tip"
    return ""


def _outside(widget: QWidget) -> str:
    """A control or label that lies outside of what can be seen or scrolled to."""
    if not isinstance(widget, QLabel | QAbstractButton | QComboBox | QLineEdit | QTabBar):
        return ""
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else widget.accessibleName()
    box = QRect(QPoint(0, 0), widget.size())
    if isinstance(widget, QLabel) and not text:
        return ""
    child, parent = widget, widget.parentWidget()
    while parent is not None and not child.isWindow():
        box.translate(child.pos())
        area = parent.parentWidget()
        if isinstance(area, QAbstractScrollArea) and parent is area.viewport():
            if not isinstance(area, QScrollArea):
                return ""
            if area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff and (
                box.right() > parent.width() + _SLACK or box.left() < -_SLACK
            ):
                return f"“{text}” stands {box.right() - parent.width()} px outside of a list"
            return ""
        over = _beyond(box, parent.rect())
        if over > 2 * _SLACK:
            return f"“{text}” stands {over} px outside of {type(parent).__name__}"
        child, parent = parent, parent.parentWidget()
    return ""


def _beyond(box: QRect, area: QRect) -> int:
    sides = (
        area.left() - box.left(),
        area.top() - box.top(),
        box.right() - area.right(),
        box.bottom() - area.bottom(),
    )
    return max(_NO_MARGIN, *sides)


_TESTS: tuple[Callable[[QWidget], str], ...] = (
    _label,
    _button,
    _combo,
    _placeholder,
    _tabs,
    _header,
    _outside,
)
