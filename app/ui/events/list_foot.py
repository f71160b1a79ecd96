"""The line below the list of events: how many there are, and the room they take."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.events.events_model import MOST_ROWS
from app.ui.relay.relay_figures import RelayFigures
from app.ui.relay.wording import counted, megabytes, span
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel


class ListFoot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._count = ElidedLabel(theme, "", Role.CAPTION, "muted")
        self._size = ElidedLabel(theme, "", Role.CAPTION, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 16, 7)
        row.setSpacing(6)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(Icon(theme, "hard-drive", "muted", 14))
        row.addWidget(self._size)

    def show_figures(
        self, rows: int, figures: RelayFigures, *, limit_mb: int, filtered: bool, more: bool
    ) -> None:
        """``rows`` are in the list, ``more`` of them may come; ``limit_mb`` is the room events may take."""
        text = self.tr("{n} events stored").format(n=counted(max(figures.stored, rows)))
        if filtered:
            text = self.tr("{n} events match").format(n=counted(rows) + ("+" if more else ""))
        if rows >= MOST_ROWS:
            text = self.tr("The newest {n} are shown; a filter finds older ones.").format(
                n=counted(MOST_ROWS)
            )
        self._count.setText(text)
        limit = self.tr("{n} MB").format(n=limit_mb)
        parts = [self.tr("{size} of {limit}").format(size=megabytes(figures.size_bytes), limit=limit)]
        if figures.oldest_ms is not None:
            age = span((figures.now_ms - figures.oldest_ms) / 1000)
            parts.append(self.tr("oldest {age}").format(age=age))
        self._size.setText(", ".join(parts))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("border"))
