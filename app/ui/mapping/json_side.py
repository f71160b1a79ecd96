"""The same mapping as JSON: what is typed there is a step like any other, and undo shows there too."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from app.json_value import JsonObject
from app.ui.mapping.session import EditingSession
from app.ui.theme.theme import Theme
from app.ui.value_editor.mapping_json_view import MappingJsonView

_NEW_STEP_MS = 1_000


class JsonSide(QObject):
    """Keeps ``view`` and the chosen mapping of the session the same, whichever of them changes.

    While the view is not shown nothing is written into it: that would be done at every key in a row.
    """

    def __init__(self, theme: Theme, session: EditingSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._pieces = 0
        self._shown = False
        self.view = MappingJsonView(theme)
        self._piece = QTimer(self)
        self._piece.setSingleShot(True)
        self._piece.setInterval(_NEW_STEP_MS)
        self._piece.timeout.connect(self._next_piece)
        self.view.changed.connect(self._typed)
        session.document_changed.connect(self.follow)
        session.chosen_changed.connect(self.follow)

    def set_shown(self, *, shown: bool) -> None:
        """Whether people see the view now."""
        self._shown = shown
        self.follow()

    def follow(self) -> None:
        """Show the chosen mapping as it is now."""
        if not self._shown:
            return
        spec = self._session.spec
        self.view.set_mapping(spec.mapping if spec is not None else {})

    def _typed(self, mapping: JsonObject) -> None:
        spec = self._session.spec
        if spec is not None:
            self._piece.start()
            changed = replace(spec, mapping=mapping)
            self._session.change(self.tr("JSON"), changed, merge_key=f"json {self._pieces}")

    def _next_piece(self) -> None:
        self._pieces += 1
