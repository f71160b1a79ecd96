"""The companies and people of the demonstration. All of them are invented; ``.example`` is reserved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DemoContact:
    """``signed_up`` is empty for somebody who has not."""

    name: str
    title: str
    email: str
    phone: str = ""
    signed_up: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class DemoLead:
    """``days_ago`` is when it was made; ``mine`` tells the owner's leads from the colleague's."""

    name: str
    domain: str
    description: str
    status: str
    days_ago: float
    industry: str
    contacts: tuple[DemoContact, ...]
    plan: str = ""
    seats: int = 0
    city: str = ""
    country: str = ""
    note: str = ""
    mine: bool = True


DEMO_LEADS = (
    DemoLead(
        name="Bramble & Co",
        domain="bramble.example",
        description="Freight forwarding between Hull and Rotterdam.",
        status="Customer",
        days_ago=188.2,
        industry="Logistics",
        plan="Team",
        seats=18,
        city="Hull",
        country="GB",
        note="Renewal in March. Maren wants the warehouse team on board first.",
        contacts=(
            DemoContact(
                "Maren Oakes",
                "Head of Operations",
                "maren.oakes@bramble.example",
                "+442079460011",
                date(2025, 9, 12),
                "Referral",
            ),
            DemoContact("Piet Lammers", "Finance", "piet@bramble.example"),
        ),
    ),
    DemoLead(
        name="Fenwick Mills",
        domain="fenwick.example",
        description="Family-owned spinning mill, three sites.",
        status="Qualified",
        days_ago=121.4,
        industry="Textiles",
        plan="Trial",
        seats=25,
        city="New York",
        country="US",
        note="Asked for a quote for 25 seats plus support.",
        contacts=(
            DemoContact("Jo Arden", "Purchasing", "buyer@fenwick.example", "+12125550142"),
            DemoContact(
                "Ines Calloway", "Plant Manager", "ines@fenwick.example", "", date(2026, 1, 20), "Webinar"
            ),
        ),
    ),
    DemoLead(
        name="Kestrel Labs",
        domain="kestrel.example",
        description="Sensors for bird-safe wind turbines.",
        status="Interested",
        days_ago=64.9,
        industry="Energy",
        plan="Trial",
        seats=6,
        city="Denver",
        country="US",
        contacts=(
            DemoContact(
                "Tomas Reyes",
                "Co-founder",
                "tomas@kestrel.example",
                "+17205550118",
                date(2026, 2, 2),
                "Organic",
            ),
        ),
    ),
    DemoLead(
        name="Post & Larder",
        domain="post.example",
        description="A weekly letter about food and a shop beside it.",
        status="Potential",
        days_ago=40.3,
        industry="Media",
        mine=False,
        contacts=(DemoContact("Lea Marchetti", "Editor", "lea@post.example"),),
    ),
    DemoLead(
        name="Harrow Dental Group",
        domain="harrowdental.example",
        description="Eleven practices that share one front desk.",
        status="Customer",
        days_ago=173.6,
        industry="Health",
        plan="Business",
        seats=54,
        city="Boston",
        country="US",
        note="Happy with the onboarding. Possible case study.",
        contacts=(
            DemoContact(
                "Amara Nwosu",
                "Practice Director",
                "amara.nwosu@harrowdental.example",
                "+16175550173",
                date(2025, 9, 30),
                "Trade fair",
            ),
            DemoContact("Colin Batey", "IT", "it@harrowdental.example"),
        ),
    ),
    DemoLead(
        name="Tidewater Surveying",
        domain="tidewater.example",
        description="Hydrographic surveys for ports.",
        status="Qualified",
        days_ago=29.7,
        industry="Engineering",
        mine=False,
        city="Norfolk",
        country="US",
        contacts=(DemoContact("Grace Holloway", "Survey Lead", "grace@tidewater.example", "+17575550109"),),
    ),
    DemoLead(
        name="Quill Street Books",
        domain="quillstreet.example",
        description="Independent bookshop with a subscription box.",
        status="Bad Fit",
        days_ago=97.1,
        industry="Retail",
        mine=False,
        contacts=(DemoContact("Sam Okafor", "Owner", "sam@quillstreet.example"),),
    ),
    DemoLead(
        name="Northlight Studios",
        domain="northlight.example",
        description="Animation studio, forty people.",
        status="Canceled",
        days_ago=150.8,
        industry="Media",
        plan="Team",
        seats=12,
        city="Portland",
        country="US",
        note="Left after the spring project ended; ask again in autumn.",
        contacts=(
            DemoContact(
                "Yuki Tanabe",
                "Producer",
                "yuki@northlight.example",
                "+15035550166",
                date(2025, 10, 8),
                "Organic",
            ),
        ),
    ),
)
