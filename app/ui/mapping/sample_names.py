"""What an event is called where one of many is chosen: who or what, and when."""

from __future__ import annotations

from app.errors import AppError
from app.workflows.samples import Origin, Sample


def sample_name(sample: Sample) -> str:
    """The person or the event's name; built-in samples have names of their own."""
    if sample.origin is Origin.BUILT_IN and sample.name:
        return sample.name
    try:
        return sample.event.title
    except AppError:
        return sample.name or sample.type


def sample_time(sample: Sample) -> str:
    """The local time of day, or the type for an event without a time."""
    try:
        timestamp = sample.event.timestamp
    except AppError:
        timestamp = None
    if timestamp is None or sample.origin is Origin.BUILT_IN:
        return sample.type
    return f"{timestamp.astimezone():%H:%M}"
