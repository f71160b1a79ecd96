"""Choose a sample event: a built-in one, or one that is pasted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.setup.message_slot import MessageSlot
from app.ui.setup.sample_list import SampleList
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.field import NoteLine
from app.ui.widgets.tabs import Tabs
from app.workflows.samples import Sample, built_in_samples, read_sample
from app.workflows.setup import SetupFlow

_EVENT, _PASTE = "event", "paste"
_PAUSE_MS = 300


class SamplePage(Page):
    done = Signal()
    back = Signal()

    def __init__(self, theme: Theme, flow: SetupFlow, unexpected: Callable[[BaseException], None]) -> None:
        super().__init__(theme, "", scrolls=False)
        self.retitle(
            self.tr("Choose a sample event"),
            self.tr("The next steps show what this event would do. Nothing is sent to Close."),
        )
        self._flow = flow
        self._unexpected = unexpected
        self.list = SampleList(theme)
        self.code = CodeBox(theme, name=self.tr("The chosen event"), small=False)
        self.paste = CodeBox(theme, name=self.tr("Event to paste"), editable=True, small=False)
        self.paste.edit.setPlaceholderText(
            self.tr("Paste an event from Segment’s debugger here, from the first brace to the last.")
        )
        self._slot = MessageSlot(theme)
        self._why = NoteLine(theme)
        self._hint = Banner(theme, Tone.INFO, " ", " ")
        self._hint.setVisible(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self.tabs = Tabs(
            theme,
            self.tr("Sample event"),
            ((_EVENT, self.tr("Event"), self._event_view()), (_PASTE, self.tr("Paste"), self._paste_view())),
        )
        self.body.addLayout(self._columns())
        self._connect()
        self.list.set_samples(built_in_samples())
        self._choose_first()

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def initial_focus(self) -> QWidget:
        return self.list.table

    def filter_field(self) -> QWidget:
        return self.list.filter

    def activated(self) -> None:
        sample = self._flow.state.sample
        if sample is not None and sample not in self.list.samples():
            self.list.add(sample)
        elif sample is not None:
            self.list.choose(sample)

    def commands(self) -> CommandSet:
        pasting = self.tabs.current_key() == _PASTE
        text = self.tr("Use the pasted event") if pasting else self.tr("Use this event")
        return CommandSet(
            primary=Command(text, self._use, trailing="arrow-right"),
            back=Command(self.tr("Back"), self.back.emit),
            fact=Fact(self.tr("Nothing is sent to Close")),
        )

    # -------------------------------------------------------------------------------------------

    def _use(self) -> None:
        if self.tabs.current_key() == _PASTE:
            sample = self._pasted()
            if sample is None:
                self.paste.edit.setFocus()
                return
            self.list.add(sample)
            self.tabs.choose(_EVENT)
        chosen = self.list.current()
        if chosen is None:
            self.list.table.setFocus()
            self.announce(self.tr("Choose an event first"), assertive=True)
            return
        self._flow.choose_sample(chosen)
        self.done.emit()

    def _pasted(self) -> Sample | None:
        """The event in the box; None after showing what is wrong with it."""
        try:
            sample = read_sample(self.paste.text(), name=self.tr("Pasted event"))
        except AppError as error:
            self.paste.set_invalid(invalid=True)
            self._slot.show_error(error, details_open=True)
            self.announce(error.title, assertive=True)
            return None
        self._clear_error()
        self._pause.stop()
        return sample

    def _check_paste(self) -> None:
        if self.paste.text().strip():
            self._pasted()
        else:
            self._clear_error()

    def _paste_changed(self) -> None:
        # An error that may no longer hold goes at once; a new one waits until the typing pauses.
        self._clear_error()
        self._pause.start()

    def _clear_error(self) -> None:
        self.paste.set_invalid(invalid=False)
        self._slot.clear()

    def _show(self, sample: Sample) -> None:
        self.code.set_json(sample.body)
        self._why.show_text(sample.why, "muted", "info" if sample.why else "")
        event = sample.event
        known = bool(event.user_id)
        self._hint.setVisible(not known)
        if not known:
            self._hint.set(
                Tone.INFO,
                self.tr("This event has no userId"),
                self.tr("The person is matched by email only, if the event has one."),
            )

    def _start_paste(self) -> None:
        self.tabs.choose(_PASTE)
        self.paste.edit.setFocus()

    def _paste_anywhere(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text:
            self._start_paste()
            self.paste.set_text(text)

    def _choose_first(self) -> None:
        self.list.choose(self._flow.state.sample or self.list.samples()[0])

    def _connect(self) -> None:
        self.list.chosen.connect(self._show)
        self.list.chosen.connect(lambda _sample: self.tabs.choose(_EVENT))
        self.list.add_requested.connect(self._start_paste)
        self.paste.edit.textChanged.connect(self._paste_changed)
        self._pause.timeout.connect(self._check_paste)
        self.tabs.chosen.connect(lambda _key: self.commands_changed.emit())
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._paste_anywhere)

    def _columns(self) -> QHBoxLayout:
        content = QWidget()
        right = QVBoxLayout(content)
        right.setContentsMargins(24, 24, 24, 24)
        right.setSpacing(12)
        right.addWidget(self.header)
        right.addWidget(self.tabs, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.list)
        columns.addWidget(area, 1)
        return columns

    def _event_view(self) -> QWidget:
        view = QWidget()
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._why)
        column.addWidget(self._hint)
        column.addWidget(self.code, 1)
        return view

    def _paste_view(self) -> QWidget:
        view = QWidget()
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._slot)
        column.addWidget(self.paste, 1)
        return view
