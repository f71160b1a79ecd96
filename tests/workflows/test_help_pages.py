"""The help that F1 shows is complete, the same in every language, and readable on a repository's page."""

from __future__ import annotations

import re

import pytest

from app.resource_files import resource
from app.workflows.help_pages import PAGES, help_page

LANGUAGES = ("en", "de")


@pytest.mark.parametrize("key", PAGES)
def test_a_page_says_the_same_in_every_language(key: str) -> None:
    english, german = (help_page(key, language) for language in LANGUAGES)
    assert [part.anchor for part in german.parts] == [part.anchor for part in english.parts]
    assert german.intro + german.markdown != english.intro + english.markdown
    assert all(part.title and part.text for page in (english, german) for part in page.parts)


@pytest.mark.parametrize("folder", ["", "de"])
def test_the_index_leads_to_every_page_and_no_link_leads_nowhere(folder: str) -> None:
    root = resource("help", folder) if folder else resource("help")
    index = (root / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\(([a-z-]+)\.md\)", index) == list(PAGES)
    for path in root.glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (root / link).is_file(), f"{path.name}: {link}"


def test_a_language_without_a_page_reads_it_in_english() -> None:
    assert help_page("connect", "xx") == help_page("connect")
