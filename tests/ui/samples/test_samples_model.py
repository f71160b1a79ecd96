"""The list's rows: filter, masks, stars, places."""

from __future__ import annotations

from datetime import UTC, datetime

from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.ui.samples.event_view import EventView
from app.ui.samples.samples_model import ROW_ROLE, SampleRow, SamplesModel
from app.ui.setup.sample_list import SampleList
from app.ui.theme.theme import Theme
from app.workflows.sample_collection import EventCollection
from app.workflows.samples import Origin, Sample, collected
from tests.ui.scenes.sample_scenes import people

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def rows(model: SamplesModel) -> list[SampleRow]:
    return [model.index(row, 0).data(ROW_ROLE) for row in range(model.rowCount())]


def filled(samples: list[Sample]) -> tuple[SamplesModel, EventCollection]:
    collection = EventCollection()
    collection.add(samples)
    model = SamplesModel(lambda: NOW)
    model.set_samples(collection.samples)
    return model, collection


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model, collection = filled(people(30))
    qtmodeltester.check(model)
    model.set_filter("maria")
    collection.star(collection.own[0].number, starred=True)
    model.set_samples(collection.samples)
    assert rows(model)[0].starred


def test_a_row_tells_type_time_and_star() -> None:
    odd = collected({"traits": {"email": "a@b.example"}, "timestamp": "2031-01-01T12:00:00Z"}, Origin.PASTED)
    plain = collected({"type": "page", "userId": "u"}, Origin.RECORDED)
    model, _ = filled([odd, plain])
    assert [(row.name, row.type, row.odd_type, row.when) for row in rows(model)[:3]] == [
        ("a@b.example", "no type", True, "1 Jan 2031"),
        ("u", "page", False, "recorded"),
        ("Identify, full", "identify", False, "built-in"),
    ]


def test_the_filter_finds_names_types_and_ids() -> None:
    model, _ = filled(people(30))
    for text, count in (("trial", 11), ("USR_0004", 1), ("maria.lopez@", 3), ("nothing like it", 0)):
        model.set_filter(text)
        assert model.rowCount() == count, text


def test_thousands_of_events_are_listed_without_a_widget_each(qtbot: QtBot, theme: Theme) -> None:
    samples = SampleList(theme)
    qtbot.addWidget(samples)
    before = len(samples.findChildren(object))
    collection = EventCollection()
    collection.add(people(10_000))
    samples.set_samples(collection.samples)
    samples.choose(collection.own[9_000])
    assert samples.current() == collection.own[9_000]
    assert len(samples.findChildren(object)) == before
    collection.remove([collection.own[0].number])
    samples.set_samples(collection.samples)
    assert samples.current() == collection.own[8_999]
    assert samples.count.text() == "9,999 own, 13 built-in"


def test_an_event_with_thousands_of_properties_is_shown_and_masked(qtbot: QtBot, theme: Theme) -> None:
    traits = {f"property “{n}”.with/odd $key 🙂": f"person{n}@example.com" for n in range(5_000)}
    view = EventView(theme)
    qtbot.addWidget(view)
    view.show()
    (sample,) = [collected({"type": "identify", "userId": "u", "traits": traits}, Origin.PASTED)]
    view.show_sample(sample, sample.name)
    model = view.tree.model()
    assert model.rowCount(model.index(2, 0)) == 5_000
    view.mask_switch.setChecked(True)
    assert model.index(4_999, 1, model.index(2, 0)).data() == '"p•••@e•••.com"'
    view.form.button("raw").click()
    assert view.plain.isVisible()
    assert "p•••@e•••.com" in view.body_text()
