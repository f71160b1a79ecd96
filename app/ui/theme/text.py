"""Text that goes into labels: leading for wrapped paragraphs, and escaping of what people typed."""

from __future__ import annotations

from html import escape


def plain(text: str) -> str:
    """User data made safe for a rich text label."""
    return escape(text, quote=False)


def strong(text: str) -> str:
    """User data in semibold inside a rich text label."""
    return f'<span style="font-weight:600">{plain(text)}</span>'


def paragraph(markup: str) -> str:
    """Rich text with the 120 % line height of running text; ``markup`` is already escaped."""
    return f'<p style="margin:0; line-height:120%">{markup.replace(chr(10), "<br>")}</p>'
