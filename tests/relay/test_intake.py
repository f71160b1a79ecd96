from __future__ import annotations

import json

import pytest
from multidict import CIMultiDict

from app.errors import AppError
from app.relay.delivery import OBSERVED, State
from app.relay.event_records import NewEvent, Trust
from app.relay.exposure import check_exposure, intake_rules, is_loopback
from app.relay.intake import Refusal, read_request, refuse_head, webhook_path
from app.segment.signature import sign
from app.storage.profile import Mode, RelaySettings
from tests.relay.builders import SECRET, START_MS, body_of, new_events, rules, signed, track


def head(
    method: str = "POST", path: str | None = None, secrets: tuple[str, ...] = (SECRET,), **headers: str
) -> Refusal | None:
    named = CIMultiDict({"Host": "127.0.0.1:8787"})
    named.update({name.replace("_", "-"): value for name, value in headers.items()})
    return refuse_head(method, path or webhook_path(SECRET), named, rules(secrets=secrets))


def status_of(refusal: Refusal | None) -> int:
    return 200 if refusal is None else refusal.status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_segments_methods_are_accepted(method: str) -> None:
    assert head(method) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_405(method: str) -> None:
    assert status_of(head(method)) == 405


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST:8787", "localhost.:80", "[::1]", "[::1]:8787"]
)
def test_loopback_names_are_served(host: str) -> None:
    assert head(Host=host) is None


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8787", "[::2]", "0.0.0.0"]
)
def test_other_host_names_are_421(host: str) -> None:
    assert status_of(head(Host=host)) == 421


def test_configured_host_names_are_served() -> None:
    settings = RelaySettings(
        host="192.0.2.7", public_url="https://Relay.example:8443/x", allowed_hosts=("tunnel.example",)
    )
    hosts = intake_rules(settings, (SECRET,), Mode.LIVE).hosts
    assert hosts >= {"relay.example", "tunnel.example", "192.0.2.7", "localhost"}
    assert "0.0.0.0" not in intake_rules(RelaySettings(host="0.0.0.0"), (SECRET,), Mode.LIVE).hosts


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8787"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-origin"},
    ],
)
def test_browsers_are_403(headers: dict[str, str]) -> None:
    assert status_of(head(**headers)) == 403


def test_navigation_by_a_person_is_no_web_page() -> None:
    assert head(Sec_Fetch_Site="none") is None


@pytest.mark.parametrize("path", ["/", "/segment", "/segment/", f"{webhook_path(SECRET)}x", "/segment/%00é"])
def test_other_paths_are_404(path: str) -> None:
    assert status_of(head(path=path)) == 404


def test_a_slash_at_the_end_of_the_path_does_not_matter() -> None:
    assert head(path=f"{webhook_path(SECRET)}/") is None


def test_without_a_secret_the_path_is_plain_and_with_several_each_has_its_own() -> None:
    assert head(path="/segment", secrets=()) is None
    assert head(path=webhook_path("old"), secrets=("new", "old")) is None
    assert status_of(head(path=webhook_path("older"), secrets=("new", "old"))) == 404


def test_size_and_encoding_are_refused_before_the_body_is_read() -> None:
    assert status_of(head(Content_Length=str(16 * 1024 * 1024 + 1))) == 413
    assert head(Content_Length=str(16 * 1024 * 1024)) is None
    assert status_of(head(Content_Encoding="br")) == 415
    assert head(Content_Encoding="GZIP") is None


def read(body: bytes, header: str | None = None, mode: Mode = Mode.LIVE) -> Refusal | tuple[NewEvent, ...]:
    return read_request(body, header or sign(SECRET, body), rules(mode), START_MS)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"hello", 400),
        (b"", 400),
        (b"[]", 400),
        (b"7", 400),
        (b'{"a":"' + b"x" * 33_000 + b'"}', 413),
        (b"[" + b",".join([b"{}"] * 4001) + b"]", 413),
    ],
)
def test_unusable_bodies_are_refused_without_repeating_them(body: bytes, status: int) -> None:
    refusal = read(body)
    assert isinstance(refusal, Refusal)
    assert refusal.status == status
    assert "hello" not in refusal.message


@pytest.mark.parametrize("body", [b"hello", body_of(track()), body_of(track(), track("m-2"))])
def test_a_missing_or_wrong_signature_is_401_whatever_the_body(body: bytes) -> None:
    for header in (None, "0" * 40):
        refusal = read_request(body, header, rules(), START_MS)
        assert isinstance(refusal, Refusal)
        assert refusal.status == 401


def test_only_the_first_event_of_a_batch_counts_as_signed() -> None:
    body = body_of(track("a"), track("b"))
    events = read(body, signed(body)["X-Signature"])
    assert isinstance(events, tuple)
    assert [event.trust for event in events] == [Trust.SIGNED, Trust.IN_SIGNED_BATCH]
    assert {event.trust for event in new_events(track())} == {Trust.UNSIGNED}


@pytest.mark.parametrize(
    ("event", "state", "kind", "reason"),
    [
        (track(), State.QUEUED, "track", ""),
        ({"type": "dance", "userId": "u"}, State.SKIPPED, "dance", "Unknown event type 'dance'."),
        ({"userId": "u"}, State.SKIPPED, "unknown", "The event has no type."),
        (
            {"type": "track", "event": "X"},
            State.SKIPPED,
            "track",
            "The event has neither a userId nor an anonymousId.",
        ),
        (7, State.FAILED, "unknown", "An event has to be a JSON object."),
        ({"type": "track", "x": "y" * 33_000}, State.FAILED, "unknown", "An event holds at most 32 KB."),
    ],
)
def test_each_event_of_a_batch_is_judged_alone(event: object, state: State, kind: str, reason: str) -> None:
    good, judged = new_events(track("good"), event)
    assert good.state is State.QUEUED
    assert (judged.state, judged.type, judged.reason) == (state, kind, reason)
    assert json.loads(judged.body) == event


def test_observe_mode_queues_nothing_and_still_names_what_is_wrong() -> None:
    good, bad = new_events(track(), {"type": "dance"}, mode=Mode.OBSERVE)
    assert (good.state, good.reason, good.mode) == (State.RECEIVED, OBSERVED, Mode.OBSERVE)
    assert (bad.state, bad.mode) == (State.SKIPPED, Mode.OBSERVE)


def test_duplicates_are_known_by_message_id_or_by_their_bytes() -> None:
    first, second, other = new_events(track(None), track(None), track(None, "u-2"))
    assert first.key == second.key != other.key
    assert first.key.startswith("sha256:")
    assert new_events(track("m-1"))[0].key == "m-1"


def test_order_holds_for_every_id_an_event_speaks_of() -> None:
    both = {"type": "identify", "userId": "u", "anonymousId": "a", "traits": {"company": {"id": 5}}}
    alias = {"type": "alias", "userId": "u", "previousId": "p"}
    assert set(new_events(both)[0].entity_keys) == {"user:u", "anonymous:a", "company:5"}
    assert set(new_events(alias)[0].entity_keys) >= {"user:u", "anonymous:p", "user:p"}


@pytest.mark.parametrize(
    ("settings", "secrets", "code"),
    [
        (RelaySettings(), (), "RELAY-NO-SECRET"),
        (RelaySettings(), ("",), "RELAY-NO-SECRET"),
        (RelaySettings(host="0.0.0.0"), (), "RELAY-NO-SECRET"),
        (RelaySettings(host="0.0.0.0", allow_unsigned=True), (), "RELAY-EXPOSED"),
        (RelaySettings(host="relay.example", allow_unsigned=True), (), "RELAY-EXPOSED"),
        (RelaySettings(public_url="https://x.example", allow_unsigned=True), (), "RELAY-EXPOSED"),
        (RelaySettings(allow_unsigned=True), (), None),
        (RelaySettings(host="::1", allow_unsigned=True), (), None),
        (RelaySettings(host="0.0.0.0"), (SECRET,), None),
    ],
)
def test_who_can_reach_the_relay_decides_what_it_needs(
    settings: RelaySettings, secrets: tuple[str, ...], code: str | None
) -> None:
    if code is None:
        check_exposure(settings, secrets)
        return
    with pytest.raises(AppError) as raised:
        check_exposure(settings, secrets)
    assert raised.value.code == code


def test_loopback_is_recognised_by_address_and_name() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.0.1", "::1", "[::1]", "LocalHost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "localhost.evil.example", "")))
