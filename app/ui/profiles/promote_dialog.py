"""Promoting a profile: where to, the report of what was found there, and only then the switch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.storage.profile import Profile
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.language.translator import said
from app.ui.profiles.promotion_report import PromotionReport
from app.ui.question_dialog import SurfaceDialog, unfilled
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.combo import ComboField
from app.ui.widgets.field import TextField
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_field import SecretField
from app.workflows.profile_care import ProfileSummary
from app.workflows.promotion import Promoter, Promotion, PromotionTarget

_NEW = ""
_SIZE = (720, 560)
# Two organizations are read, each within Close's limits.
_PATIENT = TaskLimits(give_up=120.0)


class PromoteDialog(SurfaceDialog):
    """``promoted`` carries the saved profile. Nothing is written before the last button."""

    promoted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        source: Profile,
        others: Sequence[ProfileSummary],
        promoter: Promoter,
        unexpected: Callable[[BaseException], None],
        *,
        free_name: str = "",
    ) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("Promote “{name}”").format(name=source.name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._source = source
        self._promoter = promoter
        self._target = PromotionTarget("")
        self._promotion: Promotion | None = None
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.column.addWidget(
            WrappedLabel(
                theme,
                self.tr(
                    "Mappings, filters and fields go to another organization. Every id is looked up there by "
                    "its name. This profile stays as it is, and the other one starts in Dry run."
                ),
                Role.BODY,
                "muted",
            )
        )
        self.where = ComboField(theme, self.tr("To"))
        self.where.combo.add(self.tr("A new profile"), _NEW)
        for each in others:
            if each.name != source.name and not each.trouble:
                self.where.combo.add(each.name, each.name, each.organization)
        self.name = TextField(theme, self.tr("Name of the new profile"), free_name)
        self.key = SecretField(
            theme,
            self.tr("Close API key of the other organization"),
            help_text=self.tr("Kept where the key of this profile is kept, once you have agreed."),
        )
        self._connected = {each.name for each in others if each.organization}
        self.task = AsyncTask("compare", unexpected=unexpected, limits=_PATIENT, parent=self)
        self._saving = AsyncTask("promote", unexpected=unexpected, limits=_PATIENT, parent=self)
        self.slot = MessageSlot(theme)
        self.report = PromotionReport(theme)
        for part in (self.where, self.name, self.key):
            self.column.addWidget(part)
        self.column.addWidget(TaskLine(theme, self.task))
        self.column.addWidget(TaskLine(theme, self._saving))
        self.column.addWidget(self.slot)
        self.column.addWidget(self._scrolling(self.report), 1)
        self.compare_button = Button(theme, self.tr("Compare"), ButtonKind.PRIMARY)
        self.go_button = Button(theme, self.tr("Promote"), ButtonKind.PRIMARY)
        self.cancel_button = Button(theme, self.tr("Cancel"))
        self.add_buttons(self.cancel_button, self.compare_button, self.go_button)
        self.resize(theme.px(_SIZE[0]), self.sizeHint().height())
        self._connect()
        self._where_chosen()

    def show_promotion(self, promotion: Promotion) -> None:
        """The report; the button says what it is going to do."""
        self._promotion = promotion
        self.report.show_promotion(promotion)
        self._area.setVisible(True)
        self.resize(self.width(), self._theme.px(_SIZE[1]))
        for part in (self.where, self.name, self.key, self.compare_button):
            part.setVisible(False)
        self.go_button.setVisible(True)
        organization = promotion.account.organization.name
        created = len(promotion.to_create)
        text = self.tr("Promote to {organization}").format(organization=organization)
        if created == 1:
            text = self.tr("Create 1 field and promote to {organization}").format(organization=organization)
        elif created:
            text = self.tr("Create {n} fields and promote to {organization}").format(
                n=created, organization=organization
            )
        self.go_button.set_text(text)
        self.go_button.setFocus()

    def compare(self) -> None:
        self.slot.clear()
        chosen = str(self.where.combo.current_key() or _NEW)
        name = chosen or self.name.text().strip()
        if not name:
            self.name.set_error(self.tr("Give the new profile a name."))
            self.name.edit.setFocus()
            return
        key = "" if chosen in self._connected else self.key.secret().strip()
        if chosen not in self._connected and not key:
            self.key.set_error(self.tr("Enter a key of the organization it is to go to."))
            self.key.setFocus()
            return
        self._target = PromotionTarget(name, key)
        self.task.run(
            lambda: self._promoter.compare(self._source, self._target),
            self.tr("Comparing the organizations…"),
        )

    def _scrolling(self, widget: QWidget) -> QScrollArea:
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Report"))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        column.addStretch(1)
        area.setWidget(holder)
        unfilled(area)
        area.setVisible(False)
        return area

    def _connect(self) -> None:
        self.go_button.setVisible(False)
        self.where.combo.activated.connect(lambda _: self._where_chosen())
        self.name.edited.connect(lambda _: self.name.set_error(""))
        self.key.edited.connect(lambda: self.key.set_error(""))
        self.compare_button.clicked.connect(self.compare)
        self.cancel_button.clicked.connect(self.reject)
        self.go_button.clicked.connect(self._go)
        self.task.succeeded.connect(self.show_promotion)
        self.task.changed.connect(lambda: self.compare_button.set_busy(busy=self.task.busy))
        self._saving.succeeded.connect(self._saved)
        self._saving.changed.connect(lambda: self.go_button.set_busy(busy=self._saving.busy))
        for task in (self.task, self._saving):
            task.failed.connect(self._show_error)
        self.report.chosen.connect(self._choose)

    def _where_chosen(self) -> None:
        name = str(self.where.combo.current_key() or _NEW)
        self.name.setVisible(name == _NEW)
        self.key.setVisible(name not in self._connected)

    def _choose(self, source_id: str, target_id: str) -> None:
        if self._promotion is not None:
            self._promotion = self._promotion.choosing(source_id, target_id)
            self.report.show_headline(self._promotion)
            self.slot.clear()

    def _go(self) -> None:
        promotion = self._promotion
        if promotion is None:
            return
        if promotion.to_choose:
            self.report.focus_first()
        self._saving.run(lambda: self._promoter.carry_out(promotion, self._target), self.tr("Promoting…"))

    def _saved(self, profile: Profile) -> None:
        self.promoted.emit(profile)
        self.accept()

    def _show_error(self, error: AppError) -> None:
        self.slot.show_error(error)
        self.setAccessibleDescription(said(error.title))
