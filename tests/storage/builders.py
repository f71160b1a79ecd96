"""Ready-made values of the storage layer, with every field filled in."""

from __future__ import annotations

from app.segment.filters import DestinationFilter, Drop, DropProperties, Sample
from app.storage.profile import (
    DeliveryPath,
    FieldRef,
    KeyLocation,
    MappingSpec,
    Mode,
    OrganizationRef,
    Profile,
    ProfileColor,
    RelaySettings,
    SourceSettings,
)

PROFILE_ID = "0123456789abcdef0123456789abcdef"


def full_profile(name: str = "default") -> Profile:
    """A profile in which no field has its default value."""
    return Profile(
        profile_id=PROFILE_ID,
        name=name,
        close_url="http://127.0.0.1:9000/api/v1/",
        organization=OrganizationRef("orga_1", "Bäckerei Öhr & Co", "Ines Fenwick"),
        company_field=FieldRef("cf_company", "Company ID"),
        user_field=FieldRef("cf_user", "User ID"),
        mappings=(
            MappingSpec(
                name="People",
                action="createUpdateContactAndLead",
                trigger='type = "identify"',
                mapping={"lead_name": {"@path": "$.traits.company.name"}, "allow": True, "a": [1, 2.5, None]},
                enabled=False,
                ignored=("traits.avatar", 'traits["odd.key"]'),
            ),
        ),
        filters=(
            DestinationFilter("Paying customers only", 'traits.plan = "free"', (Drop(),)),
            DestinationFilter(
                "Less of everything",
                "all",
                (Sample(0.25, "userId"), DropProperties((("context", ("ip",)), ("", ("anonymousId",))))),
                enabled=False,
            ),
        ),
        relay=RelaySettings(
            host="0.0.0.0",
            port=9999,
            mode=Mode.LIVE,
            public_url="https://relay.example/",
            allow_unsigned=True,
            allowed_hosts=("relay.example",),
        ),
        sources=SourceSettings(enabled=True, origins=("https://app.bramble.example",)),
        delivery_path=DeliveryPath.RELAY,
        key_location=KeyLocation.ENCRYPTED_FILE,
        live_confirmed_for="orga_1",
        color=ProfileColor.GREY,
        recreate_deleted=True,
        retention_days=7,
        retention_mb=50,
    )
