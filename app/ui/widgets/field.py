"""Labelled fields: label above, help or error below, both told to screen readers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QStyle, QVBoxLayout, QWidget

from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.chip import Chip
from app.ui.widgets.chip_painting import ChipSpec
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label, WrappedLabel

_HINT_INSET = 2


class LineEdit(QLineEdit):
    """A line edit in the body or the fixed font, with an optional icon before the text."""

    def __init__(
        self,
        theme: Theme,
        *,
        placeholder: str = "",
        mono: bool = False,
        leading_icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = Role.MONO if mono else Role.BODY
        self._told = ""
        self.setPlaceholderText(placeholder)
        self.setProperty("leadingIcon", leading_icon)
        theme.changed.connect(self._restyle)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_when_shortened()

    def setPlaceholderText(self, text: str) -> None:
        super().setPlaceholderText(text)
        self._tell_when_shortened()

    def set_invalid(self, *, invalid: bool) -> None:
        self.setProperty("invalid", invalid)
        self.update()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._role))
        self.updateGeometry()

    def _tell_when_shortened(self) -> None:
        """A hint that does not fit is the tool tip, unless the place has given it one of its own."""
        if self.toolTip() not in ("", plain(self._told)):
            return
        margins, hint = self.textMargins(), self.placeholderText()
        room = self.width() - margins.left() - margins.right() - 2 * _HINT_INSET
        self._told = hint if self.fontMetrics().horizontalAdvance(hint) > room else ""
        self.setToolTip(plain(self._told))


class NoteLine(QWidget):
    """The line below a field: an icon and a caption, muted for help, red for an error."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = Icon(theme, "info", "muted", 14)
        self._text = WrappedLabel(theme, "", Role.CAPTION, "muted")
        holder = QVBoxLayout()
        holder.setContentsMargins(0, 1, 0, 0)
        holder.addWidget(self._icon)
        holder.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addLayout(holder)
        row.addWidget(self._text, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    @property
    def text(self) -> str:
        return self._text.text()

    def show_text(self, text: str, color: str = "muted", icon: str = "") -> None:
        """Empty text takes the line away."""
        self._icon.set_icon(icon or "info", color)
        self._icon.setVisible(bool(icon))
        self._text.set_color(color)
        self._text.set_text(text)
        self.setVisible(bool(text))


class Field(QWidget):
    """Label, editor and note. Subclasses pass the editor; ``side`` widgets stand beside it."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        editor: QWidget,
        *,
        help_text: str = "",
        help_icon: str = "",
        side: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._help = help_text
        self._help_icon = help_icon
        self._error = ""
        self.label = Label(theme, label.replace("&", "&&"), Role.LABEL)
        self.label.setBuddy(editor)
        if not label:
            self.label.hide()
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        self.row.addWidget(editor, 1)
        for widget in side:
            self.row.addWidget(widget)
        self._note = NoteLine(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.label)
        column.addLayout(self.row)
        column.addWidget(self._note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._editor = editor
        editor.setAccessibleName(label)
        self.setFocusProxy(editor)
        self._show_note()

    @property
    def error(self) -> str:
        return self._error

    def set_label(self, label: str) -> None:
        self.label.setText(label.replace("&", "&&"))
        self._editor.setAccessibleName(label)

    def set_error(self, text: str) -> None:
        """What is wrong with the value, or an empty text when it is fine again."""
        self._error = text
        self._editor.setProperty("invalid", bool(text))
        self._editor.update()
        self._show_note()

    def set_help(self, text: str, icon: str = "") -> None:
        self._help, self._help_icon = text, icon
        self._show_note()

    def _show_note(self) -> None:
        if self._error:
            self._note.show_text(self._error, "error", "circle-alert")
        else:
            self._note.show_text(self._help, "muted", self._help_icon)
        self._editor.setAccessibleDescription(self._error or self._help)


class TextField(Field):
    """One line of text. ``edited`` fires while typing, ``committed`` on leaving the field or Enter."""

    edited = Signal(str)
    committed = Signal()

    def __init__(
        self,
        theme: Theme,
        label: str,
        value: str = "",
        *,
        placeholder: str = "",
        help_text: str = "",
        help_icon: str = "",
        mono: bool = False,
        leading_icon: str = "",
        side: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        self.edit = LineEdit(theme, placeholder=placeholder, mono=mono, leading_icon=leading_icon)
        super().__init__(
            theme, label, self.edit, help_text=help_text, help_icon=help_icon, side=side, parent=parent
        )
        self.edit.setText(value)
        self.edit.textEdited.connect(self._edited)
        self.edit.editingFinished.connect(self.committed)

    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        self.edit.setText(text)

    def _edited(self, text: str) -> None:
        self.edited.emit(text)


class SearchField(LineEdit):
    """A filter: search icon, clear on Escape, and ``key_hint`` (for example "/") drawn at its end."""

    def __init__(
        self, theme: Theme, placeholder: str, *, key_hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, placeholder=placeholder, leading_icon="search", parent=parent)
        self.setAccessibleName(placeholder)
        self._key_hint = key_hint
        self._hint = Chip(theme, ChipSpec(key_hint), parent=self)
        self._hint.setVisible(bool(key_hint))
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(self._hide_hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._hint.sizeHint()
        place = QRect(QPoint(self.width() - size.width() - 7, (self.height() - size.height()) // 2), size)
        self._hint.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def _hide_hint(self, text: str) -> None:
        self._hint.setVisible(bool(self._key_hint) and not text)
