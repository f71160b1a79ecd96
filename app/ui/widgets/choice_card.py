"""Cards of which exactly one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge
from app.ui.widgets.card import Card
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel


class ChoiceCard(Card):
    """A radio button with its reasons. ``points`` are (advantage?, text): a check or a dash before each."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        points: Sequence[tuple[bool, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent=parent)
        self.radio = QRadioButton(title.replace("&", "&&"))
        self.radio.setAccessibleDescription(" ".join([text, *(point for _, point in points)]))
        self._badge = Badge(theme, self.tr("Chosen"), Tone.ACCENT)
        kept = self._badge.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._badge.setSizePolicy(kept)
        head = QHBoxLayout()
        head.addWidget(self.radio, 1)
        head.addWidget(self._badge)
        self.body.setSpacing(4)
        self.body.addLayout(head)
        self.body.addWidget(WrappedLabel(theme, text, Role.BODY, "muted"))
        self.body.addSpacing(6)
        for good, point in points:
            self._add_point(good=good, text=point)
        self.body.addStretch(1)
        self.radio.toggled.connect(self._chosen_changed)
        self._badge.setVisible(False)
        theme.changed.connect(self._restyle)
        self._restyle()

    def outline(self) -> tuple[str, float]:
        tokens = self._theme.tokens
        return (tokens.accent, 2.0) if self.radio.isChecked() else (tokens.border, 1.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.radio.setFocus(Qt.FocusReason.MouseFocusReason)
            self.radio.click()
        super().mouseReleaseEvent(event)

    def _add_point(self, *, good: bool, text: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(
            Icon(self._theme, "check" if good else "minus", "ok" if good else "muted", 14),
            0,
            Qt.AlignmentFlag.AlignTop,
        )
        row.addWidget(WrappedLabel(self._theme, text), 1)
        self.body.addLayout(row)

    def _chosen_changed(self, checked: bool) -> None:
        self._badge.setVisible(checked)
        self.update()

    def _restyle(self) -> None:
        self.radio.setFont(self._theme.font(Role.SECTION))


class ChoiceCards(QWidget):
    """Choice cards side by side, or below each other when it is narrow. ``chosen`` carries the key."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, *, stack_below: int = 560, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stack_below = stack_below
        self._keys: list[str] = []
        self._cards: list[ChoiceCard] = []
        self._group = QButtonGroup(self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._group.idClicked.connect(self._clicked)

    def add(self, key: str, card: ChoiceCard) -> None:
        self._group.addButton(card.radio, len(self._keys))
        self._keys.append(key)
        self._cards.append(card)
        self._layout.addWidget(card, 1)

    def current(self) -> str | None:
        number = self._group.checkedId()
        return self._keys[number] if number >= 0 else None

    def choose(self, key: str) -> None:
        self._cards[self._keys.index(key)].radio.setChecked(True)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        narrow = self.width() < self._stack_below * self._theme.text_scale
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() is not wanted:
            self._layout.setDirection(wanted)

    def _clicked(self, number: int) -> None:
        self.chosen.emit(self._keys[number])
