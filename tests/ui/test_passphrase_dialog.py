"""Unlocking an encrypted secrets file: a wrong passphrase is said, a second try is possible."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.storage.encrypted_file import EncryptedFileSecretStore
from app.storage.secret_store import SecretKind
from app.ui.passphrase_dialog import PassphraseDialog
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt

PROFILE_ID = "0" * 32


def test_a_wrong_passphrase_is_said_and_the_right_one_unlocks(
    qapp: QApplication, theme: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "secrets.enc"
    EncryptedFileSecretStore(path, PROFILE_ID, "correct horse").set(SecretKind.CLOSE_API_KEY, "api_key")

    def unlock(passphrase: str) -> None:
        EncryptedFileSecretStore(path, PROFILE_ID, passphrase).get(SecretKind.CLOSE_API_KEY)

    def unexpected(error: BaseException) -> None:
        raise error

    async def work() -> None:
        window = QWidget()
        window.show()
        dialog = PassphraseDialog(theme, window, unlock, unexpected)
        unlocked: list[bool] = []
        dialog.unlocked.connect(lambda: unlocked.append(True))
        dialog.open()
        QTest.keyClicks(dialog.passphrase.edit, "wrong")
        QTest.keyClick(dialog.passphrase.edit, Qt.Key.Key_Return)
        await until(lambda: "passphrase" in dialog.passphrase.error.lower(), what="the refusal")
        assert not unlocked
        dialog.passphrase.edit.selectAll()
        QTest.keyClicks(dialog.passphrase.edit, "correct horse")
        QTest.mouseClick(dialog.unlock_button, Qt.MouseButton.LeftButton)
        await until(lambda: unlocked, what="the unlocked secrets")
        window.close()

    run_in_qt(qapp, work())
