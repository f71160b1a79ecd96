"""The box shows what the computer does, also when that refuses to change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.storage.window_settings import WindowSettings
from app.ui.settings.general_section import GeneralSection
from app.ui.settings.login_row import LoginRow
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt


class MemoryStart:
    """A computer that remembers, and may refuse."""

    def __init__(self) -> None:
        self.on = False
        self.refuses = False

    def is_on(self) -> bool:
        return self.on

    def set_on(self, *, on: bool) -> None:
        if self.refuses:
            raise AppError("STORAGE-READ-ONLY", "The disk is read-only.", remedy="Free it.")
        self.on = on


def with_row(
    app: QApplication, theme: Theme, start: MemoryStart, scenario: Callable[[LoginRow], Awaitable[None]]
) -> None:
    async def work() -> None:
        section = GeneralSection(theme, WindowSettings())
        owner = QObject(section)
        row = LoginRow(theme, section, start, _raise, owner)
        section.show()
        try:
            await scenario(row)
        finally:
            section.close()
            section.deleteLater()

    run_in_qt(app, work())


def _raise(error: BaseException) -> None:
    raise error


def test_the_box_follows_the_computer_and_changes_it(qapp: QApplication, theme: Theme) -> None:
    start = MemoryStart()

    async def scenario(row: LoginRow) -> None:
        assert not row.box.isChecked()
        start.on = True
        row.read()
        await until(row.box.isChecked, what="the box to be ticked")
        row.box.click()
        await until(lambda: not start.on, what="the computer to be told")

    with_row(qapp, theme, start, scenario)


def test_a_refusal_is_told_and_the_box_goes_back(qapp: QApplication, theme: Theme) -> None:
    start = MemoryStart()
    start.refuses = True

    async def scenario(row: LoginRow) -> None:
        row.box.click()
        error = await until(lambda: row.slot.error, what="the error")
        assert error.code == "STORAGE-READ-ONLY"
        await until(lambda: not row.box.isChecked(), what="the box to go back")

    with_row(qapp, theme, start, scenario)
