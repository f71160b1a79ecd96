"""Waiting for what a test expects, instead of for time to pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_PAUSE_S = 0.01


async def until(condition: Callable[[], T], *, within_s: float = 15.0, what: str = "") -> T:
    """Return the condition's first truthy value; fail the test when it does not come."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within_s} s for {what or condition}")
        await asyncio.sleep(_PAUSE_S)


def until_blocking(condition: Callable[[], T], *, within_s: float = 15.0, what: str = "") -> T:
    """The same for tests without a loop."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within_s} s for {what or condition}")
        time.sleep(_PAUSE_S)
