"""What the events cost in calls to Close, whether its limits are enough, and how bursts become one entry."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.actions.action_definitions import RECORD
from app.storage.profile import MappingSpec
from app.ui.frame.tasks import AsyncTask
from app.ui.language.translator import said
from app.ui.mapping.session import EditingSession
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.trigger.suggest_combo import QuietComboBox
from app.ui.widgets.card import Card
from app.ui.widgets.field import NoteLine
from app.ui.widgets.labels import Label, WrappedLabel
from app.workflows.forecast import Budget, Forecast

ReadForecast = Callable[[], Coroutine[Any, Any, Forecast]]

_WINDOW = "collapse_minutes"
_MINUTES = ("0", "15", "60", "240", "1440")
_WORTH_SAYING = 0.01


class CostCard(Card):
    """``read`` gives the forecast from measured events; without it only the settings are shown."""

    def __init__(
        self,
        theme: Theme,
        session: EditingSession,
        unexpected: Callable[[BaseException], None],
        read: ReadForecast | None = None,
    ) -> None:
        super().__init__(theme, self.tr("Calls to Close"), " ", padding=16)
        self._session = session
        self._read = read
        self.need = WrappedLabel(theme, "", Role.BODY)
        self.cause = NoteLine(theme)
        self.saving = NoteLine(theme)
        self.burst = QuietComboBox(theme)
        self.burst.setAccessibleName(self.tr("Burst window"))
        self._burst = QWidget()
        row = QHBoxLayout(self._burst)
        row.setContentsMargins(0, 0, 0, 0)
        label = Label(theme, self.tr("Burst window"), Role.LABEL)
        label.setBuddy(self.burst)
        row.addWidget(label)
        row.addWidget(self.burst, 1)
        self.only_changes = QCheckBox(self.tr("Send only when something changed"))
        for widget in (self.need, self.cause, self.only_changes, self.saving, self._burst):
            self.body.addWidget(widget)
        self._task = AsyncTask("forecast the calls", unexpected=unexpected, parent=self)
        self._task.succeeded.connect(self.show_forecast)
        self.burst.activated.connect(lambda _: self._choose())
        self.only_changes.clicked.connect(self._switch)
        session.document_changed.connect(self.show_mapping)
        session.chosen_changed.connect(self.show_mapping)
        self._saved_share = 0.0
        self.need.hide()
        self.show_mapping()

    def refresh(self) -> None:
        """Measure again; needs the running loop."""
        if self._read is not None and not self._task.busy:
            self._task.run(self._read, self.tr("Reading…"))

    def show_forecast(self, forecast: Forecast) -> None:
        """Say how near the limits are, and why they usually are."""
        names = {
            Budget.COMFORTABLE: self.tr("Comfortable"),
            Budget.TIGHT: self.tr("Tight"),
            Budget.OVER: self.tr("Over"),
        }
        self.fact.setText(names[forecast.budget] if forecast.events else self.tr("Not measured yet"))
        self.need.set_text(said(forecast.words) if forecast.events else "")
        self.need.setVisible(forecast.events > 0)
        near = forecast.events > 0 and forecast.budget is not Budget.COMFORTABLE
        cause = self.tr("Identify on every page load is the usual cause.")
        self.cause.show_text(cause if near else "", "warn", "triangle-alert")
        self._saved_share = forecast.saved_share
        self._say_saving()

    def show_mapping(self) -> None:
        """Whether the chosen mapping sends only changes, and its window, where its action has one."""
        spec = self._session.spec
        self.only_changes.setEnabled(spec is not None)
        self.only_changes.setChecked(spec is None or spec.only_changes)
        self._say_saving()
        held = _minutes(spec)
        self._burst.setVisible(held is not None)
        if held is None:
            return
        self.burst.clear()
        for minutes in _MINUTES if held in _MINUTES else (*_MINUTES, held):
            self.burst.add(self._window_words(minutes), minutes)
        self.burst.choose(held)

    def _choose(self) -> None:
        spec, minutes = self._session.spec, self.burst.current_key()
        if spec is not None and isinstance(minutes, str) and minutes != _minutes(spec):
            changed = replace(spec, mapping={**spec.mapping, _WINDOW: minutes})
            self._session.change(self.tr("Burst window"), changed)

    def _switch(self, on: bool) -> None:
        spec = self._session.spec
        if spec is not None and spec.only_changes != on:
            self._session.change(self.only_changes.text(), replace(spec, only_changes=on))

    def _say_saving(self) -> None:
        if not self.only_changes.isChecked():
            text = self.tr("Close is asked for every event, also for one that says nothing new.")
            self.saving.show_text(text, "warn", "triangle-alert")
            return
        text = self.tr("An event that says nothing new costs no call.")
        if self._saved_share >= _WORTH_SAYING:
            saved = self.tr("That saves {n} % of the calls.").format(n=round(self._saved_share * 100))
            text = " ".join((text, saved))
        self.saving.show_text(text, "muted", "zap")

    def _window_words(self, minutes: str) -> str:
        words = {
            "0": self.tr("Every event is an entry of its own"),
            "15": self.tr("One entry per person in 15 minutes"),
            "60": self.tr("One entry per person and hour"),
            "240": self.tr("One entry per person in 4 hours"),
            "1440": self.tr("One entry per person and day"),
        }
        return words.get(minutes) or self.tr("One entry per person in {n} minutes").format(n=minutes)


def _minutes(spec: MappingSpec | None) -> str | None:
    """The window as the mapping holds it; None where there is none, or one that an event decides."""
    if spec is None or spec.action != RECORD.slug:
        return None
    held = spec.mapping.get(_WINDOW, "0")
    return str(held) if isinstance(held, str | int) and not isinstance(held, bool) else None
