"""Keeping a sandbox in a JSON file: replaced atomically, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.close.sandbox.account import Account
from app.close.sandbox.entities import (
    ContactRecord,
    CustomActivityRecord,
    Entity,
    FieldRecord,
    LeadRecord,
    MergeRecord,
    NoteRecord,
    StatusRecord,
    SubscriptionRecord,
)
from app.close.sandbox.event_log import EventRecord
from app.errors import AppError

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreImage:
    """The whole store as it is written to the file."""

    account: Account
    leads: tuple[LeadRecord, ...]
    contacts: tuple[ContactRecord, ...]
    fields: tuple[FieldRecord, ...]
    statuses: tuple[StatusRecord, ...]
    notes: tuple[NoteRecord, ...]
    merges: tuple[MergeRecord, ...]
    events: tuple[EventRecord, ...]
    lead_field_order: tuple[str, ...]
    contact_field_order: tuple[str, ...]
    custom_activities: tuple[CustomActivityRecord, ...] = ()
    subscriptions: tuple[SubscriptionRecord, ...] = ()
    version: int = VERSION

    def records(self) -> tuple[Sequence[Entity], ...]:
        """One sequence per table, in the store's order of tables."""
        return (
            self.leads,
            self.contacts,
            self.fields,
            self.statuses,
            self.notes,
            self.merges,
            self.custom_activities,
            self.subscriptions,
        )


def read_image(path: Path) -> StoreImage | None:
    """``None`` when there is no file yet; raises ``AppError`` when it cannot be used."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, str(error)) from error
    try:
        image = msgspec.json.decode(raw, type=StoreImage)
    except msgspec.MsgspecError as error:
        raise _unusable(path, str(error)) from error
    if image.version != VERSION:
        raise _unusable(path, f"version {image.version}, expected {VERSION}")
    return image


def write_image(path: Path, image: StoreImage) -> None:
    """Write beside the file, then put it in place, so that a crash leaves the old or the new one."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # created as 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(image))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise AppError(
            "SANDBOX-NOT-SAVED",
            "The sandbox's data could not be saved.",
            cause=f"Writing {path} failed: {error.strerror or error}",
            remedy="Check that the folder exists, is writable and has space left.",
            detail=str(error),
        ) from error


def _unusable(path: Path, detail: str) -> AppError:
    return AppError(
        "SANDBOX-FILE-UNUSABLE",
        "The sandbox's file cannot be read.",
        cause=f"{path} is not a file this version of the sandbox wrote.",
        remedy="Move the file away and start again: the sandbox then begins with fresh data.",
        detail=detail,
    )
