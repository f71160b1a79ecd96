"""JSON in the shapes Close documents, for tests that play Close."""

from __future__ import annotations

from typing import Any

COMPANY_FIELD = "cf_CompanyIdOfTheLead"
USER_FIELD = "cf_UserIdOfTheContact"
LEAD_ID = "lead_MAVZFvabQz5ySooLb1F46rFhK7HP3iltGk2Y3Mh3uQT"
CONTACT_ID = "cont_aJIEigWTxlpbYyrjFdHD1pe2VRv4e63l1ptfYcvcGfV"
KEY = "api_2dSW2tr1oOXf8u2pYQnVkM.xgcRnx6AaX6mny1PazfHBz"


def contact_json(contact_id: str = CONTACT_ID, **members: Any) -> dict[str, Any]:
    return {
        "id": contact_id,
        "lead_id": LEAD_ID,
        "name": "Bo Li",
        "display_name": "Bo Li",
        "title": "CTO",
        "emails": [{"email": "bo@acme.example", "type": "office", "is_unsubscribed": False}],
        "phones": [
            {"phone": "+14155550132", "phone_formatted": "+1 415-555-0132", "country": "US", "type": "mobile"}
        ],
        "urls": [{"url": "https://bo.example", "type": "url"}],
        "integration_links": [],
        "date_created": "2026-09-23T10:02:00.339000+00:00",
        **members,
    }


def lead_json(lead_id: str = LEAD_ID, **members: Any) -> dict[str, Any]:
    return {
        "id": lead_id,
        "name": "Acme",
        "description": "from Segment",
        "url": None,
        "status_id": "stat_1",
        "status_label": "Potential",
        "contacts": [],
        "custom": {},
        "html_url": f"https://app.close.com/lead/{lead_id}/",
        "date_created": "2026-09-23T10:01:00.327000+00:00",
        **members,
    }


def field_json(field_id: str = COMPANY_FIELD, **members: Any) -> dict[str, Any]:
    return {
        "id": field_id,
        "name": "Company ID",
        "description": None,
        "type": "text",
        "choices": None,
        "accepts_multiple_values": False,
        "editable_with_roles": [],
        "is_shared": False,
        "date_created": "2026-09-23T10:00:00.123456",
        **members,
    }


def me_json(**members: Any) -> dict[str, Any]:
    return {
        "id": "user_1",
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": "Diaz",
        "memberships": [
            {"organization_id": "orga_2", "role_id": "user", "permissions_granted": ["export"]},
            {
                "organization_id": "orga_1",
                "role_id": "admin",
                "permissions_granted": ["manage_customizations"],
            },
        ],
        "organizations": [
            {
                "id": "orga_1",
                "name": "Example GmbH",
                "lead_statuses": [{"id": "stat_1", "label": "Potential"}],
            }
        ],
        **members,
    }
