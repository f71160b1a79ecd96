"""The public address that stands before the relay: what Segment's cloud can use at all. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from app.errors import AppError

_OWN_PATH = re.compile(r"/segment/[0-9a-f]{32}/?$")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LOCAL_ENDINGS = ("localhost", ".local", ".localhost", ".internal", ".lan", ".home.arpa")


def read_public_url(text: str) -> str:
    """The address in a form of its own: ``https://host[:port][/path]``, without the relay's own path.

    Raises ``AppError`` (``PUBLIC-URL``) in words for what Segment could not use.
    """
    parts = _split(text.strip())
    if parts.scheme.lower() == "http":
        raise _error(
            "This address is not encrypted.", "Use the https:// address: requests carry personal data."
        )
    if parts.scheme.lower() != "https":
        raise _error("This is not a web address.", "Paste an address that begins with https://.")
    if parts.username is not None or parts.password is not None:
        raise _error("This address holds a user name.", "Leave out what stands before the @.")
    if parts.query or parts.fragment:
        raise _error("This address has more than a host and a path.", "Leave out everything from ? or # on.")
    host = (parts.hostname or "").rstrip(".")
    _check_host(host)
    port = f":{parts.port}" if parts.port not in (None, 443) else ""
    return f"https://{host}{port}{_OWN_PATH.sub('', parts.path).rstrip('/')}"


def public_host(url: str) -> str:
    """The host name of a public address."""
    return urlsplit(url).hostname or ""


def fingerprint(url: str) -> str:
    """Tells whether a complete webhook URL is still the same, without keeping its secret path."""
    return hashlib.sha256(url.encode()).hexdigest()[:32] if url else ""


def _split(text: str) -> SplitResult:
    if "://" not in text:
        text = f"https://{text}"
    if not text.isascii() or any(each.isspace() or not each.isprintable() for each in text):
        raise _error("This address holds characters that no address has.", "Copy the address once more.")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise _error("This is not a web address.", "Paste an address that begins with https://.") from error
    return parts


def _check_host(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(_LOCAL_ENDINGS):
            raise _local_error(host) from None
        labels = host.split(".")
        if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
            raise _error(
                "This address has no host name that others could find.",
                "Use the full name, for example https://relay.example.com.",
            ) from None
        return
    if not address.is_global:
        raise _local_error(host)


def _local_error(host: str) -> AppError:
    return _error(
        f"{host} means something only on this computer or in its network.",
        "Use an address that the whole internet can reach, or let a tunnel give you one.",
    )


def _error(title: str, remedy: str) -> AppError:
    return AppError(
        "PUBLIC-URL",
        title,
        cause="Segment’s cloud sends from the internet and only over encrypted connections.",
        remedy=remedy,
    )
