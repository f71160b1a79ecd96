"""How much of what Close allows is used now, and whether it is enough for the events that come."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.relay.close_budget import BudgetNow
from app.ui.frame.tasks import AsyncTask
from app.ui.language.translator import said
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.wording import clock_minute, span
from app.ui.theme.theme import Theme
from app.ui.widgets.card import Card
from app.ui.widgets.field import NoteLine
from app.ui.widgets.gauge import Gauge
from app.workflows.forecast import Budget, Forecast, measured_forecast

_FORECAST_EVERY_S = 300.0
_WORTH_SAYING = 0.01


class BudgetCard(Card):
    """Rates are the limiter's, of the endpoint group that is closest to its limit; the forecast comes from
    stored events and is read in a worker thread, now and then.
    """

    def __init__(self, theme: Theme, controller: RelayController, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("BudgetCard", "Close budget")
        super().__init__(theme, title, "–", parent=parent)
        self._controller = controller
        self._read_at = float("-inf")
        self.gauge = Gauge(theme, self.tr("Used of what Close allows"))
        self._peak = NoteLine(theme)
        self._need = NoteLine(theme)
        self._task = AsyncTask("forecast the budget", unexpected=controller.unexpected, parent=self)
        self._task.succeeded.connect(self.show_forecast)
        self.body.addWidget(self.gauge)
        self.body.addWidget(self._peak)
        self.body.addWidget(self._need)
        self.body.addStretch(1)
        self.show_budget()

    def show_budget(self) -> None:
        """What is used at present."""
        service = self._controller.service
        self.show_now(service.budget.read() if service is not None else BudgetNow())

    def show_now(self, now: BudgetNow) -> None:
        self.gauge.set_value(now.share)
        if now.allowed_per_second:
            words = self.tr("{used} of {all} per second").format(
                used=f"{now.per_second:.1f}", all=f"{now.allowed_per_second:.0f}"
            )
            self.fact.setText(words)
        else:
            self.fact.setText(self.tr("no requests now"))
        if now.blocked_s:
            text = self.tr("Close asks to wait {span}.").format(span=span(now.blocked_s))
            self._peak.show_text(text, "warn", "clock")
        elif now.peak_ms is not None:
            peak = self.tr("Peak today {n} per second, at {time}").format(
                n=f"{now.peak_per_second:.1f}", time=clock_minute(now.peak_ms)
            )
            self._peak.show_text(peak, "muted", "info")
        else:
            self._peak.show_text(self.tr("No peak yet"), "muted", "info")

    def refresh_forecast(self) -> None:
        """Read it again when the last reading is some minutes old; needs the running loop."""
        if self._task.busy or time.monotonic() - self._read_at < _FORECAST_EVERY_S:
            return
        self._read_at = time.monotonic()
        reader, now_ms = self._controller.reader, time.time_ns() // 1_000_000
        self._task.run(
            lambda: asyncio.to_thread(measured_forecast, reader, now_ms=now_ms), self.tr("Reading…")
        )

    def show_forecast(self, forecast: Forecast) -> None:
        if forecast.budget is Budget.COMFORTABLE and forecast.saved_share >= _WORTH_SAYING:
            saved = self.tr("Change-only saves {n} % of the requests")
            self._need.show_text(saved.format(n=round(forecast.saved_share * 100)), "muted", "zap")
        else:
            self._need.show_text(said(forecast.words), "muted", "zap")
        self.gauge.setToolTip(said(forecast.words))
