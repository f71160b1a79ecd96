"""What is kept about being reachable: the last proof, and the times in which nothing could arrive.

One small JSON file beside the database, written by the relay that runs and read by everybody. It holds no
secret: of a URL that was copied only the host and a fingerprint.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from app.errors import AppError
from app.json_value import JsonValue
from app.storage.json_reader import JsonReader, JsonShapeError
from app.storage.private_files import read_private, translated_os_errors, write_private

_log = logging.getLogger(__name__)

_VERSION = 1
_MOST_GAPS = 500
_KEPT_MS = 30 * 24 * 3600 * 1000


class GapKind(StrEnum):
    """Why nothing could arrive. STOPPED: the relay did not run."""

    ASLEEP = "asleep"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``start_ms`` up to ``end_ms``; None while it lasts. ``reason`` is one sentence or empty."""

    kind: GapKind
    start_ms: int
    end_ms: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReachRecord:
    """``public_url`` is the address in use without its secret path, ``port`` where the relay listens or
    did, ``alive_ms`` when it last ran.

    ``gaps`` are in the order of their beginnings; only the last one may still last.
    """

    public_url: str = ""
    port: int | None = None
    alive_ms: int | None = None
    proven_ms: int | None = None
    round_trip_ms: float | None = None
    certificate_until_ms: int | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def open_gap(self) -> Gap | None:
        return self.gaps[-1] if self.gaps and self.gaps[-1].end_ms is None else None

    def with_gap(self, gap: Gap) -> ReachRecord:
        """One more gap; one that still lasted ends where it begins, and old ones are forgotten."""
        kept = self.ended(gap.start_ms).gaps
        oldest = gap.start_ms - _KEPT_MS
        kept = tuple(each for each in kept if (each.end_ms or gap.start_ms) > oldest)
        return replace(self, gaps=(*kept, gap)[-_MOST_GAPS:])

    def ended(self, end_ms: int) -> ReachRecord:
        """The gap that still lasts ends now."""
        lasting = self.open_gap
        if lasting is None:
            return self
        return replace(self, gaps=(*self.gaps[:-1], replace(lasting, end_ms=max(end_ms, lasting.start_ms))))


class ReachLog:
    """Reads and replaces the file; both block shortly."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> ReachRecord:
        """What is kept; nothing when there is no file yet or it cannot be used, which is logged.

        Raises ``AppError`` when the disk refuses.
        """
        with translated_os_errors(self._path):
            content = read_private(self._path)
        if content is None:
            return ReachRecord()
        try:
            return _from_json(content)
        except (ValueError, JsonShapeError) as error:
            _log.warning("The record of gaps cannot be read and is begun anew: %s", error)
            return ReachRecord()

    def save(self, record: ReachRecord) -> None:
        """Replace the file as one step. Raises ``AppError`` when the disk refuses."""
        write_private(self._path, json.dumps(_to_json(record), indent=1).encode())


class CopiedUrl:
    """The webhook URL that a person took to Segment last, to notice when it is no longer the right one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def remember(self, fingerprint: str, host: str) -> None:
        """Raises ``AppError`` when the disk refuses."""
        value = {"version": _VERSION, "fingerprint": fingerprint, "host": host}
        write_private(self._path, json.dumps(value, indent=1).encode())

    def read(self) -> tuple[str, str]:
        """Fingerprint and host; both empty when nothing was copied yet or it cannot be told."""
        try:
            with translated_os_errors(self._path):
                content = read_private(self._path)
            value = json.loads(content) if content else {}
        except (AppError, ValueError) as error:
            _log.warning("The URL that was copied last cannot be told: %s", error)
            return "", ""
        if not isinstance(value, dict):
            return "", ""
        return str(value.get("fingerprint", "")), str(value.get("host", ""))


def _to_json(record: ReachRecord) -> Mapping[str, JsonValue]:
    return {
        "version": _VERSION,
        "public_url": record.public_url,
        "port": record.port,
        "alive_ms": record.alive_ms,
        "proven_ms": record.proven_ms,
        "round_trip_ms": record.round_trip_ms,
        "certificate_until_ms": record.certificate_until_ms,
        "gaps": [
            {"kind": gap.kind, "start_ms": gap.start_ms, "end_ms": gap.end_ms, "reason": gap.reason}
            for gap in record.gaps
        ],
    }


def _from_json(content: bytes) -> ReachRecord:
    value = json.loads(content)
    if not isinstance(value, dict) or value.get("version") != _VERSION:
        raise JsonShapeError("It is of another version.")
    took = value.get("round_trip_ms")
    reader = JsonReader(value)
    return ReachRecord(
        public_url=reader.text("public_url", ""),
        port=_moment(value.get("port")),
        alive_ms=_moment(value.get("alive_ms")),
        proven_ms=_moment(value.get("proven_ms")),
        round_trip_ms=float(took) if isinstance(took, int | float) else None,
        certificate_until_ms=_moment(value.get("certificate_until_ms")),
        gaps=tuple(_read_gap(child) for child in value.get("gaps") or ()),
    )


def _read_gap(value: object) -> Gap:
    if not isinstance(value, dict):
        raise JsonShapeError("A gap is no object.")
    start_ms = _moment(value.get("start_ms"))
    if start_ms is None:
        raise JsonShapeError("A gap has no beginning.")
    return Gap(
        GapKind(str(value.get("kind"))), start_ms, _moment(value.get("end_ms")), str(value.get("reason", ""))
    )


def _moment(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
