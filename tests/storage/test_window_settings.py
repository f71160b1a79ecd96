from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.storage.own_folders import default_root
from app.storage.window_settings import WindowSettings, WindowSettingsStore, window_settings_path


def test_wishes_come_back_and_what_a_newer_version_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / "config" / "window.json"
    store = WindowSettingsStore(path)
    assert store.load() == WindowSettings()
    wished = WindowSettings("dark", "de", 150, mask_personal=True)
    store.save(wished)
    path.write_text(json.dumps({**json.loads(path.read_text()), "later": [1]}))
    store.save(wished)
    assert store.load() == wished
    assert json.loads(path.read_text())["later"] == [1]


@pytest.mark.parametrize("text", ["{", "[]", '{"scheme": "pink", "text_percent": 900, "language": 1}'])
def test_a_file_that_makes_no_sense_costs_the_wishes_only(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "window.json").write_text(text)
    with caplog.at_level("ERROR"):
        assert WindowSettingsStore(tmp_path / "window.json").load() == WindowSettings()


def test_a_folder_that_a_person_named_has_settings_of_its_own(tmp_path: Path) -> None:
    assert window_settings_path(tmp_path) == tmp_path / "window.json"
    assert window_settings_path(default_root()).parent != default_root()
