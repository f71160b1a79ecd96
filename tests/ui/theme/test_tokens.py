from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtGui import QColor

from app.ui.theme.tokens import DARK, LIGHT, Tokens, Tone, high_contrast

SCHEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
TEXT_ON_FILLS = [
    ("text", fill)
    for fill in ("window", "surface", "raised", "rail", "sunken", "hover", "accent_bg", "track")
] + [("muted", fill) for fill in ("window", "surface", "raised", "rail", "sunken", "hover", "accent_bg")]
TONES_ON_PLAIN = [
    (tone.value, fill)
    for tone in Tone
    if tone is not Tone.NEUTRAL
    for fill in ("window", "surface", "raised")
]
TONES_ON_TINT = [(tone.value, f"{tone.value}_bg") for tone in Tone if tone is not Tone.NEUTRAL]
TEXT_ON_TINT = [("text", f"{tone.value}_bg") for tone in Tone if tone is not Tone.NEUTRAL]
ON_FILLED = [("on_accent", "accent"), ("on_error", "error")]
EVERY_TEXT_PAIR = [*TEXT_ON_FILLS, *TONES_ON_PLAIN, *TONES_ON_TINT, *TEXT_ON_TINT, *ON_FILLED]
EVERY_FILL = sorted({fill for _, fill in EVERY_TEXT_PAIR} - {"accent", "error"})
OUTLINES_ON_FILLS = [
    (line, fill) for line in ("outline", "border", "hair") for fill in ("window", "surface")
] + [(f"{tone.value}_line", f"{tone.value}_bg") for tone in Tone if tone is not Tone.NEUTRAL]
# What tells nothing by itself: the grey of skipped bars always comes with a word.
DECORATION = {"skip"}
STRONG = pytest.mark.parametrize(
    "tokens", [high_contrast(LIGHT), high_contrast(DARK)], ids=["light, more contrast", "dark, more contrast"]
)


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""

    def luminance(color: QColor) -> float:
        def linear(part: float) -> float:
            return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

        return (
            0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
        )

    lighter, darker = sorted((luminance(QColor(first)), luminance(QColor(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@SCHEMES
@pytest.mark.parametrize(("ink", "fill"), EVERY_TEXT_PAIR)
def test_text_has_a_contrast_of_at_least_five(tokens: Tokens, ink: str, fill: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, fill)) >= 4.99


@STRONG
@pytest.mark.parametrize(("ink", "fill"), EVERY_TEXT_PAIR)
def test_text_has_a_contrast_of_at_least_seven_where_more_is_asked_for(
    tokens: Tokens, ink: str, fill: str
) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, fill)) >= 7.0


@STRONG
@pytest.mark.parametrize(("line", "fill"), OUTLINES_ON_FILLS)
def test_lines_are_seen_where_more_contrast_is_asked_for(tokens: Tokens, line: str, fill: str) -> None:
    assert contrast(getattr(tokens, line), getattr(tokens, fill)) >= 4.5


@SCHEMES
@pytest.mark.parametrize("fill", EVERY_FILL)
def test_no_text_on_any_fill_has_a_contrast_below_what_large_text_needs(tokens: Tokens, fill: str) -> None:
    """Pairs that no page has today still have to be readable when one gets them."""
    tones = (tone.value for tone in Tone if tone is not Tone.NEUTRAL)
    for ink in ("text", "muted", *tones):
        assert contrast(getattr(tokens, ink), getattr(tokens, fill)) >= 4.4, ink


def test_every_colour_of_the_schemes_is_looked_at_here() -> None:
    """A new token is named here, and so is measured, or is decoration."""
    looked_at = {name for pair in (*EVERY_TEXT_PAIR, *OUTLINES_ON_FILLS) for name in pair}
    colors = {each.name for each in fields(Tokens) if each.type == "str"}
    assert colors - looked_at == DECORATION


@SCHEMES
@pytest.mark.parametrize("fill", ["window", "surface", "raised", "rail", "sunken"])
def test_control_outlines_have_a_contrast_of_at_least_three(tokens: Tokens, fill: str) -> None:
    assert contrast(tokens.outline, getattr(tokens, fill)) >= 3.0


@SCHEMES
@pytest.mark.parametrize("fill", ["window", "surface", "raised", "rail"])
def test_the_focus_ring_has_a_contrast_of_at_least_three(tokens: Tokens, fill: str) -> None:
    assert contrast(tokens.accent, getattr(tokens, fill)) >= 3.0


@SCHEMES
def test_high_contrast_uses_pure_text_and_strong_outlines(tokens: Tokens) -> None:
    strong = high_contrast(tokens)

    assert contrast(strong.text, strong.window) == pytest.approx(21, abs=0.1)
    assert strong.muted == strong.text == strong.outline
    assert strong.outline_width == 2


@SCHEMES
def test_every_tone_has_three_colours(tokens: Tokens) -> None:
    for tone in Tone:
        colors = tokens.tone(tone)
        assert len({colors.text, colors.bg, colors.line}) == 3
