"""The icon in the tray says at a glance whether the relay is well."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtGui import QColor, QImage

from app.relay.status import RelayState
from app.ui.desktop.tray_icon import tray_icon
from app.ui.relay.wording import STATE_TONES
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone


def drawn(theme: Theme, tone: Tone, size: int) -> QImage:
    return tray_icon(theme, tone).pixmap(size, size).toImage().convertToFormat(QImage.Format.Format_ARGB32)


@pytest.mark.parametrize("size", [16, 22, 48])
def test_well_stopped_worth_a_look_and_broken_look_different(theme: Theme, size: int) -> None:
    states = (RelayState.REACHABLE, RelayState.STOPPED, RelayState.UNREACHABLE, RelayState.ERROR)
    icons = [drawn(theme, STATE_TONES[state], size) for state in states]
    assert all(first != second for first, second in combinations(icons, 2))


@pytest.mark.parametrize("tone", [Tone.WARN, Tone.ERROR], ids=["warning", "error"])
def test_the_mark_has_the_colour_of_its_tone_and_a_shape_of_its_own(theme: Theme, tone: Tone) -> None:
    marked, other = drawn(theme, tone, 48), drawn(theme, Tone.OK, 48)
    changed = [(x, y) for x in range(48) for y in range(48) if marked.pixel(x, y) != other.pixel(x, y)]
    assert min(x for x, _ in changed) > 12
    assert min(y for _, y in changed) > 12
    wanted = QColor(theme.tone(tone).text).rgb()
    colored = sum(marked.pixel(x, y) == wanted for x, y in changed)
    # A disc fills three quarters of its square, a triangle half of it.
    width = max(x for x, _ in changed) - min(x for x, _ in changed)
    assert (colored / width**2 > 0.55) == (tone is Tone.ERROR)


def test_a_stopped_relay_has_a_pale_icon(theme: Theme) -> None:
    stopped, well = drawn(theme, Tone.NEUTRAL, 48), drawn(theme, Tone.OK, 48)
    assert 0 < stopped.pixelColor(24, 24).alpha() < well.pixelColor(24, 24).alpha()
