"""The set-up's state as a draft on disk, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.actions.trace import Outcome
from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.storage.draft import DraftStore
from app.storage.json_reader import JsonReader, JsonShapeError
from app.storage.profile import Profile, profile_from_json, profile_to_json
from app.workflows.samples import Sample
from app.workflows.setup_state import ORDER, SetupState, Step


@dataclass(frozen=True, slots=True)
class SavedSetup:
    """A set-up that was begun and not finished; ``saved_at`` is in UTC."""

    state: SetupState
    saved_at: datetime


class SetupDrafts:
    """Keeps one profile's set-up between two starts. Every method may raise ``AppError``."""

    def __init__(self, store: DraftStore, profile_name: str) -> None:
        self._store = store
        self._profile_name = profile_name

    def load(self) -> SavedSetup | None:
        """The saved set-up, None without one.

        Raises ``AppError`` (``DRAFT-UNREADABLE``, ``DRAFT-NEWER``); the file is kept aside then.
        """
        draft = self._store.load()
        if draft is None:
            return None
        try:
            return SavedSetup(_read_state(draft.content, self._profile_name), draft.saved_at)
        except (JsonShapeError, ValueError) as error:
            raise AppError(
                "DRAFT-UNREADABLE",
                "The unfinished set-up cannot be read.",
                cause=str(error),
                remedy="Start a new set-up; what Close and the keyring hold is not touched.",
            ) from error

    def save(self, state: SetupState) -> None:
        self._store.save(state.step, _state_to_json(state))

    def discard(self) -> None:
        self._store.clear()


def _state_to_json(state: SetupState) -> JsonObject:
    sample = state.sample
    return {
        "profile": profile_to_json(state.profile),
        "step": state.step,
        "done": [step for step in ORDER if step in state.done],
        "sample": {"name": sample.name, "why": sample.why, "body": sample.body} if sample else None,
        "dry_run_outcome": state.dry_run_outcome,
        "test_outcome": state.test_outcome,
        "other_path_off": state.other_path_off,
    }


def _read_state(content: JsonObject, profile_name: str) -> SetupState:
    reader = JsonReader(content)
    profile: Profile = profile_from_json(_mapping(content.get("profile")), profile_name)
    done = _read_done(content.get("done"))
    sample = content.get("sample")
    dry_run = reader.optional_text("dry_run_outcome")
    test = reader.optional_text("test_outcome")
    return SetupState(
        profile=profile,
        step=Step(reader.text("step")),
        done=done,
        sample=_read_sample(_mapping(sample)) if sample else None,
        dry_run_outcome=Outcome(dry_run) if dry_run else None,
        test_outcome=Outcome(test) if test else None,
        other_path_off=content.get("other_path_off") is True,
    )


def _read_done(names: JsonValue) -> frozenset[Step]:
    done = frozenset(Step(str(name)) for name in names) if isinstance(names, list | tuple) else frozenset()
    # In older drafts the trigger was part of the mapping, so whoever had tested had decided on it.
    return done | {Step.WHEN} if Step.TEST in done else done


def _read_sample(content: JsonObject) -> Sample:
    reader = JsonReader(content)
    return Sample(reader.text("name"), reader.text("why", ""), _mapping(content.get("body")))


def _mapping(value: object) -> JsonObject:
    if not isinstance(value, Mapping):
        raise JsonShapeError("a part of the draft is missing.")
    return value
