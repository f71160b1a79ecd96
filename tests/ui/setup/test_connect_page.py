from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assembly import Assistant
from app.close.failures import CloseError, FailureKind
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.storage.key_store import KeyringReport, KeyringState
from app.storage.profile import KeyLocation, Profile
from app.ui.setup.connect_page import ConnectPage
from app.ui.theme.theme import Theme
from app.workflows.setup import SetupFlow, SetupState, Step
from tests.ui.setup.actors import KEY, MemoryClose, RefusingSecrets, flow_with, secrets
from tests.ui.setup.conftest import Screen

KEYRING = KeyringReport("GNOME Keyring", KeyringState.AVAILABLE)
NONE = KeyringReport("no keyring", KeyringState.MISSING)


def page_for(screen: Screen, theme: Theme, flow: SetupFlow, report: KeyringReport = NONE) -> ConnectPage:
    page = ConnectPage(
        theme, flow, screen.unexpected.append, probe_keyring=lambda: report, open_url=lambda _url: None
    )
    screen.show(page)
    return page


def memory_flow(tmp_path: Path, close: MemoryClose | None = None, **more: object) -> SetupFlow:
    state = SetupState(Profile("0" * 32, "default"), Step.CONNECT, frozenset({Step.START}))
    return flow_with(close or MemoryClose(), state, folder=tmp_path, **more)  # type: ignore[arg-type]


async def test_one_press_checks_a_pasted_key_and_the_next_one_continues(
    screen: Screen, theme: Theme, assistant: Assistant, close: SandboxThread, qtbot: QtBot
) -> None:
    flow = assistant.setup_flow("default")
    flow.start()
    page = page_for(screen, theme, flow)
    QApplication.clipboard().setText(f' "{close.sandbox.api_key}"\n')
    screen.click(page.key.paste_button)
    screen.press("Ctrl+Return")
    await screen.until(lambda: screen.primary == "Continue with Acme Inc.")
    assert page.card.isVisible()
    assert flow.state.profile.organization is None
    with qtbot.waitSignal(page.done, timeout=0, raising=False) as done:
        screen.press("Ctrl+Return")
        await screen.until(lambda: done.signal_triggered)
    assert flow.state.step is Step.FIELDS
    assert flow.state.profile.key_location is KeyLocation.MEMORY
    assert assistant.secrets.api_key(flow.state.profile) == close.sandbox.api_key
    assert page.key.secret() == ""


async def test_a_refused_key_is_named_at_the_field_and_nothing_is_kept(
    screen: Screen, theme: Theme, assistant: Assistant, close: SandboxThread
) -> None:
    flow = assistant.setup_flow("default")
    flow.start()
    page = page_for(screen, theme, flow)
    page.key.edit.setText(KEY)
    screen.press("Ctrl+Return")
    await screen.until(lambda: page.error)
    assert page.error is not None
    assert page.error.code == "CLOSE-KEY-REFUSED"
    assert page.key.error == "Close does not accept this key."
    assert flow.state.profile.organization is None
    assert screen.primary == "Check key"
    QApplication.clipboard().setText(close.sandbox.api_key)
    screen.click(screen.button("Paste another key"))
    assert page.key.secret() == close.sandbox.api_key
    assert page.error is None


async def test_a_wrong_paste_is_named_when_the_field_is_left(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    page = page_for(screen, theme, memory_flow(tmp_path))
    page.key.edit.setFocus()
    for letter in "lead_9aZ":
        screen.press(letter, page.key.edit)
    page.storage.combo.setFocus()
    assert "a lead ID" in page.key.error
    screen.press("Ctrl+Return")
    assert page.key.edit.hasFocus()


async def test_a_keyring_that_refuses_leads_to_the_other_places(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    flow = memory_flow(tmp_path, access=secrets(tmp_path, RefusingSecrets))
    page = page_for(screen, theme, flow, KEYRING)
    await screen.until(lambda: page.storage.location is KeyLocation.KEYRING)
    page.key.edit.setText(KEY)
    screen.press("Ctrl+Return")
    await screen.until(lambda: screen.primary.startswith("Continue"))
    screen.press("Ctrl+Return")
    await screen.until(lambda: page.error)
    assert Step.CONNECT not in flow.state.done
    screen.click(screen.button("Keep it until I quit"))
    await screen.until(lambda: Step.CONNECT in flow.state.done)
    assert flow.state.profile.key_location is KeyLocation.MEMORY


async def test_an_encrypted_file_needs_a_passphrase(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    flow = memory_flow(tmp_path)
    page = page_for(screen, theme, flow)
    page.storage.choose(KeyLocation.ENCRYPTED_FILE)
    page.key.edit.setText(KEY)
    screen.press("Ctrl+Return")
    await screen.until(lambda: screen.primary.startswith("Continue"))
    screen.press("Ctrl+Return")
    assert page.storage.passphrase.error
    assert page.storage.passphrase.edit.hasFocus()
    page.storage.passphrase.edit.setText("four words are fine")
    screen.press("Ctrl+Return")
    await screen.until(lambda: Step.CONNECT in flow.state.done)
    assert KEY not in (tmp_path / "secrets.json").read_text("utf-8")


async def test_without_a_keyring_only_the_other_places_are_offered(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    page = page_for(screen, theme, memory_flow(tmp_path))
    await screen.until(lambda: page.storage.combo.count() == 2)
    assert page.storage.location is KeyLocation.MEMORY
    assert "GNOME" not in page.storage.combo.itemText(0)


async def test_a_pause_is_counted_down_in_words(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    error = CloseError(
        FailureKind.RATE_LIMITED, "CLOSE-RATE-LIMITED", "Close asks for a pause.", remedy="", retry_after_s=8
    )
    page = page_for(screen, theme, memory_flow(tmp_path, MemoryClose(failure=error)))
    page.key.edit.setText(KEY)
    screen.press("Ctrl+Return")
    await screen.until(lambda: page.error)
    assert "8 s" in page.waiting.accessibleName()


async def test_an_organization_that_differs_can_be_answered_with_another_key(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    error = AppError(
        "SETUP-OTHER-ORGANIZATION", "This key opens Beta Ltd., not Acme Inc.", remedy="Use a key of Acme Inc."
    )
    page = page_for(screen, theme, memory_flow(tmp_path, MemoryClose(failure=error)))
    page.key.edit.setText(KEY)
    screen.press("Ctrl+Return")
    await screen.until(lambda: page.error)
    assert screen.button("Paste another key")


async def test_coming_back_shows_the_connection_and_a_key_can_be_replaced(
    screen: Screen, theme: Theme, tmp_path: Path
) -> None:
    flow = memory_flow(tmp_path)
    flow.keep_key(await flow.check_key(KEY), KeyLocation.MEMORY)
    page = page_for(screen, theme, flow)
    assert screen.primary == "Continue with Acme Inc."
    assert not page.key.isVisible()
    screen.click(screen.button("Replace key"))
    assert page.key.isVisible()
    assert screen.primary == "Check key"


async def test_the_key_is_in_no_text_of_the_page(screen: Screen, theme: Theme, tmp_path: Path) -> None:
    page = page_for(screen, theme, memory_flow(tmp_path))
    page.key.edit.setText(KEY)
    screen.press("Ctrl+Return")
    await screen.until(lambda: screen.primary.startswith("Continue"))
    from PySide6.QtWidgets import QWidget

    for widget in screen.window.findChildren(QWidget):
        for text in (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()):
            assert KEY not in text
