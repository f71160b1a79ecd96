"""The complete Qt palette of a colour scheme, so that nothing is left to the platform's guess."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from app.ui.theme.tokens import Tokens


def palette_from(tokens: Tokens) -> QPalette:
    """Every colour role in every group; the disabled group differs in its text only."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.Light: tokens.raised,
        role.Midlight: tokens.hover,
        role.Dark: tokens.border,
        role.Mid: tokens.track,
        role.Shadow: tokens.rail,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.violet,
        role.Accent: tokens.accent,
    }
    palette = QPalette()
    for each, color in colors.items():
        palette.setColor(QPalette.ColorGroup.All, each, QColor(color))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(tokens.muted))
    return palette
