"""A profile's collected events as the window sees them: read and kept in worker threads."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Iterable

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.storage.sample_store import SampleStore
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.workflows.sample_collection import Added, EventCollection, Removed
from app.workflows.sample_keeping import KeptEvents, read_kept, to_store
from app.workflows.samples import Sample

_log = logging.getLogger(__name__)
# Ten thousand large events on a slow disk; nobody waits for it.
_DISK = TaskLimits(give_up=300.0)


class CollectedEvents(QObject):
    """One per profile, shared by the pages; belongs to the window's thread.

    Without a store nothing is read or kept. ``changed`` fires after every change of the collection, also when
    another event is chosen. ``trouble`` is what the disk last said, with ``trouble_changed``.
    """

    masking_changed = Signal(bool)
    changed = Signal()
    loaded = Signal()
    trouble_changed = Signal()

    def __init__(
        self,
        store: SampleStore | None,
        unexpected: Callable[[BaseException], None],
        *,
        collection: EventCollection | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.collection = collection or EventCollection()
        self.trouble: AppError | None = None
        self.masked = False
        self._store = store
        self._ready = store is None
        self._begun = store is None
        self._unsaved = False
        self._lock = threading.Lock()
        self._loading = AsyncTask(
            "read the collected events", unexpected=unexpected, limits=_DISK, parent=self
        )
        self._saving = AsyncTask(
            "keep the collected events", unexpected=unexpected, limits=_DISK, parent=self
        )
        self._loading.succeeded.connect(self._take)
        self._loading.failed.connect(self._loading_failed)
        self._saving.succeeded.connect(self._saved)
        self._saving.failed.connect(self._show_trouble)
        self.collection.subscribe(self._collection_changed)

    @property
    def loading(self) -> bool:
        """Whether events of earlier days may still come in from the disk."""
        return not self._ready

    def set_masked(self, masked: bool) -> None:
        """Whether views begin with personal values hidden; a person's wish in the settings."""
        self.masked = masked
        self.masking_changed.emit(masked)

    @property
    def samples(self) -> tuple[Sample, ...]:
        return self.collection.samples

    @property
    def in_use(self) -> tuple[Sample, ...]:
        """The events that counts and warnings are made over."""
        return self.collection.in_use

    @property
    def sample(self) -> Sample | None:
        """The one event that pages show values of."""
        return self.collection.sample

    def load(self) -> None:
        """Read what is kept, once; needs the running loop."""
        store = self._store
        if self._begun or store is None:
            return
        self._begun = True
        self._loading.run(
            lambda: asyncio.to_thread(read_kept, store), self.tr("Reading the collected events…")
        )

    def add(self, samples: Iterable[Sample]) -> Added:
        return self.collection.add(samples)

    def star(self, number: int, *, starred: bool) -> None:
        self.collection.star(number, starred=starred)

    def choose(self, sample: Sample) -> Sample:
        """Make the sample the chosen one; one that is not in the collection is added."""
        found = self.collection.get(sample.number) or self.collection.find(sample.body)
        if found is None:
            added = self.collection.add([sample])
            found = added.first or sample
        self.collection.choose(found.number)
        return found

    def remove(self, numbers: Collection[int]) -> Removed:
        return self.collection.remove(numbers)

    def remove_imported(self) -> Removed:
        return self.collection.remove_imported()

    def restore(self, removed: Removed) -> None:
        self.collection.restore(removed)

    def dismiss_trouble(self) -> None:
        self._show_trouble(None)

    async def flush(self) -> None:
        """Return when everything is on the disk; for the end of the program."""
        store = self._store
        if store is None or not self._ready or not (self._unsaved or self._saving.busy):
            return
        self._saving.cancel()
        self._unsaved = False
        try:
            await asyncio.to_thread(self._writing(store))
        except AppError as error:
            _log.error("The collected events could not be kept: %s %s", error.title, error.cause)

    # ---------------------------------------------------------------------------------------------

    def _take(self, kept: KeptEvents) -> None:
        early = self._unsaved
        kept.take_into(self.collection)
        # What comes from the disk need not go back there.
        self._unsaved = early
        self._ready = True
        self._save()
        if kept.trouble is not None:
            self._show_trouble(kept.trouble)
        self.loaded.emit()

    def _loading_failed(self, error: AppError) -> None:
        # The file could not be looked at; it must not be replaced by a shorter one.
        self._store = None
        self._ready = True
        self._show_trouble(error)
        self.loaded.emit()

    def _collection_changed(self) -> None:
        self._unsaved = True
        if self._ready:
            self._save()
        self.changed.emit()

    def _save(self) -> None:
        """One save at a time; what changes meanwhile is saved right after it."""
        store = self._store
        if store is None or self._saving.busy or not self._unsaved:
            return
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            # No loop yet, or no more: the next change with one saves everything.
            return
        self._unsaved = False
        write = self._writing(store)
        self._saving.run(lambda: asyncio.to_thread(write), self.tr("Saving…"))

    def _writing(self, store: SampleStore) -> Callable[[], None]:
        """Writes the collection as it is now; an older one that is still being written ends before it."""
        samples, chosen, lock = self.collection.samples, self.collection.sample, self._lock

        def write() -> None:
            with lock:
                store.save(to_store(samples, chosen))

        return write

    def _saved(self) -> None:
        self._show_trouble(None)
        self._save()

    def _show_trouble(self, error: AppError | None) -> None:
        if error is not self.trouble:
            self.trouble = error
            self.trouble_changed.emit()
