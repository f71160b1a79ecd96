"""Sending an edited copy of an event and exporting the list, on a real relay."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.relay.replay_store import ReplayStore
from app.ui.events.event_tools import EditDialog
from app.ui.events.events_page import EventsPage
from app.ui.frame.window import FrameWindow
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt
from tests.ui.relay.desk import Desk


def test_an_edited_copy_is_sent_as_a_new_event_and_the_list_exported(
    qapp: QApplication, theme: Theme, tmp_path: Path
) -> None:
    async def scenario() -> None:
        desk = Desk(tmp_path)
        page = EventsPage(theme, desk.controller)
        window = FrameWindow(theme, "Test")
        window.add_page("events", page)
        window.show_page("events")
        window.show()
        await desk.start()
        try:
            await edit_and_export(desk, page)
        finally:
            await desk.close()
            window.close()
            window.deleteLater()

    async def edit_and_export(desk: Desk, page: EventsPage) -> None:
        assert await desk.post("first") == 200
        await until(lambda: page.model.rowCount() == 1, what="the event in the list")
        first = page.model.row(0).id
        page.select_event(first)
        await until(lambda: page.panel.edit_button.isVisible(), what="the event in the panel")
        page.panel.edit_button.click()
        dialog = page.tools.dialog
        assert isinstance(dialog, EditDialog)
        dialog.box.set_text("{")
        dialog.send_button.click()
        assert page.tools.dialog is dialog
        edited = {"type": "track", "event": "Edited", "userId": "u-9", "messageId": "first"}
        dialog.box.set_text(json.dumps(edited))
        dialog.send_button.click()
        await until(lambda: page.model.rowCount() == 2, what="the copy in the list")
        copy = page.model.row(0)
        assert (copy.title, copy.message_id.startswith("edited-")) == ("Edited", True)
        assert ReplayStore(desk.controller.database).copies(first) == (copy.id,)
        out = tmp_path / "out.ndjson"
        said: list[str] = []
        page.tools.said.connect(said.append)
        page.tools.export(page.filters.filter(), out)
        await until(lambda: said, what="the export")
        assert [json.loads(line)["event"]["event"] for line in out.read_text().splitlines()] == [
            "Signed Up",
            "Edited",
        ]

    run_in_qt(qapp, scenario())
