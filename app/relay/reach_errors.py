"""What can stand between Segment and the relay, in words with their fix. Pure."""

from __future__ import annotations

import socket
import ssl

from app.errors import AppError

SEGMENT_LIMIT_S = 5.0
"""Segment gives a webhook five seconds to answer, then it counts as failed and is sent again later."""

OFFLINE = "REACH-OFFLINE"

# OpenSSL's numbers for why a certificate is refused.
_NOT_YET_VALID, _EXPIRED, _SELF_SIGNED, _SELF_SIGNED_ABOVE, _NO_ISSUER = 9, 10, 18, 19, 20
_NO_FIRST_ISSUER, _OTHER_HOST, _OTHER_ADDRESS = 21, 62, 64

_SELF_SIGNED_TITLE = "Segment refuses this certificate: it is self-signed."
_CERTIFICATES = {
    _SELF_SIGNED: (_SELF_SIGNED_TITLE, "Use a certificate of a public authority, or a tunnel."),
    _SELF_SIGNED_ABOVE: (_SELF_SIGNED_TITLE, "Use a certificate of a public authority, or a tunnel."),
    _NO_ISSUER: (
        "Segment refuses this certificate: nobody it trusts has issued it.",
        "Use a certificate of a public authority, and let the server send the whole chain.",
    ),
    _NO_FIRST_ISSUER: (
        "Segment refuses this certificate: the chain to a public authority is incomplete.",
        "Let the server send the intermediate certificates as well.",
    ),
    _EXPIRED: ("The certificate of the public URL has expired.", "Renew the certificate."),
    _NOT_YET_VALID: (
        "The certificate of the public URL is not valid yet.",
        "Check the date on both computers, or use the certificate that is valid now.",
    ),
    _OTHER_HOST: (
        "The certificate belongs to another host name.",
        "Use a certificate for the name in the public URL.",
    ),
    _OTHER_ADDRESS: (
        "The certificate does not name this address.",
        "Use a public URL with a host name and a certificate for it.",
    ),
}


def offline_error(detail: str = "") -> AppError:
    return AppError(
        OFFLINE,
        "This computer has no connection to the internet.",
        cause="Without one, Segment cannot reach it; it tries again for four hours.",
        remedy="Connect to the internet; the check is repeated by itself.",
        detail=detail,
    )


def name_error(host: str, error: OSError) -> AppError:
    temporary = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    return AppError(
        "REACH-NAME",
        f"The name {host} cannot be found.",
        cause="The name service does not answer." if temporary else "The name service does not know it.",
        remedy="Check the spelling. A new tunnel’s name may take a minute to be known.",
        detail=str(error),
    )


def refused_error(host: str, error: BaseException) -> AppError:
    return AppError(
        "REACH-NO-CONNECTION",
        f"Nothing accepts connections at {host}.",
        cause="The tunnel or the server in front of the relay does not run, or a firewall is in the way.",
        remedy="Start the tunnel, or open the port to the internet.",
        detail=str(error) or type(error).__name__,
    )


def silent_error(host: str, limit_s: float) -> AppError:
    return AppError(
        "REACH-NO-ANSWER",
        f"{host} did not answer within {limit_s:.0f} s.",
        cause="Something on the way swallows connections, or the tunnel hangs.",
        remedy="Stop and start the tunnel, then check again.",
    )


def certificate_error(error: ssl.SSLError) -> AppError:
    """Why Segment would end the connection, from what OpenSSL says."""
    if isinstance(error, ssl.SSLCertVerificationError):
        title, remedy = _CERTIFICATES.get(
            error.verify_code,
            (
                "Segment refuses the certificate of the public URL.",
                "Use a certificate of a public authority.",
            ),
        )
        code = "REACH-SELF-SIGNED" if title == _SELF_SIGNED_TITLE else "REACH-CERTIFICATE"
        cause = "Segment sends nothing over a connection that it cannot verify."
        return AppError(code, title, cause=cause, remedy=remedy, detail=error.verify_message)
    return AppError(
        "REACH-TLS",
        "No encrypted connection to the public URL comes about.",
        cause="Perhaps the port serves plain HTTP, or only encryption that is out of date.",
        remedy="Let https end in front of the relay, with TLS 1.2 or newer.",
        detail=error.reason or type(error).__name__,
    )


def wrong_answer_error(status: int, *, proven: bool) -> AppError | None:
    """What the answer to a probe says; None when it came from our relay."""
    if status == 200 and proven:
        return None
    if status == 401:
        return AppError(
            "REACH-SIGNATURE",
            "The relay refused the signature of the probe.",
            cause="Something on the way changes the body or drops the X-Signature header, or a relay with "
            "another secret answers.",
            remedy="Let the proxy pass requests on unchanged, and check that the URL leads to this computer.",
            detail="HTTP 401",
        )
    if status == 421:
        return AppError(
            "REACH-HOST",
            "The relay does not accept the host name it is asked under.",
            cause="The proxy in front of it puts another name into the Host header.",
            remedy="Let the proxy keep the Host header, or add the name to allowed_hosts in the profile.",
            detail="HTTP 421",
        )
    if status >= 500:
        return AppError(
            "REACH-TUNNEL",
            "The public URL answers, but the way to this computer is broken.",
            cause="The tunnel or proxy does not get through to the relay’s port.",
            remedy="Check that it leads to the relay’s port, then stop and start it.",
            detail=f"HTTP {status}",
        )
    if 300 <= status < 400:
        return AppError(
            "REACH-REDIRECT",
            "The public URL sends callers on to another address.",
            cause="Segment does not follow redirects with its events.",
            remedy="Use the address that is redirected to.",
            detail=f"HTTP {status}",
        )
    return AppError(
        "REACH-OTHER-PROGRAM",
        "Another program answers at the public URL.",
        cause="A login page, another server, or a relay of another profile.",
        remedy="Let the URL lead to the relay’s port, with the path unchanged and without a login.",
        detail=f"HTTP {status}",
    )


def too_slow_error(took_s: float, limit_s: float = SEGMENT_LIMIT_S) -> AppError:
    return AppError(
        "REACH-SLOW",
        f"The relay answered in {took_s:.1f} s.",
        cause=f"Segment gives up after {limit_s:.0f} s and sends the event again later.",
        remedy="Use a tunnel nearer to this computer, or a faster connection.",
    )
