"""Everything the storage layer can write, written beside canary secrets that must be in no file."""

from __future__ import annotations

import base64
import logging
import stat
from contextlib import closing
from pathlib import Path

from app.redaction import Redactor
from app.storage.database import open_database
from app.storage.draft import DraftStore
from app.storage.encrypted_file import EncryptedFileSecretStore, ScryptCost
from app.storage.identity_store import IDENTITY_TABLES, SqliteIdentities
from app.storage.log_files import open_log
from app.storage.migrations import sql_migration
from app.storage.profile_store import ProfileStore
from app.storage.secret_store import MemorySecretStore, SecretKind
from tests.storage.builders import full_profile

KEY = "api_canaryKeyOne22Letters.canaryKeyTwo22Letters"
SHARED = "canary-shared-secret-0451"
PASSPHRASE = "canary passphrase of five words"
FORBIDDEN = [
    *(text.encode() for text in (KEY, SHARED, PASSPHRASE)),
    base64.b64encode(f"{KEY}:".encode())[:-4],
    SHARED.encode("utf-16-le"),
]


def write_everything(root: Path) -> None:
    profiles = ProfileStore(root)
    profile = full_profile()
    profiles.save(profile)
    DraftStore(profiles.draft_path("default")).save("fields", {"organization": "Bramble"})

    secrets = EncryptedFileSecretStore(
        profiles.secrets_path("default"), profile.profile_id, PASSPHRASE, cost=ScryptCost(4, 1, 1)
    )
    memory = MemorySecretStore()
    for store in (secrets, memory):
        store.set(SecretKind.CLOSE_API_KEY, KEY)
        store.set(SecretKind.SEGMENT_SHARED_SECRET, SHARED)

    redactor = Redactor()
    for secret in (KEY, SHARED, PASSPHRASE):
        redactor.add_secret(secret)
    handler = open_log(profiles.log_folder("default"), redactor)
    logger = logging.Logger("segment-close")
    logger.addHandler(handler)
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    logger.info("opened %r and %r with %s", secrets, memory, PASSPHRASE)
    logger.warning("refused: headers %r", {"Authorization": f"Basic {basic}", "X-Signature": SHARED})
    handler.close()

    path = profiles.database_path("default")
    first = sql_migration("identities", IDENTITY_TABLES)
    open_database(path, [first]).close()
    connection = open_database(path, [first, sql_migration("second", ())], check_same_thread=False)
    with closing(SqliteIdentities(connection, path)) as identities:
        identities.learn("lead", "5501", "lead_1", "found")


def test_no_file_holds_a_secret_and_every_file_is_private(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write_everything(root)
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    assert set(files) == {
        "default/profile.json",
        "default/draft.json",
        "default/secrets.enc",
        "default/relay.db",
        "default/relay-version-1.db",
        "default/logs/segment-close.log",
    }
    for name, path in files.items():
        content = path.read_bytes()
        assert content, name
        assert [text for text in FORBIDDEN if text in content] == [], name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, name
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
