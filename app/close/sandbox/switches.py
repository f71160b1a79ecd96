"""How the sandbox behaves where nobody knows, or nobody can rely on, how Close behaves.

Every switch may be changed while the sandbox runs. The defaults are the likeliest behaviour;
where two are equally likely, the one that forgives less, so that mistakes show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.close.sandbox.faults import FaultKind
from app.close.sandbox.table import IndexLag

ErrorDialect: TypeAlias = Literal["frm", "pydantic"]
RateHeaders: TypeAlias = Literal["none", "old", "new"]
RateWindow: TypeAlias = Literal["fixed", "sliding"]
TooManyBody: TypeAlias = Literal["old_object", "error", "empty", "html"]
TooManyHeaders: TypeAlias = Literal["new", "old", "retry_after", "none"]
MergeMode: TypeAlias = Literal["immediate", "async", "errored", "busy"]

RECORDED_LIMITS: Mapping[str, int] = {"*": 240, "DELETE lead": 80, "POST search": 16}
"""Calls per key and window of each endpoint group, as recorded from Close in 2022; ``*`` is any
group not named. A group is a method and a resource: ``GET contact``, ``POST custom_field``."""

WINDOW_S = 8.0


@dataclass(slots=True, kw_only=True)
class Switches:
    """``limits`` of ``None`` refuses nobody; ``fault`` and ``drop_after_commit`` hit every call
    (the latter every write that succeeded). For a single call use ``Faults.add``."""

    index_lag_s: IndexLag = 1
    """Seconds until a write is found by search; ``never`` keeps the index as it was at the start."""
    stale_get_after_delete_s: float = 0
    """Seconds for which a deleted record can still be read by id and listed."""
    error_dialect: ErrorDialect = "frm"
    """Words and nesting of validation errors: the older framework's or the newer one's."""
    rate_headers: RateHeaders = "none"
    """Limit headers on ordinary answers; a recording of 2026 shows none."""
    body_429: TooManyBody = "error"
    headers_429: TooManyHeaders = "new"
    limits: Mapping[str, int] | None = None
    rate_window: RateWindow = "fixed"
    unknown_custom_field: Literal["refused", "ignored"] = "refused"
    duplicate_field_name: Literal["accepted", "refused"] = "accepted"
    field_quota: int = 250
    """Custom fields of the organization; one more is answered with 402."""
    role_restricted_write: Literal["403", "401", "ignored"] = "403"
    exact_value_case: Literal["sensitive", "insensitive"] = "sensitive"
    merge: MergeMode = "async"
    merge_takes_s: float = 2.0
    contact_lead_id_put: Literal["moves", "refused"] = "moves"
    drop_after_commit: bool = False
    fault: FaultKind | None = None
    naive_dates: bool = True
    """Times without an offset in answers about custom fields, as recorded."""
    number_into_text: Literal["refused", "stored"] = "refused"
    computed_keys_in_lists: Literal["ignored", "refused"] = "ignored"
    """``is_unsubscribed``, ``phone_formatted`` and ``country`` sent back inside list entries."""
    slash_redirect: Literal["301", "308", "404"] = "301"
    shared_fields_in_list: Literal["listed", "schema_only"] = "schema_only"
    me_organizations: Literal["one", "two"] = "one"
    email_case: Literal["kept", "lower"] = "kept"
    nested_contact_error: Literal["contacts", "top_level"] = "contacts"
