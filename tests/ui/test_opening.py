"""What a person sees first: the frame of the window, before the rest of the program is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.arguments import build_parser
from app.cli.window_arguments import read_window_arguments

ROOT = Path(__file__).resolve().parents[2]

# Whatever is imported before the frame is painted makes a person wait.
_HEAVY = ("aiohttp", "httpx", "liquid", "keyring", "app.assembly", "app.actions", "app.relay", "app.close")

_OPEN = """
import json, pathlib, sys
from app.cli.program import main
from app.ui.display_check import import_opening
opening = import_opening()(pathlib.Path(sys.argv[1]))
opening.show_frame()
print(json.dumps({
    "shown": opening.frame.isVisible(),
    "title": opening.frame.windowTitle(),
    "scale": opening.theme.text_scale,
    "help": opening.app.translate("HelpButton", "Help"),
    "modules": sorted(sys.modules),
}))
"""


def opened(root: Path) -> dict[str, object]:
    """In a process of its own, as an application has one look and one language."""
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, str(root)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_the_frame_shows_before_the_rest_is_read(tmp_path: Path) -> None:
    seen = opened(tmp_path)
    assert seen["shown"]
    assert seen["title"] == "Segment to Close"
    modules = seen["modules"]
    assert isinstance(modules, list)
    assert [
        name for name in modules if name in _HEAVY or name.startswith(tuple(f"{one}." for one in _HEAVY))
    ] == []


def test_the_frame_has_the_look_and_the_language_that_a_person_has_chosen(tmp_path: Path) -> None:
    (tmp_path / "window.json").write_text(json.dumps({"language": "de", "text_percent": 150}))
    seen = opened(tmp_path)
    assert seen["scale"] == 1.5
    assert seen["help"] == "Hilfe"


@pytest.mark.parametrize(
    "line",
    [[], ["--demo"], ["--profile", "b", "--profile-dir", "/tmp/p", "--close-url", "http://127.0.0.1:1/"]],
)
def test_a_line_that_opens_the_window_is_read_as_by_the_whole_grammar(line: list[str]) -> None:
    assert read_window_arguments(line) == build_parser().parse_args(line)


@pytest.mark.parametrize("line", [["doctor"], ["--help"], ["--unknown"], ["--profile"], ["relay", "--demo"]])
def test_any_other_line_is_left_to_the_whole_grammar(line: list[str]) -> None:
    assert read_window_arguments(line) is None
