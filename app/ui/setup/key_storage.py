"""Where the key is kept: a sentence with a menu, and the passphrase of an encrypted file."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.storage.key_store import KeyringReport, KeyringState
from app.storage.profile import KeyLocation
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.field import NoteLine
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label
from app.ui.widgets.secret_field import SecretField


class KeyStorage(QWidget):
    """Offers the keyring only after it was found; until then, and without one, the other places."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keyring = ""
        self._decided = False
        self.combo = ComboBox(theme, small=True)
        self.combo.setAccessibleName(self.tr("Kept in"))
        self.combo.setMinimumContentsLength(20)
        self.passphrase = SecretField(
            theme,
            self.tr("Passphrase of the encrypted file"),
            help_text=self.tr(
                "It is asked for at each start. Without it nobody can read the key, nor can you."
            ),
        )
        self._note = NoteLine(theme)
        sentence = FlowLayout(spacing=8)
        self._label = Label(theme, self.tr("Kept in"), Role.CAPTION, "muted")
        self._label.setBuddy(self.combo)
        for widget in (
            Icon(theme, "lock", "muted", 14),
            self._label,
            self.combo,
            Label(theme, self.tr("Never in settings, logs or exports."), Role.CAPTION, "muted"),
        ):
            sentence.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addLayout(sentence, 1)
        column.addLayout(row)
        column.addWidget(self._note)
        column.addWidget(self.passphrase)
        self.combo.activated.connect(self._chosen)
        self._fill()

    @property
    def location(self) -> KeyLocation:
        # Qt hands an entry's data back as plain text.
        return KeyLocation(str(self.combo.current_key() or KeyLocation.MEMORY))

    @property
    def place(self) -> str:
        """The place in words, as it stands in a sentence."""
        return self.place_of(self.location)

    def place_of(self, location: KeyLocation) -> str:
        return {
            KeyLocation.KEYRING: self._keyring or self.tr("the keyring"),
            KeyLocation.MEMORY: self.tr("memory until you quit"),
            KeyLocation.ENCRYPTED_FILE: self.tr("an encrypted file"),
            KeyLocation.ENVIRONMENT: self.tr("the environment"),
        }[location]

    def passphrase_text(self) -> str | None:
        """The passphrase where one is needed."""
        if self.location is not KeyLocation.ENCRYPTED_FILE:
            return None
        return self.passphrase.secret()

    def set_keyring(self, report: KeyringReport) -> None:
        """What was found; a person's own choice stays."""
        missing = report.state is KeyringState.MISSING
        self._keyring = "" if missing else report.name
        note = ""
        if missing:
            note = self.tr(
                "No keyring runs on this computer. The key can be kept until you quit, or in a file that a "
                "passphrase encrypts."
            )
        elif report.state is KeyringState.LOCKED:
            note = self.tr("{name} is locked. It asks for its own password when the key is saved.").format(
                name=report.name
            )
        self._note.show_text(note, "muted", "info")
        self._fill()
        self.changed.emit()

    def choose(self, location: KeyLocation) -> None:
        self._decided = True
        self.combo.choose(location)
        self._show_passphrase()
        self.changed.emit()

    def _fill(self) -> None:
        before = self.location if self._decided else None
        with QSignalBlocker(self.combo):
            self.combo.clear()
            if self._keyring:
                self.combo.add(self._keyring, KeyLocation.KEYRING)
            self.combo.add(self.tr("Memory, until you quit"), KeyLocation.MEMORY)
            self.combo.add(self.tr("An encrypted file"), KeyLocation.ENCRYPTED_FILE)
            self.combo.setCurrentIndex(0)
            if before is not None and not self.combo.choose(before):
                self.combo.setCurrentIndex(0)
        self._show_passphrase()

    def _chosen(self, _index: int) -> None:
        self._decided = True
        self._show_passphrase()
        self.changed.emit()

    def _show_passphrase(self) -> None:
        self.passphrase.setVisible(self.location is KeyLocation.ENCRYPTED_FILE)
