"""Validation problems and the two dialects in which Close words them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias

from app.close.sandbox.api.answers import Refusal
from app.close.sandbox.switches import ErrorDialect

Path: TypeAlias = tuple[str | int, ...]


class Wrong(Enum):
    """What is wrong with a value."""

    REQUIRED = auto()
    EMAIL = auto()
    URL = auto()
    PHONE = auto()
    CHOICE = auto()
    NO_SUCH_OBJECT = auto()
    NOT_TEXT = auto()
    NOT_NUMBER = auto()
    NOT_BOOLEAN = auto()
    NOT_DATE = auto()
    NOT_LIST = auto()
    NOT_OBJECT = auto()
    TOO_LONG = auto()
    LIST_TOO_LONG = auto()
    UNKNOWN_KEY = auto()
    FIXED = auto()
    DUPLICATE = auto()
    EITHER_OR = auto()


_PHONE = "Phone number is not valid. Please use the international format like +16505551234"

_WORDS: dict[Wrong, tuple[str, str]] = {
    Wrong.REQUIRED: ("This field is required.", "Field required"),
    Wrong.EMAIL: ("Invalid email address.", "value is not a valid email address"),
    Wrong.URL: ("Invalid URL.", "Input should be a valid URL"),
    Wrong.PHONE: (_PHONE, _PHONE),
    Wrong.CHOICE: ("Not a valid choice.", "Input should be one of the permitted values"),
    Wrong.NO_SUCH_OBJECT: ("Object does not exist.", "Object does not exist."),
    Wrong.NOT_TEXT: ("Value must be of str type.", "Input should be a valid string"),
    Wrong.NOT_NUMBER: ("Value must be of float type.", "Input should be a valid number"),
    Wrong.NOT_BOOLEAN: ("Value must be of bool type.", "Input should be a valid boolean"),
    Wrong.NOT_DATE: ("Invalid date.", "Input should be a valid date"),
    Wrong.NOT_LIST: ("Value must be of list type.", "Input should be a valid list"),
    Wrong.NOT_OBJECT: ("Value must be of dict type.", "Input should be a valid dictionary"),
    Wrong.TOO_LONG: (
        "The value must be no longer than {limit} characters.",
        "String should have at most {limit} characters",
    ),
    Wrong.LIST_TOO_LONG: ("List is too long.", "List should have at most {limit} items"),
    Wrong.UNKNOWN_KEY: ("This field is not allowed.", "Extra inputs are not permitted"),
    Wrong.FIXED: ("Value cannot be changed.", "Value cannot be changed."),
    Wrong.DUPLICATE: ("A field with this name already exists.", "A field with this name already exists."),
    Wrong.EITHER_OR: ("Give one of the two, not both.", "Give one of the two, not both."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``path`` leads to the refused value: member names and, inside lists, positions."""

    path: Path
    wrong: Wrong
    limit: int = 0

    def text(self, dialect: ErrorDialect) -> str:
        return _WORDS[self.wrong][dialect == "pydantic"].format(limit=self.limit)


class Problems:
    """Collects what is wrong with a request, so that everything is reported at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def add(self, path: Path, wrong: Wrong, limit: int = 0) -> None:
        self._found.append(Problem(path, wrong, limit))

    def raise_if_any(self, dialect: ErrorDialect) -> None:
        if self._found:
            raise refusal(self._found, dialect)


def refusal(problems: Iterable[Problem], dialect: ErrorDialect) -> Refusal:
    tree: dict[str | int, Any] = {}
    for problem in problems:
        _hang(tree, problem.path, problem.text(dialect))
    return Refusal(400, {"errors": [], "field-errors": {str(k): _node(v, dialect) for k, v in tree.items()}})


def _hang(tree: dict[str | int, Any], path: Path, text: str) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):  # the whole value is refused already
            return
        tree = below
    tree.setdefault(path[-1], text)


def _node(below: Any, dialect: ErrorDialect) -> Any:
    """Text, or what lies below: the older dialect puts a list's entries under ``errors``."""
    if isinstance(below, str):
        return below
    members = {str(key): _node(value, dialect) for key, value in below.items()}
    if dialect == "frm" and all(isinstance(key, int) for key in below):
        return {"errors": members}
    return {"errors": [], "field-errors": members}
