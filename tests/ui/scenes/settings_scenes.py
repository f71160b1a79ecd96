"""The page of settings, the dialogs of profiles, and the report of a failure."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.assembly import Assistant
from app.close.records import Account, Organization
from app.errors import AppError
from app.storage.profile import FieldRef, KeyLocation, Mode, OrganizationRef, Profile, ProfileColor
from app.storage.profile_file import decode_profile, encode_profile
from app.ui.crash_dialog import CrashDialog
from app.ui.frame.window import FrameWindow
from app.ui.places import relay_foot, workbench_places
from app.ui.profiles.name_dialog import NameDialog
from app.ui.profiles.promote_dialog import PromoteDialog
from app.ui.settings import settings_page as places
from app.ui.settings.settings_place import SettingsPlace
from app.ui.settings.storage_section import StoreFacts
from app.ui.theme.theme import Theme
from app.workflows.diagnostics import Bundle, BundleItem
from app.workflows.profile_care import ProfileSummary, preview_lines
from app.workflows.promotion import Finding, Promotion, PromotionLine
from app.workflows.promotion_references import Reference, ThingKind
from app.workflows.promotion_vocabulary import Thing
from tests.ui.scenes.registry import scene
from tests.ui.scenes.workbench_scenes import controller_of, finished_profile, listening

_NOW = datetime(2026, 3, 4, 10, 15, tzinfo=UTC)


def _raise(error: BaseException) -> None:
    raise error


def _assistant() -> Assistant:
    return Assistant.in_folder(Path(tempfile.gettempdir()) / "no-such-folder", {})


def _place(theme: Theme, section: str, *, running: bool = False) -> tuple[FrameWindow, SettingsPlace]:
    frame = FrameWindow(theme, "Segment to Close")
    controller = controller_of(finished_profile(Mode.LIVE))
    if running:
        controller.status = listening(Mode.LIVE)
    controller.setParent(frame)
    place = SettingsPlace(theme, frame, _assistant(), controller, _raise, frame)
    for one in (place.desk.storage, place.profiles.section):
        one.opened.disconnect()
    if place.desk.login is not None:
        place.desk.general.opened.disconnect()
    place.page.choose(section)
    frame.set_places(workbench_places(0))
    frame.set_relay(relay_foot(controller.status))
    frame.set_organization(place.organization(controller.profile, controller.profile))
    frame.show_page("settings")
    place.desk.show_profile()
    return frame, place


def summaries() -> tuple[ProfileSummary, ...]:
    return (
        ProfileSummary(
            "default",
            ProfileColor.BLUE,
            "Acme Inc.",
            "Dana Whitfield",
            3,
            4,
            Mode.LIVE,
            8787,
            window_open=True,
            relay_running=True,
        ),
        ProfileSummary(
            "iOS app", ProfileColor.GREEN, "Acme Inc.", "Dana Whitfield", 1, 1, Mode.DRY_RUN, 8788
        ),
        ProfileSummary("Website test", ProfileColor.AMBER, "Acme Sandbox", "Dana Whitfield", 4, 4, port=8789),
        ProfileSummary("Broken", trouble="The profile “Broken” cannot be read."),
    )


@scene("110-settings-general")
def settings_general(theme: Theme) -> QWidget:
    return _place(theme, places.GENERAL)[0]


@scene("110-settings-general-small", size=(880, 600), large_text=False)
def settings_general_small(theme: Theme) -> QWidget:
    return _place(theme, places.GENERAL)[0]


@scene("111-settings-profiles")
def settings_profiles(theme: Theme) -> QWidget:
    frame, place = _place(theme, places.PROFILES)
    place.profiles.section.show_summaries(summaries())
    place.profiles.section.select("Website test")
    return frame


@scene("112-settings-relay")
def settings_relay(theme: Theme) -> QWidget:
    return _place(theme, places.RELAY, running=True)[0]


@scene("113-settings-storage")
def settings_storage(theme: Theme) -> QWidget:
    frame, place = _place(theme, places.STORAGE)
    place.desk.storage.show_facts(StoreFacts(9210, 38_000_000, 12))
    return frame


@scene("114-settings-secrets")
def settings_secrets(theme: Theme) -> QWidget:
    frame, place = _place(theme, places.SECRETS)
    profile = finished_profile(Mode.LIVE)
    connected = Profile(
        profile.profile_id,
        "default",
        organization=profile.organization,
        key_location=KeyLocation.KEYRING,
    )
    place.desk.secrets.show_profile(connected, "GNOME Keyring")
    return frame


@scene("114-settings-secrets-refused", large_text=False)
def settings_secrets_refused(theme: Theme) -> QWidget:
    frame = settings_secrets(theme)
    place = next(one for one in frame.findChildren(SettingsPlace))
    place.desk.secrets.slot.show_error(
        AppError(
            "SETUP-OTHER-ORGANIZATION",
            "This key opens Globex, not Acme Inc.",
            cause="A replaced key has to open the same organization: fields and identities belong to it.",
            remedy="Use a key of Acme Inc., or make a profile for Globex.",
        )
    )
    return frame


def bundle() -> Bundle:
    texts = (
        ("versions.json", "Versions of this program and what it stands on", '{\n  "program": "0.1.0"\n}\n'),
        ("profile.json", "The profile: settings and mappings, without keys", "{}\n" * 200),
        ("doctor.txt", "What the doctor found", "ok    Key stored: GNOME Keyring\n"),
        ("log.txt", "The end of the log", "2026-03-04T10:12:00Z INFO relay: listening\n" * 300),
        ("events.json", "How many events there are, by state; no contents", "{}\n"),
    )
    return Bundle(tuple(BundleItem(name, says, text) for name, says, text in texts), _NOW)


@scene("115-settings-diagnostics")
def settings_diagnostics(theme: Theme) -> QWidget:
    frame, place = _place(theme, places.DIAGNOSTICS)
    place.desk.diagnostics.show_bundle(bundle())
    return frame


@scene("115-settings-diagnostics-empty", large_text=False)
def settings_diagnostics_empty(theme: Theme) -> QWidget:
    return _place(theme, places.DIAGNOSTICS)[0]


@scene("116-settings-about")
def settings_about(theme: Theme) -> QWidget:
    return _place(theme, places.ABOUT)[0]


@scene("117-profile-import", size=(520, 560), large_text=False)
def profile_import(theme: Theme) -> QWidget:
    file = decode_profile(encode_profile(finished_profile()))
    return NameDialog(
        theme,
        None,
        title="Import this profile?",
        why="It becomes a profile of its own, in Dry run. Nothing of yours is replaced.",
        yes="Import profile",
        name="Website",
        color=ProfileColor.VIOLET,
        taken=(),
        facts=preview_lines(file),
    )


def promotion() -> Promotion:
    target = Profile(
        "1" * 32, "Website", organization=OrganizationRef("orga_2", "Acme Inc.", "Dana Whitfield")
    )
    account = Account(
        "user_1",
        "Dana Whitfield",
        "dana@acme.example",
        Organization("orga_2", "Acme Inc."),
        "",
        frozenset(),
        (),
    )

    def thing(name: str, kind: ThingKind, type_: str) -> Thing:
        return Thing(f"id_{name}", kind, name, (name,), type_)

    def line(
        kind: ThingKind, name: str, finding: Finding, words: str, place: str, **members: object
    ) -> PromotionLine:
        reference = Reference(f"id_{name}", kind, name, (place,))
        found = thing(name, kind, "text")
        return PromotionLine(reference, found, finding, words, **members)  # type: ignore[arg-type]

    people = "Mapping “People”"
    return Promotion(
        target,
        target,
        account,
        (
            line(
                ThingKind.LEAD_FIELD,
                "Company ID",
                Finding.FOUND,
                "Found by name.",
                "Company ID",
                target=thing("Company ID", ThingKind.LEAD_FIELD, "text"),
            ),
            line(
                ThingKind.CONTACT_FIELD,
                "User ID",
                Finding.CREATE,
                "Not in Acme Inc. It will be created, type text.",
                "User ID",
            ),
            line(
                ThingKind.LEAD_FIELD,
                "Plan",
                Finding.FOUND,
                "Found. Choices that are not there: Scale.",
                people,
            ),
            line(
                ThingKind.STATUS,
                "Trial (test)",
                Finding.CHOOSE,
                "Not in Acme Inc. Choose one, or create it in Close and compare again.",
                people,
                options=(thing("Potential", ThingKind.STATUS, ""),),
            ),
        ),
        replaces=False,
    )


def _promote(theme: Theme) -> PromoteDialog:
    source = Profile(
        "2" * 32,
        "Website test",
        organization=OrganizationRef("orga_1", "Acme Sandbox", "Dana Whitfield"),
        company_field=FieldRef("cf_1", "Company ID"),
    )
    return PromoteDialog(
        theme, None, source, summaries(), _assistant().promoter(), _raise, free_name="Website live"
    )


@scene("118-promote-where", size=(720, 360), large_text=False)
def promote_where(theme: Theme) -> QWidget:
    return _promote(theme)


@scene("118-promote-report", size=(720, 640))
def promote_report(theme: Theme) -> QWidget:
    dialog = _promote(theme)
    dialog.show_promotion(promotion())
    return dialog


def crash(theme: Theme) -> CrashDialog:
    return CrashDialog(
        theme,
        None,
        AppError(
            "APP-UNEXPECTED",
            "Something unexpected happened in this program",
            cause="The details are in the log. Events that were acknowledged are kept.",
            remedy="Continue, or start the program again if something looks wrong.",
        ),
        "0.1.0 · Python 3.11.2 · Linux\n\nTraceback (most recent call last):\n"
        '  File "app/ui/events/events_page.py", line 210, in _show\nKeyError: [redacted]',
    )


@scene("119-crash", size=(620, 264), large_text=False)
def crash_folded(theme: Theme) -> QWidget:
    return crash(theme)


@scene("119-crash-report", size=(640, 560))
def crash_open(theme: Theme) -> QWidget:
    dialog = crash(theme)
    dialog.set_open(is_open=True)
    return dialog
