"""The command line's grammar. Common options are accepted before and after the command."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.connect_arguments import add_connect_actions
from app.cli.figure_arguments import add_figure_commands
from app.cli.profile_arguments import add_diagnostics_options, add_profile_actions
from app.cli.reach_arguments import add_reach_options
from app.cli.replay_arguments import add_event_actions, add_replay_actions, add_replay_options
from app.cli.service_arguments import add_relay_options, add_service_actions
from app.cli.window_arguments import PROGRAM, add_common_options, add_window_options
from app.storage.profile import KeyLocation


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar; wrong usage ends the program with exit code 2."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Connects Segment to Close: set-up, mappings, tests and a durable local relay. "
        "Without a command it opens the window.",
    )
    add_window_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_setup(commands)
    _add_mappings(commands)
    _add_trials(commands)
    _add_runs(commands)
    _add_relay(commands)
    _add_access(commands)
    _add_events(commands)
    _add_replay(commands)
    add_figure_commands(lambda name, text: _command(commands, name, text))
    _add_undo(commands)
    _add_identities(commands)
    _add_connect(commands)
    _add_profiles(commands)
    _add_own_servers(commands)
    return parser


_Commands = argparse._SubParsersAction


def _command(commands: _Commands[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    add_common_options(parser, after_command=True)
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print data as JSON")


def _add_setup(commands: _Commands[argparse.ArgumentParser]) -> None:
    setup = _command(commands, "setup", "Connect to Close, find or create the ID fields, save the profile.")
    setup.add_argument(
        "--api-key-stdin", action="store_true", help="read the Close API key from standard input"
    )
    setup.add_argument("--create-fields", action="store_true", help="create missing ID fields in Close")
    setup.add_argument(
        "--store",
        choices=[str(place) for place in KeyLocation],
        help="where the secrets are kept; memory is for this run only (default: the keyring, "
        "or the environment when it holds the key and there is no keyring)",
    )
    _add_field_choice(setup)
    _json(setup)
    fields = _command(commands, "fields", "Show the ID fields Close has, and create missing ones.")
    fields.add_argument("--create", action="store_true", help="create missing ID fields in Close")
    _add_field_choice(fields)
    _json(fields)
    doctor = _command(
        commands,
        "doctor",
        "Check key, fields, mappings, secret, and the way from Segment to the relay; each line with its fix.",
    )
    _json(doctor)


def _add_field_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company-field", metavar="ID", help="use this lead field for Company ID")
    parser.add_argument("--user-field", metavar="ID", help="use this contact field for User ID")


def _add_mappings(commands: _Commands[argparse.ArgumentParser]) -> None:
    mappings = _command(commands, "mappings", "Show, change, export and import the profile's mappings.")
    actions = mappings.add_subparsers(dest="action", metavar="ACTION", required=True)
    _json(_command(actions, "list", "List the mappings: on or off, and when they run."))
    _json(_command(actions, "show", "Show every mapping field by field."))
    change = _command(
        actions, "set", "Change one field: a path ($.traits.email), on, off, =fixed text, or none."
    )
    change.add_argument("key", metavar="KEY", help="the field, for example contact_title")
    change.add_argument("value", metavar="VALUE", help="$.path, on, off, =text, or none")
    change.add_argument("--mapping", metavar="NAME", help="which mapping (default: the first)")
    _json(change)
    for name, text in (("enable", "Switch a mapping on."), ("disable", "Switch a mapping off.")):
        switch = _command(actions, name, text)
        switch.add_argument("name", metavar="NAME", help="the mapping's name")
        _json(switch)
    export = _command(actions, "export", "Write the mappings as JSON, in the shape of Segment's Public API.")
    export.add_argument("--name", metavar="NAME", help="only this mapping (default: all)")
    export.add_argument(
        "--output", metavar="FILE", type=Path, help="write to this file (default: standard output)"
    )
    _json(export)
    bring = _command(
        actions, "import", "Add the mappings of a file: from Segment's Public API, or exported here."
    )
    bring.add_argument("file", metavar="FILE.json", help="a file, or - for standard input")
    bring.add_argument("--replace", action="store_true", help="replace all mappings (default: add to them)")
    _json(bring)


def _add_trials(commands: _Commands[argparse.ArgumentParser]) -> None:
    mapping = _command(commands, "map", "Map an event and print the payload, or what is wrong. Calls nobody.")
    mapping.add_argument(
        "--mapping",
        metavar="FILE.json",
        help="a mapping object, an export of Segment's, or a profile's mapping; - for standard input "
        "(default: the profile's first mapping)",
    )
    mapping.add_argument(
        "--mapping-name", metavar="NAME", help="which mapping of the file, or of the profile without a file"
    )
    trigger = _command(commands, "trigger", "Say whether a trigger matches an event, and why. Calls nobody.")
    trigger.add_argument("text", metavar="TEXT", help="the trigger, for example 'type = \"identify\"'")
    for parser in (mapping, trigger):
        _add_event(parser)
        _json(parser)


def _add_runs(commands: _Commands[argparse.ArgumentParser]) -> None:
    preview = _command(commands, "preview", "Dry run: show what an event would change in Close.")
    send = _command(commands, "send", "Run an event: change Close, read back, report.")
    for parser in (preview, send):
        _add_event(parser)
        parser.add_argument(
            "--mapping",
            metavar="NAME",
            help="only this mapping, also when it is off",
        )
        _json(parser)
    preview.add_argument("--save", metavar="NAME", help="keep the event and what it does as a test case")
    send.add_argument("--yes", action="store_true", help="confirm merges and deletions, which are final")
    test = _command(
        commands, "test", "Dry-run the saved test cases; exit code 1 when one differs from what was saved."
    )
    test.add_argument("name", metavar="NAME", nargs="*", help="only these test cases (default: all)")
    _json(test)


def _add_event(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("event", metavar="EVENT.json", help="a file with one event, or - for standard input")


def _add_relay(commands: _Commands[argparse.ArgumentParser]) -> None:
    relay = _command(commands, "relay", "Receive Segment's webhooks and forward them until stopped.")
    add_relay_options(relay, port_number)
    add_reach_options(relay)
    service = _command(commands, "service", "Run the relay as a service of this computer.")
    actions = service.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_service_actions(lambda name, text: _command(actions, name, text), port_number)


def _add_access(commands: _Commands[argparse.ArgumentParser]) -> None:
    secret = _command(commands, "secret", "Rotate the webhook's shared secret, or show where a rotation is.")
    steps = secret.add_subparsers(dest="action", metavar="ACTION", required=True)
    rotate = _command(steps, "rotate", "Make a new shared secret; the one before holds for a while.")
    rotate.add_argument("--stdin", action="store_true", help="read the new secret from standard input")
    rotate.add_argument(
        "--overlap-hours",
        metavar="H",
        type=_overlap_hours,
        default=24,
        help="how long the one before is still accepted, 0 for not at all (default: 24)",
    )
    end = _command(steps, "end", "Accept only the secret in use from now on.")
    state = _command(steps, "show-state", "Say how many secrets are accepted, and until when.")
    for parser in (rotate, end, state):
        parser.add_argument(
            "--show-secret", action="store_true", help="print the secret in use, with a warning"
        )
        _json(parser)
    sources = _command(commands, "sources", "Let Segment's own libraries post to the relay directly.")
    actions = sources.add_subparsers(dest="action", metavar="ACTION", required=True)
    _json(_command(actions, "list", "List sources and web pages, and whether they may post."))
    add = _command(actions, "add", "Let a source in.")
    add.add_argument("--stdin", action="store_true", help="read its write key from standard input")
    add.add_argument("--show-key", action="store_true", help="print its write key, with a warning")
    remove = _command(actions, "remove", "Refuse a source's write key from now on.")
    for parser in (add, remove):
        parser.add_argument("name", metavar="NAME", help="what the source is called")
    for name, text in (
        ("allow", "Let a web page post: https://app.example"),
        ("forbid", "Let a web page post no more."),
    ):
        _command(actions, name, text).add_argument("origin", metavar="ORIGIN", help="the page's origin")
    _command(actions, "enable", "Open the addresses that the libraries post to.")
    _command(actions, "disable", "Close them again.")


def _overlap_hours(text: str) -> int:
    hours = int(text)
    if not 0 <= hours <= 24 * 30:
        raise argparse.ArgumentTypeError("has to be from 0 to 720")
    return hours


def _add_events(commands: _Commands[argparse.ArgumentParser]) -> None:
    events = _command(commands, "events", "List stored events, explain one, or try one again.")
    actions = events.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = _command(actions, "list", "List the newest events.")
    listing.add_argument("--state", action="append", default=[], help="only this state; may be repeated")
    listing.add_argument("--type", action="append", default=[], help="only this event type; may be repeated")
    listing.add_argument("--text", default="", help="only events that contain this text")
    listing.add_argument(
        "--limit", type=positive_number, default=100, help="at most this many (default: 100)"
    )
    _json(listing)
    show = _command(actions, "show", "Explain one event: what happened to it and why.")
    retry = _command(actions, "retry", "Put an event back into the queue.")
    for parser in (show, retry):
        parser.add_argument("id", metavar="ID", type=positive_number)
        _json(parser)
    add_event_actions(lambda name, text: _command(actions, name, text), positive_number)


def _add_replay(commands: _Commands[argparse.ArgumentParser]) -> None:
    replay = _command(commands, "replay", "Run stored events, or those of files, once more: dry run first.")
    add_replay_options(replay)
    actions = replay.add_subparsers(dest="action", metavar="ACTION")
    add_replay_actions(lambda name, text: _command(actions, name, text), positive_number)


def _add_undo(commands: _Commands[argparse.ArgumentParser]) -> None:
    undo = _command(commands, "undo", "Take back what events have changed in Close.")
    undo.add_argument("id", metavar="ID", type=positive_number, nargs="+", help="numbers of events")
    undo.add_argument("--plan", action="store_true", help="the numbers are those of single runs (plan_id)")
    undo.add_argument("--dry-run", action="store_true", help="show what would go back, write nothing")
    _json(undo)


def _add_identities(commands: _Commands[argparse.ArgumentParser]) -> None:
    identities = _command(commands, "identities", "Learn from Close which id is which record; find doubles.")
    actions = identities.add_subparsers(dest="action", metavar="ACTION", required=True)
    known = _command(actions, "list", "List what is remembered: which id stands for which record, and why.")
    known.add_argument(
        "id", nargs="?", default="", help="only ids that hold this, or the record with this id"
    )
    _json(known)
    rebuild = _command(actions, "rebuild", "Seed the identities from Close; interrupted, it goes on later.")
    _json(rebuild)
    duplicates = _command(actions, "duplicates", "List doubled records that lost answers may have left.")
    merge = _command(actions, "merge", "Merge the doubled records into their oldest. Cannot be undone.")
    merge.add_argument("--yes", action="store_true", help="confirm the merge")
    for parser in (duplicates, merge):
        parser.add_argument(
            "--hours", type=positive_number, default=24, help="creations since then (default: 24)"
        )
        parser.add_argument("--every", action="store_true", help="every creation, not only doubtful ones")
        _json(parser)
    forecast = _command(
        commands, "forecast", "Say whether Close's limits are enough for the events that come."
    )
    forecast.add_argument("--hours", type=positive_number, default=24, help="events since then (default: 24)")
    _json(forecast)


def _add_connect(commands: _Commands[argparse.ArgumentParser]) -> None:
    connect = _command(commands, "connect", "What to enter in Segment, a check of it, and code for the site.")
    actions = connect.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_connect_actions(lambda name, text: _command(actions, name, text))


def _add_profiles(commands: _Commands[argparse.ArgumentParser]) -> None:
    profiles = _command(commands, "profiles", "List, make, name, export, import and promote profiles.")
    actions = profiles.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_profile_actions(lambda name, text: _command(actions, name, text))
    add_diagnostics_options(
        _command(commands, "diagnostics", "Put together what helps to find a fault; nothing is sent.")
    )


def _add_own_servers(commands: _Commands[argparse.ArgumentParser]) -> None:
    sandbox = _command(commands, "sandbox", "Serve a faithful Close with demo data on this computer.")
    sandbox.add_argument("--port", metavar="P", type=port_number, default=0, help="default: any free port")
    _command(commands, "self-test", "Prove the whole way from a signed webhook to a changed Close, locally.")


def port_number(text: str) -> int:
    """A port from 0 to 65535; argparse turns the refusal into exit code 2."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("ports go from 0 to 65535")
    return number


def positive_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("has to be at least 1")
    return number
