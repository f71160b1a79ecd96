"""Secrets in a file that only a passphrase opens: for machines without a keyring.

scrypt turns the passphrase into a key, AES-256-GCM encrypts both secrets with it. The header is
authenticated too, so nobody can weaken the parameters or move the file to another profile unnoticed.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.errors import AppError
from app.storage.json_reader import JsonReader, JsonShapeError, decode_object, encode_object
from app.storage.private_files import close_folder, read_private, write_private
from app.storage.secret_store import SecretKind

VERSION = 1

_SALT_BYTES = 16
_NONCE_BYTES = 12
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ScryptCost:
    """How much work a guess costs: 2**log2_n · block_size · 128 bytes of memory, ``rounds`` times.

    The default takes 64 MiB and a few tenths of a second; it is one of OWASP's equivalent choices.
    """

    log2_n: int = 16
    block_size: int = 8
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class _Sealed:
    """The file's content: everything but the key."""

    cost: ScryptCost
    salt: bytes
    nonce: bytes
    ciphertext: bytes


class EncryptedFileSecretStore:
    """The secrets of one profile in ``path``. The folder is made private when something is stored.

    Opening takes a few tenths of a second of computing: not on the UI thread. Raises ``AppError``
    SECRETS-WRONG-PASSPHRASE, SECRETS-NEWER, SECRETS-UNREADABLE and storage errors.
    """

    def __init__(
        self, path: Path, profile_id: str, passphrase: str, *, cost: ScryptCost | None = None
    ) -> None:
        if not passphrase:
            raise AppError(
                "SECRETS-PASSPHRASE-EMPTY",
                "The passphrase is empty.",
                remedy="Choose a passphrase; several words are easier to remember than special characters.",
            )
        self._path = path
        self._profile_id = profile_id
        self._passphrase = passphrase
        self._cost = cost or ScryptCost()
        self._lock = threading.Lock()
        self._derived: tuple[ScryptCost, bytes, bytes] | None = None

    def __repr__(self) -> str:
        return f"<EncryptedFileSecretStore {self._path}>"

    @property
    def name(self) -> str:
        return "encrypted file"

    def get(self, kind: SecretKind) -> str | None:
        with self._lock:
            return self._read().get(kind.value)

    def set(self, kind: SecretKind, value: str) -> None:
        with self._lock:
            self._write({**self._read(), kind.value: value})

    def delete(self, kind: SecretKind) -> None:
        with self._lock:
            values = self._read()
            if values.pop(kind.value, None) is not None:
                self._write(values)

    def _read(self) -> dict[str, str]:
        content = read_private(self._path)
        if content is None:
            return {}
        sealed = _decode(content, self._path)
        cipher = AESGCM(self._key(sealed.cost, sealed.salt))
        try:
            plain = cipher.decrypt(sealed.nonce, sealed.ciphertext, self._header(sealed.cost, sealed.salt))
        except InvalidTag as error:
            raise AppError(
                "SECRETS-WRONG-PASSPHRASE",
                "The passphrase does not open the file with the secrets.",
                cause="It is another passphrase, or the file was changed.",
                remedy=f"Try again; or move {self._path} away and enter the secrets anew.",
            ) from error
        values: dict[str, str] = json.loads(plain)
        return values

    def _write(self, values: dict[str, str]) -> None:
        cost, salt, _ = self._derived or (self._cost, os.urandom(_SALT_BYTES), b"")
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(values, sort_keys=True).encode()
        ciphertext = AESGCM(self._key(cost, salt)).encrypt(nonce, plain, self._header(cost, salt))
        close_folder(self._path.parent)
        write_private(self._path, _encode(_Sealed(cost, salt, nonce, ciphertext)))

    def _key(self, cost: ScryptCost, salt: bytes) -> bytes:
        if self._derived is None or self._derived[:2] != (cost, salt):
            kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=2**cost.log2_n, r=cost.block_size, p=cost.rounds)
            self._derived = (cost, salt, kdf.derive(self._passphrase.encode("utf-8", "surrogatepass")))
        return self._derived[2]

    def _header(self, cost: ScryptCost, salt: bytes) -> bytes:
        header = {"version": VERSION, "profile": self._profile_id, "salt": salt.hex(), **asdict(cost)}
        return json.dumps(header, sort_keys=True).encode()


def _encode(sealed: _Sealed) -> bytes:
    return encode_object(
        {
            "version": VERSION,
            "key": {"scrypt": asdict(sealed.cost), "salt": base64.b64encode(sealed.salt).decode()},
            "aes-256-gcm": {
                "nonce": base64.b64encode(sealed.nonce).decode(),
                "ciphertext": base64.b64encode(sealed.ciphertext).decode(),
            },
        }
    )


def _decode(content: bytes, path: Path) -> _Sealed:
    try:
        value = decode_object(content)
        version = value.get("version")
        if isinstance(version, int) and version > VERSION:
            raise AppError(
                "SECRETS-NEWER",
                "The file with the secrets was written by a newer version of this program.",
                cause=f"{path} has format {version}; this program knows formats up to {VERSION}.",
                remedy="Update the program. The file was left as it is.",
            )
        return _read_sealed(JsonReader(value))
    except ValueError as error:
        raise AppError(
            "SECRETS-UNREADABLE",
            "The file with the secrets cannot be read.",
            cause=f"{path}: {error}",
            remedy=f"Restore it from a backup, or move {path} away and enter the secrets anew.",
        ) from error


def _read_sealed(reader: JsonReader) -> _Sealed:
    reader.number("version", 0, least=VERSION, most=VERSION)
    key, cipher = reader.child("key"), reader.child("aes-256-gcm")
    scrypt = key and key.child("scrypt")
    if key is None or cipher is None or scrypt is None:
        raise JsonShapeError("Its encryption header is missing.")
    # Bounds: a manipulated file must not make the program take all memory.
    cost = ScryptCost(
        log2_n=scrypt.number("log2_n", 0, least=1, most=20),
        block_size=scrypt.number("block_size", 0, least=1, most=16),
        rounds=scrypt.number("rounds", 0, least=1, most=16),
    )
    nonce = base64.b64decode(cipher.text("nonce"), validate=True)
    if len(nonce) != _NONCE_BYTES:
        raise JsonShapeError("Its nonce has another length.")
    return _Sealed(
        cost=cost,
        salt=base64.b64decode(key.text("salt"), validate=True),
        nonce=nonce,
        ciphertext=base64.b64decode(cipher.text("ciphertext"), validate=True),
    )
