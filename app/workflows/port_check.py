"""Whether the relay's port is free."""

from __future__ import annotations

import asyncio
import socket


def port_is_free(host: str, port: int) -> bool:
    """Try to listen there for a moment, as the relay would. Looks names up: not for a UI thread."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return False
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(1)
        except OSError:
            return False
    return True


async def check_port(host: str, port: int) -> bool:
    """The same without blocking the loop."""
    return await asyncio.to_thread(port_is_free, host, port)
