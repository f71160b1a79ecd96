"""Paints a mapping in the list, and says where its switch, its menu and its name are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.mappings.mapping_rows import ROW_ROLE, MappingRow
from app.ui.theme.painting import line_below, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role

_PAD = 14
_GAP = 3
_TILE = 36
_GRIP = 16
_MENU = 28

_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Where things are in a row, in the view's coordinates."""

    grip: QRectF
    tile: QRectF
    name: QRectF
    runs: QRectF
    facts: QRectF
    state: QRectF
    check: QRectF
    menu: QRectF


class MappingDelegate(QStyledItemDelegate):
    """``menu_requested`` carries the index whose dots were pressed."""

    menu_requested = Signal(QModelIndex)

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        return QSize(280, self.row_height())

    def row_height(self) -> int:
        return self._text_height() + 2 * _PAD + 1

    def places(self, rect: QRect) -> RowPlaces:
        """The places in a row that covers ``rect``."""
        theme, box = self._theme, QRectF(rect)
        middle = box.center().y()

        def centred(x: float, size: float) -> QRectF:
            return QRectF(x, middle - size / 2, size, size)

        grip, tile, menu, check = theme.px(_GRIP), theme.px(_TILE), theme.px(_MENU), theme.px(20)
        state = self._width(Role.CAPTION_STRONG, max(self._on, self._off, key=len)) + 4
        menu_box = centred(box.right() - 10 - menu, menu)
        state_box = QRectF(menu_box.left() - 10 - state, box.y(), state, box.height())
        check_box = centred(state_box.left() - 8 - check, check)
        left = box.x() + 8 + grip + 8 + tile + 14
        width = check_box.left() - 16 - left
        heights = self._heights()
        tops = [middle - self._text_height() / 2]
        for height in heights[:2]:
            tops.append(tops[-1] + height + _GAP)
        name, runs, facts = (QRectF(left, *place) for place in zip(tops, (width,) * 3, heights, strict=True))
        return RowPlaces(
            *(
                visual(self._view.layoutDirection(), rect, place)
                for place in (
                    centred(box.x() + 8, grip),
                    centred(box.x() + 8 + grip + 8, tile),
                    name,
                    runs,
                    facts,
                    state_box,
                    check_box,
                    menu_box,
                )
            )
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        row: MappingRow = index.data(ROW_ROLE)
        tokens, theme = self._theme.tokens, self._theme
        places = self.places(option.rect)
        painter.save()
        self._paint_background(painter, option)
        hovered = bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
        if hovered:
            theme.icons.paint(painter, places.grip, "grip-vertical", tokens.muted)
            theme.icons.paint(painter, _inner(places.menu, theme.px(16)), "ellipsis", tokens.muted)
        tone = theme.tone(row.tone if row.enabled else Tone.NEUTRAL)
        rounded(painter, places.tile, 8, tone.bg, tone.line)
        theme.icons.paint(painter, _inner(places.tile, theme.px(18)), row.icon, tone.text)
        self._paint_words(painter, places, row)
        self._paint_switch(painter, places, row)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(QCoreApplication.translate("MappingList", "Name of the mapping"))
        editor.setMaxLength(100)
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _AnyIndex) -> None:
        name = self.places(option.rect).name
        height = max(editor.sizeHint().height(), 30)
        width = min(name.width() + 8, self._theme.px(320))
        place = QRectF(name.x() - 8, name.center().y() - height / 2, width, height)
        if self._view.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            place.moveRight(name.right() + 8)
        editor.setGeometry(place.toRect())

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: _AnyIndex,
    ) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:
                return _toggle(model, index)
            return False
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        places = self.places(option.rect)
        on_switch = places.check.united(places.state).adjusted(-8, 0, 4, 0).contains(event.position())
        on_menu = places.menu.contains(event.position())
        if event.type() == QEvent.Type.MouseButtonRelease:
            if on_switch:
                return _toggle(model, index)
            if on_menu:
                self.menu_requested.emit(model.index(index.row(), 0))
        # A press or double click there must neither open the row nor begin a drag.
        return on_switch or on_menu

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect = option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.color("accent_bg"))
            if not focused:
                bar = visual(option.direction, rect, QRectF(rect.x(), rect.y(), 3, rect.height()))
                painter.fillRect(bar, self._theme.color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.color("hover"))
        line_below(painter, rect, self._theme.tokens.hair)
        if focused:
            rounded(painter, rect.adjusted(1, 1, -1, -2), 6, None, self._theme.tokens.accent, 2)

    def _paint_words(self, painter: QPainter, places: RowPlaces, row: MappingRow) -> None:
        theme, tokens = self._theme, self._theme.tokens
        name_font = theme.font(Role.HEADING)
        used = line_of_text(painter, places.name, row.name, name_font, tokens.text)
        beside = QRectF(places.name)
        if self._view.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            beside.setRight(places.name.right() - used - 10)
        else:
            beside.setLeft(places.name.left() + used + 10)
        if beside.width() > 60:
            line_of_text(painter, beside, row.action, theme.font(Role.CAPTION), tokens.muted)
        line_of_text(painter, places.runs, row.runs, theme.font(Role.BODY), tokens.text)
        if row.trouble:
            icon = QRectF(places.facts.x(), places.facts.center().y() - 7, 14, 14)
            theme.icons.paint(
                painter, visual(self._direction, places.facts, icon), "triangle-alert", tokens.warn
            )
            words = visual(self._direction, places.facts, places.facts.adjusted(20, 0, 0, 0))
            line_of_text(painter, words, row.trouble, theme.font(Role.CAPTION), tokens.warn)
        else:
            line_of_text(painter, places.facts, row.facts, theme.font(Role.FIGURE_SMALL), tokens.muted)

    def _paint_switch(self, painter: QPainter, places: RowPlaces, row: MappingRow) -> None:
        box = QStyleOptionButton()
        box.rect = places.check.toRect()
        box.state = QStyle.StateFlag.State_Enabled
        box.state |= QStyle.StateFlag.State_On if row.enabled else QStyle.StateFlag.State_Off
        style = self._view.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, box, painter, self._view)
        color = self._theme.tokens.text if row.enabled else self._theme.tokens.muted
        word = self._on if row.enabled else self._off
        line_of_text(painter, places.state, word, self._theme.font(Role.CAPTION_STRONG), color)

    @property
    def _direction(self) -> Qt.LayoutDirection:
        return self._view.layoutDirection()

    @property
    def _on(self) -> str:
        return QCoreApplication.translate("MappingList", "On")

    @property
    def _off(self) -> str:
        return QCoreApplication.translate("MappingList", "Off")

    def _heights(self) -> tuple[int, int, int]:
        name, runs, facts = (
            QFontMetrics(self._theme.font(role)).height() for role in (Role.HEADING, Role.BODY, Role.CAPTION)
        )
        return name, runs, facts

    def _text_height(self) -> int:
        return sum(self._heights()) + 2 * _GAP

    def _width(self, role: Role, text: str) -> int:
        return QFontMetrics(self._theme.font(role)).horizontalAdvance(text)


def _inner(outer: QRectF, size: float) -> QRectF:
    return QRectF(outer.center().x() - size / 2, outer.center().y() - size / 2, size, size)


def _toggle(model: QAbstractItemModel, index: _AnyIndex) -> bool:
    on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
    wanted = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
    return model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)
