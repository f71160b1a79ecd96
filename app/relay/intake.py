"""The decision about a webhook: refuse it in words, or hand over its events. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.json_value import JsonObject, JsonValue
from app.relay.delivery import OBSERVED, State
from app.relay.event_records import NewEvent, Trust
from app.relay.probe import probe_answer, read_probe
from app.segment.bodies import BodyError, BodyProblem, RawEvent, split_body
from app.segment.events import Event, EventError, read_event
from app.segment.signature import SignatureState, SignedForm, path_token, verify
from app.storage.profile import Mode
from app.storage.relay_credentials import WriteKey

METHODS = frozenset({"POST", "PUT", "PATCH"})
MAX_BODY_BYTES = 16 * 1024 * 1024
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})

_PATH = "/segment"
_TYPE_CHARS = 40
_TITLE_CHARS = 200
_TOO_LARGE = frozenset({BodyProblem.TOO_LARGE, BodyProblem.TOO_MANY})


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What requests of Segment's own libraries are held to.

    ``origins`` are the web pages they may come from, as browsers write them; other programs send none.
    """

    write_keys: tuple[WriteKey, ...]
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What a request is held to. ``hosts`` are the lower-case Host names accepted, without port.

    Without ``secrets`` requests are not signed; that is for loopback only. Without ``sources`` the
    addresses of Segment's Tracking API do not exist.
    """

    secrets: tuple[str, ...]
    hosts: frozenset[str]
    mode: Mode
    sources: SourceRules | None = None
    paths: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Once and not for each request: every path is an HMAC.
        paths = tuple(map(webhook_path, self.secrets)) or (_PATH,)
        object.__setattr__(self, "paths", paths)

    @property
    def path(self) -> str:
        """The webhook's path; with a secret it cannot be guessed."""
        return self.paths[0]


@dataclass(frozen=True, slots=True)
class Refusal:
    """``message`` goes into the answer and holds nothing of the request; ``log_reason`` neither.

    ``code`` is for Segment's libraries, which show it.
    """

    status: int
    message: str
    code: str = ""

    @property
    def log_reason(self) -> str:
        return f"{self.status}: {self.message}"


@dataclass(frozen=True, slots=True)
class Probe:
    """A request of our own that asks whether the relay can be reached: answered, never stored."""

    answer: bytes


WRONG_HOST = Refusal(421, "This host name is not served here.")


def webhook_path(secret: str | None) -> str:
    return _PATH if secret is None else f"{_PATH}/{path_token(secret)}"


def refuse_head(method: str, path: str, headers: Mapping[str, str], rules: IntakeRules) -> Refusal | None:
    """What can be refused before the body is read. ``headers`` ignores case, as HTTP does.

    Host and Origin keep web pages in a browser on this machine from reaching the relay (DNS rebinding).
    """
    if wrong_host(headers, rules):
        return WRONG_HOST
    if "Origin" in headers or headers.get("Sec-Fetch-Site", "none").lower() != "none":
        return Refusal(403, "Requests from web pages are not accepted.")
    if not _path_matches(path, rules.paths):
        return Refusal(404, "There is nothing at this address.")
    if method not in METHODS:
        return Refusal(405, "Events are accepted by POST, PUT and PATCH.")
    return refuse_content(headers)


def wrong_host(headers: Mapping[str, str], rules: IntakeRules) -> bool:
    return host_name(headers.get("Host", "")) not in rules.hosts


def refuse_content(headers: Mapping[str, str]) -> Refusal | None:
    """What the headers say about the body is enough to refuse it."""
    if headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
        return Refusal(415, "This content encoding is not supported; gzip and deflate are.")
    length = headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        return body_too_large()
    return None


def body_too_large() -> Refusal:
    return Refusal(413, f"A request holds at most {MAX_BODY_BYTES // (1024 * 1024)} MB.")


def read_request(
    body: bytes, signature: str | None, rules: IntakeRules, now_ms: int
) -> Refusal | Probe | tuple[NewEvent, ...]:
    """The events of a complete body, or why all of it is refused; the answer to a probe."""
    secret = None
    first = rest = Trust.UNSIGNED
    if rules.secrets:
        verdict = verify(body, signature, rules.secrets)
        if verdict.state is SignatureState.MISSING:
            return Refusal(401, "The X-Signature header is missing.")
        if not verdict.valid:
            return Refusal(401, "The signature does not match.")
        secret = rules.secrets[verdict.secret_index or 0]
        first = Trust.SIGNED
        # Of a batch Segment signs the first event only; other senders sign all of what they send.
        rest = Trust.SIGNED if verdict.form is SignedForm.BODY else Trust.IN_SIGNED_BATCH
    nonce = read_probe(body)
    if nonce is not None:
        return Probe(probe_answer(secret, nonce))
    try:
        request = split_body(body)
    except BodyError as error:
        return refuse_body(error)
    return tuple(
        new_event(event, rest if index else first, rules.mode, now_ms)
        for index, event in enumerate(request.events)
    )


def refuse_body(error: BodyError) -> Refusal:
    return Refusal(413 if error.problem in _TOO_LARGE else 400, str(error))


def host_name(header: str) -> str:
    """The name in a Host header, lower-case and without its port."""
    host = header.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].removesuffix(".")


def _path_matches(path: str, wanted: Sequence[str]) -> bool:
    given = path.removesuffix("/").encode("utf-8", "replace")
    # No early end: the time taken tells nothing about which digit was wrong.
    return sum(hmac.compare_digest(given, one.encode()) for one in wanted) > 0


def new_event(raw: RawEvent, trust: Trust, mode: Mode, now_ms: int, *, rejection: str = "") -> NewEvent:
    """An event as it is stored. ``rejection`` says why it is kept only to be looked at."""
    if raw.body is None:
        return _unusable(raw, {}, State.FAILED, str(raw.error), trust, mode, now_ms)
    if rejection:
        return _unusable(raw, raw.body, State.SKIPPED, rejection, trust, mode, now_ms)
    try:
        event = read_event(raw.body)
    except EventError as error:
        return _unusable(raw, raw.body, State.SKIPPED, str(error), trust, mode, now_ms)
    observed = mode is Mode.OBSERVE
    return NewEvent(
        key=_duplicate_key(event.message_id, raw.raw),
        message_id=event.message_id or "",
        type=event.type,
        title=event.title,
        person_key=event.person_key,
        entity_keys=ordering_keys(event),
        received_ms=now_ms,
        state=State.RECEIVED if observed else State.QUEUED,
        reason=OBSERVED if observed else "",
        mode=Mode.OBSERVE if observed else None,
        trust=trust,
        body=raw.raw,
    )


def ordering_keys(event: Event) -> tuple[str, ...]:
    """What the event must not overtake: also the anonymous visitor that it ties to a person.

    ``previousId`` of an alias may be either kind of id.
    """
    keys = list(event.entity_keys)
    if event.anonymous_id:
        keys.append(f"anonymous:{event.anonymous_id}")
    if event.previous_id:
        keys.append(f"anonymous:{event.previous_id}")
    return tuple(dict.fromkeys(keys))


def _unusable(
    raw: RawEvent, body: JsonObject, state: State, reason: str, trust: Trust, mode: Mode, now_ms: int
) -> NewEvent:
    message_id = _short_text(body.get("messageId"), _TITLE_CHARS)
    kind = _short_text(body.get("type"), _TYPE_CHARS) or "unknown"
    title = _short_text(body.get("event") or body.get("userId"), _TITLE_CHARS) or kind
    return NewEvent(
        key=_duplicate_key(message_id or None, raw.raw),
        message_id=message_id,
        type=kind,
        title=title,
        person_key="",
        entity_keys=(),
        received_ms=now_ms,
        state=state,
        reason=reason,
        mode=mode if mode is Mode.OBSERVE else None,
        trust=trust,
        body=raw.raw,
    )


def _duplicate_key(message_id: str | None, raw: bytes) -> str:
    """Segment's own id; for an event without one, a hash of its bytes."""
    return message_id if message_id else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _short_text(value: JsonValue, limit: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())[:limit]
