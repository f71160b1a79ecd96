"""The functions a person can pick, each with one line of help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Flatten,
    FormatDate,
    JoinList,
    JsonMode,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
)
from app.ui.value_editor.row import HOLE, AsText, Chip, FunctionChip
from app.ui.value_editor.words import tr


@dataclass(frozen=True, slots=True)
class FunctionEntry:
    """``words`` are found by the search besides the title. ``asks``: its settings open when it is picked."""

    title: str
    help: str
    make: Callable[[], Chip]
    words: str = ""
    icon: str = "zap"
    asks: bool = False


def catalog() -> tuple[FunctionEntry, ...]:
    """All functions, the most wanted first; what stands for a value itself comes last."""
    return (
        FunctionEntry(
            tr("If empty, use…"),
            tr("Another value where this one is missing"),
            lambda: FunctionChip(Coalesce(HOLE, Text(""))),
            "coalesce default fallback else",
            asks=True,
        ),
        FunctionEntry(
            tr("Lowercase"),
            tr("All letters small: Ada@Example.com becomes ada@example.com"),
            lambda: FunctionChip(ChangeCase(HOLE, LetterCase.LOWER)),
            "case lower",
        ),
        FunctionEntry(
            tr("Uppercase"),
            tr("All letters capital: de becomes DE"),
            lambda: FunctionChip(ChangeCase(HOLE, LetterCase.UPPER)),
            "case upper",
        ),
        FunctionEntry(
            tr("Capitalize"),
            tr("The first letter capital, the rest small: BUSINESS becomes Business"),
            lambda: FunctionChip(ChangeCase(HOLE, LetterCase.CAPITALIZE)),
            "case title",
        ),
        FunctionEntry(
            tr("Trim"),
            tr("No spaces at the beginning and the end"),
            lambda: FunctionChip(Trim(HOLE)),
            "strip whitespace",
        ),
        FunctionEntry(
            tr("Replace"),
            tr("Some characters by others"),
            lambda: FunctionChip(Replace(HOLE, "")),
            "substitute remove find",
            asks=True,
        ),
        FunctionEntry(
            tr("Date"),
            tr("A date or time in another form"),
            lambda: FunctionChip(FormatDate(HOLE)),
            "time format strftime zone",
            asks=True,
        ),
        FunctionEntry(
            tr("Join list"),
            tr("The items of a list as one text: red, green"),
            lambda: FunctionChip(JoinList(HOLE)),
            "array concatenate separator",
            asks=True,
        ),
        FunctionEntry(
            tr("Flatten"),
            tr("Nested objects as one flat object"),
            lambda: FunctionChip(Flatten(HOLE)),
            "object nested keys",
            asks=True,
        ),
        FunctionEntry(
            tr("To JSON"),
            tr("A value as JSON text"),
            lambda: FunctionChip(ConvertJson(HOLE, JsonMode.ENCODE)),
            "encode stringify",
        ),
        FunctionEntry(
            tr("From JSON"),
            tr("JSON text as the value it stands for"),
            lambda: FunctionChip(ConvertJson(HOLE, JsonMode.DECODE)),
            "decode parse",
        ),
        FunctionEntry(
            tr("As text"),
            tr("A number or a list as text"),
            lambda: FunctionChip(AsText()),
            "string convert",
        ),
        FunctionEntry(
            tr("Fixed value"),
            tr("A number, true, false or nothing, the same for every event"),
            lambda: Static(0),
            "static literal constant number boolean null",
            icon="hash",
            asks=True,
        ),
        FunctionEntry(
            tr("Liquid"),
            tr("A template for what nothing else can do"),
            lambda: Liquid(""),
            "template code",
            icon="code",
            asks=True,
        ),
        FunctionEntry(
            tr("JSON"),
            tr("Any value of the mapping language, written by hand"),
            lambda: Advanced({"@path": "$.userId"}),
            "advanced directive raw object",
            icon="braces",
            asks=True,
        ),
    )
