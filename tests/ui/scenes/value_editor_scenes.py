"""Values and their editor: all kinds of rows, the picker, and the settings of every chip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.json_value import JsonValue
from app.segment import value_writer
from app.segment.event_variables import collect
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    Joined,
    JoinList,
    JsonMode,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
    Variable,
)
from app.ui.mapping.value_preview import value_preview
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.mapping_json_view import MappingJsonView
from app.ui.value_editor.row_painting import ExpressionPainter
from app.ui.value_editor.value_editor import ValueEditor
from app.ui.widgets.labels import Label
from tests.ui.scenes.registry import scene

EVENT: dict[str, JsonValue] = {
    "type": "identify",
    "userId": "u_42",
    "anonymousId": "8b1f0a",
    "timestamp": "2026-03-09T14:05:30Z",
    "traits": {
        "email": "Maria@Brightwave.io",
        "first_name": "Maria",
        "last_name": "Lopez",
        "name": "Maria Lopez",
        "title": " VP Growth ",
        "plan": "business",
        "seats": 12,
        "phone": "+34 612 555 018",
        "tags": ["beta", "newsletter"],
        "created.at": "2025-11-02",
        "company": {"id": "co_1001", "name": "Brightwave Studio", "site": "brightwave.io"},
    },
    "context": {"page": {"url": "https://brightwave.io/settings/billing"}, "locale": "es-ES"},
}
SITE = Variable(("traits", "company", "site"))
EMAIL = Variable(("traits", "email"))
PLAN = Variable(("traits", "plan"))
FULL_NAME = Joined((Variable(("traits", "first_name")), Text(" "), Variable(("traits", "last_name"))))
ROWS: tuple[tuple[str, Expression], ...] = (
    ("Nothing yet", Text("")),
    ("Text and variable", Joined((Text("https://"), SITE))),
    ("One function", ChangeCase(EMAIL, LetterCase.LOWER)),
    ("Two functions", ChangeCase(Trim(Variable(("traits", "title"))), LetterCase.CAPITALIZE)),
    ("On the whole value", ChangeCase(FULL_NAME, LetterCase.UPPER)),
    ("If empty", Coalesce(PLAN, Text("Free"))),
    ("Odd keys", Variable(("traits", "created.at"))),
    ("Number", Static(12)),
    ("Liquid", Liquid("{{ traits.plan | upcase }}")),
    ("JSON", Advanced({"@merge": {"objects": [], "direction": "right"}})),
    ("Parts together", Joined((Text("Hi "), Trim(FULL_NAME)))),
    (
        "Too long",
        Joined(
            (SITE, Text(" is the site of "), Variable(("traits", "company", "name")), Text(", as we know"))
        ),
    ),
)


class _Painted(QWidget):
    """A row of a table that is not being edited."""

    def __init__(self, painter: ExpressionPainter, expression: Expression) -> None:
        super().__init__()
        self._painter = painter
        self._expression = expression

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._painter.paint(QPainter(self), self.rect(), self._expression, placeholder="Not mapped")


def editor_for(theme: Theme, expression: Expression, name: str = "Website") -> ValueEditor:
    """An editor that knows the example event."""
    editor = ValueEditor(theme, name, placeholder="Not mapped")
    editor.set_variables(collect([EVENT]))
    editor.set_preview(value_preview(EVENT))
    editor.set_expression(expression)
    return editor


@scene("04-value-editor", size=(900, 640))
def rows(theme: Theme) -> QWidget:
    sheet = QWidget()
    grid = QGridLayout(sheet)
    grid.setContentsMargins(24, 24, 24, 24)
    grid.setVerticalSpacing(10)
    grid.setHorizontalSpacing(16)
    painter = ExpressionPainter(theme, sheet)
    for at, (name, expression) in enumerate(ROWS):
        editor = editor_for(theme, expression, name)
        grid.addWidget(Label(theme, name, Role.LABEL), at, 0)
        grid.addWidget(editor, at, 1)
        grid.addWidget(_Painted(painter, expression), at, 2)
        if name == "Two functions":
            editor.setFocus()
        if name == "JSON":
            editor.set_invalid(invalid=True)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    grid.setRowStretch(len(ROWS), 1)
    return sheet


def _page(theme: Theme, expression: Expression, act: Callable[[ValueEditor], None]) -> QWidget:
    """One field on a page, with something opened on it once the page is there."""
    page = _Opening()
    column = QVBoxLayout(page)
    column.setContentsMargins(24, 24, 24, 24)
    column.addWidget(Label(theme, "Website", Role.LABEL))
    editor = editor_for(theme, expression)
    column.addWidget(editor)
    column.addStretch(1)
    page.when_shown = lambda: act(editor)
    return page


class _Opening(QWidget):
    when_shown: Callable[[], None]

    def paintEvent(self, _event: QPaintEvent) -> None:
        act, self.when_shown = self.when_shown, _nothing
        act()


def _nothing() -> None:
    pass


def _open_last(editor: ValueEditor) -> None:
    editor.open_chip(len(editor.edit.items()) - 1)


def _register(name: str, expression: Expression, act: Callable[[ValueEditor], None] = _open_last) -> None:
    def build(theme: Theme) -> QWidget:
        return _page(theme, expression, act)

    scene(f"04-value-{name}", size=(560, 520))(build)


def _search(words: str) -> Callable[[ValueEditor], None]:
    def act(editor: ValueEditor) -> None:
        editor.edit.moveCursor(editor.edit.textCursor().MoveOperation.End)
        editor.open_picker()
        editor.popover.search.setText(words)  # type: ignore[union-attr]

    return act


_register("picker", Joined((Text("https://"), SITE)), lambda editor: editor.open_picker())
_register("picker-search", EMAIL, _search("case"))
_register("picker-none", EMAIL, _search("no such thing"))
_register("coalesce", Coalesce(PLAN, Joined((Text("Free "), Variable(("traits", "seats"))))))
_register("case", ChangeCase(EMAIL, LetterCase.LOWER))
_register("replace", Replace(Variable(("traits", "phone")), " ", "-"))
_register(
    "replace-error", Replace(Variable(("traits", "phone")), "far too long a text", "-"), lambda e: _wrong(e)
)
_register("trim", Trim(Variable(("traits", "title"))))
_register("join", JoinList(Variable(("traits", "tags"))))
_register("flatten", Flatten(Variable(("traits", "company"))))
_register("json-mode", ConvertJson(Variable(("traits", "company")), JsonMode.ENCODE))
_register("date", FormatDate(Variable(("timestamp",)), "%d.%m.%Y", "Europe/Madrid"))
_register("static", Static(12))
_register("liquid", Liquid("{{ traits.first_name | upcase }} of {{ traits.company.name"))
_register(
    "json",
    Advanced({"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}}),
    lambda e: _broken(e),
)


def _wrong(editor: ValueEditor) -> None:
    _open_last(editor)
    editor.popover.form.tell()  # type: ignore[union-attr]


def _broken(editor: ValueEditor) -> None:
    _open_last(editor)
    editor.popover.form.box.edit.setPlainText(
        '{\n  "@case": {\n    "operator": "lower"\n    "value": 1\n  }\n}'
    )  # type: ignore[union-attr]


def _raw(theme: Theme, edit: Callable[[MappingJsonView], None]) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(24, 24, 24, 24)
    view = MappingJsonView(theme)
    view.set_mapping({name: value_writer.write(expression) for name, expression in ROWS[1:8]})
    edit(view)
    column.addWidget(view)
    view.setFocus()
    return page


@scene("04-value-raw", size=(560, 520))
def raw(theme: Theme) -> QWidget:
    return _raw(theme, lambda view: None)


@scene("04-value-raw-error", size=(560, 520))
def raw_error(theme: Theme) -> QWidget:
    return _raw(theme, lambda view: view.box.edit.setPlainText(view.text().replace('"lower",', '"lower"')))


@scene("04-value-raw-refused", size=(560, 520))
def raw_refused(theme: Theme) -> QWidget:
    return _raw(theme, lambda view: view.box.edit.setPlainText(view.text().replace("@case", "@cases")))


@scene("04-value-editor-rtl", size=(900, 640), large_text=False)
def rows_from_the_right(theme: Theme) -> QWidget:
    sheet = rows(theme)
    sheet.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return sheet


@scene("04-value-picker-rtl", size=(560, 520), large_text=False)
def picker_from_the_right(theme: Theme) -> QWidget:
    page = _page(theme, Joined((Text("https://"), SITE)), lambda editor: editor.open_picker())
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return page
