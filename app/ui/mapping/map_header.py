"""Everything above the list of fields: title, choice of mapping, coverage, suggestions, filter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.storage.profile import MappingSpec
from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.field import SearchField
from app.ui.widgets.labels import Label, WrappedLabel
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.mapping_editor.coverage import Coverage

FIELDS, JSON, VARIABLES = "fields", "json", "variables"


class MapHeader(QWidget):
    """Title at the left; find, refresh and the choice between rows and JSON at the right."""

    view_chosen = Signal(str)

    def __init__(self, theme: Theme, title: str, why: str) -> None:
        super().__init__()
        self._title = WrappedLabel(theme, title, Role.TITLE)
        self._why = WrappedLabel(theme, why, Role.BODY, "muted")
        self.find_button = IconButton(theme, "search", self.tr("Find a field (Ctrl+F)"))
        self.refresh_button = IconButton(theme, "refresh-cw", self.tr("Read the fields from Close (F5)"))
        cells = (
            Segment(FIELDS, self.tr("Fields")),
            Segment(JSON, self.tr("JSON")),
            Segment(VARIABLES, self.tr("Variables")),
        )
        self.views = Segmented(theme, self.tr("View"), cells)
        self.views.button(VARIABLES).hide()
        self.views.chosen.connect(self.view_chosen)
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for widget in (self.find_button, self.refresh_button, self.views):
            tools.addWidget(widget)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8)
        self._row.addWidget(self._title, 1)
        self._row.addLayout(tools)
        self._tools = tools
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._row)
        column.addWidget(self._why)

    def offer_variables(self, *, offered: bool) -> None:
        """On a narrow page the variables are a view of their own instead of a column."""
        self.views.button(VARIABLES).setVisible(offered)
        if not offered and self.views.current() == VARIABLES:
            self.choose(FIELDS)

    def choose(self, view: str) -> None:
        self.views.choose(view)
        self.view_chosen.emit(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wanted = self._tools.sizeHint().width() + self._title.fontMetrics().horizontalAdvance(
            self._title.accessibleName() or "Map fields"
        )
        crowded = wanted + 16 > self.width()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(down if crowded else across)
        self._row.setAlignment(self._tools, Qt.AlignmentFlag.AlignLeading if crowded else Qt.AlignmentFlag(0))


class MappingBar(QWidget):
    """Which mapping, how much of the events it uses, and suggestions for the rest."""

    mapping_chosen = Signal(int)
    coverage_requested = Signal()
    suggest_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.mapping = ComboBox(theme, icon="workflow")
        self.mapping.setAccessibleName(self.tr("Mapping"))
        self.mapping.setMinimumContentsLength(8)
        self.coverage = Label(theme, "", Role.FIGURE_SMALL, "muted")
        self.coverage.setTextFormat(Qt.TextFormat.RichText)
        self.new_button = Button(theme, "", ButtonKind.LINK)
        self.suggest_button = Button(theme, self.tr("Suggest"), icon="sparkles")
        self._covered = QWidget()
        covered = QHBoxLayout(self._covered)
        covered.setContentsMargins(0, 0, 0, 0)
        covered.setSpacing(0)
        covered.addWidget(self.coverage)
        covered.addWidget(self.new_button)
        covered.addStretch(1)
        self._first = QHBoxLayout()
        self._first.setSpacing(10)
        self._first.addWidget(self.mapping, 1)
        self._first.addStretch(1)
        self._first.addWidget(self._covered)
        self._first.addWidget(self.suggest_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(self._first)
        self._crowded = False
        self.mapping.activated.connect(self.mapping_chosen)
        self.new_button.clicked.connect(self.coverage_requested)
        self.suggest_button.clicked.connect(self.suggest_requested)
        theme.changed.connect(self._fit)
        self.set_coverage(None)

    def set_mappings(self, mappings: Sequence[MappingSpec], chosen: int) -> None:
        """The mappings by name; which of them are off is said behind it."""
        blocker = QSignalBlocker(self.mapping)
        self.mapping.clear()
        for number, spec in enumerate(mappings):
            self.mapping.add(spec.name, number, "" if spec.enabled else self.tr("off"))
        self.mapping.setCurrentIndex(chosen if mappings else -1)
        blocker.unblock()
        count = self.tr("{count} mappings").format(count=len(mappings)) if len(mappings) != 1 else ""
        self.mapping.setToolTip(count or self.tr("1 mapping"))
        self.mapping.setAccessibleDescription(count)
        self.setEnabled(bool(mappings))

    def set_coverage(self, covered: Coverage | None) -> None:
        """None as long as nothing was counted."""
        known = covered is not None and bool(covered.total)
        words = covered.text if covered is not None and known else ""
        figure, mapped, rest = words.partition(self.tr(" mapped"))
        self.coverage.setText(f"{strong(figure)}{plain(mapped + rest)}" if words else "")
        self.coverage.setAccessibleName(words)
        new = "" if covered is None else covered.new_text
        self.new_button.set_text(new or self.tr("Details"))
        self.new_button.setAccessibleName(self.tr("{new}: decide what happens").format(new=new))
        self.new_button.setVisible(known)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Two lines where one is too narrow."""
        needed = self._theme.px(150) + self.suggest_button.sizeHint().width() + 40
        needed += self._covered.sizeHint().width()
        crowded = needed > self.width()
        if crowded != self._crowded:
            self._crowded = crowded
            if crowded:
                self._column.addWidget(self._covered)
            else:
                self._first.insertWidget(2, self._covered)


class FilterBar(QWidget):
    """Find a field by name, type, id or value; hidden until somebody looks for one."""

    changed = Signal(str, bool)
    closed = Signal()
    down_pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.field = SearchField(theme, self.tr("Find a field"))
        self.only_mapped = QCheckBox(self.tr("Only mapped"))
        self._close = IconButton(theme, "x", self.tr("Show all fields"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        row.addWidget(self.only_mapped)
        row.addWidget(self._close)
        self.field.textChanged.connect(self._tell)
        self.field.returnPressed.connect(self.down_pressed)
        self.field.installEventFilter(self)
        self.only_mapped.toggled.connect(self._tell)
        self._close.clicked.connect(self.dismiss)
        self.hide()

    def ask(self) -> None:
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def dismiss(self) -> None:
        self.field.clear()
        self.only_mapped.setChecked(False)
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self.down_pressed.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and not self.field.text():
                self.dismiss()
                return True
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        self.changed.emit(self.field.text(), self.only_mapped.isChecked())
