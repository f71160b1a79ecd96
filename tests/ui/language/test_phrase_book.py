"""Sentences from below the window, said in its language."""

from __future__ import annotations

from app.ui.language.phrase_book import PhraseBook

_BOOK = PhraseBook(
    {
        "a number": "eine Zahl",
        "{0} is not {1}.": "{0} ist keine Angabe wie {1}.",
        "{0} contacts were found by {1}.": "Über {1} wurden {0} Kontakte gefunden.",
        "The contact was found by {0}.": "Der Kontakt wurde über {0} gefunden.",
        "the email": "die E-Mail",
        "Nothing to match on.": "Nichts, wonach sich suchen ließe.",
        "{0}: {1}": "{0} – {1}",
    }
)


def test_a_whole_sentence_is_translated() -> None:
    assert _BOOK.said("Nothing to match on.") == "Nichts, wonach sich suchen ließe."


def test_values_stay_and_phrases_among_them_are_translated() -> None:
    assert _BOOK.said("“ten” is not a number.") == "“ten” ist keine Angabe wie eine Zahl."


def test_a_translation_may_turn_the_order_around() -> None:
    assert _BOOK.said("3 contacts were found by the email.") == "Über die E-Mail wurden 3 Kontakte gefunden."


def test_the_template_with_the_most_words_wins() -> None:
    assert _BOOK.said("The contact was found by User ID u_42.") == (
        "Der Kontakt wurde über User ID u_42 gefunden."
    )


def test_sentences_in_a_row_are_translated_one_by_one() -> None:
    said = _BOOK.said("Nothing to match on. The contact was found by the email.\nUnknown words here.")
    assert said == (
        "Nichts, wonach sich suchen ließe. Der Kontakt wurde über die E-Mail gefunden.\nUnknown words here."
    )


def test_what_no_template_made_stays_as_it_is() -> None:
    for text in ("", "maria@example.com", "Brightwave Studio", "a numberless text"):
        assert _BOOK.said(text) == text


def test_values_with_braces_and_backslashes_come_through_unchanged() -> None:
    assert _BOOK.said(r"{1} \1 is not a number.") == r"{1} \1 ist keine Angabe wie eine Zahl."
