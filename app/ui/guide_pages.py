"""Builds the pages of the guide for one set-up, and says which signals they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.assembly import Assistant
from app.storage.key_store import KeyringReport, KeyringState
from app.ui.connect.segment_page import SegmentPage
from app.ui.connect.segment_values import SegmentValues
from app.ui.frame.commands import Command, CommandSet
from app.ui.frame.page import Page
from app.ui.mapping.map_page import MapPage
from app.ui.mapping.undo_actions import UndoActions
from app.ui.mappings.guide_editing import GuideEditing
from app.ui.mappings.list_page import MappingsPage
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.setup_control import SetupRelayControl
from app.ui.samples.recorder import Recorder
from app.ui.setup.connect_page import ConnectPage
from app.ui.setup.fields_page import FieldsPage
from app.ui.setup.go_live_page import GoLivePage
from app.ui.setup.sample_page import SamplePage
from app.ui.setup.try_page import TryPage
from app.ui.theme.theme import Theme
from app.ui.trigger.when_page import WhenPage
from app.workflows.setup import SetupFlow, Step


@dataclass(frozen=True, slots=True)
class GuidePages:
    """Everything after the first page.

    ``mappings`` is the list that belongs to the step of the fields, ``segment`` belongs to the last step.
    """

    connect: ConnectPage
    fields: FieldsPage
    sample: SamplePage
    mapping: MapPage
    mappings: MappingsPage
    when: WhenPage
    test: TryPage
    go_live: GoLivePage
    segment: SegmentPage

    @property
    def steps(self) -> tuple[tuple[Step, Page], ...]:
        return (
            (Step.CONNECT, self.connect),
            (Step.FIELDS, self.fields),
            (Step.SAMPLE, self.sample),
            (Step.MAPPING, self.mapping),
            (Step.WHEN, self.when),
            (Step.TEST, self.test),
            (Step.GO_LIVE, self.go_live),
        )


def make_pages(
    theme: Theme,
    flow: SetupFlow,
    assistant: Assistant,
    profile_name: str,
    controller: RelayController,
    editing: GuideEditing,
    recorder: Recorder,
    *,
    suggested_key: str = "",
) -> GuidePages:
    """The pages of one run through the guide."""
    unexpected = controller.unexpected
    relay = SetupRelayControl(
        controller,
        current=lambda: flow.state.profile,
        load=lambda: assistant.load_profile(profile_name),
    )
    values = SegmentValues(
        profile=lambda: flow.mapped_profile,
        events=lambda: tuple(sample.body for sample in editing.events.samples),
        relay=relay,
        api_key=flow.stored_key,
    )
    undo = UndoActions(theme, editing.session, editing)
    mapping = MapPage(
        theme,
        editing.session,
        unexpected,
        read_fields=editing.read_fields,
        create_field=editing.create_field,
        compare=editing.compare,
        fact=editing.fact,
    )
    when = WhenPage(theme, editing.session, unexpected)
    undo.serve(mapping)
    undo.serve(when)
    return GuidePages(
        connect=_connect_page(theme, flow, unexpected, suggested_key),
        fields=FieldsPage(theme, flow, unexpected),
        sample=SamplePage(theme, flow, unexpected, collection=editing.events, recorder=recorder),
        mapping=mapping,
        mappings=MappingsPage(theme, editing.session, undo),
        when=when,
        test=TryPage(
            theme,
            flow,
            unexpected,
            organization=lambda: _organization(flow),
            chosen=lambda: flow.state.sample,
            samples=lambda: editing.events.samples,
            finish=flow.finish_test,
            tools=assistant.trial_tools(lambda: flow.mapped_profile),
        ),
        go_live=GoLivePage(theme, flow, unexpected, relay),
        segment=SegmentPage(theme, values, unexpected, in_guide=True),
    )


def with_list_command(page: Page, show_list: Callable[[], None]) -> CommandSet:
    """What the page offers, and the way to the list of mappings."""
    return replace(page.commands(), secondary=Command(page.tr("All mappings"), show_list, icon="workflow"))


def list_commands(page: MappingsPage, editing: GuideEditing, leave: Callable[[], None]) -> CommandSet:
    """What the bar offers on the list inside the guide; an empty list has a primary button of its own."""
    primary = Command(page.tr("Map fields"), leave, trailing="arrow-right")
    return CommandSet(
        primary=primary if editing.session.document.mappings else None,
        ghost=Command(page.tr("History"), page.history_requested.emit, icon="history"),
        back=Command(page.tr("Back"), leave),
        fact=editing.fact(),
    )


def _connect_page(
    theme: Theme, flow: SetupFlow, unexpected: Callable[[BaseException], None], suggested_key: str
) -> ConnectPage:
    if not suggested_key:
        return ConnectPage(theme, flow, unexpected)
    page = ConnectPage(theme, flow, unexpected, probe_keyring=lambda: KeyringReport("", KeyringState.MISSING))
    page.key.set_secret(suggested_key)
    return page


def _organization(flow: SetupFlow) -> str:
    organization = flow.state.profile.organization
    return organization.name if organization else "Close"
