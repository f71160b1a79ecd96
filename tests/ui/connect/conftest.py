"""Connect Segment in a window of its own."""

from __future__ import annotations

from tests.ui.setup.conftest import screen, unexpected

__all__ = ["screen", "unexpected"]
