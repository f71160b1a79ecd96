"""Settings of the date function: the form, with an example of each, and the time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import available_timezones

from app.segment import mapping, value_writer
from app.segment.value_expression import FormatDate, Text
from app.ui.value_editor.row import HOLE, Chip, FunctionChip
from app.ui.value_editor.settings_form import SettingsForm, Surroundings
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField

_EXAMPLE = datetime(2026, 3, 9, 14, 5, 30, tzinfo=UTC)
_OWN = "own"
_UTC = ""
FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%SZ",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%B %-d, %Y",
    "%-d %b %Y",
    "%A",
    "%H:%M",
    "%Y",
    "%s",
)
"""Offered by example; anything else can be typed."""


def example_of(pattern: str) -> str:
    """A fixed moment in this form, as Segment would write it; empty when it cannot be written."""
    expression = FormatDate(Text(_EXAMPLE.isoformat()), pattern)
    try:
        result = mapping.transform({"value": value_writer.write(expression)}, {})
    except mapping.MappingError:
        return ""
    found = result.get("value", "") if isinstance(result, dict) else ""
    return found if isinstance(found, str) else ""


class DateForm(SettingsForm):
    def __init__(self, surroundings: Surroundings, function: FormatDate) -> None:
        super().__init__(surroundings)
        self.form = ComboField(self.theme, self.tr("Form"))
        for pattern in FORMATS:
            name = self.tr("Unix seconds") if pattern == "%s" else example_of(pattern)
            self.form.combo.add(name, pattern, pattern)
        self.form.combo.add(self.tr("Another form…"), _OWN)
        self.form.combo.choose(function.format if function.format in FORMATS else _OWN)
        self.own = TextField(
            self.theme,
            self.tr("Form in strftime’s signs"),
            function.format,
            help_text=self.tr("%Y year, %m month, %d day, %H hour, %M minute, %B name of the month"),
            mono=True,
        )
        self.zone = ComboField(
            self.theme,
            self.tr("Time zone"),
            searchable=True,
            help_text=self.tr("Dates without a zone are read as UTC."),
        )
        self.zone.combo.add("UTC", _UTC)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.zone.combo.addItems(zones)
        for row, zone in enumerate(zones, start=1):
            self.zone.combo.setItemData(row, zone)
        if not self.zone.combo.choose(function.zone):
            self.zone.combo.add(function.zone, function.zone)
            self.zone.combo.choose(function.zone)
        search = self.zone.combo.lineEdit()
        if search is not None:
            search.setAccessibleName(self.tr("Time zone"))
        for field in (self.form, self.own, self.zone):
            self.column.addWidget(field)
        self.own.setVisible(self.form.combo.current_key() == _OWN)
        self.form.chosen.connect(self._form_chosen)
        self.zone.chosen.connect(self.tell)
        self.own.edited.connect(self.tell)

    def chip(self) -> Chip | None:
        chosen = str(self.form.combo.current_key())
        pattern = self.own.text() if chosen == _OWN else chosen
        self.own.set_error("" if pattern else self.tr("Enter a form, for example %Y-%m-%d."))
        if not pattern:
            return None
        return FunctionChip(FormatDate(HOLE, pattern, str(self.zone.combo.current_key() or "")))

    def _form_chosen(self, key: object) -> None:
        self.own.setVisible(key == _OWN)
        if key == _OWN:
            self.own.edit.setFocus()
            self.own.edit.selectAll()
        self.tell()
