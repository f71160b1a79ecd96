"""The project's own rules, each with the sentence that teaches the alternative."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
TESTS = ROOT / "tests"
MOST_LINES = 400


def _python_files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob("*.py"))


def _run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_ruff_finds_nothing() -> None:
    _run("ruff", "check", ".")


def test_code_is_formatted() -> None:
    _run("ruff", "format", "--check", ".")


def test_types_hold_everywhere_below_the_window() -> None:
    _run("mypy")


def test_imports_only_point_downwards() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_everything_below_the_window_runs_without_qt() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in _python_files(APP)
        if "ui" not in path.relative_to(APP).parts
    ]
    code = (
        "import sys, importlib\n"
        "class NoQt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('PySide6', 'shiboken6', 'qasync'):\n"
        "            raise ImportError('no Qt here: ' + name)\n"
        "sys.meta_path.insert(0, NoQt())\n"
        f"[importlib.import_module(name) for name in {modules!r}]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "common", "misc"])
def test_no_file_is_named_after_nothing(word: str) -> None:
    named = [p for p in _python_files(APP, TESTS) if word in p.stem.split("_") or p.stem == word]
    assert not named, "name the file after the idea inside it"


def test_files_stay_small_enough_to_hold_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _python_files(APP)
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert not long, "look for the second idea in the file and give it a file of its own"


def test_nothing_is_promised_for_later() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
    found = [str(p.relative_to(ROOT)) for p in _python_files(APP) if words.search(p.read_text("utf-8"))]
    assert not found, "finish it, or leave it out"


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_tests_wait_for_conditions_and_never_sleep() -> None:
    sleeping = []
    virtual_time = {*(TESTS / "simulation").rglob("*.py"), TESTS / "benchmarks" / "close_calls_benchmark.py"}
    for path in _python_files(TESTS):
        for name, call in _calls(ast.parse(path.read_text("utf-8"))):
            nap = name in ("time.sleep", "qtbot.wait", "QTest.qWait") or (
                name == "asyncio.sleep" and ast.unparse(call.args[0]) != "0"
            )
            # Where time is virtual, a sleep costs nothing and is the only way for time to pass.
            if nap and path.name != "conditions.py" and path not in virtual_time:
                sleeping.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert not sleeping, "wait with tests.conditions.until(...) for the thing you expect"


def test_only_one_module_touches_the_keyring() -> None:
    touching = [
        path.name
        for path in _python_files(APP)
        if re.search(r"^\s*(import|from) keyring", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert touching == ["key_store.py"], "go through app.storage.key_store"


def test_only_the_client_speaks_http_to_close() -> None:
    speaking = {
        str(path.relative_to(APP))
        for path in _python_files(APP)
        if re.search(r"^\s*(import|from) httpx", path.read_text("utf-8"), re.MULTILINE)
    }
    assert speaking <= {
        "close/client.py",
        "close/refusals.py",
        "close/answers.py",
        "relay/round_trip.py",
        "workflows/webhook_post.py",
    }, "go through app.close.client"


def test_dialogs_are_opened_and_never_executed() -> None:
    blocking = []
    for path in _python_files(APP / "ui"):
        for name, call in _calls(ast.parse(path.read_text("utf-8"))):
            if name.endswith((".exec", ".exec_")) and not name.startswith("drag."):
                blocking.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert not blocking, "a nested event loop stops every coroutine: use open() and await the answer"


def test_no_file_names_a_package_registry() -> None:
    hosts = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    naming = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.is_file() and path.suffix not in (".png", ".ttf", ".otf"):
            text = path.read_text("utf-8", errors="replace")
            naming += [f"{name}: {host}" for host in hosts if host in text]
    assert not naming, "versions belong into packaging/constraints.txt, hosts nowhere"


def test_the_top_level_holds_what_it_should() -> None:
    allowed = {"pyproject.toml", "README.md", "LICENSE", "main.py", "app", "resources", "tests", "packaging"}
    tracked = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    assert {name for name in tracked if not name.startswith(".")} <= allowed
