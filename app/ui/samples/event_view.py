"""One collected event: what is odd about it, and its JSON as a tree or as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.json_value import JsonObject
from app.segment.events import EVENT_TYPES
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.check_list import CheckLine, CheckList, CheckState
from app.ui.widgets.chip import Chip
from app.ui.widgets.chip_painting import ChipSpec
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.field import NoteLine
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.hair import Hair
from app.ui.widgets.json_tree import JsonTree
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.sample_checks import VaryingType, check_event
from app.workflows.sample_masking import mask_event
from app.workflows.samples import Sample

_TREE, _RAW = "tree", "raw"
_SHOWN_VARYING = 3
_LEAST_HEIGHT = 220
# Colouring much more than a screen can show would hold up the window.
_COLOURED_CHARACTERS = 60_000


class EventView(QWidget):
    """``star_requested`` and ``remove_requested`` are about the event that is shown."""

    star_requested = Signal()
    remove_requested = Signal()
    mask_changed = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._sample: Sample | None = None
        self._raw_stale = True
        self._varying: tuple[VaryingType, ...] = ()
        self.kind = Chip(theme, ChipSpec(""))
        self.name = ElidedLabel(theme, "", Role.HEADING)
        self.star_button = IconButton(theme, "star", self.tr("Star this event"))
        self.remove_button = IconButton(theme, "trash-2", self.tr("Remove this event"))
        self.mask_switch = QCheckBox(self.tr("Mask personal values"))
        self.mask_switch.setToolTip(self.tr("For showing the screen to somebody: only the display changes."))
        self.mask_switch.setAccessibleDescription(self.tr("Only the display changes, not the events."))
        self.form = Segmented(
            theme,
            self.tr("Show the event as"),
            (Segment(_TREE, self.tr("Tree")), Segment(_RAW, self.tr("Raw"))),
        )
        self._why = NoteLine(theme)
        self.checks = CheckList(theme, gap=8)
        self.tree = JsonTree(theme, self.tr("The chosen event"))
        self.code = CodeBox(theme, name=self.tr("The chosen event as JSON"), small=False)
        self.plain = CodeBox(
            theme, name=self.tr("The chosen event as JSON"), language=CodeLanguage.PLAIN, small=False
        )
        self._stack = QStackedWidget()
        self._lay_out()
        self.form.chosen.connect(self._show_form)
        self.mask_switch.toggled.connect(self._mask_toggled)
        self.star_button.clicked.connect(self.star_requested)
        self.remove_button.clicked.connect(self.remove_requested)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def sample(self) -> Sample | None:
        return self._sample

    def show_sample(self, sample: Sample, name: str, *, removable: bool = True) -> None:
        """Show an event; ``name`` is what to call it, masked like the list where names are masked."""
        same = self._sample is not None and self._sample.body is sample.body
        self._sample = sample
        kind = sample.type.strip()[:20]
        odd = sample.body.get("type") not in EVENT_TYPES
        self.kind.set_spec(ChipSpec(kind or self.tr("no type"), icon="triangle-alert" if odd else ""))
        self.star_button.setVisible(sample.number > 0)
        self._name_star(sample)
        self.remove_button.setVisible(removable and sample.number > 0)
        self._why.show_text(sample.why, "muted", "info" if sample.why else "")
        self.name.setText(name)
        if not same:
            self._show_body()
        self._show_checks()

    def set_varying(self, varying: tuple[VaryingType, ...]) -> None:
        """What differs in type over all collected events; the lines about this event are shown."""
        if varying != self._varying:
            self._varying = varying
            self._show_checks()

    def body_text(self) -> str:
        """What the raw view shows."""
        self._fill_raw()
        return self._raw_box().text()

    # ---------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self._theme
        card = Card(theme, flush=True)
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.kind)
        head.addWidget(self.name, 1)
        head.addWidget(self.star_button)
        head.addWidget(self.remove_button)
        switches = QWidget()
        line = FlowLayout(switches, spacing=12)
        line.setContentsMargins(14, 8, 12, 10)
        line.addWidget(self.mask_switch)
        line.addWidget(self.form)
        notes = QVBoxLayout()
        notes.setContentsMargins(14, 0, 14, 10)
        notes.setSpacing(8)
        notes.addWidget(self._why)
        notes.addWidget(self.checks)
        self._notes = QWidget()
        self._notes.setLayout(notes)
        for widget in (self.tree, self.code, self.plain):
            self._stack.addWidget(widget)
        body = QVBoxLayout()
        body.setContentsMargins(8, 8, 8, 8)
        body.addWidget(self._stack)
        card.body.setSpacing(0)
        card.body.addLayout(head)
        card.body.addWidget(switches)
        card.body.addWidget(self._notes)
        card.body.addWidget(Hair(theme))
        card.body.addLayout(body, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)

    def _name_star(self, sample: Sample) -> None:
        name = (
            self.tr("Take the star away")
            if sample.starred
            else self.tr("Star this event: it is kept and used")
        )
        self.star_button.set_name(name)
        self.star_button.set_icon("star-filled" if sample.starred else "star")

    def _shown_body(self) -> JsonObject:
        assert self._sample is not None
        return mask_event(self._sample.body) if self.mask_switch.isChecked() else self._sample.body

    def _show_body(self) -> None:
        if self._sample is None:
            return
        self.tree.set_value(self._shown_body())
        self._raw_stale = True
        if self.form.current() == _RAW:
            self._show_form(_RAW)

    def _show_form(self, form: str) -> None:
        if form == _RAW:
            self._fill_raw()
            self._stack.setCurrentWidget(self._raw_box())
        else:
            self._stack.setCurrentWidget(self.tree)

    def _raw_box(self) -> CodeBox:
        return self.plain if self.plain.text() else self.code

    def _fill_raw(self) -> None:
        if self._raw_stale and self._sample is not None:
            self._raw_stale = False
            text = json.dumps(self._shown_body(), indent=2, ensure_ascii=False)
            large = len(text) > _COLOURED_CHARACTERS
            self.plain.set_text(text if large else "")
            self.code.set_text("" if large else text)

    def _mask_toggled(self, on: bool) -> None:
        self._show_body()
        self.mask_changed.emit(on)

    def _show_checks(self) -> None:
        sample = self._sample
        if sample is None:
            return
        lines = [
            CheckLine(CheckState.FAILED if check.serious else CheckState.INFO, check.title, check.text)
            for check in check_event(sample.body, self._now())
        ]
        lines += self._varying_lines(sample.body)
        self.checks.set_lines(tuple(lines))
        self.checks.setVisible(bool(lines))
        self._notes.setVisible(bool(lines) or bool(sample.why))

    def _varying_lines(self, body: JsonObject) -> list[CheckLine]:
        here = [one for one in self._varying if _has(body, one.label)]
        lines = [CheckLine(CheckState.ATTENTION, f"{one.sentence}.") for one in here[:_SHOWN_VARYING]]
        if len(here) > _SHOWN_VARYING:
            text = self.tr("{n} more values of this event have another type in other events.")
            lines.append(CheckLine(CheckState.ATTENTION, text.format(n=len(here) - _SHOWN_VARYING)))
        return lines

    def _restyle(self) -> None:
        self.mask_switch.setFont(self._theme.font(Role.BODY))
        self._stack.setMinimumHeight(self._theme.px(_LEAST_HEIGHT))


def _has(body: JsonObject, label: str) -> bool:
    """Whether a trait or property of this label is in the event; labels are dotted keys."""
    context = body.get("context")
    places = [
        body.get("traits"),
        body.get("properties"),
        context.get("traits") if isinstance(context, dict) else None,
    ]
    for place in places:
        value: object = place
        for key in label.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None or (isinstance(place, dict) and place.get(label) is not None):
            return True
    return False
