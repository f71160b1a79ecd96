"""Connect Segment in its states: both paths, the check of what was entered, and the code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.relay.reach_status import ReachState, ReachStatus
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.profile import DeliveryPath, FieldRef, Mode, Profile
from app.ui.connect.segment_page import Part, SegmentPage
from app.ui.connect.segment_values import SegmentValues
from app.ui.places import SEGMENT
from app.ui.theme.theme import Theme
from app.workflows.samples import built_in_samples
from app.workflows.setup import Step
from tests.conditions import until
from tests.ui.scenes.registry import scene
from tests.ui.scenes.setup_scenes import _play, _raise, _rest
from tests.ui.scenes.setup_scenes import _shown as _guide_window
from tests.ui.scenes.workbench_scenes import controller_of, finished_profile, workbench
from tests.ui.setup.actors import KEY, HandRelay

COMPANY = FieldRef("cf_MiNqzA8bYAhaQ2rT5wXy1nJjf2", "Company ID")
USER = FieldRef("cf_Tr7nB2xW5vR8nL1cY4pF6hKs90", "User ID")
PUBLIC = "https://relay.acme.example/segment/7f3ac91e5b0d4c6e8a1f2b3c4d5e6f70"


def connected(path: DeliveryPath = DeliveryPath.RELAY) -> Profile:
    return replace(finished_profile(), company_field=COMPANY, user_field=USER, delivery_path=path)


def reached(*, changed: bool = False) -> HandRelay:
    relay = HandRelay()
    address = RelayAddress("127.0.0.1", 8787, relay.planned_url(8787), PUBLIC)
    reach = ReachStatus(ReachState.PROVEN, PUBLIC, url_changed=changed)
    relay.now = RelayStatus(RelayState.REACHABLE, Mode.DRY_RUN, address, reach=reach)
    return relay


def values_of(profile: Profile, relay: HandRelay) -> SegmentValues:
    return SegmentValues(
        profile=lambda: profile,
        events=lambda: tuple(sample.body for sample in built_in_samples()),
        relay=relay,
        api_key=lambda: KEY,
    )


def _shown(
    theme: Theme,
    profile: Profile,
    relay: HandRelay,
    part: Part | None = None,
    act: Callable[[SegmentPage], object] | None = None,
    **values: Any,
) -> QWidget:
    page = SegmentPage(theme, replace(values_of(profile, relay), **values), _raise)
    shown: list[QWidget] = []

    async def play() -> None:
        controller = controller_of(profile)
        controller.setParent(page)
        shown.append(workbench(theme, controller, page, SEGMENT))
        await _rest()
        if part is not None:
            page.show_part(part)
            await _rest()
        if act is not None:
            act(page)
            await _rest()
        await until(lambda: not (page.code.busy or page.straight.sheet.busy), what="the page to rest")
        page.left()

    _play(play())
    return shown[0]


@scene("60-segment-here")
def here(theme: Theme) -> QWidget:
    return _shown(theme, connected(), reached(), act=lambda page: page.webhook.copy_url())


@scene("60-segment-nowhere", size=(880, 600))
def nowhere(theme: Theme) -> QWidget:
    return _shown(theme, connected(), HandRelay())


@scene("60-segment-locked", large_text=False)
def locked(theme: Theme) -> QWidget:
    def refused() -> str:
        raise AppError(
            "KEYRING-LOCKED",
            "The keyring is locked.",
            cause="Nobody has entered its password since this session began.",
            remedy="Unlock it, then copy once more.",
        )

    return _shown(
        theme,
        connected(DeliveryPath.DESTINATION),
        HandRelay(),
        act=lambda page: page.straight.sheet.row("API key").field.copy_button.click(),
        api_key=refused,
    )


@scene("60-segment-guide", large_text=False)
def in_guide(theme: Theme) -> QWidget:
    page = SegmentPage(theme, values_of(connected(), HandRelay()), _raise, in_guide=True)
    window = _guide_window(theme, page, Step.GO_LIVE)
    page.left()
    return window


@scene("60-segment-changed", large_text=False)
def changed(theme: Theme) -> QWidget:
    return _shown(theme, connected(), reached(changed=True))


@scene("60-segment-straight")
def straight(theme: Theme) -> QWidget:
    return _shown(theme, connected(DeliveryPath.DESTINATION), HandRelay())


@scene("60-segment-other-path", size=(880, 600))
def other_path(theme: Theme) -> QWidget:
    return _shown(theme, connected(), HandRelay(), Part.STRAIGHT)


@scene("60-segment-checked", size=(1120, 2600))
def checked(theme: Theme) -> QWidget:
    profile = connected(DeliveryPath.DESTINATION)
    mapping = dict(profile.mappings[0].mapping)
    mapping["contact_email"] = "traits.email"
    del mapping["lead_name"]
    entered = {
        "settings": {
            "api_key": KEY,
            "lead_custom_field_id_for_company_id": USER.id,
            "contact_custom_field_id_for_user_id": USER.id,
        },
        "mappings": [
            {"name": profile.mappings[0].name, "trigger": profile.mappings[0].trigger, "mapping": mapping}
        ],
    }

    def act(page: SegmentPage) -> None:
        page.straight.check.box.set_text(json.dumps(entered, indent=2))
        page.straight.check.check()

    return _shown(theme, profile, HandRelay(), act=act)


@scene("60-segment-code")
def code(theme: Theme) -> QWidget:
    return _shown(theme, connected(), reached(), Part.CODE)


@scene("60-segment-code-small", size=(880, 600))
def code_small(theme: Theme) -> QWidget:
    return _shown(
        theme,
        connected(),
        reached(),
        Part.CODE,
        lambda page: page.code.languages.button("python").click(),
    )
