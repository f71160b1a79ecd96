"""What a checked key opens: organization, person, and what the key may do."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.close.records import Account
from app.ui.setup.columns import Columns
from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.button import IconButton
from app.ui.widgets.card import FactGrid, ResultCard
from app.ui.widgets.check_list import CheckLine, CheckRow, CheckState
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import ElidedLabel, WrappedLabel
from app.workflows.fields import MANAGE_CUSTOMIZATIONS

_SEE_ALL_LEADS = "view_all_leads"


class AccountCard(ResultCard):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Tone.OK, "")
        self.copy_button = IconButton(theme, "copy", self.tr("Copy the organization's ID"))
        self.copy_button.clicked.connect(self._copy)
        self._organization_id = ""

    def show_account(self, account: Account, key_fact: str, checked_at: datetime) -> None:
        """``key_fact`` says where the key is; ``checked_at`` is local time."""
        organization = account.organization
        self._organization_id = organization.id
        title = plain(self.tr("Connected to {organization} as {person}")).format(
            organization=strong(organization.name), person=plain(account.user_name)
        )
        checked = self.tr("checked {time}").format(time=f"{checked_at:%H:%M}")
        self.set_result(Tone.OK, title, checked, "circle-check")
        self.copy_button.setParent(self)
        clear_layout(self.details)
        facts = FactGrid(self._theme)
        facts.add(self.tr("Organization"), organization.name)
        facts.add(self.tr("Organization ID"), self._id_with_copy(organization.id))
        facts.add(
            self.tr("User"), " · ".join(part for part in (account.user_name, account.user_email) if part)
        )
        facts.add(self.tr("Key"), key_fact)
        self.details.addWidget(facts)
        self.details.addSpacing(2)
        self.details.addWidget(Hair(self._theme))
        self.details.addSpacing(2)
        self.details.addWidget(WrappedLabel(self._theme, self.tr("What this key may do"), Role.HEADING))
        self.details.addWidget(self._abilities(account))

    def _id_with_copy(self, organization_id: str) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(ElidedLabel(self._theme, organization_id, Role.MONO))
        row.addWidget(self.copy_button)
        row.addStretch(1)
        self.copy_button.show()
        return holder

    def _abilities(self, account: Account) -> QWidget:
        all_leads = account.may(_SEE_ALL_LEADS)
        creates = account.may(MANAGE_CUSTOMIZATIONS)
        first = account.user_name.split(" ")[0] or account.user_name
        lines = (
            CheckLine(
                CheckState.PROVEN if all_leads else CheckState.ATTENTION,
                self.tr("Read leads and contacts"),
                self.tr("All leads of the organization")
                if all_leads
                else self.tr("Only leads {person} may see; others could be created twice").format(
                    person=first
                ),
                icon="check" if all_leads else "",
            ),
            CheckLine(
                CheckState.PROVEN,
                self.tr("Read custom fields"),
                self.tr("Needed to find the ID fields"),
                icon="check",
            ),
            CheckLine(
                CheckState.OPEN,
                self.tr("Create and update records"),
                self.tr("Proven by the first test you send"),
            ),
            CheckLine(
                CheckState.PROVEN if creates else CheckState.ATTENTION,
                self.tr("Create custom fields"),
                self.tr("{person} may manage customizations").format(person=first)
                if creates
                else self.tr("{person} may not; an admin can create them").format(person=first),
                icon="check" if creates else "",
            ),
        )
        columns = Columns(self._theme, stack_below=400)
        for side in (lines[:2], lines[2:]):
            part = QWidget()
            grid = QGridLayout(part)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setVerticalSpacing(10)
            for number, line in enumerate(side):
                grid.addWidget(CheckRow(self._theme, line), number, 0)
            columns.add(part)
        return columns

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._organization_id)
