"""The relay as one thing to start, watch and stop, in the window as well as headless.

It lives on its own thread with its own asyncio loop, so that neither a dialog nor a repaint holds up
an acknowledgement. Everything public here may be called from any thread but the relay's own.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.errors import AppError
from app.relay.access import SavedAccess, follow_access
from app.relay.clock import Clock, SystemClock
from app.relay.close_budget import CloseBudget
from app.relay.delivery import RetryPolicy, Uniform
from app.relay.dispatcher import Dispatcher
from app.relay.event_records import EventRow
from app.relay.exposure import check_exposure, exposure_warning, intake_rules, url_host
from app.relay.feed import Feed, FeedCallback, Subscribers
from app.relay.group_commit import stopped_error
from app.relay.idle_status import idle_status, oldest_queued_s
from app.relay.inbox import Inbox, requeued_row
from app.relay.inbox_reader import InboxReader
from app.relay.intake import IntakeRules, SourceRules
from app.relay.processor import Processor
from app.relay.profile_lock import ProfileLock
from app.relay.reach_status import ReachStatus
from app.relay.reachability import Listener, Reachability, ReachChoice
from app.relay.replay_feeder import feed_replays
from app.relay.report_codec import Redact
from app.relay.retention import Retention, keep_within
from app.relay.running import Running, crash_error, release_claims, wait_for
from app.relay.server import RelayServer
from app.relay.status import RelayAddress, RelayStatus
from app.relay.watch import RelayWatch
from app.storage.profile import Mode, RelaySettings

_log = logging.getLogger(__name__)

ProcessorFactory = Callable[[], AbstractAsyncContextManager[Processor]]
OpenAdmin = Callable[[Callable[[], RelayStatus]], AbstractAsyncContextManager[str]]


@dataclass(frozen=True, slots=True)
class RelayConfig:
    """``secrets``: the shared secret in use first, then those still accepted during a rotation.

    ``sources``: what Segment's own libraries are held to when they post directly, None when they may not.
    """

    database: Path
    settings: RelaySettings
    secrets: tuple[str, ...] = field(repr=False)
    retention: Retention = field(default_factory=Retention)
    sources: SourceRules | None = None


class RelayService:
    """Hosts listener, inbox and dispatcher. May be started again after it was stopped.

    ``processor_factory`` is entered on the relay's loop at every start and left after the last try.
    ``redact`` takes secrets out of what is stored about a try. ``saved_access`` is followed while the relay
    runs; without it secrets and sources stay what ``config`` says. ``open_admin`` is entered on the relay's
    loop once it listens, and left last; it is handed ``status`` and gives its URL. ``budget`` hears of calls
    by whoever makes them.
    """

    def __init__(
        self,
        config: RelayConfig,
        processor_factory: ProcessorFactory,
        *,
        redact: Redact,
        clock: Clock | None = None,
        uniform: Uniform = random.uniform,
        policy: RetryPolicy | None = None,
        saved_access: SavedAccess | None = None,
        reach: Reachability | None = None,
        watch: RelayWatch | None = None,
        open_admin: OpenAdmin | None = None,
        budget: CloseBudget | None = None,
    ) -> None:
        self._config = config
        self.budget = budget or CloseBudget()
        self._saved_access = saved_access
        self._reach = reach
        self._watch = watch or RelayWatch()
        self._open_admin = open_admin
        self._sources = config.sources
        self._processor_factory = processor_factory
        self._redact = redact
        self._clock = clock or SystemClock()
        self._uniform = uniform
        self._policy = policy or RetryPolicy()
        self._reader = InboxReader(config.database)
        self._subscribers = Subscribers()
        self._secrets = config.secrets
        self._mode = config.settings.mode
        self._guard = threading.Lock()
        self._running: Running | None = None
        self._starting = False
        self._failure: AppError | None = None

    def start(self) -> RelayAddress:
        """Listen and deliver; returns when the first request would be answered.

        Raises ``AppError``: RELAY-NO-SECRET, RELAY-EXPOSED, RELAY-PORT-IN-USE, RELAY-ALREADY-RUNNING,
        what the database says, or what entering the processor raised.
        """
        with self._guard:
            if self._running is not None and self._running.thread.is_alive():
                return self._running.address
            self._starting = True
            try:
                self._running = self._start()
                self._failure = None
            except AppError as error:
                self._failure = error
                raise
            finally:
                self._starting = False
            return self._running.address

    def _start(self) -> Running:
        check_exposure(self._config.settings, self._secrets)
        warning = exposure_warning(self._config.settings)
        if warning:
            _log.warning("%s", warning)
        if not any(self._secrets):
            _log.warning("Requests are accepted unsigned, from this machine only.")
        started: concurrent.futures.Future[Running] = concurrent.futures.Future()
        thread = threading.Thread(target=self._host, args=(started,), name="relay", daemon=True)
        thread.start()
        try:
            return started.result()
        except BaseException:
            thread.join()
            raise

    def stop(self, drain_s: float = 5.0) -> None:
        """Take no more requests, let what is in flight end for up to ``drain_s`` seconds, close the inbox."""
        with self._guard:
            running = self._running
            if running is None:
                return
            running.drain_s = drain_s
            running.stopping = True
            self._call(running, running.stop.set)
            running.thread.join()
            self._running = None

    def close(self) -> None:
        """Stop, and let go of the database."""
        self.stop()
        self._reader.close()

    def set_mode(self, mode: Mode) -> None:
        """Holds for every event from now on; also before ``start``."""
        self._mode = mode

        def apply(running: Running) -> None:
            running.server.rules = replace(running.server.rules, mode=mode)
            running.dispatcher.set_mode(mode)

        self._on_loop(apply)

    def set_secrets(self, secrets: Sequence[str]) -> None:
        """Replace the shared secrets; the webhook path follows the first one."""
        check_exposure(self._config.settings, secrets)
        self._secrets = tuple(secrets)
        self._on_loop(self._apply_access)

    def _access_changed(
        self, running: Running, secrets: tuple[str, ...], sources: SourceRules | None
    ) -> None:
        """On the relay's loop. Raises ``AppError`` when the secrets may not be used."""
        if (secrets, sources) == (self._secrets, self._sources):
            return
        check_exposure(self._config.settings, secrets)
        self._secrets, self._sources = secrets, sources
        self._apply_access(running)
        _log.info("Secrets and sources of the relay have changed and hold from now on.")

    def _apply_access(self, running: Running) -> None:
        running.server.rules = self._rules()
        running.address = self._address(running.address.port, running.server)

    def _rules(self) -> IntakeRules:
        return intake_rules(self._config.settings, self._secrets, self._mode, self._sources)

    def choose_reach(self, choice: ReachChoice) -> None:
        """Be reached another way from now on. Raises ``AppError`` RELAY-EXPOSED without a secret."""
        settings = replace(self._config.settings, tunnel=choice.tunnel, public_url=choice.public_url)
        check_exposure(settings, self._secrets)
        reach = self._reach
        if reach is not None:
            reach.choice = choice
            self._on_loop(lambda _: reach.choose(choice))

    def check_reach(self) -> None:
        """Do not wait for the next round trip."""
        reach = self._reach
        if reach is not None:
            self._on_loop(lambda _: reach.check_now())

    def url_copied(self) -> None:
        """A person took the present webhook URL to Segment. Blocks shortly; raises ``AppError``."""
        running = self._running
        if self._reach is not None and running is not None and running.address.public_url:
            self._reach.copied(running.address.public_url)

    def _use_public_url(self, running: Running, url: str) -> None:
        """On the relay's loop."""
        self._config = replace(self._config, settings=replace(self._config.settings, public_url=url))
        self._apply_access(running)

    def pause(self) -> None:
        """Go on taking events in, start no delivery."""
        self._on_loop(lambda running: running.dispatcher.pause())

    def resume(self) -> None:
        self._on_loop(lambda running: running.dispatcher.resume())

    def key_replaced(self) -> None:
        """Deliver again after Close had refused the key."""
        self._on_loop(lambda running: running.dispatcher.key_replaced())

    def wake(self) -> None:
        """Look at due times again, for example after the machine slept."""
        self._on_loop(lambda running: running.dispatcher.wake())

    def retry(self, event_id: int) -> EventRow:
        """Queue an event again, at the end. Waits for the disk (milliseconds).

        Raises ``AppError`` RELAY-EVENT-UNKNOWN, RELAY-EVENT-UNREADABLE, RELAY-STOPPED.
        """
        running = self._running
        if running is None:
            raise stopped_error()

        async def work() -> EventRow:
            result, row = await running.inbox.requeue(event_id, now_ms=self._clock.now_ms())
            wanted = requeued_row(event_id, result, row)
            running.feed.announce(wanted)
            running.dispatcher.wake()
            return wanted

        return wait_for(running.loop, work())

    def subscribe(self, callback: FeedCallback) -> Callable[[], None]:
        """Hear of changed events, on the relay's thread, until the result is called. Outlives restarts."""
        return self._subscribers.add(callback)

    def status(self) -> RelayStatus:
        """Where the relay stands now. Reads the database shortly."""
        running = self._running
        alive = running is not None and running.thread.is_alive()
        if running is None or not alive:
            return idle_status(self._reader, self._clock, self._mode, self._failure, starting=self._starting)
        reach = self._reach.status() if self._reach is not None else ReachStatus()
        return running.status(self._mode, reach, oldest_queued_s(self._reader, self._clock))

    @property
    def admin_url(self) -> str:
        """Where health and metrics are read; empty when nowhere."""
        return self._running.admin_url if self._running is not None else ""

    @property
    def failure(self) -> AppError | None:
        """Why the relay could not start or ended by itself; None when it did neither."""
        return self._failure

    def responds(self, within_s: float) -> bool:
        """Whether the relay runs and its loop comes round in that time. Blocks."""
        running = self._running
        return running is not None and running.answers(within_s)

    def _host(self, started: concurrent.futures.Future[Running]) -> None:
        """The relay's thread."""
        try:
            asyncio.run(self._main(started))
        except BaseException as error:  # noqa: BLE001 - the end of a thread: told to start or logged
            if started.done():
                _log.exception("The relay ended unexpectedly.")
                self._failure = crash_error(error)
            else:
                started.set_exception(error)

    async def _main(self, started: concurrent.futures.Future[Running]) -> None:
        loop = asyncio.get_running_loop()
        path = self._config.database
        async with AsyncExitStack() as stack:
            lock = ProfileLock(path.with_suffix(".lock"))
            lock.acquire()
            stack.callback(lock.release)
            inbox = await Inbox.open(path, self._redact)
            stack.push_async_callback(inbox.close)
            processor = await stack.enter_async_context(self._processor_factory())
            feed = Feed(loop, self._subscribers)
            stack.callback(feed.flush)
            dispatcher = Dispatcher(
                inbox,
                processor,
                mode=self._mode,
                clock=self._clock,
                uniform=self._uniform,
                announce=lambda row: running.announce(row),
                policy=self._policy,
            )
            server = RelayServer(
                inbox, self._rules(), self._clock, lambda added: running.stored(added), watch=self._watch
            )
            running = Running(loop, threading.current_thread(), inbox, dispatcher, server, feed, self._watch)
            running.address = self._address(
                await server.start(self._config.settings.host, self._config.settings.port), server
            )
            stack.push_async_callback(server.stop)
            if self._open_admin is not None:
                running.admin_url = await stack.enter_async_context(self._open_admin(self.status))
            dispatcher.start()
            pruning = asyncio.create_task(
                keep_within(self._config.retention, inbox, self._clock, running.stop), name="retention"
            )
            following = asyncio.create_task(self._follow_access(running), name="access")
            replaying = asyncio.create_task(
                feed_replays(inbox, dispatcher, self._clock, feed.announce, running.stop), name="replays"
            )
            reaching = asyncio.create_task(self._keep_reachable(running), name="reach")
            started.set_result(running)
            await running.stop.wait()
            await reaching
            await server.stop()
            await replaying
            await dispatcher.stop(running.drain_s)
            await pruning
            await following
            await release_claims(inbox)

    async def _keep_reachable(self, running: Running) -> None:
        if self._reach is None:
            return
        server, settings = running.server, self._config.settings
        listener = Listener(
            settings.host,
            running.address.port,
            path=lambda: server.rules.path,
            secret=lambda: next(iter(server.rules.secrets), None),
            on_url=lambda url: self._use_public_url(running, url),
            on_wake=running.dispatcher.wake,
        )
        await self._reach.run(listener, running.stop)

    async def _follow_access(self, running: Running) -> None:
        if self._saved_access is not None:
            await follow_access(
                self._saved_access,
                self._clock,
                running.stop,
                lambda secrets, sources: self._access_changed(running, secrets, sources),
            )

    def _address(self, port: int, server: RelayServer) -> RelayAddress:
        settings = self._config.settings
        public = settings.public_url.rstrip("/")
        local = f"http://{url_host(settings.host)}:{port}"
        return RelayAddress(
            settings.host, port, local + server.rules.path, public + server.rules.path if public else ""
        )

    def _on_loop(self, action: Callable[[Running], None]) -> None:
        running = self._running
        if running is not None:
            self._call(running, lambda: action(running))

    @staticmethod
    def _call(running: Running, action: Callable[[], None]) -> None:
        try:
            running.loop.call_soon_threadsafe(action)
        except RuntimeError:
            _log.debug("The relay has ended already.")
