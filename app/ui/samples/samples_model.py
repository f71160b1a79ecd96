"""Collected events as rows of a list; ten thousand of them cost nothing until they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.json_value import JsonObject
from app.segment.events import EVENT_TYPES, read_time
from app.workflows.sample_masking import mask_event, mask_text
from app.workflows.samples import Origin, Sample, title_of

_AnyIndex = QModelIndex | QPersistentModelIndex

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 120


@dataclass(frozen=True, slots=True)
class SampleRow:
    """What a row shows. ``odd_type`` marks a type that Segment does not send."""

    name: str
    type: str
    odd_type: bool
    when: str
    starred: bool

    @property
    def spoken(self) -> str:
        star = _tr("starred") if self.starred else ""
        return ", ".join(part for part in (self.name, self.type, self.when, star) if part)


class SamplesModel(QAbstractListModel):
    """All samples, of which a filter leaves some."""

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now().astimezone(), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._samples: tuple[Sample, ...] = ()
        self._shown: Sequence[Sample] = ()
        self._needle = ""
        self._masked = False
        self._words: dict[int, str] = {}
        self._masked_names: dict[int, str] = {}

    @property
    def samples(self) -> tuple[Sample, ...]:
        return self._samples

    def sample(self, row: int) -> Sample:
        return self._shown[row]

    def row_of(self, sample: Sample) -> int | None:
        """The row of a sample, by its number or, without one, by what it holds; None when it is not shown."""
        if sample.number:
            return next((row for row, one in enumerate(self._shown) if one.number == sample.number), None)
        return next((row for row, one in enumerate(self._shown) if one == sample), None)

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """A change of stars only keeps rows, selection and place."""
        samples = tuple(samples)
        same = len(samples) == len(self._samples) and all(
            new.number == old.number and new.body is old.body
            for new, old in zip(samples, self._samples, strict=True)
        )
        if same and samples:
            self._samples = samples
            self._shown = self._matching()
            self._all_changed()
            return
        self.beginResetModel()
        self._samples = samples
        for memory in (self._words, self._masked_names):
            if len(memory) > 2 * len(samples) + 100:
                memory.clear()
        self._shown = self._matching()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        self.beginResetModel()
        self._needle = text.strip().casefold()
        self._shown = self._matching()
        self.endResetModel()

    def set_masked(self, *, masked: bool) -> None:
        if masked != self._masked:
            self._masked = masked
            self._all_changed()

    # Qt ------------------------------------------------------------------------------------------

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        sample = self._shown[index.row()]
        if role == ROW_ROLE:
            return self._row(sample)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._name(sample)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._row(sample).spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return sample.why or self._name(sample)
        return None

    # ---------------------------------------------------------------------------------------------

    def _matching(self) -> Sequence[Sample]:
        if not self._needle:
            return self._samples
        return [one for one in self._samples if self._needle in self._searchable(one)]

    def _searchable(self, sample: Sample) -> str:
        known = self._words.get(sample.number) if sample.number else None
        if known is None:
            known = _searchable(sample)
            if sample.number:
                self._words[sample.number] = known
        return known

    def _name(self, sample: Sample) -> str:
        if not self._masked:
            return sample.name
        known = self._masked_names.get(sample.number) if sample.number else None
        if known is None:
            known = masked_name(sample)
            if sample.number:
                self._masked_names[sample.number] = known
        return known

    def _row(self, sample: Sample) -> SampleRow:
        kind = sample.type.strip()[:20]
        return SampleRow(
            self._name(sample),
            kind or _tr("no type"),
            sample.body.get("type") not in EVENT_TYPES,
            _when(sample, self._now()),
            sample.starred,
        )

    def _all_changed(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))


def masked_name(sample: Sample) -> str:
    """The name of an event without what says who somebody is."""
    if sample.origin is Origin.BUILT_IN:
        return sample.name
    return mask_text(title_of(mask_event(sample.body)))


def moment_of(body: JsonObject) -> datetime | None:
    """When the event happened, in local time."""
    moment = read_time(body.get("timestamp")) or read_time(body.get("receivedAt"))
    try:
        return moment.astimezone() if moment is not None else None
    except (OverflowError, ValueError, OSError):
        return None


def _when(sample: Sample, now: datetime) -> str:
    if sample.origin is Origin.BUILT_IN:
        return _tr("built-in")
    moment = moment_of(sample.body)
    if moment is None:
        return {
            Origin.PASTED: _tr("pasted"),
            Origin.FILE: _tr("from a file"),
            Origin.RECORDED: _tr("recorded"),
        }[sample.origin]
    if moment.date() == now.date():
        return f"{moment:%H:%M:%S}"
    if moment.year == now.year:
        return f"{moment.day} {moment:%b %H:%M}"
    return f"{moment.day} {moment:%b %Y}"


def _searchable(sample: Sample) -> str:
    body = sample.body
    parts: list[object] = [
        sample.name,
        body.get("type"),
        body.get("event"),
        body.get("name"),
        sample.origin.value,
    ]
    parts += [body.get("userId"), body.get("anonymousId"), body.get("groupId"), body.get("messageId")]
    for place in ("traits", "properties"):
        members = body.get(place)
        if isinstance(members, dict):
            parts += [members.get("email"), members.get("name")]
    return " ".join(str(part) for part in parts if part is not None).casefold()


def _tr(text: str) -> str:
    return QCoreApplication.translate("SamplesModel", text)
