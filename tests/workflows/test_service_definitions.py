"""What is handed to systemd, launchd and Task Scheduler, and what is asked of them."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.errors import AppError
from app.storage.profile import KeyLocation, Profile
from app.workflows.service_definition import CommandResult, ServiceSpec, service_name
from app.workflows.service_launchd import LaunchdHost, agent_plist
from app.workflows.service_setup import Surroundings, program_command, service_host, service_spec
from app.workflows.service_systemd import SystemdHost, unit_name, unit_text
from app.workflows.service_windows import WindowsHost, task_xml

ODD = ("/opt/a b/segment-close", "relay", "--profile", 'it\'s "50%" $HOME\\x', "--mode", "live")
PLAIN = ServiceSpec("segment-close-default", "default", ("/usr/bin/true", "relay", "--mode", "live"))
PROFILE = Profile(profile_id="0" * 32, name="default", key_location=KeyLocation.KEYRING)


class System:
    """Programs of the system: what they were asked, and prescribed answers by their first words."""

    def __init__(self, answers: dict[str, CommandResult] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []

    def __call__(self, command: Sequence[str]) -> CommandResult:
        line = " ".join(command)
        self.asked.append(line)
        found = [answer for words, answer in self.answers.items() if line.startswith(words)]
        return found[0] if found else CommandResult(0, "", "")


def verified(folder: Path, text: str) -> str:
    """What systemd has against a unit; empty when nothing."""
    path = folder / "segment-close-test.service"
    path.write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
    )
    return done.stderr.strip() if done.returncode == 0 else done.stderr.strip() or str(done.returncode)


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs the Debian package systemd"
)


@needs_systemd
def test_systemd_has_nothing_against_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "a b %h" / "segment-close"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    secret = tmp_path / "CLOSE_API_KEY"
    spec = ServiceSpec("n", "p 100%", (str(program), *ODD[1:]), {"CLOSE_API_KEY": secret})
    assert verified(tmp_path, unit_text(spec)) == ""


@needs_systemd
def test_systemd_would_have_named_a_wrong_setting(tmp_path: Path) -> None:
    assert "LockPersonalty" in verified(
        tmp_path, unit_text(PLAIN).replace("LockPersonality", "LockPersonalty")
    )


def test_arguments_reach_the_program_as_they_are() -> None:
    (line,) = [line for line in unit_text(replace(PLAIN, command=ODD)).splitlines() if "ExecStart" in line]
    assert line == (
        'ExecStart="/opt/a b/segment-close" relay --profile "it\'s \\"50%%\\" $$HOME\\\\x" --mode live'
    )


def test_the_unit_says_when_it_is_ready_and_lets_changes_be_finished() -> None:
    lines = unit_text(PLAIN).splitlines()
    for wanted in (
        "Type=notify",
        "Restart=on-failure",
        "WatchdogSec=30",
        "NoNewPrivileges=yes",
        "LimitCORE=0",
    ):
        assert wanted in lines
    assert "KillMode=mixed" in lines
    assert "TimeoutStopSec=40" in lines


def test_secrets_are_named_by_their_file_and_never_written_into_the_unit(tmp_path: Path) -> None:
    for name in ("CLOSE_API_KEY", "SEGMENT_SHARED_SECRET"):
        (tmp_path / name).write_text("canary-7f3a9c51")
        (tmp_path / name).chmod(0o600)
    text = unit_text(service_spec(PROFILE, "n", ["/usr/bin/true"], tmp_path, "linux"))
    assert f"LoadCredential=CLOSE_API_KEY:{tmp_path}/CLOSE_API_KEY" in text
    assert "canary" not in text
    (tmp_path / "CLOSE_API_KEY").chmod(0o640)
    with pytest.raises(AppError, match="SERVICE-CREDENTIALS"):
        service_spec(PROFILE, "n", ["/usr/bin/true"], tmp_path, "linux")
    with pytest.raises(AppError, match="SERVICE-CREDENTIALS"):
        service_spec(PROFILE, "n", ["/usr/bin/true"], tmp_path / "nowhere", "linux")


@pytest.mark.parametrize("place", [KeyLocation.MEMORY, KeyLocation.ENVIRONMENT, KeyLocation.ENCRYPTED_FILE])
def test_a_service_that_could_not_read_its_secrets_is_refused(place: KeyLocation) -> None:
    with pytest.raises(AppError, match="SERVICE-NO-SECRETS"):
        service_spec(replace(PROFILE, key_location=place), "n", ["/usr/bin/true"], None, "linux")


def test_profiles_of_one_name_in_two_folders_are_two_services() -> None:
    usual = Path("/home/a/.local/share/segment-close")
    assert service_name("default", usual, usual) == "segment-close-default"
    other = service_name("default", Path("/srv/a"), usual)
    assert other.startswith("segment-close-default-")
    assert other != service_name("default", Path("/srv/b"), usual)
    assert unit_name("segment-close-my shop") == "segment-close-my:shop.service"


def test_a_unit_is_written_enabled_and_started(tmp_path: Path) -> None:
    system = System({"loginctl": CommandResult(0, "no\n", "")})
    host = SystemdHost(tmp_path / "systemd" / "user", system)
    notes = host.install(PLAIN)
    path = tmp_path / "systemd" / "user" / "segment-close-default.service"
    assert path.read_text("utf-8") == unit_text(PLAIN)
    assert system.asked[:3] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable segment-close-default.service",
        "systemctl --user restart segment-close-default.service",
    ]
    assert "enable-linger" in notes[0]
    assert host.remove("segment-close-default")
    assert not path.exists()
    assert "systemctl --user disable --now segment-close-default.service" in system.asked
    assert not host.remove("segment-close-default")


@pytest.mark.parametrize(
    ("result", "advice"),
    [
        (CommandResult(1, "", "Failed to connect to bus: No medium found"), "enable-linger"),
        (CommandResult(127, "", "systemctl is not installed."), "enable-linger"),
        (CommandResult(1, "", "Job for x.service failed."), "journalctl"),
    ],
)
def test_a_service_that_does_not_start_is_explained(
    tmp_path: Path, result: CommandResult, advice: str
) -> None:
    with pytest.raises(AppError, match="SERVICE-NOT-STARTED") as refused:
        SystemdHost(tmp_path, System({"systemctl": result})).install(PLAIN)
    assert refused.value.cause == result.err
    assert advice in refused.value.remedy


@pytest.mark.parametrize(
    ("shown", "words", "running"),
    [
        (
            "ActiveState=active\nMainPID=77\nStatusText=Listening, live: 4 received\nNRestarts=0\n",
            "The service runs (process 77). Listening, live: 4 received.",
            True,
        ),
        (
            "ActiveState=activating\nMainPID=0\nNRestarts=3\n",
            "The service is starting. It was started again 3 times.",
            False,
        ),
        ("ActiveState=failed\nMainPID=0\nResult=watchdog\n", "The service has failed (watchdog).", False),
        ("ActiveState=inactive\nMainPID=0\n", "The service is installed and stopped.", False),
    ],
)
def test_the_state_of_a_unit_is_put_into_words(tmp_path: Path, shown: str, words: str, running: bool) -> None:
    host = SystemdHost(tmp_path, System({"systemctl --user show": CommandResult(0, shown, "")}))
    assert not host.state(PLAIN.name).installed
    host.install(PLAIN)
    state = host.state(PLAIN.name)
    assert (state.words, state.running) == (words, running)


def test_a_state_that_nobody_can_tell_is_not_made_up(tmp_path: Path) -> None:
    host = SystemdHost(tmp_path, System({"systemctl --user show": CommandResult(1, "", "No bus.")}))
    host.install(PLAIN)
    state = host.state(PLAIN.name)
    assert (state.installed, state.running) == (True, None)
    assert "No bus." in state.words


def test_the_launchd_agent_is_started_at_log_in_and_after_a_crash() -> None:
    agent = plistlib.loads(agent_plist(replace(PLAIN, command=ODD)).encode())
    assert agent["Label"] == "app.segment-close-default"
    assert agent["ProgramArguments"] == list(ODD)
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["Umask"] == 0o077


def test_an_agent_is_loaded_and_taken_out_again(tmp_path: Path) -> None:
    shown = CommandResult(0, "gui/501/app.x = {\n\tstate = running\n\tpid = 4711\n}\n", "")
    system = System({"launchctl print": shown})
    host = LaunchdHost(tmp_path / "LaunchAgents", system)
    host.install(PLAIN)
    path = tmp_path / "LaunchAgents" / "app.segment-close-default.plist"
    assert path.is_file()
    assert [line for line in system.asked if line.startswith("launchctl bootstrap") and str(path) in line]
    assert host.state(PLAIN.name).pid == 4711
    assert host.remove(PLAIN.name)
    assert not host.state(PLAIN.name).installed


def test_the_windows_task_runs_without_end_and_as_the_user_only() -> None:
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ElementTree.fromstring(task_xml(replace(PLAIN, command=ODD), "SHOP\\Bo & Co"))
    assert task.findtext(f".//{space}ExecutionTimeLimit") == "PT0S"
    assert task.findtext(f".//{space}RunLevel") == "LeastPrivilege"
    assert {each.text for each in task.iter(f"{space}UserId")} == {"SHOP\\Bo & Co"}
    assert task.findtext(f".//{space}Command") == ODD[0]
    assert task.findtext(f".//{space}Arguments") == subprocess.list2cmdline(ODD[1:])


def test_a_task_is_created_run_and_deleted(tmp_path: Path) -> None:
    system = System()
    host = WindowsHost(tmp_path, "SHOP\\bo", system)
    host.install(PLAIN)
    path = tmp_path / "segment-close-default.xml"
    # What schtasks reads has to be UTF-16 with its mark.
    assert path.read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert system.asked == [
        f"schtasks /Create /TN segment-close-default /XML {path} /F",
        "schtasks /Run /TN segment-close-default",
    ]
    assert host.state(PLAIN.name).installed
    assert host.remove(PLAIN.name)
    assert "schtasks /Delete /TN segment-close-default /F" in system.asked


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("linux", "home/.config/systemd/user/segment-close-default.service"),
        ("darwin", "home/Library/LaunchAgents/app.segment-close-default.plist"),
        ("win32", "home/AppData/Local/segment-close/services/segment-close-default.xml"),
    ],
)
def test_definitions_lie_in_the_users_own_folders(tmp_path: Path, platform: str, path: str) -> None:
    host = service_host(Surroundings(platform, {}, tmp_path / "home", System()))
    host.install(PLAIN)
    assert (tmp_path / path).is_file()


def test_the_installed_program_is_preferred_to_the_checkout(tmp_path: Path) -> None:
    python = tmp_path / "python"
    with pytest.raises(AppError, match="SERVICE-NO-PROGRAM"):
        program_command(python, tmp_path, "linux")
    (tmp_path / "main.py").touch()
    assert program_command(python, tmp_path, "linux") == (str(python), str(tmp_path / "main.py"))
    (tmp_path / "segment-close").touch()
    assert program_command(python, tmp_path, "linux") == (str(tmp_path / "segment-close"),)
