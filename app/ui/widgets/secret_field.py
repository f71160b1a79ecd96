"""Fields for secrets and for values that are only read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.theme.painting import line_of_text
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.field import Field, LineEdit
from app.ui.widgets.secret_clipboard import copy_secret

_BULLETS = "•" * 24


class _Revealed(QWidget):
    """Shows the secret by painting it over the field.

    The field itself stays in password mode the whole time: switching its echo mode would hand the value to
    every program that reads accessibility text.
    """

    def __init__(self, theme: Theme, edit: QLineEdit) -> None:
        super().__init__(edit)
        self._theme = theme
        self._edit = edit
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("raised"))
        font = self._theme.font(Role.MONO)
        line_of_text(painter, self.rect(), self._edit.text(), font, self._theme.color("text"))


class SecretField(Field):
    """A masked value with Reveal (while held) and Paste. Its text is read through ``secret`` only."""

    edited = Signal()
    committed = Signal()

    def __init__(
        self,
        theme: Theme,
        label: str,
        *,
        placeholder: str = "",
        help_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self.edit = LineEdit(theme, placeholder=placeholder, mono=True)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.reveal_button = Button(theme, "", icon="eye")
        self.paste_button = Button(theme, "", icon="clipboard-paste")
        super().__init__(
            theme,
            label,
            self.edit,
            help_text=help_text,
            side=(self.reveal_button, self.paste_button),
            parent=parent,
        )
        self.reveal_button.set_text(self.tr("Reveal"))
        self.reveal_button.setAccessibleDescription(self.tr("Shows the value while the button is held"))
        self.paste_button.set_text(self.tr("Paste"))
        self._revealed = _Revealed(theme, self.edit)
        self.reveal_button.pressed.connect(self._reveal)
        self.reveal_button.released.connect(self._revealed.hide)
        self.reveal_button.installEventFilter(self)
        self.paste_button.clicked.connect(self.paste)
        self.edit.textEdited.connect(self._edited)
        self.edit.editingFinished.connect(self.committed)

    def secret(self) -> str:
        return self.edit.text()

    def set_secret(self, value: str) -> None:
        self.edit.setText(value)

    def paste(self) -> None:
        """Replace the value by the clipboard's text."""
        text = QGuiApplication.clipboard().text()
        if text:
            self.edit.setText("".join(text.splitlines()))
            self._edited()
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.reveal_button and event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self._revealed.hide()
        return super().eventFilter(watched, event)

    def _reveal(self) -> None:
        if self.edit.text():
            self._revealed.setGeometry(self.edit.rect().adjusted(9, 3, -3, -3))
            self._revealed.show()

    def _edited(self, _text: str = "") -> None:
        self.edited.emit()


class ReadOnlyField(Field):
    """A value to take elsewhere, with Copy beside it.

    A ``secret`` value is shown as bullets of a fixed length, copied as it is, and taken off the clipboard
    after a minute unless something else has replaced it there.
    """

    copied = Signal()

    def __init__(
        self,
        theme: Theme,
        label: str,
        value: str = "",
        *,
        mono: bool = True,
        secret: bool = False,
        copyable: bool = True,
        help_text: str = "",
        side: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        self.edit = LineEdit(theme, mono=mono)
        self.edit.setReadOnly(True)
        self.copy_button = Button(theme, "", icon="copy")
        beside = (self.copy_button, *side) if copyable else side
        super().__init__(theme, label, self.edit, help_text=help_text, side=beside, parent=parent)
        self.copy_button.set_text(self.tr("Copy"))
        self.copy_button.setAccessibleName(self.tr("Copy {name}").format(name=label))
        self.copy_button.clicked.connect(self.copy)
        if not copyable:
            self.copy_button.setParent(self)
            self.copy_button.hide()
        self._secret = secret
        self._value = ""
        self.set_value(value)

    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        self._value = value
        self.edit.setText((_BULLETS if value else "") if self._secret else value)
        self.edit.setCursorPosition(0)

    def copy(self) -> None:
        if self._secret:
            copy_secret(self._value)
        else:
            QGuiApplication.clipboard().setText(self._value)
        self.copied.emit()
