"""A relay's day as its database holds it: real events, the real inbox, real reports of runs in a sandbox."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.relay.delivery import RetryPolicy, TryContext, after_report
from app.relay.event_records import Mark
from app.relay.inbox import Inbox
from app.segment.bodies import decode_event
from app.segment.events import read_event
from app.storage.profile import Mode
from tests.actions.builders import mapping, stage
from tests.relay.builders import START_MS, new_events

TOOK_MS = 120


def identify(number: int, **traits: Any) -> dict[str, Any]:
    user = f"u_{number}"
    return {
        "type": "identify",
        "messageId": f"day-{number}-{sorted(traits.items())}",
        "userId": user,
        "traits": {"email": f"{user}@day.example", **traits},
    }


def page(number: int) -> dict[str, Any]:
    return {"type": "page", "messageId": f"page-{number}", "userId": f"u_{number}", "name": "Pricing"}


def group(number: int) -> dict[str, Any]:
    """What fails: its mapping names a field that Close does not have."""
    return {**identify(number, name="Ada"), "messageId": f"bad-{number}", "type": "group", "groupId": "g"}


async def relay_day(folder: Path, *events: Mapping[str, Any], mode: Mode = Mode.LIVE) -> Path:
    """Store the events and run them one after the other; the database."""
    path = folder / "relay.db"
    inbox = await Inbox.open(path, redact=str)
    try:
        async with stage(
            mapping(), mapping(name="Groups", trigger='type = "group"', lead_custom_fields={"cf_gone": "x"})
        ) as scene:
            for event in events:
                await inbox.append(new_events(event, mode=mode))
            while claims := (await inbox.claim(100, mode=mode, now_ms=START_MS)).events:
                for claimed in claims:
                    live = mode is Mode.LIVE
                    report = await scene.run(read_event(decode_event(claimed.body)), live=live)
                    context = TryContext(live, 0, START_MS, START_MS)
                    verdict = after_report(report, context, RetryPolicy(), random.Random(7).uniform)
                    await inbox.record(
                        Mark(
                            claimed.row.id,
                            verdict.state,
                            verdict.reason,
                            verdict.outcome,
                            mode,
                            1,
                            START_MS,
                            verdict.due_ms,
                            START_MS,
                            START_MS + TOOK_MS,
                            verdict.error_code,
                            report,
                        )
                    )
    finally:
        await inbox.close()
    return path
