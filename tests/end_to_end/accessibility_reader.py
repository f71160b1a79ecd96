"""What assistive technology sees of the program; for the system's Python, which has the AT-SPI bindings.

One JSON line in, one out. ``{"program": PID}`` is answered with a list of all that shows in the windows of
that process, in their order: name, role, states, place on the screen, text, and how many levels deep.
"""

from __future__ import annotations

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - the version has to be chosen first

_TIMEOUT_MS = 15_000
_MOST_CHILDREN = 120
"""Of a table or a list only so many are read: what fits on a screen."""

_WITH_ITEMS = {"table", "tree table", "tree", "list"}


def read_program(pid: int) -> list[dict[str, object]]:
    desktop = Atspi.get_desktop(0)
    found: list[dict[str, object]] = []
    for number in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(number)
        if program is None or program.get_process_id() != pid:
            continue
        # The library keeps what it has read and learns of changes in a loop that does not run here.
        program.clear_cache()
        for window in range(program.get_child_count()):
            read(program.get_child_at_index(window), 0, found)
    return found


def read(node: Atspi.Accessible | None, depth: int, found: list[dict[str, object]]) -> None:
    if node is None:
        return
    states = {state.value_nick for state in node.get_state_set().get_states()}
    if "showing" not in states:
        return
    place = node.get_extents(Atspi.CoordType.SCREEN)
    role = node.get_role_name()
    count = node.get_child_count()
    found.append(
        {
            "name": node.get_name() or "",
            "label": label_of(node) if role == "combo box" else "",
            "role": role,
            "states": sorted(states),
            "place": [place.x, place.y, place.width, place.height],
            "text": text_of(node),
            "depth": depth,
            "children": count,
        }
    )
    for number in range(min(count, _MOST_CHILDREN) if role in _WITH_ITEMS else count):
        read(node.get_child_at_index(number), depth + 1, found)


def label_of(node: Atspi.Accessible) -> str:
    """What a combo box is called: its own name is what is chosen in it."""
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
            return str(relation.get_target(0).get_name() or "")
    return ""


def text_of(node: Atspi.Accessible) -> str:
    field = node.get_text_iface()
    if field is not None:
        return str(Atspi.Text.get_text(field, 0, -1))
    return ""


def main() -> None:
    Atspi.init()
    Atspi.set_timeout(_TIMEOUT_MS, _TIMEOUT_MS)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        try:
            answer: object = read_program(json.loads(line)["program"])
        except GLib.Error as error:
            # What is read may go meanwhile; whoever asks asks again.
            answer = {"gone": error.message}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
