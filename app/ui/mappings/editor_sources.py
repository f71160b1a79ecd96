"""Where the editor's pages get what they do not hold: Close's fields, dry runs, saved versions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.actions.trace import EventReport
from app.assembly import Assistant
from app.segment.event_variables import EventVariable
from app.storage.profile import MappingSpec, Profile
from app.workflows.fields import NewField
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.field_types import CreatedField, create_field_and_map
from app.workflows.mapping_editor.history import SavedVersion, saved_versions
from app.workflows.samples import Sample


@dataclass(frozen=True, slots=True)
class EditorSources:
    """Of one profile; everything may raise ``AppError``."""

    assistant: Assistant
    name: str

    async def vocabulary(self, profile: Profile) -> CloseVocabulary:
        return await self.assistant.read_vocabulary(profile)

    async def compare(self, profile: Profile, spec: MappingSpec, sample: Sample) -> EventReport:
        """A dry run of one mapping, switched on or not; nothing is written."""
        alone = replace(profile, mappings=(replace(spec, enabled=True),))
        return await self.assistant.tester().run(alone, sample, live=False)

    async def create_field(
        self, profile: Profile, spec: MappingSpec, wanted: NewField, variable: EventVariable
    ) -> CreatedField:
        """A new custom field in Close with the variable mapped to it."""
        async with await self.assistant.open_for(profile) as close:
            return await create_field_and_map(close, await close.me(), spec, wanted, variable)

    def versions(self, vocabulary: CloseVocabulary) -> tuple[SavedVersion, ...]:
        """The saved versions, newest first; none before the first save. Blocks on the disk."""
        store = self.assistant.profiles
        if not store.exists(self.name):
            return ()
        in_use = store.load(self.name).mappings
        former = store.history(self.name).versions()
        return saved_versions(in_use, former, vocabulary) if in_use or former else ()
