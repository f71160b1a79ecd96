"""The ways from the last step to everything that Segment has to be told."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.connect.segment_page import Part
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import Label, WrappedLabel


class SegmentLinks(Card):
    """``requested`` carries the ``Part`` to show.

    On the straight path the sheet stands on the step itself.
    """

    requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.sheet_button = Button(theme, self.tr("Every value for Segment"), icon="clipboard-paste")
        self.code_button = Button(theme, self.tr("Code for your site or server"), icon="code")
        self._text = WrappedLabel(theme, "", Role.BODY, "muted")
        buttons = FlowLayout(spacing=8)
        buttons.addWidget(self.sheet_button)
        buttons.addWidget(self.code_button)
        self.body.addWidget(Label(theme, self.tr("In Segment"), Role.HEADING))
        self.body.addWidget(self._text)
        self.body.addSpacing(4)
        self.body.addLayout(buttons)
        self.setAccessibleName(self.tr("In Segment"))
        self.sheet_button.clicked.connect(lambda: self.requested.emit(Part.HERE))
        self.code_button.clicked.connect(lambda: self.requested.emit(Part.CODE))
        self.show_path(straight=False)

    def show_path(self, *, straight: bool) -> None:
        self.sheet_button.setVisible(not straight)
        self._text.set_text(
            self.tr("The code calls Segment with the names that your mappings wait for.")
            if straight
            else self.tr(
                "Webhooks (Actions) asks for more than URL and secret, and your site makes the calls."
            )
        )
