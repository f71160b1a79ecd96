"""The left column: what the events hold, to be put into a field by key, double click or drag."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.segment.event_variables import EventVariable
from app.ui.mapping.variables_model import VariableRole, VariablesModel, presence, shown_example
from app.ui.theme.painting import FOCUS_WIDTH, line_below, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.field import SearchField
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import Label, WrappedLabel

_WIDTH = 220
_INSET = 14
_END = 9
_MARK = 12


class _VariableDelegate(QStyledItemDelegate):
    """Two lines at the left (name in the fixed font, example), the share of events at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def row_height(self) -> int:
        name = QFontMetrics(self._theme.font(Role.MONO)).height()
        return max(45, name + QFontMetrics(self._theme.font(Role.CAPTION)).height() + 13)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, self.row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        variable: EventVariable = index.data(VariableRole.VARIABLE)
        tokens, rect = self._theme.tokens, QRectF(option.rect)
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, self._theme.color("accent_bg"))
            bar = QRectF(rect.x(), rect.y(), 3, rect.height())
            painter.fillRect(visual(option.direction, rect, bar), self._theme.color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.color("hover"))
        line_below(painter, rect, tokens.hair)
        self._paint_words(painter, option, variable, used=bool(index.data(VariableRole.USED)))
        painter.restore()

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, variable: EventVariable, *, used: bool
    ) -> None:
        theme, rect = self._theme, QRectF(option.rect)
        content = rect.adjusted(_INSET, 0, -_END, -1)
        figure = theme.font(Role.FIGURE_SMALL)
        share = presence(variable)
        width = QFontMetrics(figure).horizontalAdvance(share) + 2
        place = QRectF(content.right() - width, content.y(), width, content.height())
        right = Qt.AlignmentFlag.AlignRight
        muted = theme.tokens.muted
        line_of_text(painter, visual(option.direction, rect, place), share, figure, muted, right)
        content.setRight(place.left() - 6)
        mono, caption = theme.font(Role.MONO), theme.font(Role.CAPTION)
        first, second = QFontMetrics(mono).height(), QFontMetrics(caption).height()
        top = content.center().y() - (first + second) / 2
        upper = QRectF(content.x(), top, content.width(), first)
        lower = QRectF(content.x(), top + first, content.width(), second)
        if used:
            size = theme.px(_MARK)
            box = QRectF(lower.right() - size, lower.center().y() - size / 2, size, size)
            theme.icons.paint(painter, visual(option.direction, rect, box), "check", theme.tokens.skip)
            lower.setRight(box.left() - 4)
        middle = Qt.TextElideMode.ElideMiddle
        name, example = variable.label, shown_example(variable.example)
        upper, lower = visual(option.direction, rect, upper), visual(option.direction, rect, lower)
        line_of_text(painter, upper, name, mono, theme.tokens.text, elide=middle)
        line_of_text(painter, lower, example, caption, muted)


class VariablesList(QListView):
    """Rows of one height, so that 20 000 of them cost no more than those in sight."""

    chosen = Signal(tuple)

    def __init__(self, theme: Theme, model: VariablesModel) -> None:
        super().__init__()
        self._theme = theme
        self._variables = model
        self._delegate = _VariableDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.SinglePass)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Event variables"))
        self.setAccessibleDescription(self.tr("Enter puts the chosen variable into the field"))
        # Not "activated": some desktops send it on a single click.
        self.doubleClicked.connect(lambda index: self._choose(index.row()))
        theme.changed.connect(self._restyle)
        self._restyle()

    def choose_current(self) -> None:
        """Hand on the selected variable, or the first where none is selected."""
        self._choose(max(0, self.currentIndex().row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.choose_current()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and not self.currentIndex().isValid():
            painter = QPainter(self.viewport())
            rounded(painter, self.viewport().rect(), 4, None, self._theme.tokens.accent, FOCUS_WIDTH)

    def _choose(self, row: int) -> None:
        variable = self._variables.variable(row)
        if variable is not None:
            self.chosen.emit(variable.keys)

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        self.setPalette(palette)
        self.scheduleDelayedItemsLayout()


class VariablesPanel(QWidget):
    """``insert_requested`` carries the keys of the variable that is to go into the field."""

    insert_requested = Signal(tuple)

    def __init__(self, theme: Theme, model: VariablesModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self._wide = self._made_up = False
        self.count = Label(theme, "", Role.FIGURE_SMALL, "muted")
        self.filter = SearchField(theme, self.tr("Filter variables"))
        self.list = VariablesList(theme, model)
        self._nothing = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self._empty = QWidget()
        self._build()
        self.filter.textChanged.connect(self._filter_changed)
        self.filter.returnPressed.connect(self.list.choose_current)
        self.filter.installEventFilter(self)
        self.list.chosen.connect(self.insert_requested)
        model.modelReset.connect(self._tell)
        theme.changed.connect(self._resize)
        self._resize()
        self._tell()

    def set_made_up(self, *, made_up: bool) -> None:
        """Say that the shares come from the built-in samples, not from anybody's own events."""
        self._made_up = made_up
        self._tell()

    def set_wide(self, *, wide: bool) -> None:
        """Take the whole width of a narrow page instead of a column."""
        self._wide = wide
        self._resize()

    def column_width(self) -> int:
        """What the panel takes as a column, in px."""
        return self._theme.px(_WIDTH)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Down and self._model.rowCount():
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self._model.index(0, 0))
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.fillRect(0 if left else self.width() - 1, 0, 1, self.height(), self._theme.color("border"))

    def _build(self) -> None:
        heading = Label(self._theme, self.tr("Event variables"), Role.HEADING)
        heading.setBuddy(self.list)
        head = QHBoxLayout()
        head.setContentsMargins(2, 0, 2, 0)
        head.addWidget(heading, 1)
        head.addWidget(self.count)
        top = QVBoxLayout()
        top.setContentsMargins(12, 13, 12, 11)
        top.setSpacing(8)
        top.addLayout(head)
        top.addWidget(self.filter)
        holder = QVBoxLayout(self._empty)
        holder.setContentsMargins(_INSET, 12, _INSET, 0)
        holder.addWidget(self._nothing)
        holder.addStretch(1)
        column = QVBoxLayout(self)
        # 1 px at the side stays free, or the list would hide the line of the panel.
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Hair(self._theme))
        column.addWidget(self._empty, 1)
        column.addWidget(self.list, 1)

    def _filter_changed(self, text: str) -> None:
        self._model.set_filter(text)
        if text and self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0, 0))

    def _tell(self) -> None:
        shown, total = self._model.rowCount(), self._model.total
        counted = f"{shown:,}" if shown == total else f"{shown:,} / {total:,}"
        spoken = self.tr("{shown} of {total} shown").format(shown=shown, total=total)
        if self._made_up and total:
            origin = self.tr("Sample data")
            counted, spoken = f"{origin} · {counted}", f"{origin}, {spoken}"
        self.count.setText(counted)
        self.count.setAccessibleName(spoken)
        if not total:
            text = self.tr("No events yet. What they hold is listed here.")
        else:
            text = self.tr("No variable with this name or value.")
        self._nothing.set_text("" if shown else text)
        self._empty.setVisible(not shown)
        self.list.setVisible(bool(shown))

    def _resize(self) -> None:
        if self._wide:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        else:
            self.setFixedWidth(self.column_width())
