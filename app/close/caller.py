"""What the families of calls share: one way to ask Close for something."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from app.json_value import JsonObject, JsonValue


class Caller(ABC):
    """Makes calls; the families of calls (records, search, activities) are built on it."""

    @abstractmethod
    async def _call(
        self,
        method: str,
        resource: str,
        id_in_path: str = "",
        *,
        query: Mapping[str, object] | None = None,
        body: JsonObject | None = None,
    ) -> JsonValue:
        """The JSON of Close's answer. ``resource`` is the path without ids. Raises ``CloseError``."""
