"""Bring the catalogues under ``resources/translations/`` in step with the texts in the code.

``python packaging/translations.py`` adds what is new with an empty translation and drops what is gone;
``--check`` only fails when something differs; ``--missing de`` prints what has no translation, as JSON to be
filled in; ``--fill de FILE`` takes such a file back.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
# Layers whose sentences reach a person through the window. The sandbox plays Close, which speaks English.
BELOW = ("actions", "close", "relay", "segment", "storage", "workflows")
NOT_SPOKEN = re.compile(
    r"close/sandbox/|_sql\.py|_schema\.py|relay/metrics\.py|workflows/service_(systemd|launchd|windows)\.py|segment/js_|"
    r"storage/database\.py|storage/migrations\.py|workflows/self_test\.py|workflows/demo\.py|workflows/snippet|"
    r"mapping_editor/variable_names\.py"
)
_TRANSLATING = {"tr", "_tr", "_text", "translate"}
# Calls whose texts are for the log or for programmers.
_UNSEEN_CALLS = {
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "log",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "AssertionError",
    "KeyError",
    "NotImplementedError",
    "compile",
    "execute",
    "executemany",
    "executescript",
    "getLogger",
    "Counter",
    "Gauge",
    "Histogram",
    "field",
    "_words",
}
_TECHNICAL = re.compile(
    r"^(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|ALTER|WITH|BEGIN|COMMIT|ATTACH|FROM|WHERE|ORDER|AND) |"
    r"^(segment-close|python|systemctl|launchctl|schtasks|--|/|https?:|<)|^[^A-Za-z]*$|^[a-z_]+=|[<>]=?=|;$|"
    r"^\w+ = |^%|application/|\w\|[\w.]|\w\[[\w\[]|\w\(|\w \| \w|^\| |^\w+ [<>] |[a-z]-type, "
)
_WORD = re.compile(r"[A-Z]?[a-z]{2,}")
_NAMED = re.compile(r"\{\w*(?:[:!][^}]*)?\}")
_VARIANTS = 12


def window_texts() -> dict[str, str]:
    """Every text given to ``tr`` or ``translate`` in ``app/ui/``, with the file it stands in."""
    found: dict[str, str] = {}
    for path, tree in _modules("ui"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = _called(call)
            position = 1 if name == "translate" else 0
            if name in _TRANSLATING and len(call.args) > position:
                text = call.args[position]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.setdefault(text.value, path)
    return found


def phrases() -> dict[str, str]:
    """Every sentence or template below the window that a person may read, with the file it stands in."""
    found: dict[str, str] = {}
    for layer in BELOW:
        for path, tree in _modules(layer):
            if not NOT_SPOKEN.search(path):
                for node in _spoken(tree):
                    for text in _templates(node):
                        if _is_words(text):
                            found.setdefault(text, path)
    return found


def _modules(layer: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "app" / layer).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _spoken(tree: ast.Module) -> Iterator[ast.expr]:
    """Texts in the order of the file, without docstrings, log lines and texts for programmers."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            yield node
            if isinstance(node, ast.JoinedStr):
                waiting.extend(part.value for part in node.values if isinstance(part, ast.FormattedValue))
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _called(node) in _UNSEEN_CALLS):
            continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def _templates(node: ast.expr) -> Iterator[str]:
    """A text with its places numbered; an f-string that chooses between two endings gives both texts."""
    if isinstance(node, ast.Constant):
        yield _numbered([_NAMED.sub("{}", str(node.value))])
        return
    assert isinstance(node, ast.JoinedStr)
    choices = [_choices(part) for part in node.values]
    for parts in itertools.islice(itertools.product(*choices), _VARIANTS):
        yield _numbered(list(parts))


def _choices(part: ast.expr) -> tuple[str, ...]:
    if isinstance(part, ast.Constant):
        return (str(part.value),)
    if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.IfExp):
        ways = (part.value.body, part.value.orelse)
        if all(isinstance(way, ast.Constant) for way in ways):
            return tuple(str(way.value) for way in ways if isinstance(way, ast.Constant))
    return ("{}",)


def _numbered(parts: list[str]) -> str:
    counter = itertools.count()
    return re.sub(r"\{\}", lambda _: f"{{{next(counter)}}}", "".join(parts)).strip()


def _is_words(text: str) -> bool:
    """Whether this may be prose: several words, or one that is written like a label."""
    literal = re.sub(r"\{\d+\}", " ", text)
    words = _WORD.findall(literal)
    if not words or _TECHNICAL.search(text) or re.search(r"[_/]\w+[_/]|\w_\w", literal):
        return False
    return " " in text or bool(re.fullmatch(r"[A-Z][a-z]{2,}[.…]?", text))


def _in_step(held: dict[str, str], present: dict[str, str]) -> dict[str, str]:
    return {text: held.get(text, "") for text in sorted(present)}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--missing", metavar="CODE")
    parser.add_argument("--fill", nargs=2, metavar=("CODE", "FILE"))
    options = parser.parse_args(arguments)
    present = {"texts": window_texts(), "phrases": phrases()}
    filled: dict[str, dict[str, str]] = {}
    if options.fill:
        filled = json.loads(Path(options.fill[1]).read_text(encoding="utf-8"))
    differs = False
    for path in sorted(FOLDER.glob("*.json")):
        held = json.loads(path.read_text(encoding="utf-8"))
        for part in present:
            if options.fill and options.fill[0] == path.stem:
                held[part] = held[part] | {text: said for text, said in filled.get(part, {}).items() if said}
        stepped = {"name": held["name"]} | {
            part: _in_step(held[part], texts) for part, texts in present.items()
        }
        if options.missing == path.stem:
            missing = {
                part: {text: present[part][text] for text, said in stepped[part].items() if not said}
                for part in present
            }
            sys.stdout.write(json.dumps(missing, ensure_ascii=False, indent=1) + "\n")
            continue
        if options.check:
            differs = differs or stepped != held
            continue
        path.write_text(json.dumps(stepped, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        empty = sum(not said for part in present for said in stepped[part].values())
        count = sum(len(stepped[part]) for part in present)
        sys.stdout.write(f"{path.name}: {count} texts, {empty} without translation\n")
    if differs:
        sys.stderr.write("The catalogues are not in step with the code: run packaging/translations.py\n")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
