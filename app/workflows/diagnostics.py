"""A bundle for somebody who helps: listed and readable before it is saved, without a secret in it.

Every text goes through the redactor, which has been told all secrets of the profile; unless a person ticks
the events, addresses of people are masked too, and no event's body is in it.
"""

from __future__ import annotations

import asyncio
import io
import json
import platform
import re
import sys
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from app.errors import AppError
from app.json_value import JsonValue
from app.redaction import Redactor
from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader
from app.relay.intake import webhook_path
from app.storage.log_files import LOG_FILE
from app.storage.private_files import read_private, write_private
from app.storage.profile import Profile
from app.storage.profile_file import encode_profile
from app.storage.profile_store import ProfileStore
from app.workflows.doctor import Finding
from app.workflows.secret_access import SecretAccess

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PACKAGES = (
    "PySide6-Essentials",
    "httpx",
    "aiohttp",
    "keyring",
    "qasync",
    "msgspec",
    "python-liquid",
    "cryptography",
    "phonenumbers",
    "prometheus-client",
)
_LOG_BYTES = 200_000
_EVENTS = 100


@dataclass(frozen=True, slots=True)
class BundleItem:
    """One file of the bundle; ``says`` is what it is for, in a sentence."""

    name: str
    says: str
    text: str

    @property
    def size(self) -> int:
        """Bytes as saved, before the bundle is compressed."""
        return len(self.text.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Bundle:
    items: tuple[BundleItem, ...]
    made_at: datetime

    @property
    def file_name(self) -> str:
        return f"segment-close-diagnostics-{self.made_at:%Y%m%d-%H%M%S}.zip"

    def content(self) -> bytes:
        """The bundle as a ZIP file."""
        held = io.BytesIO()
        moment = self.made_at.timetuple()[:6]
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
            for item in self.items:
                info = zipfile.ZipInfo(item.name, moment)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o600 << 16
                file.writestr(info, item.text.encode("utf-8", "replace"))
        return held.getvalue()

    def save(self, path: Path) -> None:
        """Raises ``AppError`` (``STORAGE-…``)."""
        write_private(path, self.content())


Examine = Callable[[Profile], Awaitable[tuple[Finding, ...]]]


class Diagnostics:
    """Puts the bundle of one profile together. ``examine`` runs the doctor."""

    def __init__(
        self,
        profiles: ProfileStore,
        secrets: SecretAccess,
        redactor: Redactor,
        examine: Examine,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._profiles = profiles
        self._secrets = secrets
        self._redactor = redactor
        self._examine = examine
        self._now = now

    async def gather(self, profile: Profile, *, with_events: bool = False) -> Bundle:
        """Read everything; nothing is written or sent. What cannot be read says so in its place."""
        secrets = await asyncio.to_thread(self._learn_secrets, profile)
        findings = await self._findings(profile)
        stored = await asyncio.to_thread(self._stored, profile, with_events=with_events)
        items = [
            _item("versions.json", "Versions of this program and what it stands on", _json(versions())),
            _item("profile.json", "The profile: settings and mappings, without keys", profile_text(profile)),
            _item("doctor.txt", "What the doctor found", findings),
            *stored,
        ]
        if secrets:
            items.append(_item("secrets.txt", "Why secrets could not be read", secrets))
        return Bundle(tuple(self._clean(item, with_events) for item in items), self._now())

    def _learn_secrets(self, profile: Profile) -> str:
        """Tell the redactor every secret; the reason when the store cannot be read."""
        try:
            for secret in self._secrets.known(profile):
                self._redactor.add_secret(secret)
            shared = self._secrets.shared_secret(profile)
        except AppError as error:
            return f"{error.title} [{error.code}]"
        if shared:
            # Whoever knows the path may post without a signature of the first event.
            self._redactor.add_secret(webhook_path(shared))
        return ""

    async def _findings(self, profile: Profile) -> str:
        try:
            found = await self._examine(profile)
        except AppError as error:
            return f"The doctor could not run: {error.title} [{error.code}]"
        return "\n".join(_finding_line(one) for one in found)

    def _stored(self, profile: Profile, *, with_events: bool) -> list[BundleItem]:
        name = profile.name
        found = [
            _item("log.txt", "The end of the log", _tail(self._profiles.log_folder(name) / LOG_FILE)),
        ]
        fault = read_private(self._profiles.log_folder(name) / "fault.txt")
        if fault:
            found.append(_item("fault.txt", "A native crash", fault.decode("utf-8", "replace")))
        reader = InboxReader(self._profiles.database_path(name))
        try:
            counts = {str(state): count for state, count in reader.counts().items()}
            facts: dict[str, JsonValue] = {
                "events_by_state": {**counts},
                "queue": reader.queue_depth(),
                "store_bytes": reader.size_bytes(),
                "oldest_ms": reader.oldest_ms(),
            }
            found.append(
                _item("events.json", "How many events there are, by state; no contents", _json(facts))
            )
            if with_events:
                found.append(
                    _item(
                        "event-bodies.jsonl",
                        "The newest events as they arrived: personal data",
                        _bodies(reader),
                    )
                )
        except AppError as error:
            found.append(
                _item("events.json", "Why events could not be read", f"{error.title} [{error.code}]")
            )
        finally:
            reader.close()
        return found

    def _clean(self, item: BundleItem, with_events: bool) -> BundleItem:
        text = self._redactor.redact(item.text)
        return BundleItem(item.name, item.says, text if with_events else masked_addresses(text))


def masked_addresses(text: str) -> str:
    """Without the addresses of people."""
    return _EMAIL.sub("[email]", text)


def versions() -> dict[str, JsonValue]:
    """Of this program, of Python, of the system and of the packages below."""
    return {
        "program": program_version(),
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def program_version() -> str:
    return _version("segment-close-assistant") or "unpackaged"


def profile_text(profile: Profile) -> str:
    """The profile as it would be exported."""
    return encode_profile(profile).decode("utf-8", "replace")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _item(name: str, says: str, text: str) -> BundleItem:
    return BundleItem(name, says, text if text.endswith("\n") or not text else text + "\n")


def _json(value: JsonValue) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _finding_line(one: Finding) -> str:
    line = f"{'ok  ' if one.holds else 'FAIL'}  {one.name}: {one.detail}"
    return f"{line}\n      {one.fix}" if one.fix else line


def _tail(path: Path) -> str:
    content = read_private(path)
    if content is None:
        return "There is no log yet."
    tail = content[-_LOG_BYTES:].decode("utf-8", "replace")
    # A line that was cut in two could hide half of something that has to be redacted.
    return tail if len(content) <= _LOG_BYTES else tail.partition("\n")[2]


def _bodies(reader: InboxReader) -> str:
    lines: list[str] = []
    for row in reader.page(EventFilter(limit=_EVENTS)):
        detail = reader.detail(row.id)
        if detail is not None:
            lines.append(detail.raw.decode("utf-8", "replace").replace("\n", " "))
    return "\n".join(lines)
