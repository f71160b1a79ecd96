from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme.theme import Theme
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import SearchField, TextField
from app.ui.widgets.secret_clipboard import ClipboardTimer
from app.ui.widgets.secret_field import ReadOnlyField, SecretField
from tests.ui.pictures import colors_of, picture

SECRET = "api_3fGhT0pS3cr3t.4f2c"


def everything_said(widget: QWidget) -> str:
    """All text that accessibility and tool tips give away about a widget and what is in it."""
    parts: list[str] = []
    children: list[QObject] = [widget, *widget.findChildren(QWidget)]
    for child in children:
        assert isinstance(child, QWidget)
        interface = QAccessible.queryAccessibleInterface(child)
        if interface is not None:
            kinds = (
                QAccessible.Text.Name,
                QAccessible.Text.Description,
                QAccessible.Text.Value,
                QAccessible.Text.Help,
            )
            parts += [interface.text(kind) for kind in kinds]
            text = interface.textInterface()
            if text is not None:
                parts.append(text.text(0, text.characterCount()))
        parts += [child.toolTip(), child.accessibleName(), child.accessibleDescription(), child.whatsThis()]
    return "\n".join(parts)


def test_a_field_is_named_by_its_label_and_described_by_its_help(qtbot: QtBot, theme: Theme) -> None:
    field = TextField(theme, "Name in Close", help_text="The type cannot be changed later.")
    qtbot.addWidget(field)
    assert field.findChild(QLabel).buddy() is field.edit
    assert field.edit.accessibleName() == "Name in Close"
    assert field.edit.accessibleDescription() == "The type cannot be changed later."


def test_an_error_replaces_the_help_and_goes_away_again(qtbot: QtBot, theme: Theme) -> None:
    field = TextField(theme, "Company ID", help_text="Starts with cf_")
    qtbot.addWidget(field)
    field.set_error("No field has this ID.")
    assert field.edit.accessibleDescription() == "No field has this ID."
    assert field.edit.property("invalid")
    field.set_error("")
    assert field.edit.accessibleDescription() == "Starts with cf_"
    assert not field.edit.property("invalid")


def test_typing_and_leaving_are_told_apart(qtbot: QtBot, theme: Theme) -> None:
    field = TextField(theme, "Name")
    qtbot.addWidget(field)
    field.show()
    typed: list[str] = []
    left: list[bool] = []
    field.edited.connect(typed.append)
    field.committed.connect(lambda: left.append(True))
    qtbot.keyClicks(field.edit, "ab")
    assert typed == ["a", "ab"]
    assert left == []
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert left == [True]


def test_a_secret_is_never_told_not_even_while_revealed(qtbot: QtBot, theme: Theme) -> None:
    field = SecretField(theme, "Close API key", help_text="From Close.")
    qtbot.addWidget(field)
    field.resize(500, 80)
    field.show()
    field.set_secret(SECRET)
    field.reveal_button.setFocus()
    masked = colors_of(picture(field.edit))
    qtbot.mousePress(field.reveal_button, Qt.MouseButton.LeftButton)
    assert colors_of(picture(field.edit)) != masked
    assert SECRET not in everything_said(field)
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    qtbot.mouseRelease(field.reveal_button, Qt.MouseButton.LeftButton)
    assert colors_of(picture(field.edit)) == masked
    assert field.secret() == SECRET


def test_paste_replaces_the_secret_without_line_breaks(qtbot: QtBot, theme: Theme) -> None:
    field = SecretField(theme, "Close API key")
    qtbot.addWidget(field)
    QGuiApplication.clipboard().setText(f"{SECRET}\n")
    with qtbot.waitSignal(field.edited):
        field.paste_button.click()
    assert field.secret() == SECRET


def test_a_read_only_secret_shows_bullets_and_copies_the_value(qtbot: QtBot, theme: Theme) -> None:
    field = ReadOnlyField(theme, "Shared secret", SECRET, secret=True)
    qtbot.addWidget(field)
    assert SECRET not in everything_said(field)
    assert SECRET not in field.edit.text()
    field.copy_button.click()
    assert QGuiApplication.clipboard().text() == SECRET


def waiting() -> ClipboardTimer:
    """The one timer that is to clear the clipboard."""
    (timer,) = (one for one in QGuiApplication.clipboard().findChildren(ClipboardTimer) if one.isActive())
    assert timer.interval() == 60_000
    return timer


def test_a_copied_secret_leaves_the_clipboard_unless_something_else_is_there(
    qtbot: QtBot, theme: Theme
) -> None:
    field = ReadOnlyField(theme, "Shared secret", SECRET, secret=True)
    qtbot.addWidget(field)
    field.copy()
    field.copy()
    waiting().timeout.emit()
    assert QGuiApplication.clipboard().text() == ""

    field.copy()
    QGuiApplication.clipboard().setText("mine")
    waiting().timeout.emit()
    assert QGuiApplication.clipboard().text() == "mine"


def test_a_copied_secret_leaves_the_clipboard_also_when_its_field_is_gone(theme: Theme) -> None:
    field = ReadOnlyField(theme, "Shared secret", SECRET, secret=True)
    field.copy()
    field.deleteLater()
    QCoreApplication.sendPostedEvents(field, QEvent.Type.DeferredDelete)
    waiting().timeout.emit()
    assert QGuiApplication.clipboard().text() == ""


def test_a_combo_gives_the_key_of_what_a_person_picks(qtbot: QtBot, theme: Theme) -> None:
    field = ComboField(theme, "Company ID")
    qtbot.addWidget(field)
    field.combo.add("Company ID", "cf_1", "Text · cf_1")
    field.combo.add("User ID", "cf_2")
    assert field.combo.choose("cf_2")
    assert field.combo.current_key() == "cf_2"
    assert not field.combo.choose("cf_9")
    with qtbot.waitSignal(field.chosen) as signal:
        field.combo.activated.emit(0)
    assert signal.args == ["cf_1"]


def test_a_searchable_combo_forgets_what_is_no_entry(qtbot: QtBot, theme: Theme) -> None:
    field = ComboField(theme, "Field", searchable=True)
    qtbot.addWidget(field)
    field.combo.add("Company ID", "cf_1")
    edit = field.combo.lineEdit()
    assert edit is not None
    edit.setText("Compony")
    edit.editingFinished.emit()
    assert edit.text() == "Company ID"


def test_escape_clears_a_filter_first(qtbot: QtBot, theme: Theme) -> None:
    field = SearchField(theme, "Filter", key_hint="/")
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field, "plan")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
