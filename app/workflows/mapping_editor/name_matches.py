"""Which variables a target's name points at, and how surely: same name, another word for it, a part of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from app.close.records import ObjectType
from app.segment.event_variables import EventVariable
from app.segment.references import Keys
from app.workflows.mapping_editor.targets import MappingTarget
from app.workflows.mapping_editor.variable_names import Name, name_of, squeezed, synonyms_of, words_of

_MOST_LOOSE = 5
"""Variables per target that only share a word with it; more would be noise."""

_COMMON = 50
"""A word in the names of more variables than this says nothing about one of them."""

_MARGINAL_WORDS = frozenset({"id", "name", "date", "at", "is", "of", "the", "number", "type", "count"})


class Grade(IntEnum):
    """How surely a name fits, best first. PLACE: Segment's own place for it."""

    PLACE = 0
    SAME = 1
    ALIAS = 2
    POSSIBLE = 3
    LOOSE = 4


@dataclass(frozen=True, slots=True)
class NameMatch:
    variable: EventVariable
    grade: Grade
    how: str


@dataclass(frozen=True, slots=True)
class _Words:
    """``same`` are the names a target goes by, ``alias`` other words for it, ``possible`` words that often
    mean it. All without spaces, and without the word for company or person."""

    about: ObjectType
    same: frozenset[str]
    alias: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()


def _words(about: ObjectType, same: str, alias: str = "", possible: str = "") -> _Words:
    return _Words(about, *(frozenset(names.split()) for names in (same, alias, possible)))


_OWN: dict[str, _Words] = {
    "lead_name": _words("lead", "name", "", "legalname displayname title"),
    "lead_external_id": _words("lead", "id", "", "externalid uuid key slug"),
    "lead_description": _words("lead", "description", "", "about summary notes"),
    "contact_name": _words("contact", "name", "fullname", "displayname"),
    "contact_email": _words("contact", "email", "emailaddress mail", "workemail businessemail primaryemail"),
    "contact_phone": _words(
        "contact",
        "phone phonenumber",
        "telephone mobile mobilephone mobilenumber cellphone telephonenumber",
        "tel cell workphone contactnumber whatsapp",
    ),
    "contact_url": _words("contact", "website url", "homepage", "site linkedin linkedinurl blog"),
    "contact_title": _words("contact", "title", "jobtitle", "role position job jobrole occupation"),
    "contact_external_id": _words("contact", "userid", "", "id externalid"),
}
_PLACES: dict[str, tuple[Keys, ...]] = {
    "contact_external_id": (("userId",),),
    "user_id": (("userId",),),
    "previous_user_id": (("previousId",),),
    "lead_external_id": (("groupId",), ("context", "groupId")),
}

# In properties these are as often a page's or a product's.
_AMBIGUOUS_IN_PROPERTIES = frozenset({"contact_name", "contact_title", "contact_url", "contact_external_id"})
_COMPANY_ALONE = frozenset({"company", "organization", "organisation", "account", "business", "employer"})


class VariableIndex:
    """The variables by name, so that hundreds of fields are matched with thousands of variables at once."""

    def __init__(self, variables: Sequence[EventVariable], *, about_company: bool = False) -> None:
        self._names: dict[Keys, Name] = {}
        self._by_keys = {variable.keys: variable for variable in variables}
        self._by_name: dict[str, list[EventVariable]] = defaultdict(list)
        self._by_word: dict[str, list[EventVariable]] = defaultdict(list)
        for variable in variables:
            name = name_of(variable.keys, about_company=about_company)
            self._names[variable.keys] = name
            for spelling in {name.rest, name.whole}:
                self._by_name[spelling].append(variable)
            for word in set(name.words) - _MARGINAL_WORDS:
                self._by_word[word].append(variable)

    def name(self, variable: EventVariable) -> Name:
        return self._names[variable.keys]

    def matches(self, target: MappingTarget, *, only_object: bool) -> list[NameMatch]:
        """Best first, each variable once. ``only_object``: no field of the other object has this name."""
        own = _OWN.get(target.key)
        found: dict[Keys, NameMatch] = {}
        for match in (
            *self._at_places(target),
            *(self._own(target, own) if own else ()),
            *(self._custom(target, only_object=only_object) if "." in target.key else ()),
        ):
            held = found.get(match.variable.keys)
            if held is None or match.grade < held.grade:
                found[match.variable.keys] = match
        return sorted(found.values(), key=lambda match: match.grade)

    def parts_of_name(
        self, first: Sequence[str], last: Sequence[str]
    ) -> Iterator[tuple[EventVariable, EventVariable]]:
        """Pairs of variables beside each other whose names are among ``first`` and ``last``."""
        for one in (variable for name in first for variable in self._by_name.get(name, ())):
            for two in (variable for name in last for variable in self._by_name.get(name, ())):
                if one.keys[:-1] == two.keys[:-1] and self.name(one).about == "contact":
                    yield one, two

    def _at_places(self, target: MappingTarget) -> Iterator[NameMatch]:
        for keys in _PLACES.get(target.key, ()):
            if keys in self._by_keys:
                yield NameMatch(self._by_keys[keys], Grade.PLACE, "Segment's own place for it")

    def _own(self, target: MappingTarget, own: _Words) -> Iterator[NameMatch]:
        for names, grade in (
            (own.same, Grade.SAME),
            (own.alias, Grade.ALIAS),
            (own.possible, Grade.POSSIBLE),
        ):
            for name in sorted(names):
                for variable in self._by_name.get(name, ()):
                    match = self._graded(target, own, variable, grade)
                    if match is not None:
                        yield match
        if target.key == "lead_name":
            yield from self._company_as_text()

    def _graded(
        self, target: MappingTarget, own: _Words, variable: EventVariable, grade: Grade
    ) -> NameMatch | None:
        name = self.name(variable)
        if variable.keys[0] not in {"traits", "properties"} and variable.keys[:2] != ("context", "traits"):
            return None
        if name.about != own.about:
            # Close has web addresses on contacts only.
            if target.key != "contact_url" or name.rest != "website":
                return None
            grade = Grade.POSSIBLE
        if target.key in _AMBIGUOUS_IN_PROPERTIES and variable.keys[0] == "properties":
            grade = max(grade, Grade.POSSIBLE)
        return NameMatch(variable, grade, _how(target, variable, grade))

    def _company_as_text(self) -> Iterator[NameMatch]:
        for word in sorted(_COMPANY_ALONE):
            for variable in self._by_name.get(word, ()):
                if self.name(variable).rest == "" and "string" in variable.types:
                    yield NameMatch(
                        variable, Grade.ALIAS, f"“{variable.keys[-1]}” as text is a company's name"
                    )

    def _custom(self, target: MappingTarget, *, only_object: bool) -> Iterator[NameMatch]:
        label, words = squeezed(target.label), words_of(target.label)
        if not label:
            return
        about: ObjectType = "lead" if target.key.startswith("lead_") else "contact"
        spellings = (label, label.removeprefix("company"), label.removeprefix("contact"))
        for spelling in filter(None, dict.fromkeys(spellings)):
            for variable in self._by_name.get(spelling, ()):
                fits = self.name(variable).about == about or only_object
                grade = Grade.SAME if fits else Grade.POSSIBLE
                yield NameMatch(
                    variable, grade, "same name" if fits else "same name, but of the other record"
                )
        for synonym in sorted(synonyms_of(label)):
            for variable in self._by_name.get(synonym, ()):
                yield NameMatch(variable, Grade.ALIAS, _another_word(variable, target))
        yield from self._loose(words)

    def _loose(self, words: tuple[str, ...]) -> Iterator[NameMatch]:
        """Variables that have all words of the field, or the field all words of theirs."""
        seen: dict[Keys, EventVariable] = {}
        for word in sorted(set(words) - _MARGINAL_WORDS):
            sharing = self._by_word.get(word, ())
            for variable in sharing if len(sharing) <= _COMMON else ():
                theirs = set(self.name(variable).words)
                if len(seen) < _MOST_LOOSE and (theirs <= set(words) or set(words) <= theirs):
                    seen[variable.keys] = variable
        for variable in seen.values():
            yield NameMatch(variable, Grade.LOOSE, f"“{variable.keys[-1]}” shares a word with it")


def _how(target: MappingTarget, variable: EventVariable, grade: Grade) -> str:
    if grade is Grade.SAME:
        return "same name"
    if squeezed(variable.keys[-1]) == squeezed(target.label):
        return "same name, though often about something else"
    return _another_word(variable, target)


def _another_word(variable: EventVariable, target: MappingTarget) -> str:
    return f"“{variable.keys[-1]}” is another word for {target.label}"
