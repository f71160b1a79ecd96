"""The component gallery: every control in every state."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStyle,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)

from app.ui.frame.rail import Rail
from app.ui.frame.rail_items import StepItem, StepMark
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import State, StateBadge, contact_badge, lead_badge
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.chip import Chip, FilterChip
from app.ui.widgets.chip_painting import ChipLook, ChipSpec
from app.ui.widgets.field import LineEdit, TextField
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.gauge import Gauge
from app.ui.widgets.labels import Label
from app.ui.widgets.secret_field import ReadOnlyField
from app.ui.widgets.segmented import Segment, Segmented
from tests.ui.scenes.registry import scene


class _Focused(Button):
    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)
        option.state |= QStyle.StateFlag.State_HasFocus


class _Hovered(Button):
    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)
        option.state |= QStyle.StateFlag.State_MouseOver


class _FocusedEdit(LineEdit):
    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)
        option.state |= QStyle.StateFlag.State_HasFocus


@scene("12-components")
def components(theme: Theme) -> QWidget:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    sheet = QWidget()
    area.setWidget(sheet)
    outer = QVBoxLayout(sheet)
    outer.setContentsMargins(32, 24, 32, 24)
    outer.setSpacing(16)
    outer.addWidget(Label(theme, "Components", Role.TITLE))
    columns = QHBoxLayout()
    columns.setSpacing(32)
    if theme.text_scale > 1.5:
        columns.setDirection(QBoxLayout.Direction.TopToBottom)
    columns.addLayout(_left(theme), 627)
    columns.addLayout(_right(theme), 397)
    outer.addLayout(columns)
    outer.addStretch(1)
    sheet.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    sheet.setFocus()
    return area


def _left(theme: Theme) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(10)
    column.addWidget(Label(theme, "Buttons", Role.HEADING))
    busy = Button(theme, "Working", ButtonKind.PRIMARY)
    busy.set_busy(busy=True)
    column.addLayout(
        _captioned(
            theme,
            (Button(theme, "Primary", ButtonKind.PRIMARY, icon="play"), "primary"),
            (_Focused(theme, "Primary", ButtonKind.PRIMARY), "focus"),
            (busy, "busy"),
            (Button(theme, "Secondary"), "secondary"),
            (_Focused(theme, "Secondary"), "focus"),
        )
    )
    column.addLayout(
        _captioned(
            theme,
            (Button(theme, "Delete mapping", ButtonKind.DANGER, icon="trash-2"), "danger"),
            (Button(theme, "Merge 2 leads", ButtonKind.DANGER_FINAL, icon="git-merge"), "final confirm"),
            (Button(theme, "Ghost", ButtonKind.GHOST, icon="star"), "ghost"),
            (_Hovered(theme, "Ghost", ButtonKind.GHOST, icon="star"), "hover"),
            (Button(theme, "Link", ButtonKind.LINK), "link"),
            (Button(theme, "Small", icon="copy", small=True), "small"),
        )
    )
    column.addSpacing(12)
    column.addWidget(Label(theme, "Badges: state", Role.HEADING))
    column.addLayout(_flow(*[StateBadge(theme, state) for state in State]))
    column.addWidget(Label(theme, "Chips: names, filters, keys", Role.HEADING))
    column.addLayout(_chips(theme))
    column.addSpacing(12)
    column.addWidget(Label(theme, "Mode", Role.HEADING))
    column.addLayout(_flow(*[_mode(theme, key) for key in ("observe", "dry", "live")]))
    column.addSpacing(12)
    column.addWidget(Label(theme, "Fields", Role.HEADING))
    column.addLayout(_fields(theme))
    column.addStretch(1)
    return column


def _right(theme: Theme) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(10)
    top = QHBoxLayout()
    top.setSpacing(20)
    steps = QVBoxLayout()
    steps.addWidget(Label(theme, "Step states", Role.HEADING))
    steps.addWidget(_steps(theme))
    steps.addStretch(1)
    gauges = QVBoxLayout()
    gauges.addWidget(Label(theme, "Budget gauge", Role.HEADING))
    for value in (0.14, 0.72, 0.97):
        gauges.addWidget(Gauge(theme, "Close budget", value))
    gauges.addStretch(1)
    top.addLayout(steps, 208)
    top.addLayout(gauges, 169)
    column.addLayout(top)
    column.addSpacing(12)
    column.addWidget(Label(theme, "Banners", Role.HEADING))
    action = Button(theme, "Use 8788")
    column.addWidget(Banner(theme, Tone.OK, "Connected to Acme Inc.", "Key saved in GNOME Keyring."))
    column.addWidget(
        Banner(theme, Tone.WARN, "Text will go to a number field", "3 of 200 events send “ten”.")
    )
    column.addWidget(
        Banner(theme, Tone.ERROR, "Port 8787 is in use", "Another program listens there.", action=action)
    )
    column.addWidget(Banner(theme, Tone.INFO, "Not reachable yet", "Only this computer can see the relay."))
    column.addStretch(1)
    return column


def _captioned(theme: Theme, *pairs: tuple[QWidget, str]) -> FlowLayout:
    flow = FlowLayout(spacing=12)
    for widget, caption in pairs:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(Label(theme, caption, Role.AXIS, "muted"))
        flow.addWidget(holder)
    return flow


def _flow(*widgets: QWidget) -> FlowLayout:
    flow = FlowLayout(spacing=8)
    for widget in widgets:
        flow.addWidget(widget)
    return flow


def _chips(theme: Theme) -> FlowLayout:
    return _flow(
        Chip(theme, ChipSpec("identify")),
        Chip(theme, ChipSpec("RELAY-PORT-IN-USE", ChipLook.CODE)),
        Chip(theme, ChipSpec("/")),
        FilterChip(theme, "Last hour"),
        lead_badge(theme),
        contact_badge(theme),
        Chip(theme, ChipSpec("company.site", ChipLook.VARIABLE)),
        Chip(theme, ChipSpec("Trim", ChipLook.FUNCTION)),
    )


def _mode(theme: Theme, chosen: str) -> Segmented:
    cells = (
        Segment("observe", "Observe", "eye"),
        Segment("dry", "Dry run", "flask-conical"),
        Segment("live", "Live", "zap", strong=True),
    )
    return Segmented(theme, "Mode", cells, chosen)


def _fields(theme: Theme) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(10)
    failed = TextField(theme, "Error", "cf_123", mono=True)
    failed.set_error("No field has this ID.")
    focused = QWidget()
    column = QVBoxLayout(focused)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    edit = _FocusedEdit(theme)
    edit.setAccessibleName("Focus")
    edit.setText("Value")
    column.addWidget(Label(theme, "Focus", Role.LABEL))
    column.addWidget(edit)
    checks = QHBoxLayout()
    on, off = QCheckBox("On"), QCheckBox("Off")
    on.setChecked(True)
    for box in (on, off):
        checks.addWidget(box)
    checks.addStretch(1)
    read_only = QVBoxLayout()
    read_only.addWidget(ReadOnlyField(theme, "Read-only", "cf_MiNqzA8bYAha", copyable=False))
    read_only.addLayout(checks)
    grid.addWidget(TextField(theme, "Label", "Value"), 0, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(focused, 0, 1, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(failed, 1, 0, Qt.AlignmentFlag.AlignTop)
    grid.addLayout(read_only, 1, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _steps(theme: Theme) -> QWidget:
    rail = Rail(theme, "Segment to Close")
    rail.set_steps(
        (
            StepItem("a", "Done", StepMark.DONE),
            StepItem("b", "Current"),
            StepItem("c", "Failed", StepMark.FAILED),
            StepItem("d", "Attention", StepMark.ATTENTION),
            StepItem("e", "To do"),
        ),
        "b",
    )
    rail.setFixedHeight(theme.px(400))
    return rail
