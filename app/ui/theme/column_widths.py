"""The widths that a person has given to columns of tables, for all windows of one program."""

from __future__ import annotations

from collections.abc import Mapping

LEAST, MOST = 40, 1200


class ColumnWidths:
    """Widths are in px at 100 % text, one per column; 0 stands for a column that takes what is left."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, ...]] = {}

    @property
    def kept(self) -> Mapping[str, tuple[int, ...]]:
        return dict(self._kept)

    def remember(self, earlier: Mapping[str, tuple[int, ...]]) -> None:
        """What was kept by an earlier run; tables that were changed since stay as they are."""
        self._kept = {**earlier, **self._kept}

    def keep(self, table: str, widths: tuple[int, ...]) -> None:
        self._kept[table] = widths

    def width(self, table: str, column: int, columns: int) -> int:
        """Of one of ``columns`` columns; 0 when none was given, or for a table that had other columns."""
        widths = self._kept.get(table, ())
        if len(widths) != columns or not widths[column]:
            return 0
        return min(max(widths[column], LEAST), MOST)
