"""What is left of a step's image once a record in it was erased. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.json_value import JsonObject, JsonValue


def without_record(image: JsonObject, close_id: str, *, whole: bool) -> JsonObject:
    """The image without the record's values; ``whole`` when the step is about that record itself.

    Other contacts that were created inside the same lead stay: they are other people, and their undo needs
    what they were created with.
    """
    contacts = image.get("contacts")
    others = (
        [one for one in contacts if _id_of(one) not in (None, close_id)] if isinstance(contacts, list) else []
    )
    if whole:
        return {"contacts": others} if others else {}
    return {**image, "contacts": others}


def _id_of(contact: JsonValue) -> JsonValue:
    return contact.get("id") if isinstance(contact, Mapping) else None
