"""The list of mappings, the presets and the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from app.segment import value_writer
from app.segment.value_expression import Trim, Variable
from app.storage.mapping_history import FormerMappings
from app.storage.profile import MappingSpec
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.rail_items import OrganizationInfo
from app.ui.frame.window import FrameWindow
from app.ui.mapping.session import EditingSession
from app.ui.mapping.undo_actions import UndoActions
from app.ui.mappings.history_dialog import HistoryDialog
from app.ui.mappings.list_page import MappingsPage
from app.ui.mappings.preset_dialog import PresetDialog
from app.ui.mappings.unsaved_dialog import UnsavedDialog
from app.ui.places import workbench_places
from app.ui.theme.theme import Theme
from app.workflows.mapping_editor.history import SavedVersion, saved_versions
from app.workflows.mapping_editor.presets import preset
from app.workflows.samples import built_in_samples
from tests.ui.scenes.registry import scene

_NOW = datetime(2026, 11, 24, 10, 41, tzinfo=UTC)


def specs(*slugs: str) -> tuple[MappingSpec, ...]:
    return tuple(preset(slug).spec for slug in slugs)


def _list(theme: Theme, mappings: tuple[MappingSpec, ...], commands: CommandSet | None = None) -> QWidget:
    window = FrameWindow(theme, "Segment to Close")
    session = EditingSession(mappings, window)
    session.set_events(built_in_samples())
    page = MappingsPage(theme, session, UndoActions(theme, session, window))
    offered = commands or CommandSet(
        ghost=Command("History", _nothing, icon="history"), fact=Fact("Everything is saved", "check")
    )
    window.add_page("mappings", page, commands=lambda: offered)
    window.set_places(workbench_places(0))
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield"))
    window.show_page("mappings")
    return window


def _nothing() -> None:
    """Scenes act on nothing."""


_MANY = specs("identify", "group", "newsletter", "demo-requested", "page-views", "alias")


@scene("56-mappings")
def mappings(theme: Theme) -> QWidget:
    off = tuple(replace(spec, enabled=spec.name not in ("Newsletter", "Alias")) for spec in _MANY)
    return _list(theme, off)


@scene("56-mappings-small", size=(880, 600), large_text=False)
def mappings_small(theme: Theme) -> QWidget:
    return _list(theme, (*_MANY, replace(_MANY[0], name="Broken", trigger="n>4")))


@scene("56-mappings-unsaved", large_text=False)
def mappings_unsaved(theme: Theme) -> QWidget:
    return _list(
        theme,
        _MANY[:3],
        CommandSet(
            primary=Command("Save changes", _nothing),
            secondary=Command("Discard", _nothing),
            ghost=Command("History", _nothing, icon="history"),
            fact=Fact("“Identify” changed", "pencil"),
        ),
    )


@scene("56-mappings-nothing-on", large_text=False)
def mappings_nothing_on(theme: Theme) -> QWidget:
    return _list(theme, tuple(replace(spec, enabled=False) for spec in _MANY[:2]))


@scene("56-mappings-empty")
def mappings_empty(theme: Theme) -> QWidget:
    return _list(theme, ())


@scene("57-add-a-mapping", size=(760, 560))
def add_a_mapping(theme: Theme) -> QWidget:
    dialog = PresetDialog(theme, None)
    dialog.table.selectRow(3)
    return dialog


def versions() -> tuple[SavedVersion, ...]:
    identify, newsletter, alias = specs("identify", "newsletter", "alias")
    trimmed = value_writer.write(Trim(Variable(("traits", "title"))))
    changed = replace(identify, mapping={**identify.mapping, "contact_title": trimmed})
    wider = replace(
        changed,
        trigger='type = "identify" or type = "track"',
        mapping={**changed.mapping, "allow_creating_new_leads": False},
    )
    return saved_versions(
        (wider, newsletter),
        (
            FormerMappings((changed, alias), _NOW - timedelta(minutes=90)),
            FormerMappings((changed,), _NOW - timedelta(days=1)),
            FormerMappings((identify,), _NOW - timedelta(days=3)),
        ),
    )


@scene("57-mapping-history", size=(820, 560))
def mapping_history(theme: Theme) -> QWidget:
    dialog = HistoryDialog(theme, None, versions, _raise, now=lambda: _NOW)
    dialog.show_versions(versions())
    return dialog


@scene("57-mapping-history-empty", size=(820, 560), large_text=False)
def mapping_history_empty(theme: Theme) -> QWidget:
    dialog = HistoryDialog(theme, None, versions, _raise, now=lambda: _NOW)
    dialog.show_versions(())
    return dialog


@scene("57-mappings-unsaved-question", size=(480, 220))
def unsaved_question(theme: Theme) -> QWidget:
    return UnsavedDialog(theme, None, "“Identify” changed, “Newsletter” added")


def _raise(error: BaseException) -> None:
    raise error
