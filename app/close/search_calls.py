"""Finding leads and contacts by what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.close.answers import read_contact, read_lead, read_search_page
from app.close.caller import Caller
from app.close.calls import shaped
from app.close.records import Contact, Lead, ObjectType
from app.close.search import (
    MOST_ROWS,
    PAGE_ROWS,
    by_custom_value,
    by_email,
    has_email,
    holds_custom_value,
    oldest_first,
    with_custom_value,
)
from app.json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class IdHolder:
    """A record and what it holds in one of the ID fields."""

    id: str
    name: str
    external_id: str
    date_created: datetime


@dataclass(frozen=True, slots=True)
class IdHolders:
    """``cursor`` is None on the last page; ``total`` counts the matches, None when Close does not say."""

    records: tuple[IdHolder, ...]
    cursor: str | None
    total: int | None


class SearchCalls(Caller):
    """Searches; the index behind them lags behind what is written."""

    async def leads_by_company_id(self, field_id: str, company_id: str) -> tuple[Lead, ...]:
        """The leads whose field holds exactly this ID, oldest first, without their contacts."""
        rows = await self._search(by_custom_value("lead", field_id, _wanted(company_id)))
        leads = (shaped(read_lead, row) for row in rows)
        return oldest_first(lead for lead in leads if holds_custom_value(lead, field_id, company_id))

    async def contacts_by_user_id(self, field_id: str, user_id: str) -> tuple[Contact, ...]:
        """The contacts whose field holds exactly this ID, oldest first."""
        rows = await self._search(by_custom_value("contact", field_id, _wanted(user_id)))
        contacts = (shaped(read_contact, row) for row in rows)
        return oldest_first(one for one in contacts if holds_custom_value(one, field_id, user_id))

    async def contacts_by_email(self, email: str, *, user_field_id: str | None) -> tuple[Contact, ...]:
        """The contacts with this address, whatever its letter case, oldest first."""
        rows = await self._search(by_email(_wanted(email), user_field_id))
        contacts = (shaped(read_contact, row) for row in rows)
        return oldest_first(one for one in contacts if has_email(one, email))

    async def id_holders(
        self, object_type: ObjectType, field_id: str, *, since: datetime | None, cursor: str | None
    ) -> IdHolders:
        """One page of the records that have a value in the field; a cursor lives half a minute."""
        body = with_custom_value(object_type, field_id, since)
        if cursor is not None:
            body = {**body, "cursor": cursor}
        answer = await self._call("POST", "data/search", body=body)
        rows, following = shaped(read_search_page, answer)
        found: list[Lead | Contact] = [
            shaped(read_lead, row) if object_type == "lead" else shaped(read_contact, row) for row in rows
        ]
        records = tuple(_holder(record, field_id) for record in found)
        return IdHolders(records, following, _total(answer))

    async def _search(self, body: JsonObject) -> list[JsonObject]:
        rows: list[JsonObject] = []
        cursor: str | None = None
        for _ in range(MOST_ROWS // PAGE_ROWS):
            page_body = body if cursor is None else {**body, "cursor": cursor}
            answer = await self._call("POST", "data/search", body=page_body)
            page, cursor = shaped(read_search_page, answer)
            rows += page
            if cursor is None:
                break
        return rows


def _wanted(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty ID or address would match anything")
    return text


def _holder(record: Lead | Contact, field_id: str) -> IdHolder:
    value = record.custom.get(field_id)
    return IdHolder(record.id, record.name, value if isinstance(value, str) else "", record.date_created)


def _total(answer: JsonValue) -> int | None:
    count = answer.get("count") if isinstance(answer, Mapping) else None
    total = count.get("total") if isinstance(count, Mapping) else None
    return total if isinstance(total, int) else None
