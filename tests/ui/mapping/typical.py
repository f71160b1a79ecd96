"""A session to look at and to test with: one mapping, 200 events of customers, fields of a Close account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.close.records import CustomField, LeadStatus
from app.json_value import JsonObject, JsonValue
from app.storage.profile import MappingSpec
from app.ui.mapping.session import EditingSession
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.samples import Origin, Sample

SEATS = "cf_Seats9fK2mLq8Zx3Vb7Nc1Rt5Yw0Ae4H"
PLAN = "cf_Plan4dG7hJ1kP9sW2eR6tY8uI3oA5zX0"
INDUSTRY = "cf_Industry2bN6vC8xZ1mK4jH7gF3dS9aQ5"
NOTES = "cf_Notes7yT5rE3wQ1uI9oP2aS4dF6gH8j"
LOST = "cf_Lost1qA2wS3eD4rF5tG6yH7uJ8iK9oL0"

READ_AT = datetime(2026, 3, 9, 10, 32, tzinfo=UTC)
_NEWEST = datetime(2026, 3, 9, 9, 58, tzinfo=UTC)

FIELDS = (
    CustomField("cf_Company1", "Company ID", "text", "lead"),
    CustomField("cf_User1", "User ID", "text", "contact"),
    CustomField(SEATS, "Seats", "number", "lead"),
    CustomField(PLAN, "Plan", "choices", "lead", choices=("Trial", "Team", "Business")),
)
MORE_FIELDS = (
    *FIELDS,
    CustomField(INDUSTRY, "Industry", "text", "lead"),
    CustomField(NOTES, "Onboarding notes", "textarea", "contact"),
)
STATUSES = (
    LeadStatus("stat_potential", "Potential"),
    LeadStatus("stat_qualified", "Qualified"),
    LeadStatus("stat_customer", "Customer"),
)
VOCABULARY = CloseVocabulary(FIELDS, STATUSES, "cf_Company1", "cf_User1", READ_AT)

MAPPING: JsonObject = {
    "lead_name": {"@path": "$.traits.company.name"},
    "lead_external_id": {"@path": "$.traits.company.id"},
    "lead_custom_fields": {
        SEATS: {"@path": "$.traits.seats"},
        PLAN: {"@liquid": "{{ traits.plan | capitalize }}"},
    },
    "contact_external_id": {"@path": "$.userId"},
    "contact_email": {"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}},
    "contact_title": {"@liquid": "{{ traits.title | strip }}"},
    "contact_phone": {"@path": "$.traits.phone"},
    "contact_url": {"@template": "https://{{traits.company.site}}"},
    "allow_creating_new_leads": True,
    "allow_updating_existing_leads": True,
    "allow_creating_new_contacts": True,
    "allow_updating_existing_contacts": True,
    "allow_creating_duplicate_contacts": True,
}
IGNORED = (
    "traits.avatar",
    "traits.browser",
    "traits.createdAt",
    "traits.id",
    "traits.locale",
    "traits.name",
    "traits.timezone",
)
SPEC = MappingSpec("Identify", "createUpdateContactAndLead", 'type = "identify"', MAPPING, ignored=IGNORED)


def event(number: int) -> JsonObject:
    """One of 200 customers; number 0 is Maria, the newest. Shares of traits are the same every time."""
    first = number == 0
    at = (_NEWEST - timedelta(minutes=7 * number)).isoformat().replace("+00:00", "Z")

    def share(percent: int) -> bool:
        return (number * 37) % 200 < percent * 2

    traits: dict[str, JsonValue] = {
        "email": "Maria@Brightwave.io" if first else f"person{number}@example{number % 40}.com"
    }
    optional: list[tuple[str, int, JsonValue]] = [
        ("name", 98, "Maria Lopez" if first else f"Person {number}"),
        ("title", 81, "VP Growth " if first else ("Engineer", "Head of Growth", "CFO")[number % 3]),
        ("phone", 44, "+34 612 555 018" if first else f"+1 415 555 0{number % 900 + 100}"),
        ("plan", 92, "business" if first else ("trial", "team", "business")[number % 3]),
        ("seats", 92, "ten" if number in (20, 51, 130) else 12 if first else number % 50 + 1),
        ("avatar", 60, "https://img.example/a.png"),
        ("browser", 88, "Firefox"),
        ("createdAt", 100, "2026-01-04T10:00:00Z"),
        ("id", 100, "u_42" if first else f"u_{1000 + number}"),
        ("locale", 90, "en-GB"),
        ("timezone", 90, "Europe/Madrid"),
        ("industry", 72, "Design" if first else ("Logistics", "Retail", "Design")[number % 3]),
        ("logins", 95, 7 if first else number % 30),
        ("source", 41, "webinar"),
    ]
    traits.update((name, value) for name, percent, value in optional if share(percent))
    company: dict[str, JsonValue] = {}
    if share(95):
        company = {
            "id": "co_1001" if first else f"co_{2000 + number % 40}",
            "name": "Brightwave Studio" if first else f"Example {number % 40}",
        }
        if share(63):
            company["site"] = "brightwave.io" if first else f"example{number % 40}.com"
        traits["company"] = company
    body: dict[str, JsonValue] = {
        "type": "identify",
        "userId": "u_42" if first else f"u_{1000 + number}",
        "traits": traits,
        "timestamp": at,
    }
    if share(80):
        body["anonymousId"] = f"anon-{number}"
    if share(71):
        body["context"] = {"page": {"url": "/settings/billing" if first else "/home"}}
    return body


def sample(body: JsonObject) -> Sample:
    return Sample("", "", body, origin=Origin.RECORDED)


def events(count: int = 200) -> tuple[Sample, ...]:
    return tuple(sample(event(number)) for number in range(count))


def session(
    spec: MappingSpec = SPEC,
    *,
    vocabulary: CloseVocabulary = VOCABULARY,
    samples: tuple[Sample, ...] | None = None,
) -> EditingSession:
    """The mapping in a session with the newest event chosen."""
    made = EditingSession((spec,))
    made.set_vocabulary(vocabulary)
    collected = events() if samples is None else samples
    made.set_events(collected)
    made.set_sample(collected[0] if collected else None)
    return made
