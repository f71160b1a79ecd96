"""Segment sends here: everything to enter in its Webhooks (Actions) destination."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.connect.segment_values import SegmentValues
from app.ui.connect.sheet_view import SheetView
from app.ui.help.topics import explain
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.workflows.webhook_sheet import webhook_sheet

_URL, _SECRET = "URL", "Shared Secret"


class WebhookPanel(QWidget):
    """``failed`` carries an ``AppError``."""

    failed = Signal(object)

    def __init__(
        self, theme: Theme, values: SegmentValues, unexpected: Callable[[BaseException], None]
    ) -> None:
        super().__init__()
        self._values = values
        self._secret_read = False
        self._nowhere = Banner(
            theme,
            Tone.INFO,
            self.tr("Segment needs a public address"),
            self.tr("The relay answers on this computer only. Its URL appears here once it has an address."),
            icon="globe",
        )
        self._changed = Banner(
            theme,
            Tone.WARN,
            self.tr("The public URL changed since you copied it"),
            self.tr("Paste it in Segment again: events to the old one are lost."),
        )
        self.sheet = SheetView(theme, {_SECRET: values.relay.shared_secret}, unexpected)
        explain(self.sheet, "segment", "here")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._nowhere, self._changed, self.sheet):
            column.addWidget(part)
        self.sheet.copied.connect(self._copied)
        self.sheet.failed.connect(self.failed)
        self._changed.setVisible(False)

    @property
    def url(self) -> str:
        return self._values.public_url(planned=self._secret_read)

    def secret_read(self) -> None:
        """From now on the address of a stopped relay is complete."""
        self._secret_read = True

    def refresh(self) -> None:
        """Show profile and relay as they are now."""
        url, changed = self.url, self._values.relay.status().reach.url_changed
        self._nowhere.setVisible(not url)
        self._changed.setVisible(bool(url) and changed)
        self.sheet.set_sections(webhook_sheet(self._values.profile(), url))

    def copy_url(self) -> None:
        self.sheet.row(_URL).field.copy()

    def stop(self) -> None:
        self.sheet.stop()

    def _copied(self, label: str) -> None:
        if label == _URL:
            self._values.relay.url_copied()
