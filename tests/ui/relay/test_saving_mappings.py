"""Saving mappings that somebody else has changed on disk meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AppError
from app.relay.inbox_reader import InboxReader
from app.storage.profile import Mode, Profile
from app.ui.relay.relay_controller import RelayController
from app.workflows.setup import default_mapping
from tests.ui.scenes.workbench_scenes import finished_profile


async def test_what_the_command_line_saved_is_not_replaced_in_silence(tmp_path: Path, qapp: object) -> None:
    raised: list[BaseException] = []
    disk = [finished_profile(Mode.OBSERVE)]

    def save(profile: Profile) -> None:
        disk.append(profile)

    controller = RelayController(
        disk[0],
        build=lambda _profile: pytest.fail("nothing is built"),
        save=save,
        load=lambda: disk[-1],
        secret=lambda _profile: "",
        reader=InboxReader(tmp_path / "relay.db"),
        database=tmp_path / "relay.db",
        unexpected=raised.append,
    )
    mine = (replace(default_mapping(), name="Mine"),)
    theirs = replace(disk[0], mappings=(replace(default_mapping(), name="Theirs"),))
    save(theirs)
    with pytest.raises(AppError) as told:
        await controller.save_mappings(mine)
    assert told.value.code == "MAPPINGS-CHANGED-ELSEWHERE"
    assert disk[-1] == theirs
    await controller.save_mappings(mine)
    assert disk[-1].mappings == mine
    await controller.close()
    assert not raised
