"""Who can reach the relay, and what it therefore insists on. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from app.errors import AppError
from app.relay.intake import IntakeRules, SourceRules, host_name
from app.storage.profile import Mode, RelaySettings

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})

_EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not bound


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def check_exposure(settings: RelaySettings, secrets: Sequence[str]) -> None:
    """Raises ``AppError`` when anybody could post events that change Close."""
    if any(secrets):
        return
    exposed = not is_loopback(settings.host) or bool(settings.public_url) or bool(settings.tunnel)
    if settings.allow_unsigned and exposed:
        raise AppError(
            "RELAY-EXPOSED",
            "A relay that others can reach needs a shared secret.",
            cause="Without one, anybody who finds the address could change your records in Close.",
            remedy="Set a shared secret here and in Segment, or listen on 127.0.0.1 without a public URL.",
            detail=f"host {settings.host}, public URL {settings.public_url or 'none'}",
        )
    if not settings.allow_unsigned:
        raise AppError(
            "RELAY-NO-SECRET",
            "The relay has no shared secret.",
            cause="Segment signs its requests with it; without one, a forged event looks like a real one.",
            remedy="Set a shared secret here and in Segment. For tests on this machine only, allow unsigned "
            "requests with --allow-unsigned.",
        )


def exposure_warning(settings: RelaySettings) -> str:
    """What listening beyond this machine means, in one sentence; empty when nobody else can reach it."""
    if is_loopback(settings.host):
        return ""
    if settings.host in _EVERY_ADDRESS:
        where = f"Every network this machine is in can reach port {settings.port}"
    else:
        where = f"Whoever can reach {settings.host} can reach port {settings.port}"
    return (
        f"{where}: signed events are taken from there, unencrypted on the way. "
        "A tunnel to 127.0.0.1 exposes less."
    )


def intake_rules(
    settings: RelaySettings, secrets: Sequence[str], mode: Mode, sources: SourceRules | None = None
) -> IntakeRules:
    """What requests are held to under these settings."""
    hosts = set(LOOPBACK_NAMES)
    hosts |= {host_name(host) for host in settings.allowed_hosts}
    if settings.public_url:
        hosts.add(host_name(urlsplit(settings.public_url).netloc))
    if settings.host not in _EVERY_ADDRESS:
        hosts.add(host_name(url_host(settings.host)))
    return IntakeRules(tuple(filter(None, secrets)), frozenset(hosts), mode, sources)


def url_host(host: str) -> str:
    """The host as it stands in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
