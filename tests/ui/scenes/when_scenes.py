"""When a mapping runs, in its states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QApplication, QWidget

from app.storage.profile import MappingSpec, Profile
from app.ui.frame.rail_items import OrganizationInfo
from app.ui.frame.window import FrameWindow
from app.ui.mapping.session import EditingSession
from app.ui.setup.step_names import rail_steps
from app.ui.theme.theme import Theme
from app.ui.trigger.when_page import WhenPage
from app.workflows.samples import Origin, Sample, built_in_samples
from app.workflows.setup import ORDER, SetupState, Step
from tests.ui.scenes.registry import scene

_MAPPING = {
    "lead_name": {"@path": "$.traits.company.name"},
    "contact_name": {"@path": "$.traits.name"},
    "contact_email": {"@path": "$.traits.email"},
}
_UPSERT = "createUpdateContactAndLead"
_SHARES = (14, 9, 3, 12, 10, 6, 5, 4, 6, 21, 5, 3, 2)


def collected() -> tuple[Sample, ...]:
    """A hundred events, as a shop of this kind would have them."""
    samples = [replace(sample, origin=Origin.RECORDED) for sample in built_in_samples()]
    return tuple(sample for sample, times in zip(samples, _SHARES, strict=True) for _ in range(times))


def mapping(trigger: str, name: str = "Identify", *, enabled: bool = True) -> MappingSpec:
    return MappingSpec(name, _UPSERT, trigger, _MAPPING, enabled=enabled)


def shown(
    theme: Theme,
    trigger: str,
    *more: MappingSpec,
    events: Sequence[Sample] | None = None,
    act: Callable[[WhenPage], object] | None = None,
    wait: bool = True,
    enabled: bool = True,
) -> FrameWindow:
    """The page in its window, counted to the end."""
    session = EditingSession((mapping(trigger, enabled=enabled), *more))
    session.set_events(collected() if events is None else events)
    errors: list[BaseException] = []
    page = WhenPage(theme, session, errors.append)
    session.setParent(page)
    window = FrameWindow(theme, "Segment to Close")
    window.add_page("when", page)
    window.set_steps(
        rail_steps(
            SetupState(
                Profile("0" * 32, "default"), Step.MAPPING, frozenset(ORDER[: ORDER.index(Step.MAPPING)])
            )
        )
    )
    window.set_organization(OrganizationInfo("Acme Inc.", "Dana Whitfield"))
    window.show_page("when")
    if act is not None:
        act(page)
    while wait and page.counting:
        QApplication.processEvents()
    if not wait:
        page.stop_counting()
    assert not errors, errors
    return window


@scene("when-1-typical")
def typical(theme: Theme) -> QWidget:
    return shown(theme, 'type = "track" and event = "Demo Requested" and properties.seats >= 10')


@scene("when-2-empty")
def empty(theme: Theme) -> QWidget:
    return shown(theme, "")


@scene("when-3-group")
def nested_group(theme: Theme) -> QWidget:
    return shown(
        theme,
        '(type = "identify" or type = "track") and userId != null and '
        '(traits.plan = "business" or properties.seats >= 10 or traits.company.name != null)',
        mapping('type = "identify"', "Newsletter"),
    )


@scene("when-4-impossible")
def impossible(theme: Theme) -> QWidget:
    return shown(theme, 'type = "track" and properties.seats > 50 and properties.seats < 10')


@scene("when-5-mismatch")
def mismatch(theme: Theme) -> QWidget:
    return shown(
        theme,
        'type = "track" and (event = "Demo requested" or properties.seats = "25" '
        'or !contains(event, "Trial"))',
        mapping('type = "identify"', "Newsletter"),
    )


@scene("when-6-text")
def text(theme: Theme) -> QWidget:
    return shown(theme, 'type = "track" and properties.seats >= 10', act=_text_mode)


@scene("when-7-text-warnings")
def text_with_warnings(theme: Theme) -> QWidget:
    trigger = 'type = "track" or event = \'Demo Requested\' and anonymousId = "z" and (properties.seats > 5)'
    return shown(theme, trigger, act=_text_mode)


@scene("when-8-by-hand")
def by_hand(theme: Theme) -> QWidget:
    trigger = 'type = "track" and event = "Demo Requested" and anonymousId = "z"'
    return shown(theme, trigger)


@scene("when-9-no-events")
def no_events(theme: Theme) -> QWidget:
    return shown(theme, 'type = "identify"', events=(), enabled=False)


@scene("when-10-loading", large_text=False)
def loading(theme: Theme) -> QWidget:
    return shown(theme, 'type = "identify"', wait=False)


@scene("when-11-small", size=(880, 600), large_text=False)
def small(theme: Theme) -> QWidget:
    return shown(theme, 'type = "track" and event = "Demo Requested" and properties.seats >= 10')


@scene("when-12-incomplete", large_text=False)
def incomplete(theme: Theme) -> QWidget:
    def act(page: WhenPage) -> None:
        page.builder.add_button.click()
        page.builder.add_button.click()
        row = page.builder.rows[-1]
        row.field.edit.setText("properties.seats")
        row.flush()
        row.operator.setCurrentIndex(row.operator.findData("at-least"))
        row.operator.activated.emit(row.operator.currentIndex())
        row.value.edit.setText("ten")
        row.value.edited.emit("ten")
        page.matches.list_button.click()

    return shown(theme, 'type = "track"', act=act)


def _text_mode(page: WhenPage) -> None:
    page.mode.button("text").click()
