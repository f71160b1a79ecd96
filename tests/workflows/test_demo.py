from __future__ import annotations

from app.assembly import Assistant
from app.workflows.demo import DemoSession


async def test_the_demo_key_opens_the_made_up_organization() -> None:
    with DemoSession() as demo:
        assistant = Assistant.for_demo(demo)
        checked = await assistant.setup_flow("demo").check_key(demo.api_key)
        assert checked.account.organization.name == demo.sandbox.store.account.organization.name


def test_nothing_of_a_demo_stays_on_the_disk() -> None:
    with DemoSession() as demo:
        folder = demo.folder
        profiles = Assistant.for_demo(demo).profiles
        profiles.save(profiles.new("demo"))
        assert folder.stat().st_mode & 0o077 == 0
        assert list(folder.iterdir())
    assert not folder.exists()


def test_keys_of_the_environment_stay_out_of_the_demo() -> None:
    with DemoSession() as demo:
        assert not Assistant.for_demo(demo).secrets.has_environment_key()
