"""Starting at log-in: nothing there until it is asked for, and gone when it is taken back."""

from __future__ import annotations

import plistlib
import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

from app.errors import AppError
from app.workflows.login_start import login_start

COMMAND = ("/opt/my programs/segment-close", 'say "$5 100%"', "back\\slash")


class MemoryRunKey:
    """The registry's key as far as this program uses it."""

    def __init__(self) -> None:
        self.values = {"Another program": "other.exe"}

    def value(self, name: str) -> str | None:
        return self.values.get(name)

    def write(self, name: str, value: str) -> None:
        self.values[name] = value

    def delete(self, name: str) -> None:
        del self.values[name]


def test_a_desktop_entry_starts_the_profile_with_every_word_as_it_is(tmp_path: Path) -> None:
    start = login_start("acme", COMMAND, "linux", tmp_path, {})
    assert not start.is_on()
    start.set_on(on=True)
    entry = tmp_path / ".config" / "autostart" / "segment-close-acme.desktop"
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(entry.read_text(encoding="utf-8"))
    section = parser["Desktop Entry"]
    # As a reader of such files does it: first the string of the file, then the words of the command line.
    line = section["Exec"].replace(r"\\", "\\")
    words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
    assert [word.replace("%%", "%") for word in words] == [*COMMAND, "--profile", "acme"]
    assert (section["Type"], section["Terminal"]) == ("Application", "false")
    assert start.is_on()
    start.set_on(on=False)
    start.set_on(on=False)
    assert not entry.exists()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled = false"])
def test_what_was_turned_off_in_the_desktops_own_settings_is_off(tmp_path: Path, line: str) -> None:
    start = login_start("acme", COMMAND, "linux", tmp_path, {})
    start.set_on(on=True)
    entry = tmp_path / ".config" / "autostart" / "segment-close-acme.desktop"
    entry.write_text(f"{entry.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
    assert not start.is_on()
    start.set_on(on=True)
    assert start.is_on()


def test_the_desktops_own_configuration_folder_is_used(tmp_path: Path) -> None:
    start = login_start("acme", COMMAND, "linux", tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "conf")})
    start.set_on(on=True)
    assert [path.name for path in (tmp_path / "conf" / "autostart").iterdir()] == [
        "segment-close-acme.desktop"
    ]


def test_macos_runs_an_agent_once(tmp_path: Path) -> None:
    login_start("acme", COMMAND, "darwin", tmp_path, {}).set_on(on=True)
    (path,) = (tmp_path / "Library" / "LaunchAgents").iterdir()
    agent = plistlib.loads(path.read_bytes())
    assert agent["ProgramArguments"] == [*COMMAND, "--profile", "acme"]
    assert agent["RunAtLoad"] is True
    assert "KeepAlive" not in agent


def test_windows_keeps_one_value_and_touches_no_other(tmp_path: Path) -> None:
    key = MemoryRunKey()
    start = login_start("acme", (r"C:\My Programs\segment-close.exe",), "win32", tmp_path, {}, key)
    start.set_on(on=True)
    assert key.values["Segment to Close (acme)"] == r'"C:\My Programs\segment-close.exe" --profile acme'
    assert start.is_on()
    start.set_on(on=False)
    start.set_on(on=False)
    assert key.values == {"Another program": "other.exe"}


def test_a_folder_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file", encoding="utf-8")
    with pytest.raises(AppError):
        login_start("acme", COMMAND, "linux", tmp_path, {}).set_on(on=True)
