"""What a value that is just being put together gives for the shown event, for the editor's popovers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication

from app.json_value import JsonObject
from app.segment import mapping as mapping_language
from app.segment.mapping import MappingError
from app.segment.value_expression import Expression
from app.segment.value_writer import write
from app.workflows.mapping_editor.target_check import one_line


def value_preview(body: JsonObject | None) -> Callable[[Expression], str]:
    """A function that says in words what an expression gives for this event; it never raises."""

    def preview(expression: Expression) -> str:
        if body is None:
            return ""
        try:
            result = mapping_language.transform({"value": write(expression)}, body)
        except MappingError as error:
            first = error.problems[0]
            return QCoreApplication.translate(
                "ValuePreview", "This cannot run: expected {expected}, found {found}."
            ).format(expected=first.expected, found=first.found)
        shown = one_line(result.get("value")) if isinstance(result, Mapping) else ""
        return shown or QCoreApplication.translate("ValuePreview", "empty")

    return preview
