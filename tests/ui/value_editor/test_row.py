from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.segment import mapping, value_writer
from app.segment.value_expression import (
    ChangeCase,
    Coalesce,
    Expression,
    Joined,
    LetterCase,
    Static,
    Text,
    Trim,
    Variable,
)
from app.ui.value_editor.row import (
    HOLE,
    AsText,
    FunctionChip,
    Group,
    Item,
    expression_of,
    items_of,
    moved,
    repaired,
    same_items,
    text_of,
    tidy,
    units_of,
)
from app.ui.value_editor.row_changes import function_added, inserted, removed
from tests.ui.value_editor.expressions import expressions, texts

NAME = Variable(("traits", "name"))
PLAN = Variable(("traits", "plan"))
TRIM = FunctionChip(Trim(HOLE))
LOWER = FunctionChip(ChangeCase(HOLE, LetterCase.LOWER))
WHOLE_TRIM = FunctionChip(Trim(HOLE), whole=True)
EVENT = {"type": "identify", "traits": {"name": " Ada ", "a.b": 1, "": None}, "0": [1, 2]}


def result_of(expression: Expression) -> object:
    """What Segment makes of it, or that it refuses."""
    try:
        return mapping.transform({"value": value_writer.write(expression)}, EVENT)
    except mapping.MappingError:
        return "refused"


@given(expressions)
def test_every_expression_survives_being_shown_as_a_row(expression: Expression) -> None:
    shown = items_of(expression)
    assert same_items(repaired(shown), shown)
    assert repr(expression_of(shown)) == repr(tidy(expression))


@given(expressions)
def test_tidying_changes_no_result(expression: Expression) -> None:
    assert result_of(tidy(expression)) == result_of(expression)
    assert tidy(tidy(expression)) == tidy(expression)


@given(texts)
def test_a_text_is_its_units(text: str) -> None:
    assert text_of(units_of(text)) == text_of(units_of(text_of(units_of(text))))
    assert len(units_of("a\U0001f600")) == 3


def test_functions_follow_their_variable_or_stand_at_the_end() -> None:
    assert items_of(ChangeCase(Trim(NAME), LetterCase.LOWER)) == (NAME, TRIM, LOWER)
    assert items_of(Trim(Joined((Text("a"), NAME)))) == ("a", NAME, WHOLE_TRIM)
    assert items_of(Trim(Text("a"))) == ("a", WHOLE_TRIM)


def test_a_part_with_functions_on_several_things_is_one_chip() -> None:
    several = Joined((Text("a"), NAME))
    assert items_of(Joined((PLAN, Trim(several)))) == (PLAN, Group(several), TRIM)


def test_a_join_of_one_part_shows_that_it_makes_text() -> None:
    assert items_of(Joined((NAME,))) == (NAME, FunctionChip(AsText()))


def test_a_fallback_stays_inside_its_chip() -> None:
    function = Coalesce(NAME, Joined((Text("x"), PLAN)))
    (_, chip) = items_of(function)
    assert isinstance(chip, FunctionChip)
    assert chip.function == Coalesce(HOLE, Joined((Text("x"), PLAN)))


def test_one_is_not_true_in_a_row() -> None:
    assert not same_items((Static(1),), (Static(value=True),))


def test_removing_a_variable_takes_its_functions_along() -> None:
    assert removed((NAME, TRIM, LOWER, "a"), 0, 1).items == ("a",)
    assert removed((NAME, TRIM, LOWER), 1, 2).items == (NAME, LOWER)


def test_another_variable_in_the_place_of_one_keeps_the_functions() -> None:
    assert inserted((NAME, TRIM), 0, 1, (PLAN,)).items == (PLAN, TRIM)


def test_text_never_comes_between_a_variable_and_its_functions() -> None:
    assert inserted((NAME, TRIM), 1, 1, ("a",)).items == (NAME, TRIM, "a")
    assert inserted(("a", "b", WHOLE_TRIM), 3, 3, ("c",)).items == ("a", "b", "c", WHOLE_TRIM)


def test_a_function_applies_to_the_chip_before_the_cursor() -> None:
    change = function_added(("a", NAME, "b"), 2, 2, TRIM)
    assert change.items == ("a", NAME, TRIM, "b")
    assert change.at == 2


def test_a_function_behind_text_applies_to_the_whole_row() -> None:
    assert function_added((NAME, "b"), 2, 2, TRIM).items == (NAME, "b", WHOLE_TRIM)
    assert function_added((), 0, 0, TRIM).items == (WHOLE_TRIM,)


def test_a_function_on_a_part_of_the_row_puts_it_into_one_chip() -> None:
    change = function_added(("a", NAME, "b"), 0, 2, TRIM)
    assert change.items == (Group(Joined((Text("a"), NAME))), TRIM, "b")


def test_a_lone_variable_has_no_functions_on_the_whole() -> None:
    assert repaired((NAME, WHOLE_TRIM)) == (NAME, TRIM)


def test_chips_move_by_one_place_with_their_functions() -> None:
    assert moved(("a", NAME, TRIM, "b"), 1, -1) == ((NAME, TRIM, "a", "b"), 0)
    assert moved(("a", NAME, TRIM, "b"), 1, 1) == (("a", "b", NAME, TRIM), 2)
    assert moved((NAME, PLAN, TRIM), 0, 1) == ((PLAN, TRIM, NAME), 2)


def test_a_chip_jumps_over_a_whole_character() -> None:
    first, second = units_of("\U0001f600")
    assert moved((NAME, first, second), 0, 1) == ((first, second, NAME), 2)


def test_functions_move_within_their_chain_and_on_to_the_next_chip_or_the_whole() -> None:
    assert moved((NAME, TRIM, LOWER), 2, -1) == ((NAME, LOWER, TRIM), 1)
    assert moved((NAME, TRIM, "a", PLAN), 1, 1) == ((NAME, "a", PLAN, TRIM), 3)
    assert moved((NAME, TRIM, "a"), 1, 1) == ((NAME, "a", WHOLE_TRIM), 2)
    assert moved((NAME, "a", WHOLE_TRIM), 2, -1) == ((NAME, TRIM, "a"), 1)
    assert moved((NAME, TRIM), 1, 1) == ((NAME, TRIM), 1)


_ITEMS: st.SearchStrategy[Item] = st.sampled_from(["a", "b", NAME, PLAN, TRIM, LOWER, WHOLE_TRIM])
_EDITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 3), _ITEMS), max_size=12)


@given(_EDITS)
def test_no_sequence_of_changes_makes_a_row_that_cannot_be_read(
    edits: list[tuple[int, int, int, Item]],
) -> None:
    row: tuple[Item, ...] = ()
    for kind, at, length, item in edits:
        start = min(at, len(row))
        end = min(start + length, len(row))
        before = len(row)
        if kind == 0:
            row = removed(row, start, end).items
        elif kind == 1 and start < len(row):
            row, to = moved(row, start, 1 if length % 2 else -1)
            assert len(row) == before
            assert 0 <= to < before
        elif isinstance(item, FunctionChip):
            change = function_added(row, start, end, item)
            assert isinstance(change.items[change.at], FunctionChip)
            row = change.items
        else:
            row = inserted(row, start, end, (item,)).items
        assert repaired(row) == row
        assert expression_of(items_of(expression_of(row))) == expression_of(row)
