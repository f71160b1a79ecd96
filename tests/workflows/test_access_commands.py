"""``secret`` and ``sources`` as they are typed."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from app.assembly import Assistant
from app.cli import access_commands
from app.cli.arguments import build_parser
from app.errors import AppError
from app.relay.intake import webhook_path
from app.storage.profile import KeyLocation, Profile
from app.storage.secret_store import SecretKind


@pytest.fixture
def profile(assistant: Assistant) -> Profile:
    made = replace(assistant.profiles.new("default"), key_location=KeyLocation.KEYRING)
    assistant.profiles.save(made)
    assistant.secrets.current(made).set(SecretKind.SEGMENT_SHARED_SECRET, "first-canary")
    return made


def run(assistant: Assistant, *words: str) -> int:
    wanted = build_parser().parse_args(words)
    return int(getattr(access_commands, wanted.command)(assistant, wanted))


def test_a_rotation_shows_the_secret_only_when_asked_and_warns(
    assistant: Assistant, profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(assistant, "secret", "rotate", "--overlap-hours", "1") == 0
    new = assistant.secrets.shared_secret(profile)
    assert new
    assert new != "first-canary"
    quiet = capsys.readouterr()
    assert "Two shared secrets are accepted" in quiet.out
    for secret in (new, "first-canary", webhook_path(new)):
        assert secret not in quiet.out + quiet.err
    run(assistant, "secret", "show-state", "--show-secret", "--json")
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert (found["secret"], found["path"], found["previous_accepted"]) == (new, webhook_path(new), True)
    assert "Warning" in shown.err
    run(assistant, "secret", "end")
    assert "One shared secret is accepted." in capsys.readouterr().out


def test_a_secret_of_ones_own_comes_from_standard_input(
    assistant: Assistant, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("chosen by hand\n"))
    run(assistant, "secret", "rotate", "--stdin")
    assert assistant.secrets.shared_secret(profile) == "chosen by hand"


def test_sources_are_added_listed_and_removed(
    assistant: Assistant,
    profile: Profile,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(AppError, match="seen once"):
        run(assistant, "sources", "add", "Website")
    run(assistant, "sources", "add", "Website", "--show-key")
    (key,) = assistant.secrets.credentials(profile).write_keys
    shown = capsys.readouterr()
    assert f"Write key: {key.value}" in shown.out
    assert "Warning" in shown.err
    monkeypatch.setattr("sys.stdin", io.StringIO("wk-own\n"))
    run(assistant, "sources", "add", "App", "--stdin")
    run(assistant, "sources", "allow", "https://app.example/")
    run(assistant, "sources", "enable")
    capsys.readouterr()
    run(assistant, "sources", "list", "--json")
    listed = capsys.readouterr().out
    assert json.loads(listed) == {
        "enabled": True,
        "sources": ["Website", "App"],
        "origins": ["https://app.example"],
    }
    assert "wk-own" not in listed
    run(assistant, "sources", "remove", "Website")
    run(assistant, "sources", "forbid", "https://app.example")
    run(assistant, "sources", "disable")
    run(assistant, "sources", "list")
    assert "Libraries may post directly: no\nsource  App\n" in capsys.readouterr().out
