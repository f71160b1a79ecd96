"""How many calls to Close a realistic day of events costs: a plain integration against this program.

    python -m tests.benchmarks.close_calls_benchmark [events]

People come Zipf-distributed, every page load identifies, one in twenty identifies says something new. The
plain integration does for every event what integrations without a memory do: search the lead, search the
contact, then write all mapped values, or create what is missing. Both have to end with the same records in
Close, compared one by one. Time is virtual; the sandbox counts the calls.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.actions.upsert_payload import ActionSettings
from app.close.client import CloseClient
from app.close.records import ContactWrite, LeadWrite, ListEntry
from app.close.sandbox.application import Sandbox
from app.segment.close_destination import ACTION
from app.segment.events import Event, read_event
from app.storage.profile import MappingSpec
from tests.simulation.disk import Disk
from tests.simulation.life import Life
from tests.simulation.organization import COMPANY, USER, organization
from tests.simulation.virtual_loop import LoopClock, VirtualLoop, run_virtually
from tests.simulation.wire import BASE_URL, SimulatedTransport, Wire

EVENTS = 50_000
NEW_SHARE = 0.05
SEED = 20_260_304
LEAST_RATIO = 10.0

Handle = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class Outcome:
    """``calls`` by endpoint group; ``records`` are what Close holds at the end, in words.
    ``seconds`` are processor time.
    """

    calls: Counter[str]
    records: list[str]
    seconds: float


def trace(count: int) -> Iterator[Event]:
    """The same events for both: one person in fifty events, five people in a company."""
    chance = random.Random(SEED)
    people = max(4, count // 50)
    weights = [1 / rank for rank in range(1, people + 1)]
    titles: dict[int, str] = {}
    for number, person in enumerate(chance.choices(range(people), weights, k=count)):
        if person not in titles or chance.random() < NEW_SHARE:
            titles[person] = f"Title {number}"
        company = person % max(1, people // 5)
        traits: dict[str, Any] = {
            "name": f"Person {person}",
            "email": f"p{person}@example.com",
            "title": titles[person],
            "company": {"id": f"co_{company}", "name": f"Company {company}"},
        }
        user_id = f"u_{person}"
        yield read_event({"type": "identify", "messageId": f"m{number}", "userId": user_id, "traits": traits})


class PlainIntegration:
    """Search, search, write everything. It remembers nothing."""

    def __init__(self, close: CloseClient) -> None:
        self._close = close

    async def handle(self, event: Event) -> None:
        traits: Any = event.body["traits"]
        company = traits["company"]
        lead = LeadWrite(name=company["name"], custom={COMPANY: company["id"]})
        contact = ContactWrite(
            name=traits["name"],
            title=traits["title"],
            emails=(ListEntry(traits["email"], "office"),),
            custom={USER: event.user_id},
        )
        leads = await self._close.leads_by_company_id(COMPANY, company["id"])
        contacts = await self._close.contacts_by_user_id(USER, event.user_id or "")
        if leads:
            await self._close.update_lead(leads[0].id, lead)
            if contacts:
                await self._close.update_contact(contacts[0].id, contact)
            else:
                await self._close.create_contact(leads[0].id, contact)
        else:
            await self._close.create_lead(LeadWrite(lead.name, custom=lead.custom, contacts=(contact,)))


@asynccontextmanager
async def plain(close: CloseClient, _loop: VirtualLoop) -> AsyncIterator[Handle]:
    yield PlainIntegration(close).handle


@asynccontextmanager
async def ours(close: CloseClient, loop: VirtualLoop) -> AsyncIterator[Handle]:
    """The program's runner with Segment's default mapping, on its database."""
    disk = Disk()
    spec = MappingSpec("People", ACTION.slug, ACTION.default_trigger, ACTION.default_mapping())
    settings = ActionSettings(COMPANY, USER)
    runner = ActionRunner(
        close,
        [CompiledMapping(spec)],
        settings,
        disk.memory_of(Life(lambda _where: None)),
        vocabulary=FieldCatalogue(close, settings, [spec], loop.time).vocabulary,
        exchanges=ExchangeCollector(),
        now_ms=loop.now_ms,
    )

    async def handle(event: Event) -> None:
        report = await runner.run(event, live=True)
        if report.error is not None:
            raise report.error

    yield handle
    disk.close()


def play(count: int, integration: Callable[..., Any]) -> Outcome:
    loop = VirtualLoop()
    # An index without a lag: a plain integration would make doubles otherwise.
    sandbox = organization(LoopClock(loop), SEED, {"index_lag_s": 0})
    wire = Wire(sandbox, loop, random.Random(SEED))
    calls: Counter[str] = Counter()

    async def main() -> None:
        life = Life(lambda _where: None)
        transport = SimulatedTransport(wire, life)
        # The limits are not what is measured: they only move the virtual clock.
        async with (
            CloseClient(
                sandbox.api_key,
                base_url=BASE_URL,
                transport=transport,
                clock=loop.time,
                jitter=lambda: 0.0,
                max_rate_wait_s=1e9,
            ) as close,
            integration(close, loop) as handle,
        ):
            for event in trace(count):
                await asyncio.sleep(1.0)
                await handle(event)
                calls.update(call.group for call in sandbox.calls)
                sandbox.calls.clear()
                sandbox.store.events.clear()
                wire.calls.clear()

    started = time.process_time()
    run_virtually(loop, main())
    return Outcome(calls, records(sandbox), time.process_time() - started)


def _play_quietly(count: int, integration: Callable[..., Any]) -> Outcome:
    logging.disable(logging.CRITICAL)
    return play(count, integration)


def records(sandbox: Sandbox) -> list[str]:
    """Every lead and contact with its values, without Close's ids and times."""
    store = sandbox.store
    lines: list[Any] = [
        (one.name, one.description, one.status_id, sorted(one.custom.items())) for one in store.leads.values()
    ]
    lines += [
        (
            one.name,
            one.title,
            [(each.email, each.type) for each in one.emails],
            [each.phone for each in one.phones],
            [each.url for each in one.urls],
            sorted(one.custom.items()),
            store.leads[one.lead_id].name,
        )
        for one in store.contacts.values()
    ]
    return sorted(map(str, lines))


def table(count: int, naive: Outcome, mine: Outcome) -> str:
    """Calls per 1000 events by endpoint group, with ratios."""
    lines = [f"{'calls per 1000 events':<24}{'plain':>10}{'ours':>10}{'ratio':>10}"]
    groups = sorted({*naive.calls, *mine.calls}, key=lambda group: -naive.calls[group])
    for group in (*groups, "all"):
        first, second = (one.calls.total() if group == "all" else one.calls[group] for one in (naive, mine))
        ratio = f"{first / second:.1f}" if second else "-"
        lines.append(f"{group:<24}{1000 * first / count:>10.1f}{1000 * second / count:>10.1f}{ratio:>10}")
    return "\n".join(lines)


def main(count: int) -> int:
    """Returns 1 when the records differ or the calls are not fewer enough."""
    with ProcessPoolExecutor(2) as both:
        naive, mine = both.map(_play_quietly, (count, count), (plain, ours))
    same = naive.records == mine.records
    ratio = naive.calls.total() / max(1, mine.calls.total())
    print(f"{count} events in {naive.seconds:.0f} s and {mine.seconds:.0f} s of processor time")
    print(table(count, naive, mine))
    print(
        f"{len(mine.records)} records {'are the same' if same else 'DIFFER'}; {ratio:.1f} times fewer calls"
    )
    return 0 if same and ratio >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
