"""What the tunnel programs are called with, and what their output means. Pure.

cloudflared writes log lines to standard error, ngrok JSON lines where it is told to, tailscale plain text
for people. Only public documentation and published outputs were at hand: what is not recognised is kept as
detail, never guessed at.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.errors import AppError
from app.storage.profile import TunnelTool

_CLOUDFLARED_URL = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com\b")
_TAILSCALE_URL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.ts\.net(?::\d+)?(?=/|\s|$)")
_TAILSCALE_LINK = re.compile(r"https://login\.tailscale\.com/\S+")

_HOMES = {
    TunnelTool.CLOUDFLARED: "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/",
    TunnelTool.NGROK: "https://ngrok.com/download",
    TunnelTool.TAILSCALE: "https://tailscale.com/download",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``lasting``: trying again soon cannot help, a person has to do something."""

    error: AppError
    lasting: bool


def arguments(tool: TunnelTool, host: str, port: int) -> tuple[str, ...]:
    """What follows the program's name; ``host`` is the address the relay listens on."""
    target = f"http://{_reachable(host)}:{port}"
    match tool:
        case TunnelTool.CLOUDFLARED:
            # With the person's own configuration its rules would answer instead of the relay.
            return ("tunnel", "--config", os.devnull, "--no-autoupdate", "--url", target)
        case TunnelTool.NGROK:
            return ("http", target, "--log", "stdout", "--log-format", "json")
        case _:
            return ("funnel", target)


def read_url(tool: TunnelTool, line: str) -> str:
    """The public address that a line announces; empty when it announces none."""
    match tool:
        case TunnelTool.CLOUDFLARED:
            # The line that asks for a tunnel, and its errors, name addresses too.
            found = None if " ERR " in line else _CLOUDFLARED_URL.search(line)
            return found[0] if found else ""
        case TunnelTool.NGROK:
            return _ngrok_url(line)
        case _:
            found = _TAILSCALE_URL.search(line)
            return found[0] if found else ""


def lost_error(tool: TunnelTool, lines: Sequence[str], exit_code: int | None) -> Diagnosis:
    """Why the program ended, or never gave an address (``exit_code`` None), from what it printed."""
    said = [_plain(tool, line) for line in lines]
    text = "\n".join(part for part in said if part)
    for pattern, make in _CAUSES[tool]:
        if pattern.search(text):
            code, title, cause, remedy, lasting = make(text)
            return Diagnosis(
                AppError(f"TUNNEL-{code}", title, cause=cause, remedy=remedy, detail=_tail(said)), lasting
            )
    if exit_code is None:
        return Diagnosis(
            AppError(
                "TUNNEL-NO-URL",
                f"{tool} has not said a public URL.",
                cause="It runs, but cannot open its tunnel; a firewall may hold it up.",
                remedy=f"Run {tool} in a terminal once to see what it waits for.",
                detail=_tail(said) or "It printed nothing.",
            ),
            lasting=False,
        )
    return Diagnosis(
        AppError(
            "TUNNEL-ENDED",
            f"{tool} ended by itself (exit code {exit_code}).",
            cause="What it printed last is in the details.",
            remedy="It is started again by itself.",
            detail=_tail(said) or "It printed nothing.",
        ),
        lasting=False,
    )


def missing_error(tool: TunnelTool) -> AppError:
    return AppError(
        "TUNNEL-MISSING",
        f"{tool} is not installed.",
        cause="No program of this name is on the PATH.",
        remedy=f"Install it from {_HOMES[tool]}, or choose another way to a public URL.",
    )


def not_startable_error(tool: TunnelTool, error: OSError) -> AppError:
    return AppError(
        "TUNNEL-NOT-STARTABLE",
        f"{tool} cannot be started.",
        cause=error.strerror or "The system refused to start it.",
        remedy="Check that the file may be run and belongs to this kind of computer.",
        detail=type(error).__name__,
    )


def _reachable(host: str) -> str:
    """Where the relay can be asked on this computer; the tools accept loopback only."""
    name = host.strip("[]")
    if name == "::1":
        return "[::1]"
    return "127.0.0.1" if name in ("", "0.0.0.0", "::", "localhost") else name  # noqa: S104 - compared


def _ngrok_url(line: str) -> str:
    value = _json_line(line)
    url = value.get("url")
    announced = value.get("msg") in ("started tunnel", "started endpoint", "endpoint online")
    return url.rstrip("/") if announced and isinstance(url, str) and url.startswith("https://") else ""


def _json_line(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _plain(tool: TunnelTool, line: str) -> str:
    """A line as people read it; of ngrok's JSON only what tells of trouble."""
    value = _json_line(line) if tool is TunnelTool.NGROK else {}
    if not value:
        return line.strip()
    if value.get("err") in (None, "", "<nil>", "nil"):
        return ""
    return " ".join(str(value["err"]).split())


def _tail(lines: Sequence[str]) -> str:
    return "\n".join([line for line in lines if line][-4:])[-600:]


_Words = tuple[str, str, str, str, bool]
_Make = Callable[[str], _Words]


def _always(words: _Words) -> _Make:
    return lambda _text: words


def _cause(pattern: str, *words: str, lasting: bool = True) -> tuple[re.Pattern[str], _Make]:
    code, title, cause, remedy = words
    return re.compile(pattern, re.IGNORECASE), _always((code, title, cause, remedy, lasting))


def _funnel_off(text: str) -> _Words:
    link = _TAILSCALE_LINK.search(text)
    where = link[0] if link else "https://tailscale.com/s/no-funnel"
    return (
        "NOT-ALLOWED",
        "Funnel is not switched on for this computer.",
        "The network’s owner has to allow it once.",
        f"Open {where}, allow it, then start the tunnel again.",
        True,
    )


_OLD = "Update it, then start the tunnel again."

_CAUSES: dict[TunnelTool, tuple[tuple[re.Pattern[str], _Make], ...]] = {
    TunnelTool.CLOUDFLARED: (
        _cause(
            r"429 Too Many|error code: 1015|too many requests",
            "RATE-LIMITED",
            "Cloudflare gives no new tunnel right now.",
            "Too many were asked for from this address in a short time.",
            "It is tried again by itself, with longer pauses.",
            lasting=False,
        ),
        _cause(
            r"flag provided but not defined|unknown flag|no longer supported|please update cloudflared",
            "TOO-OLD",
            "This cloudflared is too old.",
            "It does not know what it is asked to do.",
            _OLD,
        ),
        _cause(
            r"address already in use",
            "PORT-REFUSED",
            "cloudflared cannot open a port that it needs.",
            "Another program holds it.",
            "Stop other cloudflared programs; it is tried again by itself.",
            lasting=False,
        ),
        _cause(
            r"no such host|network is unreachable|i/o timeout|connection refused|server misbehaving",
            "OFFLINE",
            "cloudflared does not reach Cloudflare.",
            "This computer is offline, or a firewall is in the way.",
            "Check the internet connection; it is tried again by itself.",
            lasting=False,
        ),
    ),
    TunnelTool.NGROK: (
        _cause(
            r"ERR_NGROK_(12[01])\b|too old|unknown flag|flag provided but not defined|no longer supported",
            "TOO-OLD",
            "This ngrok is too old.",
            "ngrok’s service accepts newer versions only.",
            "Run `ngrok update`, then start the tunnel again.",
        ),
        _cause(
            r"ERR_NGROK_108\b|simultaneous ngrok agent sessions?",
            "ALREADY-RUNNING",
            "This ngrok account has a session already.",
            "Its plan allows one at a time, and another ngrok holds it.",
            "Stop the other ngrok; it is tried again by itself.",
            lasting=False,
        ),
        _cause(
            r"ERR_NGROK_334\b|endpoint .* is already online",
            "URL-TAKEN",
            "The account’s address is in use already.",
            "Another ngrok, perhaps on another computer, answers there.",
            "Stop the other ngrok; it is tried again by itself.",
            lasting=False,
        ),
        _cause(
            r"ERR_NGROK_(4018|10[5-9])\b|authtoken|verified account",
            "NOT-LOGGED-IN",
            "ngrok is not logged in.",
            "It needs the token of an account.",
            "Run `ngrok config add-authtoken TOKEN` with the token from dashboard.ngrok.com.",
        ),
        _cause(
            r"ERR_NGROK_(72[5-7]|702|5011)\b|rate limit|limit exceeded|too many",
            "RATE-LIMITED",
            "ngrok lets no more requests through right now.",
            "The account’s limit is used up.",
            "Wait, or change the plan; it is tried again by itself, with longer pauses.",
            lasting=False,
        ),
        _cause(
            r"no such host|network is unreachable|i/o timeout|connection refused",
            "OFFLINE",
            "ngrok does not reach its service.",
            "This computer is offline, or a firewall is in the way.",
            "Check the internet connection; it is tried again by itself.",
            lasting=False,
        ),
        _cause(
            r"address already in use",
            "PORT-REFUSED",
            "ngrok cannot open a port that it needs.",
            "Another program holds it.",
            "Stop other ngrok programs; it is tried again by itself.",
            lasting=False,
        ),
    ),
    TunnelTool.TAILSCALE: (
        _cause(
            r"logged out|NeedsLogin|not logged in|log in at|tailscale is stopped|tailscale up",
            "NOT-LOGGED-IN",
            "Tailscale is not connected.",
            "This computer is logged out, or Tailscale is stopped.",
            "Run `tailscale up`, then start the tunnel again.",
        ),
        _cause(
            r"failed to connect to local tailscaled|is tailscaled running|doesn't appear to be running",
            "NOT-RUNNING",
            "Tailscale’s service does not run.",
            "The program needs it to reach the network.",
            "Start Tailscale, for example with `sudo systemctl start tailscaled`.",
        ),
        (
            re.compile(r"funnel is not enabled|funnel not available|no-funnel", re.IGNORECASE),
            lambda text: (
                (
                    "NOT-ALLOWED",
                    "Funnel needs HTTPS certificates in this network.",
                    "The network’s owner has not switched them on.",
                    "Open https://tailscale.com/s/https, switch them on, then start the tunnel again.",
                    True,
                )
                if "https must be enabled" in text.lower()
                else _funnel_off(text)
            ),
        ),
        _cause(
            r"shields-up",
            "NOT-ALLOWED",
            "Tailscale blocks incoming connections.",
            "“Allow incoming connections” is switched off on this computer.",
            "Switch it on (`tailscale set --shields-up=false`), then start the tunnel again.",
        ),
        _cause(
            r"access denied|permission denied|--operator",
            "NOT-ALLOWED",
            "Tailscale does not let this user open a funnel.",
            "Only the administrator and the operator may.",
            "Run `sudo tailscale set --operator=$USER` once, then start the tunnel again.",
        ),
        _cause(
            r"listener already exists|already in use|port .* already",
            "PORT-REFUSED",
            "Tailscale serves something else at this address already.",
            "A funnel or a served folder holds the public port.",
            "Run `tailscale funnel reset`, then start the tunnel again.",
            lasting=False,
        ),
        _cause(
            r"flag provided but not defined|unknown subcommand|funnel <serve-port>|invalid argument",
            "TOO-OLD",
            "This Tailscale is too old.",
            "Its funnel works only after other commands.",
            _OLD,
        ),
        _cause(
            r"rate limit|too many",
            "RATE-LIMITED",
            "Tailscale asks for a pause.",
            "Too many certificates or funnels were asked for in a short time.",
            "It is tried again by itself, with longer pauses.",
            lasting=False,
        ),
    ),
}
