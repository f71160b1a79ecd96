"""The test cases with how each of them ended, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.storage.case_store import EventCase
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import State, StateBadge
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import WrappedLabel
from app.workflows.event_cases import CaseResult


class CasesView(QWidget):
    """``opened`` and ``removed`` carry a case's name."""

    opened = Signal(str)
    removed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.banner = Banner(theme, Tone.OK, " ", " ")
        self._card = Card(theme)
        self._card.setAccessibleName(self.tr("Test cases"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        self._card.body.addLayout(self._rows)
        self._empty = EmptyState(
            theme,
            self.tr("No test cases yet"),
            self.tr(
                "Dry-run an event and press “Save as test case”. Later you see at once what a changed "
                "mapping makes of it."
            ),
            icon="list-checks",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addWidget(self._card)
        column.addWidget(self._empty, 1)
        self.show_cases((), {})

    def show_cases(self, cases: Sequence[EventCase], results: Mapping[str, CaseResult]) -> None:
        """Replace the rows; a case without a result has not run yet."""
        self._show_summary(len(cases), results)
        self._card.setVisible(bool(cases))
        self._empty.setVisible(not cases)
        clear_layout(self._rows)
        for number, case in enumerate(cases):
            if number:
                self._rows.addWidget(Hair(self._theme))
            row = _CaseRow(self._theme, case, results.get(case.name))
            row.open_button.clicked.connect(lambda _=False, name=case.name: self.opened.emit(name))
            row.remove_button.clicked.connect(lambda _=False, name=case.name: self.removed.emit(name))
            self._rows.addWidget(row)

    def _show_summary(self, total: int, results: Mapping[str, CaseResult]) -> None:
        failed = [one for one in results.values() if not one.passed]
        self.banner.setVisible(bool(results) and len(results) == total)
        if failed:
            title = self.tr("{failed} of {total} test cases failed").format(failed=len(failed), total=total)
            text = self.tr("Nothing has been written. Save a case again where the new result is right.")
            self.banner.set(Tone.ERROR, title, text)
        else:
            title = (
                self.tr("The test case passed")
                if total == 1
                else self.tr("All {total} test cases passed").format(total=total)
            )
            self.banner.set(
                Tone.OK,
                title,
                self.tr("Every event is mapped as it was when it was saved. Nothing has been written."),
            )


class _CaseRow(QWidget):
    def __init__(self, theme: Theme, case: EventCase, result: CaseResult | None) -> None:
        super().__init__()
        state, word = _state(result)
        self.open_button = Button(theme, case.name, ButtonKind.LINK)
        self.open_button.setAccessibleDescription(self.tr("Shows the event"))
        self.remove_button = IconButton(theme, "trash-2", self.tr("Delete “{name}”").format(name=case.name))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.open_button)
        head.addStretch(1)
        head.addWidget(StateBadge(theme, state, word))
        head.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        words = QVBoxLayout()
        # A link's text starts 4 px inside of its button.
        words.setContentsMargins(4, 0, 4, 0)
        words.setSpacing(4)
        column.addLayout(words)
        scope = case.mapping or self.tr("all mappings")
        kind = str(case.event.get("type") or self.tr("no type"))
        words.addWidget(WrappedLabel(theme, f"{kind} · {scope}", Role.CAPTION, "muted"))
        for line in _lines(result):
            words.addWidget(WrappedLabel(theme, line, Role.BODY, "error"))
        self.setAccessibleName(f"{case.name}: {word}")
        self.setAccessibleDescription(" ".join(_lines(result)))


def _state(result: CaseResult | None) -> tuple[State, str]:
    if result is None:
        return State.IDLE, _tr("Not run")
    return (State.OK, _tr("Passed")) if result.passed else (State.FAILED, _tr("Failed"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("CasesView", text)


def _lines(result: CaseResult | None) -> tuple[str, ...]:
    if result is None:
        return ()
    if result.error is not None:
        return (" ".join(part for part in (result.error.title, result.error.cause) if part),)
    return result.differences
