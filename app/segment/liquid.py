"""Liquid templates with Segment's rules, run by python-liquid."""

from __future__ import annotations

from typing import Final

from liquid import Environment
from liquid.exceptions import LiquidError as LibraryError

from app.segment.js_values import JsValue

MAX_TEMPLATE_LENGTH: Final = 1000
DISABLED_TAGS: Final = ("case", "for", "include", "render", "tablerow")


class LiquidError(ValueError):
    """A template that cannot be read or run; the text says why."""


class Template:
    """A parsed template. Raises ``LiquidError`` from ``render``."""

    def __init__(self, source: str) -> None:
        try:
            self._template = _ENVIRONMENT.from_string(source)
        except LibraryError as error:
            raise LiquidError(str(error)) from None

    def render(self, payload: JsValue) -> str:
        try:
            return self._template.render(**payload)
        except LibraryError as error:
            raise LiquidError(str(error)) from None


def parse(source: str) -> Template:
    if len(source) > MAX_TEMPLATE_LENGTH:
        raise LiquidError(f"A template has at most {MAX_TEMPLATE_LENGTH} characters.")
    return Template(source)


def _environment() -> Environment:
    environment = Environment(strict_filters=False)
    for name in DISABLED_TAGS:
        environment.tags.pop(name)
    return environment


_ENVIRONMENT = _environment()
