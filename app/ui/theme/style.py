"""The widget style: Fusion for behaviour, our own paint for everything a person sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QPlainTextEdit,
    QProxyStyle,
    QRadioButton,
    QStyle,
    QStyleHintReturn,
    QStyleOptionFrame,
    QTabBar,
    QTextEdit,
    QWidget,
)

from app.ui.theme import style_bars, style_buttons, style_fields, style_indicators, style_menus
from app.ui.theme.painting import FOCUS_WIDTH, line_below, rounded

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme

_CE = QStyle.ControlElement
_PE = QStyle.PrimitiveElement
_CC = QStyle.ComplexControl
_CT = QStyle.ContentsType
_PM = QStyle.PixelMetric
_SE = QStyle.SubElement
_SH = QStyle.StyleHint
_NOTHING_TO_PAINT = frozenset(
    {
        _PE.PE_FrameFocusRect,
        _PE.PE_FrameTabWidget,
        _PE.PE_FrameMenu,
        _PE.PE_PanelItemViewRow,
        _PE.PE_FrameWindow,
        # Where two scroll bars meet Fusion draws a light corner with a bevel.
        _PE.PE_PanelScrollAreaCorner,
    }
)


class AppStyle(QProxyStyle):
    """Reads the theme's tokens at every paint, so a change of scheme needs a repaint and nothing else.

    Qt hands every method the option type that belongs to the element; the annotations cannot say which.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__("Fusion")
        self._theme = theme

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: Any,
        painter: QPainter,
        widget: Any = None,
    ) -> None:
        theme = self._theme
        if element == _CE.CE_PushButton:
            style_buttons.paint_push_button(theme, option, painter, widget)
        elif element == _CE.CE_ComboBoxLabel:
            style_fields.paint_combo_text(theme, option, painter, widget)
        elif element == _CE.CE_TabBarTab:
            style_bars.paint_tab(theme, option, painter)
        elif element in (_CE.CE_HeaderSection, _CE.CE_HeaderEmptyArea):
            style_bars.paint_header(theme, option, painter)
        elif element == _CE.CE_HeaderLabel:
            style_bars.paint_header_label(theme, option, painter)
        elif element == _CE.CE_ProgressBar:
            style_bars.paint_progress(theme, option, painter)
        elif element == _CE.CE_MenuItem:
            style_menus.paint_menu_item(theme, option, painter)
        elif element == _CE.CE_MenuEmptyArea:
            painter.fillRect(option.rect, QColor(theme.tokens.raised))
        elif element == _CE.CE_Splitter:
            self._paint_splitter(option, painter)
        elif element == _CE.CE_ShapedFrame and isinstance(widget, QPlainTextEdit | QTextEdit):
            # An edit without a frame lies in a box that draws its own.
            if widget.frameShape() is not QFrame.Shape.NoFrame:
                style_fields.paint_frame(theme, option, painter, widget)
        else:
            super().drawControl(element, option, painter, widget)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: Any,
        painter: QPainter,
        widget: Any = None,
    ) -> None:
        theme = self._theme
        if element == _PE.PE_PanelLineEdit:
            self._paint_line_edit(option, painter, widget)
        elif element == _PE.PE_IndicatorCheckBox:
            style_indicators.paint_check(theme, option, painter)
        elif element == _PE.PE_IndicatorRadioButton:
            style_indicators.paint_radio(theme, option, painter)
        elif element in (_PE.PE_PanelTipLabel, _PE.PE_PanelMenu):
            style_menus.paint_panel(theme, option, painter)
        elif element == _PE.PE_FrameTabBarBase:
            whole = QRect(0, option.rect.y(), widget.width() if widget else 0, option.rect.height())
            line_below(painter, whole, theme.tokens.hair)
        elif element == _PE.PE_IndicatorBranch:
            style_bars.paint_branch(theme, option, painter)
        elif element == _PE.PE_PanelItemViewItem:
            self._paint_item(option, painter)
        elif element == _PE.PE_FrameFocusRect and not isinstance(widget, QCheckBox | QRadioButton | QTabBar):
            rounded(painter, option.rect, 5, None, theme.tokens.accent, FOCUS_WIDTH)
        elif element not in _NOTHING_TO_PAINT:
            super().drawPrimitive(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: Any,
        painter: QPainter,
        widget: Any = None,
    ) -> None:
        theme = self._theme
        if control == _CC.CC_ComboBox:
            style_fields.paint_combo(theme, option, painter, widget)
        elif control == _CC.CC_SpinBox:
            style_fields.paint_spin(theme, option, painter, widget)
        elif control == _CC.CC_ScrollBar:
            style_bars.paint_scroll_bar(theme, option, painter)
        elif control == _CC.CC_ToolButton and widget is not None and isinstance(widget.parent(), QTabBar):
            style_bars.paint_tab_scroller(theme, option, painter)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: Any,
        part: QStyle.SubControl,
        widget: Any = None,
    ) -> QRect:
        place: QRect | None = None
        if control == _CC.CC_ComboBox:
            place = style_fields.combo_part(self._theme, option, part, widget)
        elif control == _CC.CC_SpinBox:
            place = style_fields.spin_part(option, part)
        elif control == _CC.CC_ScrollBar:
            place = style_bars.scroll_part(option, part)
        return super().subControlRect(control, option, part, widget) if place is None else place

    def subElementRect(self, element: QStyle.SubElement, option: Any, widget: Any = None) -> QRect:
        if element == _SE.SE_LineEditContents and not style_fields.is_inside_other_field(widget):
            if isinstance(option, QStyleOptionFrame) and option.lineWidth == 0:
                return option.rect
            inset, icon = style_fields.TEXT_INSET, style_fields.leading_room(self._theme, widget)
            return QStyle.visualRect(
                option.direction, option.rect, option.rect.adjusted(inset + icon, 1, -inset, -1)
            )
        return super().subElementRect(element, option, widget)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: Any, size: QSize, widget: Any = None
    ) -> QSize:
        theme = self._theme
        if kind == _CT.CT_PushButton:
            return style_buttons.push_button_size(theme, option, widget)
        if kind == _CT.CT_ComboBox:
            return style_fields.combo_size(theme, size, widget)
        if kind == _CT.CT_LineEdit and not style_fields.is_inside_other_field(widget):
            return QSize(
                size.width() + 2 * style_fields.TEXT_INSET, style_fields.field_height(self._metrics(widget))
            )
        if kind == _CT.CT_SpinBox:
            return QSize(size.width() + 34, style_fields.field_height(self._metrics(widget)))
        if kind == _CT.CT_TabBarTab:
            return style_bars.tab_size(theme, option)
        if kind == _CT.CT_MenuItem:
            return style_menus.menu_item_size(theme, option)
        if kind in (_CT.CT_CheckBox, _CT.CT_RadioButton):
            found = super().sizeFromContents(kind, option, size, widget)
            return QSize(found.width(), max(28, found.height()))
        return super().sizeFromContents(kind, option, size, widget)

    def pixelMetric(self, metric: QStyle.PixelMetric, option: Any = None, widget: Any = None) -> int:
        if metric in (
            _PM.PM_IndicatorWidth,
            _PM.PM_IndicatorHeight,
            _PM.PM_ExclusiveIndicatorWidth,
            _PM.PM_ExclusiveIndicatorHeight,
        ):
            return self._theme.px(16) + 4
        if metric == _PM.PM_DefaultFrameWidth and isinstance(widget, QPlainTextEdit | QTextEdit):
            return 4
        fixed = _METRICS.get(metric)
        return super().pixelMetric(metric, option, widget) if fixed is None else fixed

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: Any = None,
        widget: Any = None,
        data: QStyleHintReturn | None = None,
    ) -> int:
        fixed = _HINTS.get(hint)
        return super().styleHint(hint, option, widget, data) if fixed is None else fixed

    def _metrics(self, widget: QWidget | None) -> QFontMetrics:
        return QFontMetrics(widget.font() if widget is not None else self._theme.font_for_fields())

    def _paint_line_edit(self, option: Any, painter: QPainter, widget: QWidget | None) -> None:
        framed = not isinstance(option, QStyleOptionFrame) or option.lineWidth > 0
        if framed and not style_fields.is_inside_other_field(widget):
            style_fields.paint_frame(self._theme, option, painter, widget)
            style_fields.paint_leading_icon(self._theme, option.rect, painter, widget)

    def _paint_item(self, option: Any, painter: QPainter) -> None:
        tokens = self._theme.tokens
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(tokens.hover))

    def _paint_splitter(self, option: Any, painter: QPainter) -> None:
        line = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Horizontal:
            line.setX(line.center().x())
            line.setWidth(1)
        else:
            line.setY(line.center().y())
            line.setHeight(1)
        painter.fillRect(line, QColor(self._theme.tokens.border))


_METRICS = {
    _PM.PM_ButtonShiftHorizontal: 0,
    _PM.PM_ButtonShiftVertical: 0,
    _PM.PM_ScrollBarExtent: style_bars.SCROLL_EXTENT,
    _PM.PM_ScrollBarSliderMin: 28,
    _PM.PM_ScrollView_ScrollBarSpacing: 0,
    _PM.PM_ScrollView_ScrollBarOverlap: 0,
    _PM.PM_CheckBoxLabelSpacing: 6,
    _PM.PM_RadioButtonLabelSpacing: 8,
    _PM.PM_TabBarTabShiftVertical: 0,
    _PM.PM_TabBarScrollButtonWidth: 28,
    _PM.PM_TabBarTabShiftHorizontal: 0,
    _PM.PM_TabBarTabOverlap: 0,
    _PM.PM_TabBarBaseOverlap: 0,
    _PM.PM_TabBarTabHSpace: 0,
    _PM.PM_MenuPanelWidth: 1,
    _PM.PM_MenuVMargin: 4,
    _PM.PM_MenuHMargin: 0,
    _PM.PM_ToolTipLabelFrameWidth: 6,
    _PM.PM_SplitterWidth: 5,
}

_HINTS = {
    _SH.SH_EtchDisabledText: 0,
    _SH.SH_ComboBox_Popup: 0,
    _SH.SH_ScrollBar_Transient: 0,
    _SH.SH_TabBar_Alignment: 1,
    _SH.SH_ScrollBar_MiddleClickAbsolutePosition: 1,
    _SH.SH_ToolTip_WakeUpDelay: 400,
}
