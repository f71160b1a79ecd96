"""The whole program without its window: secrets stay out of everything it writes."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.assembly import Assistant, new_shared_secret
from app.close.sandbox.application import Sandbox
from app.close.sandbox.faults import Fault
from app.close.sandbox.ids import IdSource
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.segment.signature import path_token, sign
from app.storage.log_files import open_log
from app.storage.profile import KeyLocation, Mode, Profile
from app.workflows.samples import built_in_samples
from tests.conditions import until

KEY = "api_canaryKeyOne22Letters.canaryKeyTwo22Letters"
SHARED = "canary-shared-secret-0451-of-thirty-two-letters"
PASSPHRASE = "canary passphrase of five words"


@pytest.fixture
def close() -> Iterator[SandboxThread]:
    store = demo_data(ids=IdSource(random.Random(7)))
    thread = SandboxThread(Sandbox(store=store, api_key=KEY))
    thread.start()
    yield thread
    thread.stop()


@contextmanager
def logging_into(assistant: Assistant, name: str) -> Iterator[None]:
    """Everything from DEBUG up, through the program's own log files."""
    assistant.profiles.make_folder(name)
    handler = open_log(assistant.profiles.log_folder(name), assistant.redactor)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


async def everything(assistant: Assistant, close: SandboxThread) -> list[str]:
    """Set up, test, relay, fail; what the program would have shown of it."""
    shown: list[str] = []
    flow = assistant.setup_flow("default")
    flow.start()
    for text in (f"{KEY}x", "api_wrong"):
        try:
            await flow.check_key(text)
        except AppError as error:
            shown += [str(error), error.cause, error.detail]
    checked = await flow.check_key(KEY)
    flow.keep_key(checked, KeyLocation.ENCRYPTED_FILE, passphrase=PASSPHRASE)
    view = await flow.create_fields((await flow.read_fields()).missing)
    assert view.company.field
    assert view.user.field
    flow.choose_fields(view.company.field.id, view.user.field.id)
    shown += [repr(flow), repr(checked), repr(assistant), repr(assistant.secrets)]
    shown += [repr(await flow.dry_run()), repr(await flow.send_test())]
    profile = flow.finish()
    live = replace(profile, relay=replace(profile.relay, port=0, mode=Mode.LIVE))
    assistant.profiles.save(live)
    shown += await relayed(assistant, live, close)
    return shown


async def relayed(assistant: Assistant, profile: Profile, close: SandboxThread) -> list[str]:
    """A good event, one that quotes the key, and one that meets a dead key."""
    service = assistant.relay(profile)
    reader = assistant.reader(profile)
    try:
        address = await asyncio.to_thread(service.start)
        close.sandbox.faults.add(Fault(kind="500", path="/contact/*"))
        samples = built_in_samples()
        async with httpx.AsyncClient(trust_env=False) as http:
            for number, sample in enumerate(samples[:4]):
                if number == 3:
                    close.sandbox.revoke_key(KEY)
                body = sample_text(dict(sample.body), number)
                signed = {"X-Signature": sign(SHARED, body)}
                assert (await http.post(address.url, content=body, headers=signed)).status_code == 200
                assert (
                    await http.post(address.url, content=body, headers={"X-Signature": SHARED})
                ).status_code == 401
        await until(lambda: service.status().waiting_for_key, what="the dead key to be noticed")
        await until(lambda: reader.counts().get(State.IN_FLIGHT, 0) == 0, what="the tries to end")
        rows = reader.page(EventFilter())
        shown = [repr(service.status().trouble), *(repr(reader.detail(row.id)) for row in rows)]
    finally:
        reader.close()
        await asyncio.to_thread(service.close)
    return shown


def sample_text(body: dict[str, object], number: int) -> bytes:
    return json.dumps({**body, "messageId": f"canary-{number}"}, separators=(",", ":")).encode()


async def test_no_file_log_or_output_of_the_program_holds_a_secret(
    close: SandboxThread,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("app.assembly.new_shared_secret", lambda: SHARED)
    root = tmp_path / "root"
    assistant = Assistant.in_folder(root, {}, close_url=close.base_url)
    with caplog.at_level(logging.DEBUG), logging_into(assistant, "default"):
        shown = await everything(assistant, close)
    captured = capfd.readouterr()
    written = {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
    assert {"default/profile.json", "default/secrets.enc", "default/relay.db"} <= written.keys()
    assert any(name.startswith("default/logs/") for name in written)
    forbidden = [
        KEY.encode(),
        SHARED.encode(),
        PASSPHRASE.encode(),
        base64.b64encode(f"{KEY}:".encode())[:-4],
    ]
    outputs = {
        **written,
        "output": (captured.out + captured.err).encode(),
        "shown": "\n".join(shown).encode(),
        "records": "\n".join(record.getMessage() for record in caplog.records).encode(),
    }
    for name, content in outputs.items():
        assert [text for text in forbidden if text in content] == [], name
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in root.rglob("*") if path.is_file())
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in root.rglob("*") if path.is_dir())
    # The path that vouches for unsigned events of a batch follows from the secret: not in logs either.
    logs = b"".join(content for name, content in written.items() if "/logs/" in name)
    assert path_token(SHARED).encode() not in logs


def test_shared_secrets_are_long_random_and_safe_in_forms() -> None:
    secrets = {new_shared_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(
        len(secret) >= 43 and secret.replace("-", "a").replace("_", "a").isalnum() for secret in secrets
    )


async def test_a_preview_of_a_profile_without_a_database_makes_none(
    close: SandboxThread, tmp_path: Path
) -> None:
    assistant = Assistant.in_folder(tmp_path / "root", {"CLOSE_API_KEY": KEY}, close_url=close.base_url)
    flow = assistant.setup_flow("default")
    flow.start()
    flow.keep_key(await flow.check_key(KEY), KeyLocation.ENVIRONMENT)
    await flow.dry_run()
    profile = flow.finish()
    assert not assistant.profiles.database_path("default").exists()
    await assistant.tester().run(profile, built_in_samples()[0], live=True)
    assert assistant.profiles.database_path("default").exists()


def test_the_address_given_to_the_program_wins_over_the_profiles(tmp_path: Path) -> None:
    plain = Assistant.in_folder(tmp_path, {})
    profile = plain.profiles.new("default")
    plain.profiles.save(profile)
    assert plain.load_profile("default").close_url == profile.close_url
    other = Assistant.in_folder(tmp_path, {}, close_url="http://127.0.0.1:9/api/v1/")
    assert other.load_profile("default").close_url == "http://127.0.0.1:9/api/v1/"
    assert other.setup_flow("new").state.profile.close_url == "http://127.0.0.1:9/api/v1/"
