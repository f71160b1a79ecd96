"""What the name of a variable or field says: its words in any spelling, and whether it is about a company.

``firstName``, ``first_name`` and “First Name” are the same name; ``company.name``, ``companyName`` and
``organization_name`` all say: the name of a company.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.close.records import ObjectType
from app.segment.references import Keys

_SEAM: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS: Final = re.compile(r"[^\W_]+")
_COMPANY_WORDS: Final = (
    "organization",
    "organisation",
    "workspace",
    "business",
    "employer",
    "account",
    "company",
    "tenant",
    "group",
    "team",
    "org",
)
_PERSON_WORDS: Final = ("contact", "person", "user", "customer")

# Lower-case names have no seam between their words, so only these are looked for behind a company word.
_OF_COMPANIES: Final = frozenset(
    {"city", "country", "description", "domain", "id", "industry", "name", "plan", "size", "type", "uuid"}
    | {"employeecount", "employees", "website"}
)

# Said of companies, whoever sends them.
_COMPANY_GROUPS: Final = tuple(
    frozenset(group.split())
    for group in (
        "employees employeecount employeescount numberofemployees numemployees headcount companysize",
        "industry sector vertical",
        "plan planname subscriptionplan pricingplan tier package",
        "seats seatcount numberofseats licenses licences",
        "revenue annualrevenue arr",
        "mrr monthlyrevenue monthlyrecurringrevenue",
        "trialend trialenddate trialendsat trialends",
    )
)
_SYNONYMS: Final = _COMPANY_GROUPS + tuple(
    frozenset(group.split())
    for group in (
        "city town addresscity",
        "country countryname addresscountry",
        "state region province addressstate",
        "zip zipcode postalcode postcode addresspostalcode",
        "street streetaddress addressstreet",
        "createdat created createdon signupdate signupat signedupat signedup registeredat registrationdate",
        "birthday birthdate dateofbirth dob",
        "linkedin linkedinurl linkedinprofile",
        "language locale lang",
        "timezone tz",
        "lastseen lastseenat lastactive lastactiveat lastlogin lastloginat",
        "source leadsource utmsource campaignsource",
        "department dept",
        "username login handle",
        "website homepage site url",
        "gender sex",
    )
)


@dataclass(frozen=True, slots=True)
class Name:
    """``words`` in lower case; ``about`` is whom it is about; ``rest`` the squeezed words without the word
    that says so (“name” of ``companyName``), ``whole`` all of them (“companyname”)."""

    words: tuple[str, ...]
    about: ObjectType
    rest: str
    whole: str


@lru_cache(maxsize=32_768)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name: ``employeeCount`` and “Employee count” are both employee, count."""
    return tuple(word.casefold() for word in _WORDS.findall(_SEAM.sub(" ", text)))


def squeezed(text: str) -> str:
    return "".join(words_of(text))


def synonyms_of(name: str) -> frozenset[str]:
    """Other squeezed names that say the same."""
    return frozenset().union(*(group for group in _SYNONYMS if name in group)) - {name}


def name_of(keys: Keys, *, about_company: bool = False) -> Name:
    """The name of a variable without where it stands (traits, properties, context).

    ``about_company`` tells that the traits themselves are a company's, as in group events.
    """
    inner = keys
    for container in (("context", "traits"), ("traits",), ("properties",), ("context",)):
        if keys[: len(container)] == container:
            inner = keys[len(container) :]
            break
    words = tuple(word for key in inner for word in words_of(key))
    whole = "".join(words)
    if words and words[0] in _COMPANY_WORDS:
        return Name(words, "lead", "".join(words[1:]), whole)
    company = next((word for word in _COMPANY_WORDS if whole.startswith(word)), "")
    if company and whole[len(company) :] in _OF_COMPANIES:
        return Name((company, whole[len(company) :]), "lead", whole[len(company) :], whole)
    if about_company and keys[:1] == ("traits",):
        return Name(words, "lead", whole, whole)
    if any(whole in group for group in _COMPANY_GROUPS):
        return Name(words, "lead", whole, whole)
    rest = "".join(words[1:]) if len(words) > 1 and words[0] in _PERSON_WORDS else whole
    return Name(words, "contact", rest, whole)


def in_words(keys: Keys) -> str:
    """A name for people: ``traits.employeeCount`` is “Employee count”, ``company.id`` “Company ID”."""
    upper = {"id": "ID", "url": "URL", "ip": "IP", "mrr": "MRR", "arr": "ARR", "utm": "UTM", "vat": "VAT"}
    words = [upper.get(word, word) for word in name_of(keys).words]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
