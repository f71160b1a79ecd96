"""The address of Close's API, checked before the key is ever sent to it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from app.errors import AppError

DEFAULT_BASE_URL = "https://api.close.com/api/v1/"


def api_address(text: str) -> str:
    """The base address with a slash at the end, as every path below it needs.

    Plain http is accepted for this computer only, where the sandbox runs. Raises ``AppError``
    ``CLOSE-URL-INVALID``.
    """
    address = text.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _invalid(address, "It cannot be read as a web address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _invalid(address, "It has to start with https:// and name a host.")
    if parts.username is not None or parts.query or parts.fragment:
        raise _invalid(parts.hostname or "", "It must not hold a name, a password, a query or a fragment.")
    if parts.scheme == "http" and not _is_this_computer(host):
        raise _invalid(address, "Over plain http the key could be read on the way.")
    if any(character.isspace() or not character.isprintable() for character in address):
        raise _invalid(address, "It holds a space or a control character.")
    return address.rstrip("/") + "/"


def _is_this_computer(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _invalid(address: str, cause: str) -> AppError:
    return AppError(
        "CLOSE-URL-INVALID",
        "The address of Close's API cannot be used.",
        cause=cause,
        remedy=f"Use {DEFAULT_BASE_URL} unless you were given another address.",
        detail=address[:200],
    )
