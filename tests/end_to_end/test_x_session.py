"""The program as a person starts it: a client of a real X server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.conditions import until_blocking

pytestmark = [pytest.mark.real_component("xvfb"), pytest.mark.real_component("xdotool")]

_ROOT = Path(__file__).parents[2]
_ARTIFACTS = _ROOT / "artifacts"
_LEAST_COLOURS = 50


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """A display of its own, chosen by the server."""
    read, write = os.pipe()
    folder = tmp_path / "screen"
    folder.mkdir()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def windows(environment: dict[str, str], pid: int) -> list[str]:
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--pid", str(pid), "--name", "Segment to Close"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.split()


def screenshot(environment: dict[str, str], path: Path) -> QImage:
    """What the X server shows, taken by another client."""
    script = (
        "import sys\n"
        "from PySide6.QtGui import QGuiApplication\n"
        "app = QGuiApplication([])\n"
        "app.primaryScreen().grabWindow(0).save(sys.argv[1])\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], env=environment, check=True, timeout=60)
    return QImage(str(path))


def colours(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)})


def test_the_demo_starts_shows_itself_and_ends_cleanly(display: str, tmp_path: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "CLOSE_API_KEY")
    }
    environment |= {"DISPLAY": display, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    with (tmp_path / "output.txt").open("w+") as output:
        program = subprocess.Popen(
            [sys.executable, str(_ROOT / "main.py"), "--demo"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=tmp_path,
        )
        try:
            until_blocking(
                lambda: windows(environment, program.pid) or program.poll() is not None,
                within_s=60,
                what="the window",
            )
            assert program.poll() is None, (tmp_path / "output.txt").read_text()
            _ARTIFACTS.mkdir(exist_ok=True)
            picture = _ARTIFACTS / "x-session-demo.png"
            until_blocking(
                lambda: colours(screenshot(environment, picture)) > _LEAST_COLOURS,
                within_s=60,
                what="a painted window",
            )
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0
        finally:
            if program.poll() is None:
                program.kill()
                program.wait(10)
    text = (tmp_path / "output.txt").read_text()
    assert "Traceback" not in text, text
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith("segment-close-demo-")]
    assert left == []
