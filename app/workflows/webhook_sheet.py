"""Everything to enter in Segment's Webhooks (Actions) destination for the relay, in Segment's order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.segment import triggers
from app.segment.trigger_tree import TriggerError
from app.storage.profile import MappingSpec, Profile
from app.workflows.paste_sheet import PasteLine, PasteSection

_PLACE = "Connections, Destinations, Add destination, Webhooks (Actions)"
_EVERY_TYPE = 'type = "identify" or type = "track" or type = "group" or type = "page" or type = "alias"'


def webhook_sheet(profile: Profile, url: str) -> tuple[PasteSection, ...]:
    """The destination's setting, then its one mapping. The shared secret is never part of the sheet."""
    setting = PasteLine(
        "Shared Secret", "", "Copied from the keyring. Segment signs each request with it.", secret=True
    )
    lines = (
        PasteLine("Name", f"Relay “{profile.name}”"),
        PasteLine("Trigger", webhook_trigger(profile.mappings), "Under “Select events to map and send”."),
        PasteLine("URL", url, "" if url else "Known once the relay has a public address.", pending=not url),
        PasteLine("Method", "POST"),
        PasteLine("Headers", "", "None are needed."),
        PasteLine("Data", "$.", "The whole event: the mappings are applied here."),
        PasteLine("Enable Batching", "On", "Fewer requests. Segment signs the first event of a batch only."),
        PasteLine("Batch Size", "1000", "From 1000 on a retry brings the same batch again."),
    )
    return (
        PasteSection("Settings", f"{_PLACE}, Settings", (setting,)),
        PasteSection("Mapping “Send”", "Mappings, New mapping, Send", lines),
    )


def webhook_trigger(mappings: Sequence[MappingSpec]) -> str:
    """What lets through every event that some mapping wants. The mappings judge again, each for itself.

    Segment's triggers know no groups in groups, so only a lone mapping's own trigger is handed on; with
    several, every type of event is let through.
    """
    enabled = [spec.trigger for spec in mappings if spec.enabled]
    if len(set(enabled)) == 1 and enabled[0].strip():
        try:
            triggers.parse(enabled[0])
        except TriggerError:
            return _EVERY_TYPE
        return enabled[0]
    return _EVERY_TYPE
