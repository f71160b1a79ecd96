"""Text that goes into labels: leading for wrapped paragraphs, and escaping of what people typed."""

from __future__ import annotations

from html import escape

LEADING_PERCENT = 120


def plain(text: str) -> str:
    """User data made safe for a rich text label."""
    return escape(text, quote=False)


def strong(text: str) -> str:
    """User data in semibold inside a rich text label."""
    return f'<span style="font-weight:600">{plain(text)}</span>'


def paragraph(markup: str) -> str:
    """Rich text with the 120 % line height of running text; ``markup`` is already escaped."""
    style = f"margin:0; line-height:{LEADING_PERCENT}%; white-space:pre-wrap"
    return f'<p style="{style}">{markup.replace(chr(10), "<br>")}</p>'
