"""From a validated mapping to functions: values, objects, lists, conditions and the directive table."""

from __future__ import annotations

from app.segment.directives_of_structure import (
    compile_array_path,
    compile_exclude_when_null,
    compile_flatten,
    compile_merge,
)
from app.segment.directives_of_text import (
    compile_case,
    compile_json,
    compile_liquid,
    compile_replace,
    compile_template,
)
from app.segment.js_text import text_of
from app.segment.js_values import UNDEFINED, JsValue, is_number, is_truthy, kind_of, utf16_length, utf16_slice
from app.segment.mapping_nodes import (
    NOTHING,
    Compile,
    CompileDirective,
    Evaluate,
    Node,
    constant,
    failure,
    refusal,
    without_undefined,
)
from app.segment.mapping_problems import MappingError, mapping_error
from app.segment.mapping_validation import is_directive, validate
from app.segment.paths import reader, without_root

ROOT_DIRECTIVE_KEY = "__segment_internal_directive"


def compile_mapping(mapping: JsValue, place: str = "") -> Evaluate:
    """Validate and compile a whole mapping. Raises ``MappingError``."""
    mapping = _rooted(mapping, place)
    validate(mapping, place)
    if mapping is None:
        raise mapping_error(place or "/", "an object", "null")
    if isinstance(mapping, str):
        characters = (utf16_slice(mapping, at, at + 1) for at in range(utf16_length(mapping)))
        mapping = {str(at): character for at, character in enumerate(characters)}
    elif isinstance(mapping, list):
        mapping = {str(at): member for at, member in enumerate(mapping)}
    elif not isinstance(mapping, dict):
        mapping = {}
    return compile_result(mapping, place)


def compile_value(value: JsValue, place: str) -> Node:
    """Compile a member of a mapping: directives run, objects and lists are resolved member by member."""
    if isinstance(value, dict):
        return _compile_directive(value, place) if is_directive(value) else _compile_object(value, place)
    if isinstance(value, list):
        members = [compile_value(member, f"{place}/{at}").evaluate for at, member in enumerate(value)]
        return Node(lambda payload: [read(payload) for read in members], constructs=True)
    return constant(value)


def compile_result(value: JsValue, place: str) -> Evaluate:
    """Like ``compile_value`` for what ends up in the result: nothing undefined is left in it."""
    if isinstance(value, dict) and not is_directive(value):
        return _result_object(value, place)
    node = compile_value(value, place)
    if not node.constructs:
        return node.evaluate
    read = node.evaluate
    return lambda payload: without_undefined(read(payload))


def _compile_directive(value: dict[str, JsValue], place: str) -> Node:
    name = next(key for key in value if key.startswith("@"))
    directive = _DIRECTIVES.get(name)
    if directive is None:
        return refusal(place or "/", "a known directive", name)
    return directive(value[name], f"{place}/{name}", compile_value)


def _compile_object(value: dict[str, JsValue], place: str) -> Node:
    members = [(key, compile_value(member, f"{place}/{key}").evaluate) for key, member in value.items()]
    return Node(lambda payload: {key: read(payload) for key, read in members}, constructs=True)


def _result_object(value: dict[str, JsValue], place: str) -> Evaluate:
    """The object is copied with its constants in place, so only the moving parts cost time."""
    written = {key: None if isinstance(member, dict | list) else member for key, member in value.items()}
    moving = [
        (key, compile_result(member, f"{place}/{key}"))
        for key, member in value.items()
        if isinstance(member, dict | list)
    ]

    def evaluate(payload: JsValue) -> JsValue:
        result = written.copy()
        for key, read in moving:
            found = read(payload)
            if found is UNDEFINED:
                del result[key]
            else:
                result[key] = found
        return result

    return evaluate


def _rooted(mapping: JsValue, place: str) -> JsValue:
    """A mapping with a root directive, rewritten so that the directive stands in its place."""
    if not isinstance(mapping, dict) or ROOT_DIRECTIVE_KEY not in mapping:
        return mapping
    place = f"{place}/{ROOT_DIRECTIVE_KEY}"
    root = mapping[ROOT_DIRECTIVE_KEY]
    if not isinstance(root, dict) or not root:
        raise mapping_error(place, "a directive", kind_of(root) if root != {} else "nothing")
    if len(root) > 1:
        raise mapping_error(place, "a single directive", f"{len(root)} keys")
    ((name, options),) = root.items()
    if not isinstance(options, dict | list):
        raise mapping_error(f"{place}/{name}", "an object", kind_of(options))
    if isinstance(options, list):
        return root
    others = {key: member for key, member in mapping.items() if key != ROOT_DIRECTIVE_KEY}
    return {name: {**options, "mapping": others}}


def _compile_if(argument: JsValue, place: str, compile_member: Compile) -> Node:
    if not isinstance(argument, dict):
        return refusal(place, "an object", kind_of(argument))
    if not (is_truthy(argument.get("exists")) or is_truthy(argument.get("blank"))):
        return refusal(place, 'the field "exists" or "blank"', "none")
    by_existence = "exists" in argument
    written = argument["exists"] if by_existence else argument["blank"]
    condition = compile_member(written, f"{place}/{'exists' if by_existence else 'blank'}").evaluate
    then = compile_member(argument["then"], f"{place}/then") if "then" in argument else NOTHING
    otherwise = (
        compile_member(argument["else"], f"{place}/else") if is_truthy(argument.get("else")) else NOTHING
    )
    constructs = then.constructs or otherwise.constructs
    when_true, when_false = then.evaluate, otherwise.evaluate
    if not by_existence:
        return Node(
            lambda payload: when_false(payload) if is_blank(condition(payload)) else when_true(payload),
            constructs,
        )
    if (
        isinstance(written, dict)
        and isinstance(written.get("@path"), str)
        and written == argument.get("then")
    ):
        return _coalesce(then, otherwise)

    def evaluate(payload: JsValue) -> JsValue:
        found = condition(payload)
        return when_false(payload) if found is None or found is UNDEFINED else when_true(payload)

    return Node(evaluate, constructs)


def _coalesce(wanted: Node, fallback: Node) -> Node:
    """``@if`` whose *then* is what it asks for: read once instead of twice."""
    read, instead = wanted.evaluate, fallback.evaluate

    def evaluate(payload: JsValue) -> JsValue:
        found = read(payload)
        return instead(payload) if found is None or found is UNDEFINED else found

    return Node(evaluate, wanted.constructs or fallback.constructs)


def is_blank(value: JsValue) -> bool:
    """Missing, null, or equal to '' by JavaScript's loose comparison (0, false, [], [null], [['']])."""
    if value is None or value is UNDEFINED or value is False or value == "":
        return True
    if isinstance(value, list):
        return text_of(value) == ""
    return is_number(value) and value == 0


def _compile_path(argument: JsValue, place: str, compile_member: Compile) -> Node:
    if isinstance(argument, str):
        return Node(reader(without_root(argument)))
    if not is_directive(argument):
        return refusal(place, "text", kind_of(argument))
    path = compile_member(argument, place).evaluate

    def evaluate(payload: JsValue) -> JsValue:
        text = path(payload)
        if not isinstance(text, str):
            raise mapping_error(place, "text", kind_of(text))
        return reader(without_root(text))(payload)

    return Node(evaluate)


def _compile_transform(argument: JsValue, place: str, compile_member: Compile) -> Node:
    """``apply`` is a mapping of its own: validated as one, and nothing undefined is left in its result."""
    if not isinstance(argument, dict):
        return refusal(place, "an object", kind_of(argument))
    missing = next((key for key in ("mapping", "apply") if key not in argument), None)
    if missing:
        return refusal(place, f'the field "{missing}"', "none")
    if not isinstance(argument["apply"], dict):
        return refusal(f"{place}/apply", "an object", kind_of(argument["apply"]))
    mapping = compile_member(argument["mapping"], f"{place}/mapping")
    try:
        first = compile_mapping(argument["apply"], f"{place}/apply")
    except MappingError as error:
        return failure(error)
    second = mapping.evaluate

    def evaluate(payload: JsValue) -> JsValue:
        if payload is UNDEFINED:
            payload = {}
        elif not isinstance(payload, dict):
            raise mapping_error(place, "an object to work on", kind_of(payload))
        return second(first(payload))

    return Node(evaluate, mapping.constructs)


def _compile_literal(argument: JsValue, place: str, compile_member: Compile) -> Node:
    return compile_member(argument, place)


_DIRECTIVES: dict[str, CompileDirective] = {
    "@if": _compile_if,
    "@case": compile_case,
    "@replace": compile_replace,
    "@arrayPath": compile_array_path,
    "@path": _compile_path,
    "@template": compile_template,
    "@json": compile_json,
    "@flatten": compile_flatten,
    "@merge": compile_merge,
    "@transform": _compile_transform,
    "@literal": _compile_literal,
    "@excludeWhenNull": compile_exclude_when_null,
    "@liquid": compile_liquid,
}
