"""What the list of events showed, kept between two runs. Apart from the window's place, which a start
needs before it can afford to read the pages.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker

from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.segment.events import EVENT_TYPES
from app.storage.window_settings import WindowSettingsStore
from app.ui.events.filter_bar import FilterBar

_log = logging.getLogger(__name__)


def restore_filters(filters: FilterBar, store: WindowSettingsStore) -> None:
    """Those that this program knows. Nothing is read yet: the page does so when it is shown."""
    kept = store.load()
    blocker = QSignalBlocker(filters)
    filters.set_filter(
        EventFilter(
            states=frozenset(state for state in State if state.value in kept.event_states),
            types=frozenset(kept.event_types) & frozenset(EVENT_TYPES),
            bookmarked=kept.event_marks,
        )
    )
    blocker.unblock()


def keep_filters(filters: FilterBar, store: WindowSettingsStore) -> None:
    """Whoever was looked for is not kept. Filters that cannot be kept cost nothing but themselves."""
    shown = filters.filter()
    try:
        kept = replace(
            store.load(),
            event_states=tuple(sorted(state.value for state in shown.states)),
            event_types=tuple(sorted(shown.types)),
            event_marks=shown.bookmarked,
        )
        store.save(kept)
    except AppError as error:
        _log.warning("The filters of events are not kept: %s", error)
