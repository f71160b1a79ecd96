"""The window frame with made-up pages: setting up, and the workbench."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import StepStatus, TraceClause, TraceStep
from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.rail_items import NavItem, OrganizationInfo, RelayStatus, StepItem, StepMark
from app.ui.frame.window import FrameWindow
from app.ui.theme.text import strong
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.area_chart import Legend
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card, FactGrid, ResultCard
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.check_list import CheckLine, CheckList, CheckState
from app.ui.widgets.choice_card import ChoiceCard, ChoiceCards
from app.ui.widgets.combo import ComboField
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.diff_table import DiffTable
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.field import SearchField
from app.ui.widgets.gauge import Gauge, SegmentProgress
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField, SecretField
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tabs import Tabs
from app.ui.widgets.tile import Sparkline, Tile
from app.ui.widgets.timeline import Gap, MinuteBar, Timeline, TimelineData
from app.ui.widgets.trace_view import TraceView
from tests.ui.scenes.registry import scene

_STEPS = (
    "Start",
    "Connect to Close",
    "ID fields",
    "Sample events",
    "Map fields",
    "When it runs",
    "Test",
    "Go live",
)
_PLACES = (
    NavItem("relay", "Relay", "radio"),
    NavItem("events", "Events", "list", count=2),
    NavItem("mappings", "Mappings", "workflow"),
    NavItem("test", "Test", "flask-conical"),
    NavItem("replay", "Replay", "rotate-ccw"),
    NavItem("metrics", "Metrics", "chart-column"),
    NavItem("setup", "Setup", "list-checks", group=1),
    NavItem("settings", "Settings", "settings-2", group=1),
)


def sample_plan() -> Plan:
    contact = RecordRef("contact", "cont_9hQabcdefgmB2", "Maria Lopez")
    lead = RecordRef("lead", "lead_MAVabcdefguQT", "Brightwave Studio")
    return Plan(
        Verdict.CHANGES,
        "4 fields change.",
        changes=(
            Change(contact, "Title", "title", "Head of Growth", "VP Growth", ChangeKind.SET, ""),
            Change(contact, "User ID", "custom.cf_1", None, "u_42", ChangeKind.SET, ""),
            Change(contact, "Phone", "phones", "+34 910 555 007", "+34 612 555 018", ChangeKind.APPEND, ""),
            Change(lead, "Plan", "custom.cf_2", "Trial", "Business", ChangeKind.SET, ""),
        ),
        matching=5,
    )


def sample_steps() -> tuple[TraceStep, ...]:
    return (
        TraceStep("Received and verified", StepStatus.OK, measure="09:58:12"),
        TraceStep(
            "Matched mapping “Identify”",
            StepStatus.OK,
            measure="2 of 2 clauses",
            clauses=(
                TraceClause("type is identify", "identify", passed=True),
                TraceClause("traits.email exists", "maria@brightwave.io", passed=True),
            ),
        ),
        TraceStep(
            "Not matched “Company sync”",
            StepStatus.SKIPPED,
            measure="1 of 2",
            clauses=(TraceClause("type is group", "identify", passed=False),),
        ),
        TraceStep(
            "Looked up in Close",
            StepStatus.OK,
            "Contact by User ID: none. By email: 1 contact, on lead Brightwave Studio.",
            "2 searches, 380 ms",
        ),
        TraceStep(
            "Refused by Close", StepStatus.FAILED, "Nothing was changed. Your data is kept.", "400, 141 ms"
        ),
    )


class _Sample(Page):
    def __init__(
        self, theme: Theme, title: str, why: str, commands: CommandSet, drawer: DrawerContent | None = None
    ) -> None:
        super().__init__(theme, title, why)
        self._commands = commands
        self._drawer = drawer

    def commands(self) -> CommandSet:
        return self._commands

    def drawer(self) -> DrawerContent | None:
        return self._drawer


def _nothing() -> None:
    """The commands of these pages lead nowhere."""


def _window(theme: Theme, page: Page, *, guide: bool, current: str) -> FrameWindow:
    window = FrameWindow(theme, "Segment to Close")
    window.add_page(current, page)
    if guide:
        number = _STEPS.index(current)
        marks = [StepMark.DONE if at < number else StepMark.OPEN for at in range(len(_STEPS))]
        window.set_steps([StepItem(name, name, mark) for name, mark in zip(_STEPS, marks, strict=True)])
    else:
        window.set_places(_PLACES)
        window.set_relay(RelayStatus("Reachable", Tone.OK, "Dry run"))
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield"))
    window.show_page(current)
    return window


def _help(theme: Theme) -> QWidget:
    panel = QWidget()
    column = QVBoxLayout(panel)
    column.setContentsMargins(20, 8, 20, 20)
    column.addWidget(
        WrappedLabel(theme, "In Close, open Settings, then Developer, then API Keys.", Role.BODY)
    )
    column.addWidget(Button(theme, "Open API Keys in Close", icon="external-link"))
    column.addSpacing(8)
    column.addWidget(Hair(theme))
    column.addSpacing(8)
    column.addWidget(WrappedLabel(theme, "Whose key to use", Role.HEADING))
    column.addWidget(
        WrappedLabel(
            theme,
            "Changes appear in Close under the person who owns the key. Many teams create a user named "
            "“Segment” for this.",
            Role.BODY,
            "muted",
        )
    )
    column.addStretch(1)
    return panel


@scene("20-frame-connect")
def connect(theme: Theme) -> QWidget:
    commands = CommandSet(
        primary=Command("Continue with Acme Inc.", _nothing, trailing="arrow-right"),
        ghost=Command("Replace key", _nothing),
        back=Command("Back", _nothing),
        fact=Fact("Key saved in GNOME Keyring", "check"),
    )
    drawer = DrawerContent("Where to find the key", _help(theme))
    why = "The key tells us which organization to work in. We read who you are; nothing is written."
    page = _Sample(theme, "Connect to Close", why, commands, drawer)
    field = SecretField(theme, "Close API key")
    field.set_secret("api_" + "x" * 35)
    page.body.addWidget(field)
    card = ResultCard(theme, Tone.OK, "", "checked 10:32")
    card.set_result(
        Tone.OK, f"Connected to {strong('Acme Inc.')} as Dana Whitfield", "checked 10:32", "circle-check"
    )
    facts = FactGrid(theme)
    facts.add("Organization", "Acme Inc.")
    facts.add("Organization ID", "orga_4oBo634h1JPrMUdPhAWi8fhX", mono=True)
    facts.add("User", "Dana Whitfield · dana@acme.example")
    card.details.addWidget(facts)
    page.body.addWidget(card)
    page.body.addStretch(1)
    return _window(theme, page, guide=True, current="Connect to Close")


@scene("21-frame-refused")
def refused(theme: Theme) -> QWidget:
    commands = CommandSet(
        primary=Command("Check key", _nothing, icon="refresh-cw"),
        back=Command("Back", _nothing),
        fact=Fact("Nothing was saved"),
    )
    page = _Sample(theme, "Connect to Close", "The key tells us which organization to work in.", commands)
    field = SecretField(theme, "Close API key")
    field.set_secret("api_" + "x" * 35)
    field.set_error("Close does not accept this key.")
    combo = ComboField(
        theme, "Company ID", help_text="Filled on 212 of 1,904 leads.", help_icon="corner-down-right"
    )
    combo.combo.add("Company ID", 1, "Text · cf_MiNqzA8bYAha…Jjf2")
    error = AppError(
        "CLOSE-KEY-REFUSED",
        "Close refused this key",
        cause="It may be revoked, or from another account.",
        remedy="Nothing was saved.",
        detail="GET https://api.close.com/api/v1/me/\n401 Unauthorized   212 ms   10:32:07",
    )
    block = ErrorBlock(
        theme,
        error,
        (
            Button(theme, "Paste another key", icon="clipboard-paste"),
            Button(theme, "Open API Keys in Close", icon="external-link"),
        ),
    )
    block.details.set_open(is_open=True)
    for widget in (field, combo, block):
        page.body.addWidget(widget)
    choices = ChoiceCards(theme)
    for key, title, points in (
        (
            "here",
            "Segment sends here",
            ((True, "Dry run, trace and undo for every event"), (False, "Has to be on")),
        ),
        (
            "straight",
            "Segment sends straight to Close",
            ((True, "Nothing to run"), (False, "No dry run, no undo")),
        ),
    ):
        choices.add(key, ChoiceCard(theme, title, "We check, map and forward to Close.", points))
    choices.choose("here")
    page.body.addWidget(choices)
    page.body.addStretch(1)
    return _window(theme, page, guide=True, current="Connect to Close")


@scene("22-frame-test")
def test_page(theme: Theme) -> QWidget:
    commands = CommandSet(
        primary=Command("Go to last step", _nothing, trailing="arrow-right"),
        ghost=Command("Save as test case", _nothing, icon="star"),
        back=Command("Back", _nothing),
        fact=Fact("Acme Inc. · read only", "lock"),
    )
    page = _Sample(
        theme, "Test with an event", "A dry run shows what would change. It writes nothing.", commands
    )
    page.header.add(Button(theme, "Send to Close", icon="send"))
    page.header.add(Button(theme, "Run again", icon="play"))
    diff = DiffTable(theme)
    diff.set_plan(sample_plan())
    card = Card(theme, "Why", "412 ms", note="decision trace")
    trace = TraceView(theme)
    trace.set_steps(sample_steps(), ("Not sent", "dry run"))
    card.body.addWidget(trace)
    page.body.addWidget(Tabs(theme, "Result", (("change", "Change", diff), ("event", "Event", QWidget()))))
    page.body.addWidget(card)
    page.body.addStretch(1)
    return _window(theme, page, guide=True, current="Test")


def _timeline(theme: Theme) -> Timeline:
    timeline = Timeline(theme, "Events per minute")
    bars = tuple(MinuteBar(10 + at * 7 % 9, 6 + at * 5 % 8, 1 if at in (44, 52) else 0) for at in range(60))
    gap = Gap(22, 29, "Asleep\n7 min")
    labels = ((0, "09:45"), (15, "10:00"), (30, "10:15"), (45, "10:30"))
    timeline.set_data(TimelineData(bars, (gap,), labels))
    return timeline


@scene("23-frame-relay")
def relay(theme: Theme) -> QWidget:
    page = _Sample(theme, "Relay", "", CommandSet())
    modes = (
        Segment("o", "Observe", "eye"),
        Segment("d", "Dry run", "flask-conical"),
        Segment("l", "Live", "zap"),
    )
    page.header.add(Segmented(theme, "Mode", modes, "d"))
    tiles = QHBoxLayout()
    tiles.setSpacing(12)
    shown = Tile(
        theme,
        "Delivered",
        "3,412",
        "12 % above the day before",
        sparkline=Sparkline(theme, (1, 2, 2, 4, 3, 5), Tone.OK),
    )
    needs = Tile(theme, "Needs you", "2", "2 would fail", icon="circle-alert")
    needs.set("2", "2 would fail", needs_person=True)
    for tile in (Tile(theme, "Last event", "8 s ago", "Maria Lopez", icon="inbox"), shown, needs):
        tiles.addWidget(tile, 1)
    chart = Card(theme, "Last 60 minutes", note="events per minute")
    chart.heading_row.addWidget(
        Legend(theme, (("Would change", "accent"), ("Skipped", "skip"), ("Would fail", "error")))
    )
    chart.body.addWidget(_timeline(theme), 1)
    budget = Card(theme, "Close budget", "2.8 of 20 requests per second")
    budget.body.addWidget(Gauge(theme, "Close budget", 0.14))
    budget.body.addWidget(ReadOnlyField(theme, "Public URL", "https://relay.acme.example/s/7f3ac91e"))
    health = Card(theme, "Setup health", "4 of 6")
    health.body.addWidget(SegmentProgress(theme, "Setup", 4, 6))
    lines = CheckList(theme)
    lines.set_lines(
        (
            CheckLine(CheckState.PROVEN, "First event received", "09:46, signature valid"),
            CheckLine(CheckState.NEXT, "Read 20 dry runs", "14 of 20 read. Then go live with confidence."),
            CheckLine(CheckState.OPEN, "Go live", "Writes to Acme Inc. start here."),
            CheckLine(CheckState.ATTENTION, "Asleep 10:07 to 10:14", "31 events resent", icon="moon"),
        ),
        {1: Button(theme, "Review 6 dry runs", small=True)},
    )
    health.body.addWidget(lines)
    health.body.addStretch(1)
    grid = QGridLayout()
    grid.setSpacing(12)
    grid.addLayout(tiles, 0, 0)
    grid.addWidget(chart, 1, 0)
    grid.addWidget(budget, 2, 0)
    grid.addWidget(health, 0, 1, 3, 1)
    grid.setColumnStretch(0, 7)
    grid.setColumnStretch(1, 3)
    page.body.addLayout(grid, 1)
    return _window(theme, page, guide=False, current="relay")


def _events_table(theme: Theme) -> DataTable:
    columns = (
        Column("Time", 84),
        Column("Type", 76),
        Column("Who or what", 240),
        Column("Outcome", 124),
        Column("Detail"),
    )
    outcomes = (
        ("In flight", "loader-circle", Tone.INFO),
        ("Delivered", "circle-check", Tone.OK),
        ("Unchanged", "equal", Tone.NEUTRAL),
        ("Failed", "circle-x", Tone.ERROR),
        ("Waiting", "clock", Tone.WARN),
    )
    rows = [
        (
            Cell(f"10:44:{59 - number:02}", emphasis=Emphasis.MUTED),
            Cell("identify", emphasis=Emphasis.MUTED),
            Cell("Maria Lopez", emphasis=Emphasis.NAME),
            Cell(outcomes[number % 5][0], icon=outcomes[number % 5][1], tone=outcomes[number % 5][2]),
            Cell("3 fields, 1 append", emphasis=Emphasis.MUTED),
        )
        for number in range(16)
    ]
    table = DataTable(theme, "Events", columns, inset=16)
    model = CellTableModel(columns, table)
    model.set_rows(rows)
    table.setModel(model)
    table.selectRow(3)
    return table


@scene("24-frame-events")
def events(theme: Theme) -> QWidget:
    page = _Sample(
        theme, "Events", "", CommandSet(), DrawerContent("Where to find the key", _help(theme), 348)
    )
    page.icons_below = 1280
    page.header.add(Button(theme, "Pause view", icon="pause"))
    page.body.addWidget(SearchField(theme, "Filter by name, ID, field or reason", key_hint="/"))
    page.body.addWidget(_events_table(theme), 1)
    return _window(theme, page, guide=False, current="events")


@scene("25-frame-empty")
def empty(theme: Theme) -> QWidget:
    page = _Sample(theme, "Events", "", CommandSet())
    card = Card(theme)
    lines = CheckList(theme, ruled=True)
    lines.set_lines(
        (
            CheckLine(
                CheckState.PROVEN, "Relay is reachable", "Round trip through the public URL proven 20 s ago"
            ),
            CheckLine(CheckState.OPEN, "Segment sends to this URL", "Not seen yet."),
        )
    )
    card.body.addWidget(lines)
    buttons = (Button(theme, "Send myself an event", icon="send"), Button(theme, "Copy URL", icon="copy"))
    state = EmptyState(
        theme,
        "Waiting for the first event",
        "Nothing is sent to Close in Dry run. Events appear here within a second.",
        buttons=buttons,
        below=card,
    )
    page.body.addWidget(state, 1)
    window = _window(theme, page, guide=False, current="events")
    window.toast.show_text("Mapping deleted", _nothing)
    return window
