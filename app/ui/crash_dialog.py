"""What this program knows about a failure of its own: shown, copied or saved by a person, sent to nobody."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.labels import WrappedLabel

_WIDTH = 620
_DETAILS_HEIGHT = 220


class CrashDialog(SurfaceDialog):
    """The message is in plain words; ``report`` (redacted before it comes here) lies folded below it."""

    diagnostics_requested = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None, error: AppError, report: str, *, go_on_text: str = ""
    ) -> None:
        super().__init__(theme, error.title, parent)
        self.setAccessibleName(error.title)
        self.report = report = f"{error.code}\n{report}"
        words = " ".join(part for part in (error.cause, error.remedy) if part)
        self.column.addWidget(Banner(theme, Tone.ERROR, error.title, words, icon="circle-alert"))
        self.column.addWidget(
            WrappedLabel(
                theme,
                self.tr(
                    "The report holds the kind of failure, the place in the program and the versions. Keys "
                    "and secrets are taken out. Nothing is sent: copy it if somebody is to help you."
                ),
                Role.BODY,
                "muted",
            )
        )
        self.fold = Button(theme, "", ButtonKind.GHOST, small=True)
        self.details = CodeBox(
            theme, report, CodeLanguage.PLAIN, name=self.tr("Content of the report"), most_lines=40
        )
        self.details.setMinimumHeight(theme.px(_DETAILS_HEIGHT))
        self.column.addWidget(self.fold)
        self.column.addWidget(self.details, 1)
        self.copy_button = Button(theme, self.tr("Copy report"), icon="copy")
        self.bundle_button = Button(theme, self.tr("Diagnostics…"), icon="download")
        self.go_on_button = Button(theme, go_on_text or self.tr("Continue"), ButtonKind.PRIMARY)
        self.add_buttons(self.copy_button, self.bundle_button, self.go_on_button)
        self.setMinimumWidth(theme.px(_WIDTH))
        self.fold.clicked.connect(lambda: self.set_open(is_open=self.details.isHidden()))
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        self.bundle_button.clicked.connect(self._ask_for_bundle)
        self.go_on_button.clicked.connect(self.accept)
        self.set_open(is_open=False)
        self.go_on_button.setFocus()

    def set_open(self, *, is_open: bool) -> None:
        self.details.setVisible(is_open)
        self.fold.set_text(self.tr("Hide the report") if is_open else self.tr("Show the report"))
        self.fold.set_icon("chevron-down" if is_open else "chevron-right")
        self.fold.setAccessibleDescription(self.tr("Expanded") if is_open else self.tr("Collapsed"))
        self.adjustSize()

    def _ask_for_bundle(self) -> None:
        self.diagnostics_requested.emit()
        self.accept()
