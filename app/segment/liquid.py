"""Liquid templates with Segment's rules.

Segment runs LiquidJS; here python-liquid parses and renders, with LiquidJS's lexer rules, expressions,
tags and filters plugged in, because people's templates depend on them. Segment's limits hold: 1000
characters, loops and some filters switched off, and a bound on the work of one run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO

from liquid import Environment
from liquid.exceptions import LiquidError as LibraryError
from liquid.token import Token

from app.segment.js_doubles import as_doubles
from app.segment.js_values import JsValue, TooLargeError, from_units, utf16_length
from app.segment.liquid_lexer import template_tokens
from app.segment.liquid_limits import MAX_TEMPLATE_LENGTH, LiquidError
from app.segment.liquid_tags import TAGS, TemplateContext

__all__ = ["LiquidError", "Template", "parse"]


class _SegmentEnvironment(Environment):
    suppress_blank_control_flow_blocks = False
    block_nesting_limit = 60

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002 - the library's signature
        for tag in TAGS:
            self.add_tag(tag)

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        return template_tokens


_ENVIRONMENT = _SegmentEnvironment()


class Template:
    """A parsed template; it keeps no state between runs and may be shared between threads."""

    def __init__(self, source: str) -> None:
        try:
            self._template = _ENVIRONMENT.from_string(source)
        except LibraryError as error:
            raise LiquidError(str(error.args[0])) from None

    def render(self, payload: JsValue) -> str:
        """The text for one payload. Raises ``LiquidError`` when the template fails or costs too much."""
        context = TemplateContext(self._template, as_doubles(payload))
        output = StringIO()
        try:
            self._template.render_with_context(context, output)
        except (LibraryError, TooLargeError) as error:
            raise LiquidError(str(error.args[0])) from None
        except RecursionError:
            raise LiquidError("The template or a value in it is nested too deeply.") from None
        return from_units(output.getvalue())  # halves of a pair may have come together again


def parse(source: str) -> Template:
    """Raises ``LiquidError`` for a template that is too long or cannot be read."""
    if utf16_length(source) > MAX_TEMPLATE_LENGTH:
        raise LiquidError(f"A template has at most {MAX_TEMPLATE_LENGTH} characters.")
    return Template(source)
