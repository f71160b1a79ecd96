"""Combo boxes whose entries have a main and a muted part, optionally searchable."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.theme.painting import rounded
from app.ui.theme.style_fields import paint_two_part_text
from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.field import Field


class _EntryDelegate(QStyledItemDelegate):
    """Draws "name  type · ID" with the second part muted, as the closed combo does."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        painter.save()
        painter.fillRect(option.rect, tokens.raised)
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(painter, option.rect.adjusted(4, 1, -4, -1), 5, tokens.accent_bg)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        font = self._theme.font(Role.BODY)
        paint_two_part_text(self._theme, painter, option.rect.adjusted(12, 0, -10, 0), text, font)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics = QFontMetrics(self._theme.font(Role.BODY))
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        return QSize(metrics.horizontalAdvance(text) + 40, max(32, metrics.height() + 12))


class ComboBox(QComboBox):
    """Entries are added with ``add``; the part after the name is muted ("Company ID  Text · cf_1…")."""

    def __init__(
        self,
        theme: Theme,
        *,
        icon: str = "",
        small: bool = False,
        searchable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._small = small
        self._told = ""
        self._spoken: QLabel | None = None
        self.setProperty("small", small)
        self.setProperty("leadingIcon", icon)
        self.setItemDelegate(_EntryDelegate(theme, self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if searchable:
            self._make_searchable()
        self.currentTextChanged.connect(self._tell_when_shortened)
        theme.changed.connect(self._restyle)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_when_shortened()

    def setAccessibleName(self, name: str) -> None:
        """What it is called, for the field inside a searchable one as well."""
        super().setAccessibleName(name)
        edit = self.lineEdit()
        if edit is not None:
            edit.setAccessibleName(name)
        if self._spoken is not None:
            self._spoken.setText(name.replace("&", "&&"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._be_labelled()

    def add(self, text: str, key: object, secondary: str = "") -> None:
        """Append an entry; ``key`` is what ``current_key`` returns while it is chosen."""
        self.addItem(f"{text}  {secondary}" if secondary else text, key)

    def current_key(self) -> object:
        return self.currentData()

    def choose(self, key: object) -> bool:
        """Select the entry with this key; False when there is none."""
        found = self.findData(key)
        self.setCurrentIndex(found)
        return found >= 0

    def _be_labelled(self) -> None:
        """On Linux Qt reads out what is chosen, not the name, and takes the name from a label beside it."""
        parent = self.parentWidget()
        if parent is None or self._spoken is not None or not self.accessibleName():
            return
        beside = parent.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if any(label.buddy() is self for label in beside):
            return
        self._spoken = QLabel(self.accessibleName().replace("&", "&&"), parent)
        self._spoken.setBuddy(self)
        self._spoken.hide()

    def _tell_when_shortened(self) -> None:
        """What does not fit is the tool tip, unless the place has given it one of its own."""
        if self.toolTip() not in ("", plain(self._told)):
            return
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        text = self.currentText()
        self._told = text if self.fontMetrics().horizontalAdvance(text) > room else ""
        self.setToolTip(plain(self._told))

    def _make_searchable(self) -> None:
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        popup, edit = completer.popup(), self.lineEdit()
        if popup is not None:
            popup.setItemDelegate(_EntryDelegate(self._theme, self))
        self.setCompleter(completer)
        if edit is not None:
            edit.setFrame(False)
            edit.editingFinished.connect(self._restore_text)

    def _restore_text(self) -> None:
        """What was typed but is no entry goes away again."""
        self.setEditText(self.itemText(self.currentIndex()))

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Role.CAPTION if self._small else Role.BODY))
        self.updateGeometry()


class ComboField(Field):
    """A labelled combo box; ``chosen`` carries the key of the entry a person picked."""

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        label: str,
        *,
        icon: str = "",
        searchable: bool = False,
        help_text: str = "",
        help_icon: str = "",
        side: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        self.combo = ComboBox(theme, icon=icon, searchable=searchable)
        super().__init__(
            theme, label, self.combo, help_text=help_text, help_icon=help_icon, side=side, parent=parent
        )
        self.combo.activated.connect(self._activated)

    def _activated(self, index: int) -> None:
        self.chosen.emit(self.combo.itemData(index))
