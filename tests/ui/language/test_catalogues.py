"""The catalogues hold every text, and their translations keep what is filled in later."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.ui.language import catalogue
from app.ui.language.catalogue import SOURCE_LANGUAGE, languages, load
from app.ui.language.translator import WindowTranslator, said, speak
from tests.ui.language.pseudo import speaking

_ROOT = Path(__file__).parents[3]
_SCRIPT = _ROOT / "packaging" / "translations.py"
_LANGUAGES = [code for code in languages() if code != SOURCE_LANGUAGE]
_MARKUP = re.compile(r"<[^>]+>|&\w+;")


def test_the_catalogues_hold_exactly_the_texts_of_the_code() -> None:
    ran = subprocess.run(
        [sys.executable, str(_SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_a_text_of_a_page_and_a_sentence_from_below_are_found() -> None:
    script = runpy.run_path(str(_SCRIPT))
    assert "Start relay" in script["window_texts"]()
    assert "{0} does not exist." in script["phrases"]()


@pytest.mark.parametrize("code", _LANGUAGES)
def test_a_translation_fills_in_the_same_values(code: str) -> None:
    held = load(code)
    wrong = []
    for source, said_text in (*held.texts.items(), *held.phrases.items()):
        places, wanted = _places(said_text), _places(source)
        # An ending that English chooses ("field{0}") may have no counterpart.
        if not places <= wanted or (source in held.texts and places != wanted):
            wrong.append((source, said_text))
        if sorted(_MARKUP.findall(source)) != sorted(_MARKUP.findall(said_text)):
            wrong.append((source, said_text))
    assert wrong == []


@pytest.mark.parametrize("code", _LANGUAGES)
def test_a_language_is_complete(code: str) -> None:
    held = json.loads((_ROOT / "resources" / "translations" / f"{code}.json").read_text(encoding="utf-8"))
    missing = [
        text for part in ("texts", "phrases") for text, translated in held[part].items() if not translated
    ]
    assert missing == []


def test_the_window_speaks_the_language_that_was_chosen(qapp: QApplication) -> None:
    translator = speak(qapp, "de")
    assert translator is not None
    with speaking(qapp, translator):
        assert QCoreApplication.translate("Anything", "Start relay") == "Relay starten"
        assert said("The relay does not run.") == "Das Relay läuft nicht."
        assert QLocale().language() is QLocale.Language.German
    assert QCoreApplication.translate("Anything", "Start relay") == "Start relay"
    assert said("The relay does not run.") == "The relay does not run."


def test_english_and_unknown_languages_need_no_catalogue(qapp: QApplication) -> None:
    assert speak(qapp, SOURCE_LANGUAGE) is None
    assert speak(qapp, "tlh") is None


def test_a_damaged_catalogue_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "de.json").write_text('{"name": "Deutsch"}', encoding="utf-8")
    monkeypatch.setattr(catalogue, "resource", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(AppError) as caught:
        load("de")
    assert caught.value.code == "LANGUAGE-UNREADABLE"


def test_entries_without_a_translation_stay_english(qapp: QApplication) -> None:
    translator = WindowTranslator(catalogue.Catalogue("de", "Deutsch", {}, {}), qapp)
    with speaking(qapp, translator):
        assert QCoreApplication.translate("Anything", "Stop relay") == "Stop relay"


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))
