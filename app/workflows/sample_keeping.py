"""A profile's collection on its way to the disk and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import AppError
from app.storage.sample_store import SampleStore, StoredSample, StoredSamples
from app.workflows.sample_collection import EventCollection
from app.workflows.samples import Origin, Sample

_OWN_ORIGINS = {origin.value: origin for origin in Origin if origin is not Origin.BUILT_IN}


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """What the file holds, ready to be taken into a collection."""

    stored: StoredSamples
    own: tuple[Sample, ...]
    trouble: AppError | None = None

    def take_into(self, collection: EventCollection) -> None:
        """On the collection's thread."""
        stored = self.stored
        chosen = (
            self.own[stored.chosen] if stored.chosen is not None and stored.chosen < len(self.own) else None
        )

        def is_chosen(sample: Sample) -> bool:
            if sample.origin is Origin.BUILT_IN:
                return bool(stored.chosen_built_in) and sample.name == stored.chosen_built_in
            return chosen is not None and sample == chosen

        collection.load(self.own, stored.starred_built_in, is_chosen)


def read_kept(store: SampleStore) -> KeptEvents:
    """Blocks on the disk. Raises ``AppError`` (``STORAGE-…``)."""
    loaded = store.load()
    return KeptEvents(loaded.samples, tuple(map(_sample, loaded.samples.events)), loaded.trouble)


def to_store(samples: Sequence[Sample], chosen: Sample | None) -> StoredSamples:
    """What is to be kept of a collection's ``samples`` and its chosen one; bodies are shared, not copied."""
    own = [one for one in samples if one.origin is not Origin.BUILT_IN]
    stars = tuple(one.name for one in samples if one.origin is Origin.BUILT_IN and one.starred)
    place = None
    if chosen is not None and chosen.origin is not Origin.BUILT_IN:
        place = next((n for n, one in enumerate(own) if one.number == chosen.number), None)
    return StoredSamples(
        tuple(StoredSample(one.name, one.why, one.origin.value, one.starred, one.body) for one in own),
        place,
        chosen.name if chosen is not None and place is None else "",
        stars,
    )


def _sample(stored: StoredSample) -> Sample:
    origin = _OWN_ORIGINS.get(stored.origin, Origin.PASTED)
    return Sample(stored.name, stored.why, stored.body, origin, stored.starred)
