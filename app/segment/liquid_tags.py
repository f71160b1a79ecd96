"""The tags Segment leaves switched on, for python-liquid's parser, with LiquidJS's expressions in them."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Final, TextIO, cast

from liquid import BoundTemplate, RenderContext
from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidSyntaxError, StopRender
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_CONTENT, TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token

from app.segment.js_date import time_of_text
from app.segment.js_text import string_of
from app.segment.js_values import JsValue, is_number, is_truthy
from app.segment.liquid_evaluation import Evaluate, Value
from app.segment.liquid_expressions import Scanner
from app.segment.liquid_lexer import line_tokens
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_values import is_true, plain, printed

_UNMARKED_LINE = re.compile(r"\n\s*[^#\s]")
Draw = Callable[["TemplateContext", TextIO], int]
"""Writes one node to the buffer; returns the number of characters, as python-liquid wants it."""

DISABLED_TAGS: Final = ("case", "for", "include", "layout", "render", "tablerow")


class TemplateContext(RenderContext):
    """One run: variables before the payload, and the budget. Counters live among the payload's members."""

    def __init__(self, template: BoundTemplate, payload: JsValue) -> None:
        super().__init__(template)
        self.payload: JsValue = dict(payload) if isinstance(payload, dict) else payload
        self.budget = Budget(_moment_of(payload))

    def variables_with(self, name: str) -> Mapping[str, JsValue]:
        if name in self.locals:
            return self.locals
        if isinstance(self.payload, dict) and name not in self.payload:
            return {}
        return {} if self.payload is None else cast("Mapping[str, JsValue]", self.payload)

    def step_counter(self, name: str, step: int) -> float:
        """Move a counter; returns it before an upward and after a downward step."""
        counters = self.payload if isinstance(self.payload, dict) else self.counters
        before = counters.get(name, 0)
        before = before if is_number(before) else 0
        counters[name] = before + step
        return cast("float", before if step > 0 else before + step)

    def write(self, text: str, buffer: TextIO) -> int:
        self.budget.use(len(text))
        return buffer.write(text)


def _moment_of(payload: JsValue) -> int | None:
    """When the event got to Segment: what ``now`` means here, so that a replay gives the same again."""
    times = (payload.get(name) for name in ("receivedAt", "timestamp")) if isinstance(payload, dict) else ()
    texts = (time for time in times if isinstance(time, str))
    return next((moment for text in texts if (moment := time_of_text(text)) is not None), None)


class _Node(Node):
    """A node that is drawn by a function; python-liquid's blank check is switched off."""

    __slots__ = ("_draw",)

    def __init__(self, token: Token, draw: Draw) -> None:
        super().__init__(token)
        self.blank = False
        self._draw = draw

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return self._draw(cast("TemplateContext", context), buffer)


class _SegmentTag(Tag):
    """A tag or an output: ``build`` gets its arguments and leaves the stream on its last token."""

    block = False

    def get_node(self, stream: TokenStream) -> Node:
        token = stream.current
        try:
            return self.parse(stream)
        except LiquidError as error:
            raise LiquidSyntaxError(str(error), token=token) from None

    def parse(self, stream: TokenStream) -> Node:
        token = next(stream)
        return _Node(token, self.build(stream.current.value, stream))

    @abstractmethod
    def build(self, arguments: str, stream: TokenStream) -> Draw:
        """The function that draws the node."""

    def block_up_to(self, stream: TokenStream, *ends: str) -> BlockNode:
        """The nodes up to one of the tags, which is then current. Raises if there is none."""
        next(stream)
        block = get_parser(self.env).parse_block(stream, frozenset(ends))
        if stream.current.kind == TOKEN_EOF:
            raise LiquidError(f"The tag {self.name} is not closed.")
        return block


def _arguments_of_current(stream: TokenStream) -> str:
    """Step from a tag to its arguments, which become current."""
    next(stream)
    return stream.expect(TOKEN_EXPRESSION).value


class _Text(Tag):
    name = TOKEN_CONTENT
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token = stream.expect(TOKEN_CONTENT)
        return _Node(token, lambda context, buffer: context.write(token.value, buffer))


class _Output(_SegmentTag):
    name = TOKEN_OUTPUT

    def build(self, arguments: str, _stream: TokenStream) -> Draw:
        value = Scanner(arguments).filtered()
        return lambda context, buffer: context.write(printed(value(context)), buffer)


class _Echo(_Output):
    name = "echo"

    def build(self, arguments: str, stream: TokenStream) -> Draw:
        return super().build(arguments, stream) if arguments else lambda _context, _buffer: 0


class _Assign(_SegmentTag):
    name = "assign"

    def build(self, arguments: str, _stream: TokenStream) -> Draw:
        scanner = Scanner(arguments)
        name = scanner.identifier()
        scanner.skip_blank()
        if not name or not scanner.take("="):
            raise LiquidError("assign is written: assign name = value.")
        value = scanner.filtered()

        def draw(context: TemplateContext, _buffer: TextIO) -> int:
            context.locals[name] = value(context)
            return 0

        return draw


class _Capture(_SegmentTag):
    name = "capture"

    def build(self, arguments: str, stream: TokenStream) -> Draw:
        scanner = Scanner(arguments)
        quoted = None if (name := scanner.identifier()) else scanner.quoted()
        if quoted is not None:
            name = quoted.text[1:-1]
        if not name and quoted is None:
            raise LiquidError("capture needs the name of a variable.")
        block = self.block_up_to(stream, "endcapture")
        next(stream)

        def draw(context: TemplateContext, _buffer: TextIO) -> int:
            captured = StringIO()
            block.render(context, captured)
            context.locals[name] = captured.getvalue()
            return 0

        return draw


class _If(_SegmentTag):
    name = "if"

    def build(self, arguments: str, stream: TokenStream) -> Draw:
        condition = Scanner(arguments).filtered()
        branches: list[tuple[Evaluate, BlockNode]] = []
        otherwise: BlockNode | None = None
        while True:
            block = self.block_up_to(stream, "elsif", "else", "endif")
            branches.append((condition, block))
            name, arguments = stream.current.value, _arguments_of_current(stream)
            if name == "elsif":
                condition = Scanner(arguments).filtered()
                continue
            if arguments:
                raise LiquidError(f"{name} takes no arguments.")
            if name == "else":
                otherwise = self.block_up_to(stream, "elsif", "else", "endif")
                if stream.current.value != "endif":
                    raise LiquidError("Behind else only endif can follow.")
                if _arguments_of_current(stream):
                    raise LiquidError("endif takes no arguments.")
            return _first_true(branches, otherwise)


def _first_true(branches: list[tuple[Evaluate, BlockNode]], otherwise: BlockNode | None) -> Draw:
    def draw(context: TemplateContext, buffer: TextIO) -> int:
        for condition, block in branches:
            if is_true(condition(context)):
                return block.render(context, buffer)
        return 0 if otherwise is None else otherwise.render(context, buffer)

    return draw


class _Unless(_SegmentTag):
    """Whatever follows a second ``else``, or an ``elsif`` behind ``else``, is left out."""

    name = "unless"

    def build(self, arguments: str, stream: TokenStream) -> Draw:
        first = Scanner(arguments).filtered()
        branches: list[tuple[Evaluate, BlockNode]] = []
        otherwise: BlockNode | None = None
        ends = ("elsif", "else", "endunless")
        branches.append((lambda scope: not is_true(first(scope)), self.block_up_to(stream, *ends)))
        while (name := stream.current.value) != "endunless":
            arguments = _arguments_of_current(stream)
            if name == "elsif" and otherwise is None:
                condition = Scanner(arguments).filtered()
                branches.append((condition, self.block_up_to(stream, *ends)))
                continue
            block = self.block_up_to(stream, *ends)
            if name == "else" and otherwise is None:
                otherwise = block
        next(stream)
        return _first_true(branches, otherwise)


class _Cycle(_SegmentTag):
    """Cycles of equally many values share their position, whatever the values: LiquidJS's way."""

    name = "cycle"

    def build(self, arguments: str, _stream: TokenStream) -> Draw:
        scanner = Scanner(arguments)
        candidates: list[Value] = []
        group: Value | None = None
        first = scanner.value()
        scanner.skip_blank()
        if first is not None and scanner.take(":"):
            group = first
        elif first is not None:
            candidates.append(first)
        while not scanner.is_at_end():
            value = scanner.value()
            if value is not None:
                candidates.append(value)
            scanner.skip_past(",")
        if not candidates:
            raise LiquidError("cycle needs values.")

        def draw(context: TemplateContext, buffer: TextIO) -> int:
            key = (string_of(plain(group.evaluate(context))) if group else "", len(candidates))
            value = candidates[context.cycle(key, len(candidates))].evaluate(context)
            return context.write(printed(value), buffer) if is_truthy(plain(value)) else 0

        return draw


class _Increment(_SegmentTag):
    name = "increment"
    step = 1

    def build(self, arguments: str, _stream: TokenStream) -> Draw:
        name = Scanner(arguments).identifier()
        step = self.step
        return lambda context, buffer: context.write(printed(context.step_counter(name, step)), buffer)


class _Decrement(_Increment):
    name = "decrement"
    step = -1


class _Comment(_SegmentTag):
    name = "comment"

    def build(self, _arguments: str, stream: TokenStream) -> Draw:
        while not (stream.current.kind == TOKEN_TAG and stream.current.value == "endcomment"):
            if stream.current.kind == TOKEN_EOF:
                raise LiquidError("The tag comment is not closed.")
            next(stream)
        next(stream)
        return lambda _context, _buffer: 0


class _InlineComment(_SegmentTag):
    name = "#"

    def build(self, arguments: str, _stream: TokenStream) -> Draw:
        if _UNMARKED_LINE.search(arguments):
            raise LiquidError("Every line of an inline comment begins with #.")
        return lambda _context, _buffer: 0


class _Raw(_SegmentTag):
    name = "raw"

    def build(self, _arguments: str, stream: TokenStream) -> Draw:
        next(stream)
        text = ""
        while not (stream.current.kind == TOKEN_TAG and stream.current.value == "endraw"):
            if stream.current.kind == TOKEN_EOF:
                raise LiquidError("The tag raw is not closed.")
            text += next(stream).value
        next(stream)
        return lambda context, buffer: context.write(text, buffer)


class _Block(_SegmentTag):
    name = "block"

    def build(self, _arguments: str, stream: TokenStream) -> Draw:
        block = self.block_up_to(stream, "endblock")
        next(stream)
        return lambda context, buffer: block.render(context, buffer)


class _Lines(_SegmentTag):
    name = "liquid"

    def build(self, arguments: str, stream: TokenStream) -> Draw:
        nodes = get_parser(self.env).parse(TokenStream(line_tokens(arguments), stream.block_depth))
        return lambda context, buffer: sum(node.render(context, buffer) for node in nodes)


class _Break(_SegmentTag):
    """Outside of a loop, and there are none, this ends the whole output."""

    name = "break"

    def build(self, _arguments: str, _stream: TokenStream) -> Draw:
        def draw(_context: TemplateContext, _buffer: TextIO) -> int:
            raise StopRender

        return draw


class _Continue(_Break):
    name = "continue"


class _Unknown(Tag):
    name = "illegal"
    block = False

    def parse(self, stream: TokenStream) -> Node:
        name = stream.current.value
        if name in DISABLED_TAGS:
            raise LiquidSyntaxError(f"The tag {name} is disabled at Segment.", token=stream.current)
        raise LiquidSyntaxError(f"There is no tag {name[:40]!r}.", token=stream.current)


TAGS: Final[tuple[type[Tag], ...]] = (
    _Text,
    _Output,
    _Echo,
    _Assign,
    _Capture,
    _If,
    _Unless,
    _Cycle,
    _Increment,
    _Decrement,
    _Comment,
    _InlineComment,
    _Raw,
    _Block,
    _Lines,
    _Break,
    _Continue,
    _Unknown,
)
