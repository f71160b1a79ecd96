"""``profiles`` and ``diagnostics`` as they are typed."""

from __future__ import annotations

import json
import logging
import zipfile
from pathlib import Path

import pytest

from app.assembly import Assistant
from app.cli.arguments import build_parser
from app.cli.diagnostics_commands import diagnostics
from app.cli.logs import logging_to_profile
from app.cli.profile_commands import profiles
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.relay.inbox import Inbox
from app.relay.intake import webhook_path
from app.storage.profile import Profile
from tests.relay.builders import new_events
from tests.workflows.connected import WRITE_KEY, connect


def run(assistant: Assistant, *words: str) -> int:
    wanted = build_parser().parse_args(words)
    return {"profiles": profiles, "diagnostics": diagnostics}[wanted.command](assistant, wanted)


def test_profiles_are_made_listed_renamed_and_removed(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    run(assistant, "profiles", "list")
    assert "no profile yet" in capsys.readouterr().out
    run(assistant, "profiles", "create", "Website", "--color", "grey")
    run(assistant, "profiles", "rename", "Website", "Shop", "--json")
    capsys.readouterr()
    run(assistant, "profiles", "list", "--json")
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["name"], found["color"], found["organization"]) == ("Shop", "grey", None)
    with pytest.raises(AppError, match="not removed"):
        run(assistant, "profiles", "remove", "Shop")
    run(assistant, "profiles", "remove", "Shop", "--yes")
    assert assistant.profiles.list() == ()


def test_a_file_is_shown_before_it_is_taken(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "p.json")
    run(assistant, "profiles", "create", "Website")
    run(assistant, "profiles", "export", "Website", "--output", file)
    capsys.readouterr()
    run(assistant, "profiles", "export", "Website")
    assert capsys.readouterr().out == Path(file).read_text()
    run(assistant, "profiles", "import", file, "--dry-run")
    assert "As it was exported" in capsys.readouterr().out
    assert assistant.profiles.list() == ("Website",)
    run(assistant, "profiles", "import", file, "--json")
    assert json.loads(capsys.readouterr().out)["imported"] == "Website 2"


async def test_promoting_needs_a_yes_and_another_organization(
    assistant: Assistant, close: SandboxThread
) -> None:
    await connect(assistant, "Website", close)
    wanted = build_parser().parse_args(["profiles", "promote", "Website", "--to", "Live", "--dry-run"])
    assert (wanted.dry_run, wanted.yes, wanted.choose) == (True, False, [])
    with pytest.raises(SystemExit):
        build_parser().parse_args(["profiles", "promote", "Website", "--to", "Live", "--choose", "x"])


@pytest.fixture
async def logged(assistant: Assistant, close: SandboxThread) -> Profile:
    """A profile whose log holds what must not leave the computer."""
    profile = await connect(assistant, "default", close)
    folder = assistant.profiles.log_folder("default")
    folder.mkdir(parents=True)
    secret = assistant.secrets.shared_secret(profile)
    lines = [
        *assistant.secrets.known(profile),
        webhook_path(secret or ""),
        "Maria maria.lopez@acme.example came",
    ]
    (folder / "segment-close.log").write_text("\n".join(lines) + "\nlast line\n")
    return profile


def _shown(assistant: Assistant, profile: Profile, file: Path) -> str:
    with zipfile.ZipFile(file) as bundle:
        return "\n".join(bundle.read(name).decode() for name in bundle.namelist())


def test_the_bundle_holds_no_secret_and_no_address(
    assistant: Assistant, logged: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bundle.zip"
    assert run(assistant, "diagnostics", "--output", str(file), "--list") == 0
    listed = capsys.readouterr().out
    text = _shown(assistant, logged, file)
    for name in ("versions.json", "profile.json", "doctor.txt", "log.txt", "events.json"):
        assert name in listed
    assert "event-bodies" not in listed
    secret = assistant.secrets.shared_secret(logged) or ""
    for hidden in (
        *assistant.secrets.known(logged),
        WRITE_KEY,
        webhook_path(secret),
        logged.profile_id,
        "@acme",
    ):
        assert hidden not in text
    assert "last line" in text
    assert "[email] came" in text
    assert "Nothing was sent" in listed


def test_the_list_alone_saves_nothing(
    assistant: Assistant, logged: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(assistant, "diagnostics", "--list", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["file"] is None
    assert {one["name"] for one in found["items"]} >= {"versions.json", "log.txt"}
    run(assistant, "diagnostics", "--show", "versions.json")
    assert '"python"' in capsys.readouterr().out
    with pytest.raises(AppError, match="no file"):
        run(assistant, "diagnostics", "--show", "other.txt")
    assert list(tmp_path.glob("*.zip")) == []


def test_a_log_line_of_the_program_is_in_the_bundle(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    assistant.profile_care().create("default")
    with logging_to_profile(assistant, "default", terminal=False):
        logging.getLogger("app.test").warning("something to look for")
    run(assistant, "diagnostics", "--show", "log.txt")
    assert "something to look for" in capsys.readouterr().out


async def test_bodies_of_events_are_there_only_when_asked_for_and_hold_no_secret_then(
    assistant: Assistant, logged: Profile
) -> None:
    secret = assistant.secrets.shared_secret(logged) or ""
    inbox = await Inbox.open(assistant.profiles.database_path("default"), redact=str)
    await inbox.append(new_events({"type": "identify", "userId": "maria@acme.example", "seen": secret}))
    await inbox.close()
    gather = assistant.diagnostics().gather
    without, ticked = await gather(logged), await gather(logged, with_events=True)
    assert "maria@" not in "".join(item.text for item in without.items)
    bodies = next(item.text for item in ticked.items if item.name == "event-bodies.jsonl")
    assert "maria@acme.example" in bodies
    assert secret not in bodies
