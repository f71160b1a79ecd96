"""Moments in words, as lists and captions say them."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication


def moment_words(moment: datetime, now: datetime) -> str:
    """“Today 10:41”, “Yesterday 16:40”, “2026-03-04 09:15”, in the time zone of ``now``."""
    local = moment.astimezone(now.tzinfo)
    time = f"{local:%H:%M}"
    if local.date() == now.date():
        return _tr("Today {time}").format(time=time)
    if local.date() == (now - timedelta(days=1)).date():
        return _tr("Yesterday {time}").format(time=time)
    return f"{local:%Y-%m-%d} {time}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Moments", text)
