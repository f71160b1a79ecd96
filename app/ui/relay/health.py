"""The checklists of the workbench: what is proven, what is not, and nothing in between."""

from __future__ import annotations

from app.relay.reach_status import ReachState
from app.relay.status import RelayState, RelayStatus
from app.storage.profile import DeliveryPath, Mode, Profile
from app.ui.relay.relay_figures import RelayFigures
from app.ui.relay.wording import clock_time, milliseconds, state_word, tr
from app.ui.widgets.check_list import CheckLine, CheckState


def setup_health(profile: Profile, status: RelayStatus, figures: RelayFigures) -> tuple[CheckLine, ...]:
    """Everything that has to be right for events to arrive in Close, in the order it is set up."""
    return (
        _key_line(profile, status),
        _fields_line(profile),
        _mappings_line(profile),
        _path_line(profile),
        listening_line(status),
        reachable_line(status),
        first_event_line(profile, figures),
        _live_line(profile, status),
    )


def waiting_lines(profile: Profile, status: RelayStatus, figures: RelayFigures) -> tuple[CheckLine, ...]:
    """The shorter list beside "Waiting for the first event"."""
    return (
        listening_line(status),
        reachable_line(status),
        first_event_line(profile, figures),
    )


def listening_line(status: RelayStatus) -> CheckLine:
    listens = status.state.listens and status.state is not RelayState.DEGRADED
    if listens and status.address is not None:
        text = tr("{host}, port {port}").format(host=status.address.host, port=status.address.port)
        return CheckLine(CheckState.PROVEN, tr("Relay is listening"), text)
    title = tr("Relay: {state}").format(state=state_word(status.state))
    if status.state is RelayState.DEGRADED:
        return CheckLine(CheckState.ATTENTION, title, status.trouble)
    if status.state is RelayState.ERROR:
        return CheckLine(CheckState.FAILED, title, status.trouble)
    if status.state in (RelayState.STARTING, RelayState.STOPPING):
        return CheckLine(CheckState.WORKING, title)
    return CheckLine(CheckState.OPEN, tr("Relay does not run"), tr("Start it to receive events."))


def reachable_line(status: RelayStatus) -> CheckLine:
    """Only a round trip through the public URL proves that Segment can reach this computer."""
    reach = status.reach
    if not status.state.listens:
        return CheckLine(CheckState.OPEN, tr("Public URL"), tr("Checked once the relay listens."))
    if reach.proven:
        text = tr("round trip {time}").format(time=milliseconds(reach.round_trip_ms or 0))
        return CheckLine(CheckState.PROVEN, tr("Public URL proven"), text)
    if reach.state in (ReachState.FAILING, ReachState.UNREACHABLE, ReachState.OFFLINE):
        return CheckLine(CheckState.FAILED, tr("Segment cannot get through"), reach.missing)
    if reach.state is ReachState.NO_URL:
        text = tr("Segment’s cloud cannot see this computer by itself.")
        return CheckLine(CheckState.ATTENTION, tr("No public URL"), text)
    return CheckLine(CheckState.WAITING, tr("Public URL not proven yet"), reach.missing)


def first_event_line(profile: Profile, figures: RelayFigures) -> CheckLine:
    row = figures.from_segment
    if row is not None:
        verified = tr("received unsigned") if profile.relay.allow_unsigned else tr("signature valid")
        text = tr("{time}, {verified}").format(time=clock_time(row.received_ms), verified=verified)
        return CheckLine(CheckState.PROVEN, tr("Event from Segment received"), text)
    if figures.last is not None:
        text = tr("Only events that you sent yourself so far.")
        return CheckLine(CheckState.WAITING, tr("First event from Segment"), text)
    return CheckLine(
        CheckState.OPEN, tr("First event received"), tr("The signature is checked when it arrives.")
    )


def _key_line(profile: Profile, status: RelayStatus) -> CheckLine:
    if status.waiting_for_key:
        return CheckLine(CheckState.FAILED, tr("Close refuses the key"), tr("Deliveries wait for a new one."))
    organization = profile.organization
    if organization is None:
        return CheckLine(CheckState.OPEN, tr("Connect to Close"), tr("No key has been checked yet."))
    text = tr("{name}, as {person}").format(name=organization.name, person=organization.user_name)
    return CheckLine(CheckState.PROVEN, tr("Connected to Close"), text)


def _fields_line(profile: Profile) -> CheckLine:
    names = [each.name for each in (profile.company_field, profile.user_field) if each is not None]
    if len(names) == 2:
        return CheckLine(CheckState.PROVEN, tr("ID fields chosen"), ", ".join(names))
    if names:
        missing = tr("leads") if profile.company_field is None else tr("contacts")
        text = tr("{names} only: {missing} are not found by id.").format(names=names[0], missing=missing)
        return CheckLine(CheckState.ATTENTION, tr("One ID field chosen"), text)
    return CheckLine(
        CheckState.ATTENTION, tr("No ID fields"), tr("Records are found by email and name only.")
    )


def _mappings_line(profile: Profile) -> CheckLine:
    on = sum(each.enabled for each in profile.mappings)
    if not on:
        return CheckLine(CheckState.ATTENTION, tr("No mapping is on"), tr("Nothing will be sent to Close."))
    text = tr("{on} of {all}").format(on=on, all=len(profile.mappings))
    return CheckLine(CheckState.PROVEN, tr("Mappings on"), text)


def _path_line(profile: Profile) -> CheckLine:
    if profile.delivery_path is DeliveryPath.RELAY:
        return CheckLine(
            CheckState.PROVEN, tr("Segment sends here"), tr("You confirmed that the other way is off.")
        )
    text = tr("Segment’s own Close destination would write everything a second time.")
    return CheckLine(CheckState.ATTENTION, tr("Is the other way off?"), text)


def _live_line(profile: Profile, status: RelayStatus) -> CheckLine:
    name = profile.organization.name if profile.organization else "Close"
    if status.mode is Mode.LIVE:
        return CheckLine(
            CheckState.PROVEN, tr("Live mode chosen"), tr("Events change records of {name}").format(name=name)
        )
    return CheckLine(CheckState.OPEN, tr("Go live"), tr("Writes to {name} start here.").format(name=name))
