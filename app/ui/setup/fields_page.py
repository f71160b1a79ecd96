"""Choose the ID fields: find them in Close, create them, or go on without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.page_keys import bind_key
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.setup.field_choice import Creation, FieldChoice
from app.ui.setup.guide_panel import GuidePanel
from app.ui.setup.match_picture import MatchPicture
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel
from app.workflows.fields import COMPANY_ID, USER_ID, FieldsView
from app.workflows.setup import SetupFlow

_KEY_LOST = ("KEY-MISSING", "CLOSE-KEY-REFUSED")


class FieldsPage(Page):
    """``back`` also leads out when the key is gone: the step before is the connection."""

    done = Signal()
    back = Signal()

    def __init__(
        self,
        theme: Theme,
        flow: SetupFlow,
        unexpected: Callable[[BaseException], None],
        *,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(theme, "", form=True)
        self.retitle(
            self.tr("Choose the ID fields"),
            self.tr("They find the right lead and contact, so no duplicates appear."),
        )
        self._flow = flow
        self._now = now
        self._read_at: datetime | None = None
        self._view: FieldsView | None = None
        self._pending: list[Creation] = []
        self.refresh_button = Button(theme, self.tr("Refresh"), icon="refresh-cw")
        self.header.add(self.refresh_button)
        self.company = FieldChoice(theme, COMPANY_ID)
        self.user = FieldChoice(theme, USER_ID)
        self._slot = MessageSlot(theme)
        self._read = AsyncTask("read fields", unexpected=unexpected, parent=self)
        self._create = AsyncTask("create fields", unexpected=unexpected, parent=self)
        self._request = self._request_card()
        self._without = self._without_line()
        self._guide = self._make_guide()
        for widget in (
            TaskLine(theme, self._read),
            TaskLine(theme, self._create),
            self._slot,
            self.company,
            self.user,
            self._request,
            self._without,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._connect()

    @property
    def busy(self) -> bool:
        return self._read.busy or self._create.busy

    @property
    def valid(self) -> bool:
        return self._view is not None and not self._creations()

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def initial_focus(self) -> QWidget | None:
        return self.company.combo if self._view is not None else None

    def activated(self) -> None:
        """Read the fields unless they were read already for this connection."""
        if self._view is None or self._flow.fields is None:
            self.refresh()

    def commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.back.emit)
        count = len(self._creations())
        busy = self.busy
        if self._view is None:
            return CommandSet(
                primary=Command(self.tr("Read the fields"), self.refresh, icon="refresh-cw", busy=busy),
                back=back,
            )
        if count:
            text = (
                self.tr("Create 1 field in {organization}")
                if count == 1
                else self.tr("Create {count} fields in {organization}")
            )
            text = text.format(count=count, organization=self._view.organization_name)
            primary = Command(text, self._primary, icon="plus", busy=busy)
        else:
            both_out = self.company.without and self.user.without
            text = self.tr("Continue without ID fields") if both_out else self.tr("Use these fields")
            primary = Command(text, self._primary, trailing="arrow-right", busy=busy)
        return CommandSet(primary=primary, back=back, fact=self._fact())

    def drawer(self) -> DrawerContent:
        return DrawerContent(self.tr("How matching works"), self._guide)

    def refresh(self) -> None:
        """Read the fields from Close again."""
        if self.busy:
            return
        self._slot.clear()
        if self._view is None:
            self.company.set_loading()
            self.user.set_loading()
        self._read.run(self._flow.read_fields, self.tr("Reading the custom fields from Close…"))

    # What a person does ------------------------------------------------------------------------

    def _primary(self) -> None:
        if self._first_problem():
            return
        creations = self._creations()
        if creations:
            self._slot.clear()
            text = ", ".join(f"“{one.name}”" for one in creations)
            self._create.run(
                lambda: self._create_all(creations), self.tr("Creating {names} in Close…").format(names=text)
            )
            return
        try:
            self._flow.choose_fields(self.company.chosen_id, self.user.chosen_id)
        except AppError as error:
            self._failed(error)
            return
        self.done.emit()

    async def _create_all(self, creations: tuple[Creation, ...]) -> tuple[FieldsView, dict[str, str]]:
        """One field after the other, each under its own name; returns the view and the new ids by role."""
        made: dict[str, str] = {}
        view = self._view
        for creation in creations:
            view = await self._flow.create_fields((creation.wanted,), name=creation.name)
            side = view.company if creation.wanted is COMPANY_ID else view.user
            if side.field is not None:
                made[creation.wanted.name] = side.field.id
        assert view is not None
        return view, made

    def _first_problem(self) -> bool:
        """Show and focus the first problem; its words are at the field."""
        for choice, other in ((self.company, self.user), (self.user, self.company)):
            problem = choice.problem(other_id=other.chosen_id)
            if problem is not None:
                choice.focus_problem()
                self.announce(problem.title, assertive=True)
                return True
        return False

    def _creations(self) -> tuple[Creation, ...]:
        if self._view is None:
            return ()
        return tuple(one for one in (self.company.creation, self.user.creation) if one is not None)

    def _copy_request(self) -> None:
        if self._view is not None:
            QGuiApplication.clipboard().setText(self._view.request_for_admin())
            self.toast_requested.emit(self.tr("Request copied"), None)

    # What happens ------------------------------------------------------------------------------

    def _was_read(self, view: FieldsView) -> None:
        profile = self._flow.state.profile
        company = self.company.chosen_id or (profile.company_field.id if profile.company_field else None)
        user = self.user.chosen_id or (profile.user_field.id if profile.user_field else None)
        self._show(view, company, user)

    def _were_created(self, result: tuple[FieldsView, dict[str, str]]) -> None:
        view, made = result
        company = made.get(COMPANY_ID.name) or self.company.chosen_id
        user = made.get(USER_ID.name) or self.user.chosen_id
        self._show(view, company, user)
        self.announce(self.tr("{count} fields created").format(count=len(made)))

    def _show(self, view: FieldsView, company: str | None, user: str | None) -> None:
        self._view = view
        self._read_at = self._now()
        self.company.show_view(view.company, may_create=view.may_create, chosen_id=company)
        self.user.show_view(view.user, may_create=view.may_create, chosen_id=user)
        self._update_hints()
        self.commands_changed.emit()

    def _update_hints(self) -> None:
        view = self._view
        if view is None:
            return
        needs_admin = not view.may_create and bool(view.missing)
        self._request.setVisible(needs_admin)
        if needs_admin:
            self._request_text.set_text(view.request_for_admin())
        self._without.setVisible(self.user.creation is not None or needs_admin)

    def _failed(self, error: AppError) -> None:
        again = Button(self.theme, self.tr("Read the fields again"), icon="refresh-cw")
        again.clicked.connect(self.refresh)
        actions = [again]
        if error.code in _KEY_LOST:
            connect = Button(self.theme, self.tr("Connect again"), icon="key-round")
            connect.clicked.connect(self.back)
            actions = [connect]
        elif error.code in ("FIELD-NOT-PERMITTED", "CLOSE-FORBIDDEN"):
            copy = Button(self.theme, self.tr("Copy request for an admin"), icon="copy")
            copy.clicked.connect(self._copy_request)
            actions = [copy, again]
        self._slot.show_error(error, actions)
        self.announce(error.title, assertive=True)
        self.commands_changed.emit()

    # Parts -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        bind_key(self, "F5", self.refresh)
        self.refresh_button.clicked.connect(self.refresh)
        for task in (self._read, self._create):
            task.changed.connect(self._task_changed)
            task.failed.connect(self._failed)
        self._read.succeeded.connect(self._was_read)
        self._create.succeeded.connect(self._were_created)
        for choice in (self.company, self.user):
            choice.changed.connect(self._choice_changed)

    def _task_changed(self) -> None:
        if self.refresh_button.busy != self._read.busy:
            self.refresh_button.set_busy(busy=self._read.busy)
        self.commands_changed.emit()

    def _choice_changed(self) -> None:
        self._update_hints()
        self.commands_changed.emit()

    def _fact(self) -> Fact | None:
        if self._read_at is None:
            return None
        text = self.tr("Fields read from Close at {time}").format(time=f"{self._read_at:%H:%M}")
        return Fact(text, "refresh-cw")

    def _without_line(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Icon(self.theme, "info", "info", 16))
        row.addWidget(
            WrappedLabel(
                self.theme, self.tr("Without User ID, people are matched by email only."), Role.BODY, "muted"
            ),
            1,
        )
        self.without_button = Button(self.theme, self.tr("Go without it"), ButtonKind.LINK)
        self.without_button.clicked.connect(self.user.choose_without)
        row.addWidget(self.without_button)
        line.setVisible(False)
        return line

    def _request_card(self) -> Card:
        card = Card(self.theme, self.tr("Ask an administrator of Close"))
        self._request_text = WrappedLabel(self.theme, "", Role.MONO)
        self._request_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box = Card(self.theme, padding=12, fill="sunken", behind="surface")
        box.body.addWidget(self._request_text)
        self.copy_request_button = Button(self.theme, self.tr("Copy request"), icon="copy")
        self.copy_request_button.clicked.connect(self._copy_request)
        why = self.tr("This key may not create custom fields. Refresh once the fields exist.")
        card.body.addWidget(WrappedLabel(self.theme, why, Role.BODY, "muted"))
        card.body.addWidget(box)
        card.body.addWidget(self.copy_request_button, 0, Qt.AlignmentFlag.AlignLeft)
        card.setVisible(False)
        return card

    def _make_guide(self) -> GuidePanel:
        panel = GuidePanel(self.theme)
        panel.add_text(
            self.tr("Each event carries your own IDs. Close has no place for them until you add one.")
        )
        panel.add_wide(MatchPicture(self.theme))
        panel.add_line()
        order = QWidget()
        words = QVBoxLayout(order)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(3)
        words.addWidget(WrappedLabel(self.theme, self.tr("Order of search"), Role.HEADING))
        for number, line in enumerate(
            (
                self.tr("User ID on the contact"),
                self.tr("Email address"),
                self.tr("Company ID on the lead"),
                self.tr("Otherwise a new lead, if you allow it"),
            ),
            start=1,
        ):
            words.addWidget(WrappedLabel(self.theme, f"{number}. {line}", Role.BODY, "muted"))
        panel.add_wide(order)
        panel.add_text(
            self.tr("Send a request to an admin of Close, or paste a field ID that they give you."),
            self.tr("If you cannot create fields"),
        )
        panel.finish()
        return panel
