"""Segment sends straight to Close: what is lost, what to enter, and whether it was entered right."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.segment.close_destination import SETTINGS
from app.ui.connect.entry_check_card import EntryCheckCard
from app.ui.connect.segment_values import SegmentValues
from app.ui.connect.sheet_view import SheetView
from app.ui.help.topics import explain
from app.ui.language.translator import said
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.workflows.paste_sheet import paste_sheet
from app.workflows.straight_limits import straight_limits


class StraightPanel(QWidget):
    """``failed`` carries an ``AppError``."""

    failed = Signal(object)

    def __init__(
        self, theme: Theme, values: SegmentValues, unexpected: Callable[[BaseException], None]
    ) -> None:
        super().__init__()
        self._values = values
        self._limits = Banner(theme, Tone.WARN, self.tr("What Segment’s own destination does not do"), " ")
        secrets = {setting.label: self._api_key for setting in SETTINGS if setting.secret}
        self.sheet = SheetView(theme, secrets, unexpected)
        self.check = EntryCheckCard(theme, values.profile)
        explain(self.sheet, "segment", "straight")
        explain(self.check, "segment", "check")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._limits, self.sheet, self.check):
            column.addWidget(part)
        self.sheet.failed.connect(self.failed)

    def refresh(self) -> None:
        """Show the profile as it is now."""
        profile = self._values.profile()
        limits = [said(limit) for limit in straight_limits(profile)]
        self._limits.set(
            Tone.WARN, self.tr("What Segment’s own destination does not do"), "\n".join(limits) or " "
        )
        self._limits.setVisible(bool(limits))
        self.sheet.set_sections(paste_sheet(profile))

    def stop(self) -> None:
        self.sheet.stop()

    async def _api_key(self) -> str:
        return await asyncio.to_thread(self._values.api_key)
