"""One event in a form that can be sent again from a terminal or a program. Pure.

The shared secret is never part of it: the code signs with what the environment holds.
"""

from __future__ import annotations

import json
import shlex
from enum import StrEnum
from typing import Final

from app.json_value import JsonValue
from app.workflows.snippets import python_literal

SECRET_VARIABLE: Final = "SEGMENT_SHARED_SECRET"  # noqa: S105 - the name of a variable
_NO_ADDRESS: Final = "http://127.0.0.1:8765/webhook"


class CopyForm(StrEnum):
    JSON = "json"
    CURL = "curl"
    PYTHON = "python"


def copied(body: JsonValue, form: CopyForm, url: str) -> str:
    """The event as text; ``url`` is the relay's webhook, a usual one stands for an empty one."""
    match form:
        case CopyForm.JSON:
            return json.dumps(body, indent=2, ensure_ascii=False, default=dict)
        case CopyForm.CURL:
            return _curl(body, url or _NO_ADDRESS)
        case CopyForm.PYTHON:
            return _python(body, url or _NO_ADDRESS)


def _curl(body: JsonValue, url: str) -> str:
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"), default=dict)
    return (
        "# The relay takes the same messageId only once.\n"
        f"event={shlex.quote(text)}\n"
        f'signature=$(printf %s "$event" | openssl dgst -sha1 -hmac "${SECRET_VARIABLE}" '
        "| sed 's/^.* //')\n"
        f'curl --data-binary "$event" -H "Content-Type: application/json" -H "X-Signature: $signature" '
        f"{shlex.quote(url)}\n"
    )


def _python(body: JsonValue, url: str) -> str:
    return (
        "# The relay takes the same messageId only once.\n"
        "import hmac, json, os, urllib.request\n\n"
        f"event = {python_literal(body)}\n"
        f"secret = os.environ[{SECRET_VARIABLE!r}].encode()\n"
        'data = json.dumps(event, separators=(",", ":")).encode()\n'
        "request = urllib.request.Request(\n"
        f"    {python_literal(url)},\n"
        "    data,\n"
        '    {"Content-Type": "application/json", '
        '"X-Signature": hmac.new(secret, data, "sha1").hexdigest()},\n'
        ")\n"
        "print(urllib.request.urlopen(request).status)\n"
    )
