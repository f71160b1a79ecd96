"""What the rows of the builder offer, kept in one place for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.json_value import JsonObject
from app.segment.trigger_tree import Subject
from app.ui.trigger.suggest_combo import Suggestion, SuggestionModel
from app.workflows.mapping_editor.rule_suggestions import FieldChoice, usual_subject, values_of

_MOST_ASKED = 1_000


class Suggesting(QObject):
    """``fields`` is shared by all rows; values are looked up when a person goes to a value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fields = SuggestionModel(self)
        self.usual_subject = Subject.PROPERTY
        self._types: tuple[str, ...] = ()
        self._events: Sequence[JsonObject] = ()

    def set_events(self, events: Sequence[JsonObject]) -> None:
        self._events = events

    def set_fields(self, choices: Sequence[FieldChoice]) -> None:
        self.fields.set_rows([Suggestion(one.label, one.detail, one) for one in choices])

    def set_types(self, types: tuple[str, ...]) -> None:
        """The chosen event types: they decide where a bare name is looked for and whose values count."""
        self._types = types
        self.usual_subject = usual_subject(types)

    def values_of(self, subject: Subject, name: str) -> tuple[tuple[str, int], ...]:
        """The values of a field in the newest events that have one of the chosen types."""
        wanted = [one for one in self._events if not self._types or one.get("type") in self._types]
        return values_of(subject, name, wanted[:_MOST_ASKED])
