"""A profile as one file for other people and other computers: readable, diffable, without secrets.

The same indented JSON as ``profile.json``, in the same order of keys, below a head that says what it is. The
seal (SHA-256 over the profile's text) tells a person whether the file is as it was written or was edited
since. It is no proof of who wrote it, and an edited file can be opened like any other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum

from app.json_value import JsonObject
from app.storage.json_reader import JsonReader, JsonShapeError, decode_object, encode_object
from app.storage.profile import VERSION, Mode, Profile, profile_from_json, profile_to_json

FORMAT = "segment-close-profile"
FORMAT_VERSION = 1
SUFFIX = ".segment-close.json"

# What belongs to one computer and one connection, and would be wrong anywhere else.
_LEFT_OUT = ("profile_id", "key_location", "live_confirmed_for")
_NO_ID = "0" * 32


class Seal(StrEnum):
    """What the file's seal says: as written, edited since, or there is none (a plain ``profile.json``)."""

    INTACT = "intact"
    EDITED = "edited"
    NONE = "none"


class NewerFileError(JsonShapeError):
    """The file is of a format that this program does not know yet."""


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """``profile`` has no id, no key and runs dry; ``name`` is what it was called where it was written."""

    profile: Profile
    name: str
    seal: Seal
    format_version: int


def encode_profile(profile: Profile) -> bytes:
    """The file's content; the same profile gives the same bytes."""
    content = {key: value for key, value in profile_to_json(profile).items() if key not in _LEFT_OUT}
    return encode_object(
        {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "name": profile.name,
            "seal": _seal(content),
            "profile": content,
        }
    )


def decode_profile(content: bytes) -> ProfileFile:
    """What ``encode_profile`` wrote, or a plain ``profile.json``. Raises ``JsonShapeError``."""
    value = decode_object(content)
    if "format" not in value:
        found = _profile(value, "")
        return ProfileFile(found, "", Seal.NONE, 0)
    reader = JsonReader(value)
    if reader.text("format") != FORMAT:
        raise JsonShapeError("It is not a profile of this program.")
    version = value.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise NewerFileError(f"It has format {version}; this program knows formats up to {FORMAT_VERSION}.")
    number = reader.number("format_version", 0, least=1, most=FORMAT_VERSION)
    name, seal, shape = reader.text("name", ""), reader.text("seal", ""), reader.json_object("profile")
    reader.finish()
    whole = Seal.NONE if not seal else Seal.INTACT if seal == _seal(shape) else Seal.EDITED
    return ProfileFile(_profile(shape, name), name, whole, number)


def _profile(shape: JsonObject, name: str) -> Profile:
    version = shape.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerFileError(f"Its profile has format {version}; this program knows formats up to {VERSION}.")
    known = {key: value for key, value in shape.items() if key not in _LEFT_OUT}
    profile = profile_from_json({**known, "profile_id": _NO_ID}, name)
    return replace(profile, relay=replace(profile.relay, mode=Mode.DRY_RUN))


def _seal(shape: JsonObject) -> str:
    text = json.dumps(shape, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()
