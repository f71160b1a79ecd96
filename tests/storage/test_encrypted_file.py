from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError
from app.storage import encrypted_file
from app.storage.encrypted_file import EncryptedFileSecretStore, ScryptCost
from app.storage.secret_store import SecretKind
from tests.storage.builders import PROFILE_ID

KEY = SecretKind.CLOSE_API_KEY
CANARY = "api_canary7f3a9c51"
PASSPHRASE = "correct horse ünïcode"
CHEAP = ScryptCost(log2_n=4, block_size=1, rounds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "default" / "secrets.enc"


def opened(
    path: Path, passphrase: str = PASSPHRASE, profile_id: str = PROFILE_ID
) -> EncryptedFileSecretStore:
    return EncryptedFileSecretStore(path, profile_id, passphrase, cost=CHEAP)


@pytest.fixture
def filled(path: Path) -> Path:
    opened(path).set(KEY, CANARY)
    return path


def refused_code(store: EncryptedFileSecretStore) -> str:
    with pytest.raises(AppError) as raised:
        store.get(KEY)
    assert raised.value.remedy
    assert CANARY not in str(raised.value) + raised.value.detail + raised.value.cause
    return raised.value.code


def edited(path: Path, *place: str, value: object) -> None:
    content: dict[str, Any] = json.loads(path.read_bytes())
    inner = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    path.write_text(json.dumps(content))


def test_the_secret_is_there_for_the_next_start_with_the_usual_cost(path: Path) -> None:
    EncryptedFileSecretStore(path, PROFILE_ID, PASSPHRASE).set(KEY, CANARY)
    assert json.loads(path.read_bytes())["key"]["scrypt"] == {"log2_n": 16, "block_size": 8, "rounds": 2}
    assert opened(path).get(KEY) == CANARY


def test_the_file_is_private_and_holds_neither_secret_nor_passphrase(filled: Path) -> None:
    content = filled.read_bytes()
    for text in (CANARY, PASSPHRASE, base64.b64encode(CANARY.encode()).decode()[:16]):
        assert text.encode() not in content
    assert stat.S_IMODE(filled.stat().st_mode) == 0o600
    assert stat.S_IMODE(filled.parent.stat().st_mode) == 0o700


def test_each_write_looks_different(filled: Path) -> None:
    before = json.loads(filled.read_bytes())
    store = opened(filled)
    store.set(KEY, CANARY)
    after = json.loads(filled.read_bytes())
    assert before["aes-256-gcm"]["nonce"] != after["aes-256-gcm"]["nonce"]
    assert before["aes-256-gcm"]["ciphertext"] != after["aes-256-gcm"]["ciphertext"]


def test_a_wrong_passphrase_opens_nothing_and_overwrites_nothing(filled: Path) -> None:
    before = filled.read_bytes()
    wrong = opened(filled, "correct horse")
    assert refused_code(wrong) == "SECRETS-WRONG-PASSPHRASE"
    for action in (lambda: wrong.set(KEY, "new"), lambda: wrong.delete(KEY)):
        with pytest.raises(AppError) as raised:
            action()
        assert raised.value.code == "SECRETS-WRONG-PASSPHRASE"
    assert filled.read_bytes() == before


def test_a_file_of_another_profile_is_not_opened(filled: Path) -> None:
    assert refused_code(opened(filled, profile_id="f" * 32)) == "SECRETS-WRONG-PASSPHRASE"


def test_an_empty_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(AppError) as raised:
        opened(path, "")
    assert raised.value.code == "SECRETS-PASSPHRASE-EMPTY"


def test_a_changed_ciphertext_is_noticed(filled: Path) -> None:
    ciphertext = bytearray(base64.b64decode(json.loads(filled.read_bytes())["aes-256-gcm"]["ciphertext"]))
    ciphertext[0] ^= 1
    edited(filled, "aes-256-gcm", "ciphertext", value=base64.b64encode(ciphertext).decode())
    assert refused_code(opened(filled)) == "SECRETS-WRONG-PASSPHRASE"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("key", "scrypt", "log2_n"), 40),
        (("key", "scrypt", "rounds"), 0),
        (("key", "salt"), "not base64!"),
        (("key", "scrypt"), None),
        (("aes-256-gcm", "nonce"), "AAAA"),
        (("aes-256-gcm",), 7),
        (("version",), 0),
    ],
)
def test_a_manipulated_header_is_refused_before_any_work(
    filled: Path, place: tuple[str, ...], value: object
) -> None:
    edited(filled, *place, value=value)
    assert refused_code(opened(filled)) == "SECRETS-UNREADABLE"


def test_half_a_file_is_unreadable_and_kept(filled: Path) -> None:
    half = filled.read_bytes()[:100]
    filled.write_bytes(half)
    assert refused_code(opened(filled)) == "SECRETS-UNREADABLE"
    with pytest.raises(AppError):
        opened(filled).set(KEY, "new")
    assert filled.read_bytes() == half


def test_a_newer_file_is_refused(filled: Path) -> None:
    edited(filled, "version", value=encrypted_file.VERSION + 1)
    assert refused_code(opened(filled)) == "SECRETS-NEWER"


def test_a_store_follows_a_file_that_was_written_anew_by_another_program(path: Path) -> None:
    first = opened(path)
    first.set(KEY, "one")
    path.unlink()
    opened(path).set(KEY, "two")
    assert first.get(KEY) == "two"
