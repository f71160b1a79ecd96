"""How many calls to Close a realistic day of events costs: asking Close every time against remembering.

    python -m tests.benchmarks.close_calls_benchmark [events]

People come Zipf-distributed, every page load identifies, one in twenty identifies says something new. Both
ways have to end with the same records in Close, compared one by one; the sandbox counts the calls.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time as wall
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.actions.upsert_payload import ActionSettings
from app.actions.workplace import RunOptions
from app.close.client import CloseClient
from app.close.records import ObjectType
from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.ids import IdSource
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from app.segment.events import Event, read_event
from app.storage.action_memory import ActionMemory
from app.storage.identity_memory import MemoryIdentities
from app.storage.identity_store import Identity
from tests.actions.builders import STARTED, mapping
from tests.actions.direct_wire import DirectWire

EVENTS = 50_000
PEOPLE = 1_000
COMPANIES = 250
NEW_SHARE = 0.05
SEED = 20_260_304


class NoIdentities(MemoryIdentities):
    """Remembers nothing about records: every event has to search."""

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        """Dropped."""

    def contact_for(self, user_id: str) -> Identity | None:
        return None

    def lead_for(self, company_id: str) -> Identity | None:
        return None


@dataclass(frozen=True)
class Outcome:
    calls: Counter[str]
    records: list[str]
    seconds: float


def trace(count: int) -> Iterator[Event]:
    """The same events for both ways."""
    chance = random.Random(SEED)
    weights = [1 / rank for rank in range(1, PEOPLE + 1)]
    people = chance.choices(range(PEOPLE), weights, k=count)
    titles: dict[int, str] = {}
    for number, person in enumerate(people):
        if person not in titles or chance.random() < NEW_SHARE:
            titles[person] = f"Title {number}"
        company = person % COMPANIES
        yield read_event(
            {
                "type": "identify",
                "messageId": f"m{number}",
                "userId": f"u_{person}",
                "traits": {
                    "name": f"Person {person}",
                    "email": f"p{person}@example.com",
                    "title": titles[person],
                    "company": {"id": f"co_{company}", "name": f"Company {company}"},
                },
            }
        )


async def play(count: int, *, remembering: bool) -> Outcome:
    time = VirtualClock()
    store = Store(clock=time, ids=IdSource(random.Random(SEED)))
    sandbox = Sandbox(store=store, switches=Switches(index_lag_s=0), clock=time)
    settings = ActionSettings(
        sandbox.person.add_field("lead", "Company ID").id,
        sandbox.person.add_field("contact", "User ID").id,
    )

    def seconds() -> float:
        return (time.now() - STARTED).total_seconds()

    async def sleep(pause_s: float) -> None:
        time.advance(pause_s)

    calls: Counter[str] = Counter()
    memory = ActionMemory.passing(None if remembering else NoIdentities())
    started = wall.perf_counter()
    async with CloseClient(
        sandbox.api_key,
        base_url="http://127.0.0.1/api/v1/",
        transport=DirectWire(sandbox),
        clock=seconds,
        sleep=sleep,
        # The limits are not what is measured: they would only move the virtual clock.
        max_rate_wait_s=1e9,
    ) as close:
        spec = mapping()
        runner = ActionRunner(
            close,
            [CompiledMapping(spec)],
            settings,
            memory,
            vocabulary=FieldCatalogue(close, settings, [spec], seconds).vocabulary,
            exchanges=ExchangeCollector(),
            now_ms=lambda: round(time.now().timestamp() * 1000),
            sleep=sleep,
            options=None if remembering else RunOptions(settled_s=0),
        )
        for event in trace(count):
            time.advance(1.0)
            report = await runner.run(event, live=True)
            if report.error is not None:
                raise report.error
            for call in sandbox.calls.matching("*", "*"):
                calls[call.group] += 1
            sandbox.calls.clear()
    memory.close()
    return Outcome(calls, records(sandbox), wall.perf_counter() - started)


def records(sandbox: Sandbox) -> list[str]:
    """Every lead and contact with its values, without Close's ids and times."""
    store = sandbox.store
    lines: list[Any] = [(one.name, sorted(one.custom.items())) for one in store.leads.values()]
    lines += [
        (
            one.name,
            one.title,
            [each.email for each in one.emails],
            sorted(one.custom.items()),
            store.leads[one.lead_id].name,
        )
        for one in store.contacts.values()
    ]
    return sorted(map(str, lines))


def main(count: int) -> int:
    naive = asyncio.run(play(count, remembering=False))
    ours = asyncio.run(play(count, remembering=True))
    print(f"{count} events of {PEOPLE} people in {COMPANIES} companies")
    for name, outcome in (("asking Close every time", naive), ("remembering", ours)):
        per_1000 = 1000 * outcome.calls.total() / count
        groups = ", ".join(f"{group} {number}" for group, number in outcome.calls.most_common())
        print(f"{name}: {per_1000:.0f} calls per 1000 events ({groups}), {outcome.seconds:.0f} s")
    ratio = naive.calls.total() / max(1, ours.calls.total())
    same = naive.records == ours.records
    print(f"{ratio:.1f} times fewer; {len(ours.records)} records {'are the same' if same else 'DIFFER'}")
    return 0 if same and ratio >= 10 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
