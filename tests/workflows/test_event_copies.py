"""Copied events run: they reach a server with a signature that holds."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from app.segment.signature import sign
from app.workflows.event_copies import SECRET_VARIABLE, CopyForm, copied

EVENT = {
    "type": "track",
    "event": 'It\'s "done" $HOME `ls` <b>',
    "userId": "u-1",
    "properties": {"city": "Zürich", "n": 1.5, "yes": True, "nothing": None, "list": [1, {"a": "\\"}]},
}
SECRET = "correct horse battery"


class Received:
    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.signatures: list[str | None] = []
        received = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                received.signatures.append(self.headers["X-Signature"])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Received]:
    received = Received()
    yield received
    received.close()


def run(*command: str) -> None:
    environment = {**os.environ, SECRET_VARIABLE: SECRET, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr


def arrived(server: Received) -> None:
    (body,) = server.bodies
    assert json.loads(body) == EVENT
    assert server.signatures == [sign(SECRET, body)]


def test_the_python_form_sends_the_event_signed(server: Received) -> None:
    code = copied(EVENT, CopyForm.PYTHON, server.url)
    assert SECRET not in code
    run(sys.executable, "-c", code)
    arrived(server)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_curl_form_sends_the_event_signed(server: Received) -> None:
    code = copied(EVENT, CopyForm.CURL, server.url)
    assert SECRET not in code
    run("sh", "-c", code)
    arrived(server)


def test_the_json_form_is_the_event() -> None:
    text = copied(EVENT, CopyForm.JSON, "")
    assert json.loads(text) == EVENT
    assert "Zürich" in text


def test_without_an_address_a_usual_one_stands_there() -> None:
    assert "http://127.0.0.1:8765/" in copied(EVENT, CopyForm.CURL, "")
