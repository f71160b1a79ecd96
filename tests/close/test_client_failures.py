"""What becomes of answers that do not come, come broken, or say no: all on real sockets."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import ipaddress
import json
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.close.client import CloseClient
from app.close.exchange import Exchange
from app.close.failures import CloseError, FailureKind
from app.close.records import LeadWrite
from tests.close.close_answers import KEY, LEAD_ID, lead_json, me_json
from tests.close.scripted_server import Reply, ScriptedServer, answering, serving

UNAUTHORIZED = answering({"error": "Unauthorized"}, 401)


async def failure_of_a_create(server: ScriptedServer, deadline_s: float = 20.0) -> CloseError:
    async with CloseClient(KEY, base_url=server.base_url, total_deadline_s=deadline_s) as client:
        with pytest.raises(CloseError) as failure:
            await client.create_lead(LeadWrite(name="Acme"))
    return failure.value


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_refused_connection_sent_nothing() -> None:
    async with CloseClient(KEY, base_url=f"http://127.0.0.1:{unused_port()}/api/v1/") as client:
        with pytest.raises(CloseError) as failure:
            await client.create_lead(LeadWrite(name="Acme"))
    assert (failure.value.code, failure.value.kind) == ("CLOSE-UNREACHABLE", FailureKind.UNREACHABLE)
    assert not failure.value.may_have_happened
    assert "refused" in failure.value.cause


async def test_an_unknown_host_is_told_apart_from_a_refused_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*args: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with CloseClient(KEY, base_url="https://close.invalid/") as client:
        with pytest.raises(CloseError) as failure:
            await client.me()
    assert failure.value.code == "CLOSE-UNREACHABLE"
    assert "looked up" in failure.value.cause


async def test_a_proxy_that_refuses_the_tunnel_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answering("denied", 403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.base_url.removesuffix("/api/v1/"))
        async with CloseClient(KEY, base_url="https://close.invalid/") as client:
            with pytest.raises(CloseError) as failure:
                await client.create_lead(LeadWrite(name="Acme"))
    assert proxy.received[0].method == "CONNECT"
    assert (failure.value.code, failure.value.may_have_happened) == ("CLOSE-UNREACHABLE", False)
    assert "proxy" in failure.value.cause


async def test_a_proxy_that_hangs_up_on_the_tunnel_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(Reply(then="close")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.base_url.removesuffix("/api/v1/"))
        async with CloseClient(KEY, base_url="https://close.invalid/") as client:
            with pytest.raises(CloseError) as failure:
                await client.create_lead(LeadWrite(name="Acme"))
    assert (failure.value.code, failure.value.may_have_happened) == ("CLOSE-UNREACHABLE", False)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(then="close"),
        Reply(then="reset"),
        Reply(b"HTTP/1.1 200 OK\r\nContent-Le", then="close"),
        Reply(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id": "lead_', then="close"),
        Reply(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id": "lead_', then="reset"),
        Reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", then="close"),
        Reply(b"\x16\x03\x01 this is no HTTP\r\n\r\n", then="close"),
    ],
    ids=["closed", "reset", "half headers", "half body", "reset in body", "half chunk", "no HTTP"],
)
async def test_a_lost_answer_leaves_open_whether_the_write_happened(reply: Reply) -> None:
    async with serving(reply) as server:
        failure = await failure_of_a_create(server)
        assert len(server.received) == 1
    assert (failure.code, failure.kind) == ("CLOSE-NO-ANSWER", FailureKind.NO_ANSWER)
    assert failure.may_have_happened


@pytest.mark.parametrize(
    "reply",
    [Reply(then="hang"), Reply(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id"', then="hang")],
    ids=["no answer", "half answer"],
)
async def test_the_whole_call_has_one_deadline(reply: Reply) -> None:
    async with serving(reply) as server:
        failure = await failure_of_a_create(server, deadline_s=0.2)
        assert len(server.received) == 1
    assert (failure.code, failure.cause) == ("CLOSE-NO-ANSWER", "It took too long.")


async def test_a_connection_that_never_comes_about_in_time_sent_nothing() -> None:
    # A full backlog: the kernel drops further connection attempts.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.settimeout(0)
            one.connect_ex(listener.getsockname())
            waiting.append(one)
        async with CloseClient(
            KEY, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/", total_deadline_s=0.2
        ) as client:
            with pytest.raises(CloseError) as failure:
                await client.create_lead(LeadWrite(name="Acme"))
        for one in waiting:
            one.close()
    assert (failure.value.code, failure.value.cause) == (
        "CLOSE-UNREACHABLE",
        "No connection came about in time.",
    )


async def test_cancelling_a_call_cancels_it_and_tells_so() -> None:
    heard: list[Exchange] = []
    async with (
        serving(Reply(then="hang")) as server,
        CloseClient(KEY, base_url=server.base_url, on_exchange=heard.append) as client,
    ):
        call = asyncio.create_task(client.me())
        await server.got_request.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert (heard[0].status, heard[0].error) == (None, "CANCELLED")


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


async def test_an_untrusted_certificate_is_its_own_failure(tmp_path: Path) -> None:
    async with serving(answering(lead_json()), tls=self_signed(tmp_path)) as server:
        failure = await failure_of_a_create(server)
        assert server.received == []
    assert (failure.code, failure.kind) == ("CLOSE-TLS", FailureKind.UNREACHABLE)
    assert not failure.may_have_happened


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_reported_and_never_followed(status: int) -> None:
    async with serving(answering("", status, [("Location", "/api/v1/elsewhere/")])) as server:
        failure = await failure_of_a_create(server)
        assert [request.target for request in server.received] == ["/api/v1/lead/"]
    assert (failure.code, failure.status) == ("CLOSE-REDIRECTED", status)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><body>Sign in to the network</body></html>", "not JSON"),
        ("garbage", "not JSON"),
        ("", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"id": ', "not JSON"),
        ("[]", "documents"),
        ("null", "documents"),
        ('{"name": "no id"}', "documents"),
        ('{"id": 7}', "documents"),
    ],
    ids=[
        "HTML",
        "garbage",
        "nothing",
        "no text",
        "deep",
        "cut",
        "list",
        "null",
        "without id",
        "number as id",
    ],
)
async def test_an_answer_that_is_not_closes_is_a_bad_answer(body: str | bytes, words: str) -> None:
    async with serving(answering(body)) as server:
        failure = await failure_of_a_create(server)
    assert (failure.code, failure.kind) == ("CLOSE-BAD-ANSWER", FailureKind.BAD_ANSWER)
    assert failure.may_have_happened
    assert words in failure.cause


async def test_an_answer_above_one_megabyte_is_not_read() -> None:
    async with serving(answering(lead_json(description="x" * 1_000_001))) as server:
        failure = await failure_of_a_create(server)
    assert (failure.code, failure.cause) == ("CLOSE-BAD-ANSWER", "It is larger than 1 MB.")


async def test_the_size_counts_after_decompression() -> None:
    body = gzip.compress(json.dumps(lead_json(description="x" * 1_000_001)).encode())
    assert len(body) < 10_000
    async with serving(answering(body, headers=[("Content-Encoding", "gzip")])) as server:
        failure = await failure_of_a_create(server)
    assert failure.cause == "It is larger than 1 MB."


async def test_a_body_that_is_not_compressed_as_it_says_is_a_bad_answer() -> None:
    async with serving(answering("{}", headers=[("Content-Encoding", "gzip")])) as server:
        assert (await failure_of_a_create(server)).code == "CLOSE-BAD-ANSWER"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "CLOSE-INVALID", FailureKind.INVALID),
        (402, "CLOSE-PLAN-LIMIT", FailureKind.PLAN_LIMIT),
        (403, "CLOSE-FORBIDDEN", FailureKind.FORBIDDEN),
        (404, "CLOSE-NOT-FOUND", FailureKind.NOT_FOUND),
        (405, "CLOSE-INVALID", FailureKind.INVALID),
        (415, "CLOSE-INVALID", FailureKind.INVALID),
        (422, "CLOSE-INVALID", FailureKind.INVALID),
        (407, "CLOSE-UNREACHABLE", FailureKind.UNREACHABLE),
        (408, "CLOSE-SERVER-ERROR", FailureKind.SERVER_ERROR),
        (500, "CLOSE-SERVER-ERROR", FailureKind.SERVER_ERROR),
        (502, "CLOSE-SERVER-ERROR", FailureKind.SERVER_ERROR),
        (503, "CLOSE-SERVER-ERROR", FailureKind.SERVER_ERROR),
        (504, "CLOSE-SERVER-ERROR", FailureKind.SERVER_ERROR),
        (599, "CLOSE-SERVER-ERROR", FailureKind.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize(
    "body", [{"error": "Because."}, "<html>Because</html>", ""], ids=["JSON", "HTML", "none"]
)
async def test_each_status_has_its_meaning_whatever_the_body(
    status: int, code: str, kind: FailureKind, body: object
) -> None:
    async with serving(answering(body, status)) as server:
        failure = await failure_of_a_create(server)
        assert len(server.received) == 1
    assert (failure.code, failure.kind, failure.status) == (code, kind, status)
    assert f"POST /lead/ was answered with {status}" in failure.detail


async def test_a_refused_field_is_named_with_closes_own_words() -> None:
    body = {"errors": [], "field-errors": {"name": "The value must be no longer than 1000 characters."}}
    async with serving(answering(body, 400)) as server:
        failure = await failure_of_a_create(server)
    assert dict(failure.field_errors) == {"name": "The value must be no longer than 1000 characters."}
    assert "no longer than 1000" in failure.cause


async def test_503_passes_on_how_long_to_wait() -> None:
    async with serving(answering("", 503, [("Retry-After", "7")])) as server:
        assert (await failure_of_a_create(server)).retry_after_s == 7


async def test_401_while_the_key_still_works_is_a_missing_permission() -> None:
    async with serving(UNAUTHORIZED, answering(me_json())) as server:
        failure = await failure_of_a_create(server)
        assert [request.target for request in server.received] == ["/api/v1/lead/", "/api/v1/me/?_fields=id"]
    assert (failure.code, failure.status) == ("CLOSE-FORBIDDEN", 401)


async def test_401_that_the_account_repeats_is_a_dead_key() -> None:
    async with serving(UNAUTHORIZED) as server:
        failure = await failure_of_a_create(server)
        assert len(server.received) == 2
    assert (failure.code, failure.title) == ("CLOSE-KEY-REFUSED", "Close refused this key.")


async def test_401_on_the_account_itself_is_not_asked_twice() -> None:
    async with serving(UNAUTHORIZED) as server:
        async with CloseClient(KEY, base_url=server.base_url) as client:
            with pytest.raises(CloseError) as failure:
                await client.me()
        assert len(server.received) == 1
    assert failure.value.kind is FailureKind.KEY_REFUSED


async def test_401_that_cannot_be_checked_neither_blames_the_key_nor_the_write() -> None:
    async with serving(UNAUTHORIZED, answering("", 502)) as server:
        failure = await failure_of_a_create(server)
    assert (failure.code, failure.status) == ("CLOSE-UNREACHABLE", 401)
    assert failure.transient
    assert not failure.may_have_happened


async def test_closes_words_are_kept_without_secrets() -> None:
    body = {"field-errors": {"name": f"{KEY} is no name"}, "errors": [f"Basic {KEY}"]}
    heard: list[Exchange] = []
    async with (
        serving(answering(body, 400)) as server,
        CloseClient(KEY, base_url=server.base_url, on_exchange=heard.append) as client,
    ):
        with pytest.raises(CloseError) as failure:
            await client.lead(LEAD_ID)
    shown = (
        f"{failure.value} {failure.value.cause} {failure.value.detail} {failure.value.field_errors} {heard}"
    )
    assert "is no name" in shown
    assert KEY not in shown
    assert heard[0].error == "CLOSE-INVALID"


async def test_a_delete_may_be_answered_without_a_body() -> None:
    async with serving(Reply(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
        async with CloseClient(KEY, base_url=server.base_url) as client:
            await client.delete_lead(LEAD_ID)
        assert server.received[0].method == "DELETE"


async def test_one_connection_serves_many_calls() -> None:
    async with serving(answering(lead_json())) as server:
        async with CloseClient(KEY, base_url=server.base_url) as client:
            for _ in range(3):
                await client.lead(LEAD_ID)
        assert len(server.received) == 3
