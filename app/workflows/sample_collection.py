"""The events that a profile's mappings are tried on: built in, pasted, from a file, recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from app.json_value import JsonObject
from app.workflows.samples import Origin, Sample, built_in_samples

MOST_EVENTS = 10_000
"""Collected events that are kept; the built-in ones are not counted."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of events that were added.

    ``known`` were in the collection already, ``left_out`` came after the first 10 000 of one import, and
    ``pushed_out`` are older events without a star that made room. ``first`` is the one to look at.
    """

    samples: tuple[Sample, ...]
    known: int = 0
    left_out: int = 0
    pushed_out: int = 0
    first: Sample | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Removed events with their places, for undo."""

    samples: tuple[tuple[int, Sample], ...]
    chosen: int = 0

    def __len__(self) -> int:
        return len(self.samples)


class EventCollection:
    """Own events, newest first, then the built-in ones. Used from one thread.

    At most ``most`` own events are kept: newer ones push out the oldest that have no star. Every change
    calls the listeners.
    """

    def __init__(self, built_in: Sequence[Sample] | None = None, *, most: int = MOST_EVENTS) -> None:
        self._most = most
        self._next = 1
        self._own: list[Sample] = []
        self._by_number: dict[int, Sample] = {}
        self._seen: dict[tuple[object, ...], list[int]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._chosen = 0
        self._built_in = [
            self._numbered(one) for one in (built_in_samples() if built_in is None else built_in)
        ]

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every change."""
        self._listeners.append(listener)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Everything, in the order of the list."""
        return (*self._own, *self._built_in)

    @property
    def own(self) -> tuple[Sample, ...]:
        """The collected events without the built-in ones, newest first."""
        return tuple(self._own)

    @property
    def in_use(self) -> tuple[Sample, ...]:
        """What counts and warnings are made over.

        Own events as soon as there are any, with the built-in ones that are starred or chosen; before that
        the built-in ones.
        """
        if not self._own:
            return tuple(self._built_in)
        kept = [one for one in self._built_in if one.starred or one.number == self._chosen]
        return (*self._own, *kept)

    @property
    def sample(self) -> Sample | None:
        """The one event that pages show values of; None before a person has chosen one."""
        return self._by_number.get(self._chosen)

    def __len__(self) -> int:
        return len(self._own) + len(self._built_in)

    def get(self, number: int) -> Sample | None:
        return self._by_number.get(number)

    def find(self, body: JsonObject) -> Sample | None:
        """The sample with exactly this body."""
        for number in self._seen.get(_likeness(body), ()):
            sample = self._by_number[number]
            if sample.body == body:
                return sample
        return None

    def add(self, samples: Iterable[Sample]) -> Added:
        """Put events at the top, the first of them topmost; copies of what is here are counted only."""
        room = self._most - sum(1 for one in self._own if one.starred)
        new: list[Sample] = []
        known = left_out = 0
        first: Sample | None = None
        for sample in samples:
            found = self.find(sample.body)
            if found is not None:
                known += 1
            elif len(new) >= room:
                left_out += 1
            else:
                found = self._numbered(sample)
                new.append(found)
            first = first or found
        if not new:
            return Added((), known, left_out, 0, first)
        self._own[:0] = new
        pushed = self._push_out({one.number for one in new})
        self._changed()
        return Added(tuple(new), known, left_out, pushed, first)

    def star(self, number: int, *, starred: bool) -> Sample | None:
        """Give or take the star; returns the sample as it is now."""
        sample = self._by_number.get(number)
        if sample is None or sample.starred == starred:
            return sample
        changed = replace(sample, starred=starred)
        samples = self._built_in if sample.origin is Origin.BUILT_IN else self._own
        samples[next(place for place, one in enumerate(samples) if one.number == number)] = changed
        self._by_number[number] = changed
        self._changed()
        return changed

    def choose(self, number: int) -> Sample | None:
        """Make this the one event that pages show values of."""
        if number in self._by_number and number != self._chosen:
            self._chosen = number
            self._changed()
        return self.sample

    def remove(self, numbers: Collection[int]) -> Removed:
        """Take own events out; built-in ones stay. ``restore`` brings them back."""
        wanted = set(numbers)
        gone = tuple((place, one) for place, one in enumerate(self._own) if one.number in wanted)
        removed = Removed(gone, self._chosen)
        if not gone:
            return removed
        self._own = [one for one in self._own if one.number not in wanted]
        for _, sample in gone:
            self._forget(sample)
        self._changed()
        return removed

    def remove_imported(self) -> Removed:
        """Take out everything that was pasted, read from files or recorded, starred or not."""
        return self.remove({one.number for one in self._own})

    def restore(self, removed: Removed) -> None:
        """Undo a removal: the same events at their places, as far as there is room."""
        for place, sample in removed.samples:
            if len(self._own) < self._most and sample.number not in self._by_number:
                self._own.insert(min(place, len(self._own)), sample)
                self._remember(sample)
        if removed.chosen in self._by_number:
            self._chosen = removed.chosen
        self._changed()

    def load(self, own: Sequence[Sample], stars: Collection[str], chosen: Callable[[Sample], bool]) -> None:
        """Take what was kept: own events in their order, names of starred built-in ones, the chosen one.

        Events that were added before the file was read stay above.
        """
        here = list(self._own)
        kept = [self._numbered(one) for one in own if self.find(one.body) is None][: self._most - len(here)]
        self._own = here + kept
        for sample in self._built_in:
            if sample.name in stars and not sample.starred:
                self.star(sample.number, starred=True)
        if not self._chosen:
            self._chosen = next((one.number for one in self.samples if chosen(one)), 0)
        self._changed()

    # ---------------------------------------------------------------------------------------------

    def _push_out(self, new: Collection[int]) -> int:
        """Drop the oldest events without a star until the rest fits; never one of ``new``."""
        surplus = len(self._own) - self._most
        if surplus <= 0:
            return 0
        out = [one for one in reversed(self._own) if not one.starred and one.number not in new][:surplus]
        numbers = {one.number for one in out}
        self._own = [one for one in self._own if one.number not in numbers]
        for sample in out:
            self._forget(sample)
        return len(out)

    def _numbered(self, sample: Sample) -> Sample:
        numbered = replace(sample, number=self._next)
        self._next += 1
        self._remember(numbered)
        return numbered

    def _remember(self, sample: Sample) -> None:
        self._by_number[sample.number] = sample
        self._seen.setdefault(_likeness(sample.body), []).append(sample.number)

    def _forget(self, sample: Sample) -> None:
        del self._by_number[sample.number]
        key = _likeness(sample.body)
        rest = [number for number in self._seen[key] if number != sample.number]
        if rest:
            self._seen[key] = rest
        else:
            del self._seen[key]
        if self._chosen == sample.number:
            self._chosen = 0

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()


def _likeness(body: JsonObject) -> tuple[object, ...]:
    """A cheap key that equal events share; whole bodies are compared only where it is the same.

    Python takes 1, 1.0 and true for equal, their texts are not.
    """
    ids = (str(body.get(key)) for key in ("messageId", "type", "userId", "anonymousId", "timestamp"))
    return (*ids, len(body), hash(str(body.get("traits"))), hash(str(body.get("properties"))))
