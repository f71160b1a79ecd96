"""The list of variables and functions that Ctrl+Space opens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.segment.event_variables import EventVariable
from app.ui.theme.painting import line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.function_catalog import FunctionEntry
from app.ui.value_editor.picker_model import (
    ENTRY_ROLE,
    Entry,
    Heading,
    NamedVariable,
    Offer,
    PickerModel,
    VariableIndex,
    example_in_words,
    presence_in_words,
    spoken,
)
from app.ui.value_editor.popover import Popover
from app.ui.value_editor.words import tr, variable_label
from app.ui.widgets.field import SearchField
from app.ui.widgets.labels import ElidedLabel, Label

_SHOWN_ROWS = 10
_FEWEST_ROWS = 4
_WIDTH = 460
_INSET = 12


class _Search(SearchField):
    """Lets the list have its keys first."""

    handler: Callable[[QKeyEvent], bool]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.handler(event):
            event.accept()
        else:
            super().keyPressEvent(event)


class Picker(Popover):
    """Search on top, entries below. The keyboard focus stays in the search field."""

    picked = Signal(object, bool)
    """The entry, and whether it is meant for the whole value (Shift+Enter); after ``closed``."""

    def __init__(
        self, theme: Theme, anchor: QWidget, index: VariableIndex, offer: Offer, target: str = ""
    ) -> None:
        """``target`` names what a function would apply to."""
        super().__init__(theme, anchor, "", width=_WIDTH)
        self.setAccessibleName(self.tr("Insert a variable or function"))
        self._target = target
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.search = _Search(theme, self._prompt(offer))
        self._model = PickerModel(index, offer, self)
        self.list = QListView()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The view asks for the number of rows once for every row; only of a model of Qt is that cheap.
        self._rows = QSortFilterProxyModel(self)
        self._rows.setSourceModel(self._model)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_EntryDelegate(theme, self.list))
        self.list.setAccessibleName(self.tr("Variables and functions"))
        self.list.viewport().setAutoFillBackground(False)
        self._none = Label(theme, "", Role.BODY, "muted")
        self._none.setMargin(_INSET)
        self._foot = ElidedLabel(theme, "", Role.CAPTION, "muted")
        self._foot.setContentsMargins(_INSET, 7, _INSET, 8)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 8)
        top.addWidget(self.search)
        self.body.addLayout(top)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self._none)
        self.body.addWidget(self._foot)
        self.search.textChanged.connect(self._narrow)
        self.search.handler = self._key
        self.list.clicked.connect(self._clicked)
        self._narrow("")

    def initial_focus(self) -> QWidget:
        return self.search

    def wanted_size(self) -> QSize:
        row = _row_height(self._theme)
        rows = max(_FEWEST_ROWS, min(_SHOWN_ROWS, self._model.rowCount()))
        around = self.search.sizeHint().height() + self._foot.sizeHint().height() + 16 + 4
        return QSize(self._theme.px(_WIDTH), row * rows + around)

    def focusNextPrevChild(self, _forward: bool) -> bool:
        """Tab goes to the other kind of entries: there is nothing else in here to go to."""
        self._choose(self._model.first_of_other_group(self.list.currentIndex().row()))
        return True

    def _key(self, event: QKeyEvent) -> bool:
        """What a key in the search field does to the list; False leaves it to the field."""
        row = self.list.currentIndex().row()
        key = event.key()
        page = max(1, self.list.viewport().height() // _row_height(self._theme) - 1)
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
        }
        if key in steps:
            self._step(row, steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(row, whole=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.reject()
        else:
            return False
        return True

    def _step(self, row: int, step: int) -> None:
        if abs(step) == 1:
            self._choose(self._model.next_choosable(row, step))
            return
        target = max(0, min(row + step, self._model.rowCount() - 1))
        self._choose(self._model.next_choosable(target - 1, 1))

    def _choose(self, row: int) -> None:
        index = self._rows.index(row, 0)
        self.list.setCurrentIndex(index)
        above = self._model.entry(row - 1)
        if isinstance(above, Heading):
            self.list.scrollTo(self._rows.index(row - 1, 0))
        self.list.scrollTo(index)
        entry = self._model.entry(row)
        # The list never has the focus, so the field that has it says what is chosen.
        self.search.setAccessibleDescription("" if entry is None else spoken(entry))
        self._foot.setText(self._keys_for(entry))

    def _narrow(self, query: str) -> None:
        self._model.set_query(query)
        found = self._model.rowCount() > 0
        self.list.setVisible(found)
        self._none.setVisible(not found)
        self._none.setText(self.tr("Nothing is called “{0}”.").format(query))
        self._choose(self._model.next_choosable(-1, 1))

    def _clicked(self, index: QModelIndex) -> None:
        self._pick(index.row(), whole=False)

    def _pick(self, row: int, *, whole: bool) -> None:
        entry = self._model.entry(row)
        if entry is None or isinstance(entry, Heading):
            return
        self.accept()
        self.picked.emit(entry, whole)

    def _keys_for(self, entry: Entry | None) -> str:
        if entry is None:
            return self.tr("Esc goes back to the text")
        if not isinstance(entry, FunctionEntry) or entry.icon != "zap":
            return self.tr("Enter inserts · Tab goes to functions and back · Esc returns")
        if not self._target:
            return self.tr("Enter applies it to the whole value · Esc returns")
        return self.tr("Enter applies it to {0} · Shift+Enter to the whole value").format(self._target)

    def _prompt(self, offer: Offer) -> str:
        return {
            Offer.ALL: self.tr("Search variables and functions"),
            Offer.VARIABLES: self.tr("Search variables"),
            Offer.FUNCTIONS: self.tr("Search functions"),
        }[offer]


class _EntryDelegate(QStyledItemDelegate):
    """One line per entry: icon, name, muted example or help, presence at the far side."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(1, _row_height(self._theme))  # the list makes rows as wide as itself

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(ENTRY_ROLE)
        tokens = self._theme.tokens
        rect = QRectF(option.rect)
        painter.save()
        painter.setLayoutDirection(option.direction)
        if isinstance(entry, Heading):
            painter.fillRect(rect, self._theme.color("sunken"))
            inner = rect.adjusted(_INSET, 0, -_INSET, 0)
            font = self._theme.font(Role.TABLE_HEADER)
            line_of_text(painter, inner, entry.title, font, tokens.muted)
            line_of_text(painter, inner, str(entry.count), font, tokens.muted, Qt.AlignmentFlag.AlignRight)
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                rounded(painter, rect.adjusted(4, 1, -4, -1), 6, tokens.accent_bg)
            elif option.state & QStyle.StateFlag.State_MouseOver:
                rounded(painter, rect.adjusted(4, 1, -4, -1), 6, tokens.hover)
            self._entry(painter, option, entry)
        painter.restore()

    def _entry(self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry) -> None:
        name, sub, right, mono = _shown(entry)
        tokens = self._theme.tokens
        bounds = QRectF(option.rect)
        inner = bounds.adjusted(_INSET, 0, -_INSET, 0)
        size = self._theme.px(14)
        icon = QRectF(inner.x(), inner.center().y() - size / 2, size, size)
        is_function = not mono
        color = tokens.violet if is_function else tokens.accent
        self._theme.icons.paint(
            painter, visual(option.direction, bounds, icon), getattr(entry, "icon", "variable"), color
        )
        inner.setLeft(icon.right() + 8)
        figures = self._theme.font(Role.AXIS)
        if right:
            width = QFontMetrics(figures).horizontalAdvance(right)
            place = QRectF(inner.right() - width, inner.y(), width, inner.height())
            place = visual(option.direction, bounds, place)
            line_of_text(painter, place, right, figures, tokens.muted)
            inner.setRight(inner.right() - width - 10)
        font = self._theme.font(Role.MONO if mono else Role.LABEL)
        most = inner.width() * (0.62 if sub else 1)
        wide = min(QFontMetrics(font).horizontalAdvance(name), int(most))
        place = visual(option.direction, bounds, QRectF(inner.x(), inner.y(), wide + 1, inner.height()))
        line_of_text(painter, place, name, font, tokens.text, elide=Qt.TextElideMode.ElideMiddle)
        inner.setLeft(inner.left() + wide + 10)
        if sub and inner.width() > 20:
            font = self._theme.font(Role.CAPTION)
            line_of_text(painter, visual(option.direction, bounds, inner), sub, font, tokens.muted)


def _shown(entry: Entry) -> tuple[str, str, str, bool]:
    """Name, muted text, text at the far side, and whether the name is in the fixed font."""
    if isinstance(entry, EventVariable):
        return entry.label, example_in_words(entry.example), presence_in_words(entry), True
    if isinstance(entry, NamedVariable):
        words = tr("in none of the collected events")
        return variable_label(entry.keys), words, "", True
    if isinstance(entry, Heading):
        return entry.title, "", "", False
    return entry.title, entry.help, "", False


def _row_height(theme: Theme) -> int:
    return max(32, QFontMetrics(theme.font(Role.LABEL)).height() + 14)
