"""``connect`` as it is typed."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from app.assembly import Assistant
from app.cli.arguments import build_parser
from app.cli.connect_commands import connect as run_connect
from app.close.sandbox.server import SandboxThread
from tests.workflows.connected import connect


def run(assistant: Assistant, *words: str) -> int:
    return run_connect(assistant, build_parser().parse_args(("connect", *words)))


@pytest.fixture(autouse=True)
async def profile(assistant: Assistant, close: SandboxThread) -> None:
    await connect(assistant, "default", close)


def test_the_sheet_prints_no_secret_unless_asked(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = assistant.secrets.shared_secret(assistant.load_profile("default"))
    assert secret
    assert run(assistant, "sheet") == 0
    assert secret not in capsys.readouterr().out
    assert run(assistant, "sheet", "--show-secret", "--json") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["secret"] == secret
    assert "Warning" in printed.err


def test_a_filled_in_sheet_passes_the_check_and_a_slip_does_not(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(assistant, "sheet", "--path", "destination", "--json") == 0
    sections = json.loads(capsys.readouterr().out)["sections"]
    values = {line["label"]: line["value"] for line in sections[0]["lines"] if not line["secret"]}
    file = tmp_path / "entered.json"
    file.write_text(json.dumps(values))
    assert run(assistant, "check", str(file)) == 0
    label = "Lead Custom Field ID for Company ID"
    file.write_text(json.dumps({**values, label: f"cf_wrong{values[label]}"}))
    capsys.readouterr()
    assert run(assistant, "check", str(file), "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert [line["verdict"] for line in found["lines"]] == ["differs", "equal"]


def test_the_snippet_is_code(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(assistant, "snippet", "--language", "python") == 0
    code = capsys.readouterr().out
    ast.parse(code)
    assert "identify(" in code
    assert run(assistant, "snippet", "--language", "browser", "--json") == 0
    assert "localStorage" in json.loads(capsys.readouterr().out)["code"]
