"""Which fields have a part of help of their own; every other one has its page's."""

from __future__ import annotations

from app.ui.events.events_page import EventsPage
from app.ui.guide_pages import GuidePages
from app.ui.help.topics import explain
from app.ui.mapping.map_page import MapPage
from app.ui.mappings.workbench_editing import WorkbenchEditing
from app.ui.metrics.metrics_page import MetricsPage
from app.ui.relay.relay_page import RelayPage
from app.ui.replay.replay_page import ReplayPage
from app.ui.setup.try_page import TryPage
from app.ui.trigger.when_page import WhenPage


def explain_guide(pages: GuidePages) -> None:
    explain(pages.connect.key, "connect", "api-key")
    explain(pages.connect.storage, "connect", "storage")
    explain(pages.fields.company, "fields", "company-id")
    explain(pages.fields.user, "fields", "user-id")
    explain(pages.fields.company.create_button, "fields", "create")
    explain(pages.fields.user.create_button, "fields", "create")
    explain(pages.sample.pane, "sample", "ways")
    explain(pages.sample.view, "sample", "mask")
    _explain_mapping(pages.mapping, pages.when)
    explain(pages.mappings.list, "mappings", "list")
    _explain_test(pages.test)
    live = pages.go_live
    explain(live.path, "go-live", "path")
    explain(live.values.url, "go-live", "url")
    explain(live.values.secret, "go-live", "secret")
    explain(live.values.way, "go-live", "public")
    explain(live.values, "go-live", "check")


def _explain_mapping(mapping: MapPage, when: WhenPage) -> None:
    explain(mapping.column.rows, "mapping", "value")
    explain(mapping.variables, "mapping", "value")
    explain(mapping.map_header, "mapping", "suggestions")
    explain(when.types, "when", "events")
    explain(when.builder, "when", "conditions")
    explain(when.text, "when", "conditions")
    explain(when.cost.only_changes, "when", "only-changes")
    explain(when.cost, "when", "cost")


def _explain_test(page: TryPage) -> None:
    explain(page.send_button, "test", "send")
    explain(page.confirmation, "test", "send")
    explain(page.run_again_button, "test", "dry-run")
    explain(page.result, "test", "dry-run")
    explain(page.strip, "test", "undo")
    explain(page.undo_view, "test", "undo")
    if page.cases is not None:
        explain(page.cases, "test", "cases")


def explain_workbench(
    relay: RelayPage,
    events: EventsPage,
    mappings: WorkbenchEditing,
    test: TryPage,
    replay: ReplayPage,
    metrics: MetricsPage,
) -> None:
    explain(relay.state_card, "relay", "state")
    explain(relay.mode, "relay", "mode")
    explain(relay.budget, "relay", "budget")
    explain(events.filters, "events", "filter")
    explain(events.filters.why_button, "events", "why")
    explain(events.panel, "events", "detail")
    explain(mappings.page.list, "mappings", "list")
    _explain_mapping(mappings.map_page, mappings.when_page)
    _explain_test(test)
    explain(replay.form, "replay", "scope")
    explain(replay.totals, "replay", "totals")
    explain(replay.progress, "replay", "run")
    explain(metrics.export_button, "metrics", "export")
