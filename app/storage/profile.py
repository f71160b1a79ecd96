"""A profile: one Close organization, its fields, mappings and relay settings. Never a secret.

On disk it is one JSON file that people may read, edit and keep in git. Keys may be left out (they
take their default) but not invented: an unknown key is refused with its name. So **a key that is
added after a release raises** ``VERSION``, and an older program says "newer file" instead of losing what it
does not know. Older files are read, what they lack takes its default, and saving writes this version.

1. the first one
2. ``filters`` and ``sources`` of the profile, ``ignored`` of a mapping
3. ``color`` of the profile, ``only_changes`` of a mapping
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.json_value import JsonObject, JsonValue
from app.segment import fql
from app.segment.filters import (
    MAX_FILTERS,
    DestinationFilter,
    FilterError,
    filter_from_json,
    filter_to_json,
)
from app.storage.json_reader import JsonReader, JsonShapeError

VERSION = 3
CLOSE_URL = "https://api.close.com/api/v1/"


class Mode(StrEnum):
    """How far the relay goes: record only, decide without writing, or change Close."""

    OBSERVE = "observe"
    DRY_RUN = "dry-run"
    LIVE = "live"


class ProfileColor(StrEnum):
    """What tells a profile from the others at a glance, beside its name."""

    BLUE = "blue"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    VIOLET = "violet"
    GREY = "grey"


class DeliveryPath(StrEnum):
    """Who changes Close: this relay, or Segment's own Close destination. They exclude each other."""

    RELAY = "relay"
    DESTINATION = "destination"


class TunnelTool(StrEnum):
    """Programs that give this computer a public address; NONE when a person has one already or needs none."""

    NONE = ""
    CLOUDFLARED = "cloudflared"
    NGROK = "ngrok"
    TAILSCALE = "tailscale"


class KeyLocation(StrEnum):
    """Where the secrets of a profile are kept."""

    KEYRING = "keyring"
    ENCRYPTED_FILE = "encrypted-file"
    MEMORY = "memory"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """The Close organization this profile was set up for; ``user_name`` is the owner of the key."""

    id: str
    name: str
    user_name: str


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A custom field in Close (``cf_…``)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """One mapping in Segment's shapes: ``action`` is its slug, ``trigger`` its text (FQL).

    ``ignored`` are variables of the events that a person leaves out on purpose, by their labels. With
    ``only_changes`` an event that says nothing new makes no call to Close; without it Close is always asked.
    """

    name: str
    action: str
    trigger: str
    mapping: JsonObject
    enabled: bool = True
    ignored: tuple[str, ...] = ()
    only_changes: bool = True


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where the relay listens and what it may do.

    ``public_url`` is what a person has put before the relay and Segment is told; with a ``tunnel`` the tool
    says at each start what it is. ``allowed_hosts`` are Host names accepted beside loopback;
    ``allow_unsigned`` holds on loopback only. ``admin_port`` is where health and metrics are read, on this
    machine only: None for nowhere, 0 for any free port.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    mode: Mode = Mode.DRY_RUN
    public_url: str = ""
    allow_unsigned: bool = False
    allowed_hosts: tuple[str, ...] = ()
    tunnel: TunnelTool = TunnelTool.NONE
    admin_port: int | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Whether Segment's own libraries may post to the relay, and from which web pages.

    ``origins`` are like ``https://app.example``; programs that are no web page need none. The write keys are
    secrets and kept as such.
    """

    enabled: bool = False
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """``profile_id`` (32 hexadecimal digits) names the keyring entry and never changes.

    ``live_confirmed_for`` is the id of the organization a person has confirmed live mode for.
    ``retention_days`` and ``retention_mb`` bound the events that are kept.
    """

    profile_id: str
    name: str
    close_url: str = CLOSE_URL
    organization: OrganizationRef | None = None
    company_field: FieldRef | None = None
    user_field: FieldRef | None = None
    mappings: tuple[MappingSpec, ...] = ()
    filters: tuple[DestinationFilter, ...] = ()
    relay: RelaySettings = field(default_factory=RelaySettings)
    sources: SourceSettings = field(default_factory=SourceSettings)
    delivery_path: DeliveryPath | None = None
    key_location: KeyLocation | None = None
    live_confirmed_for: str | None = None
    recreate_deleted: bool = False
    retention_days: int = 30
    retention_mb: int = 500
    color: ProfileColor = ProfileColor.BLUE


def profile_to_json(profile: Profile) -> JsonObject:
    """The file's content, always in the same order of keys. The name is the folder's and not repeated."""
    return {
        "version": VERSION,
        "profile_id": profile.profile_id,
        "color": profile.color,
        "close_url": profile.close_url,
        "organization": None if profile.organization is None else _organization_to_json(profile.organization),
        "company_field": _field_to_json(profile.company_field),
        "user_field": _field_to_json(profile.user_field),
        "delivery_path": profile.delivery_path,
        "key_location": profile.key_location,
        "live_confirmed_for": profile.live_confirmed_for,
        "recreate_deleted": profile.recreate_deleted,
        "retention_days": profile.retention_days,
        "retention_mb": profile.retention_mb,
        "relay": _relay_to_json(profile.relay),
        "sources": {"enabled": profile.sources.enabled, "origins": list(profile.sources.origins)},
        "filters": [filter_to_json(each) for each in profile.filters],
        "mappings": [mapping_to_json(mapping) for mapping in profile.mappings],
    }


def profile_from_json(value: JsonObject, name: str) -> Profile:
    """The profile in a decoded file of this ``VERSION`` or an older one. Raises ``JsonShapeError``."""
    reader = JsonReader(value)
    reader.number("version", 0, least=1, most=VERSION)
    location = reader.choice("key_location", tuple(KeyLocation))
    path = reader.choice("delivery_path", tuple(DeliveryPath))
    profile = Profile(
        profile_id=_profile_id(reader),
        name=name,
        close_url=reader.text("close_url", CLOSE_URL),
        organization=_read_organization(reader.child("organization")),
        company_field=_read_field(reader.child("company_field")),
        user_field=_read_field(reader.child("user_field")),
        mappings=tuple(read_mapping(child) for child in reader.children("mappings")),
        filters=_read_filters(reader),
        relay=_read_relay(reader.child("relay")),
        sources=_read_sources(reader.child("sources")),
        delivery_path=None if path is None else DeliveryPath(path),
        key_location=None if location is None else KeyLocation(location),
        live_confirmed_for=reader.optional_text("live_confirmed_for"),
        recreate_deleted=reader.flag("recreate_deleted", default=False),
        retention_days=reader.number("retention_days", 30, least=1, most=3650),
        retention_mb=reader.number("retention_mb", 500, least=1, most=1_000_000),
        color=ProfileColor(reader.choice("color", tuple(ProfileColor)) or ProfileColor.BLUE),
    )
    reader.finish()
    return profile


def _profile_id(reader: JsonReader) -> str:
    text = reader.text("profile_id")
    if len(text) != 32 or set(text) - set("0123456789abcdef"):
        raise JsonShapeError("“profile_id” has to be 32 hexadecimal digits.")
    return text


def _organization_to_json(organization: OrganizationRef) -> Mapping[str, JsonValue]:
    return {"id": organization.id, "name": organization.name, "user_name": organization.user_name}


def _read_organization(reader: JsonReader | None) -> OrganizationRef | None:
    if reader is None:
        return None
    organization = OrganizationRef(reader.text("id"), reader.text("name"), reader.text("user_name", ""))
    reader.finish()
    return organization


def _field_to_json(reference: FieldRef | None) -> Mapping[str, JsonValue] | None:
    return None if reference is None else {"id": reference.id, "name": reference.name}


def _read_field(reader: JsonReader | None) -> FieldRef | None:
    if reader is None:
        return None
    reference = FieldRef(reader.text("id"), reader.text("name"))
    reader.finish()
    return reference


def _relay_to_json(relay: RelaySettings) -> Mapping[str, JsonValue]:
    return {
        "host": relay.host,
        "port": relay.port,
        "mode": relay.mode,
        "public_url": relay.public_url,
        "allow_unsigned": relay.allow_unsigned,
        "allowed_hosts": list(relay.allowed_hosts),
        "tunnel": relay.tunnel,
        "admin_port": relay.admin_port,
    }


def _read_relay(reader: JsonReader | None) -> RelaySettings:
    if reader is None:
        return RelaySettings()
    default = RelaySettings()
    relay = RelaySettings(
        host=reader.text("host", default.host),
        port=reader.number("port", default.port, least=0, most=65535),
        mode=Mode(reader.choice("mode", tuple(Mode)) or default.mode),
        public_url=reader.text("public_url", ""),
        allow_unsigned=reader.flag("allow_unsigned", default=False),
        allowed_hosts=reader.texts("allowed_hosts"),
        tunnel=TunnelTool(reader.choice("tunnel", tuple(TunnelTool)) or ""),
        admin_port=reader.optional_number("admin_port", least=0, most=65535),
    )
    reader.finish()
    return relay


def _read_sources(reader: JsonReader | None) -> SourceSettings:
    if reader is None:
        return SourceSettings()
    sources = SourceSettings(reader.flag("enabled", default=False), reader.texts("origins"))
    reader.finish()
    return sources


def mapping_to_json(spec: MappingSpec) -> Mapping[str, JsonValue]:
    """One mapping as profiles and the history of mappings keep it."""
    return {
        "name": spec.name,
        "action": spec.action,
        "enabled": spec.enabled,
        "trigger": spec.trigger,
        "ignored": list(spec.ignored),
        "only_changes": spec.only_changes,
        "mapping": spec.mapping,
    }


def read_mapping(reader: JsonReader) -> MappingSpec:
    """The mapping in an object of ``mapping_to_json``. Raises ``JsonShapeError``."""
    spec = MappingSpec(
        name=reader.text("name"),
        action=reader.text("action"),
        trigger=reader.text("trigger", ""),
        mapping=reader.json_object("mapping"),
        enabled=reader.flag("enabled", default=True),
        ignored=reader.texts("ignored"),
        only_changes=reader.flag("only_changes", default=True),
    )
    reader.finish()
    return spec


def _read_filters(reader: JsonReader) -> tuple[DestinationFilter, ...]:
    """A filter that cannot be run is refused here: at run time it would drop every event."""
    shapes = reader.json_objects("filters")
    if len(shapes) > MAX_FILTERS:
        raise JsonShapeError(f"“filters” has {len(shapes)} filters; a destination has at most {MAX_FILTERS}.")
    found = []
    for place, shape in shapes:
        try:
            each = filter_from_json(shape)
            if each.condition.strip() != "all":
                fql.compile(each.condition)
        except FilterError as error:
            raise JsonShapeError(f"“{place}” cannot be used. {error}") from error
        except fql.FqlError as error:
            raise JsonShapeError(f"The condition of “{place}” cannot be read. {error}") from error
        found.append(each)
    return tuple(found)
