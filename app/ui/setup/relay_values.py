"""The relay's values for Segment at the left, what is proven about the connection at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.relay.status import RelayStatus
from app.ui.setup.columns import Columns
from app.ui.setup.connection_watch import public_lines
from app.ui.setup.public_way import PublicWay
from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.badge import State, StateBadge
from app.ui.widgets.card import Card
from app.ui.widgets.check_list import CheckLine, CheckList, CheckState
from app.ui.widgets.field import TextField
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import Label, WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField
from app.workflows.reach.connection_check import CheckStep, ConnectionLine


@dataclass(frozen=True, slots=True)
class Proofs:
    """What has been shown to work; None for a check that was not made."""

    port: int
    port_free: bool | None = None
    listening: bool = False
    test_stored: bool | None = None
    from_segment: int = 0
    connection: tuple[ConnectionLine, ...] = ()


class RelayValues(Card):
    """``port_changed`` carries a valid port after the person has left the field."""

    port_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.url = ReadOnlyField(theme, self.tr("URL for Segment"))
        self.secret = ReadOnlyField(theme, self.tr("Shared secret"), secret=True)
        self.port = TextField(theme, self.tr("Port"), mono=True)
        self.port.edit.setValidator(QIntValidator(1, 99999, self))
        self.way = PublicWay(theme)
        self._badge = StateBadge(theme, State.IDLE)
        self._checks = CheckList(theme, gap=9)
        columns = Columns(theme, stack_below=620, spacing=32)
        columns.add(self._left())
        columns.add(self._right(theme))
        self.body.addWidget(columns)
        self.port.committed.connect(self._port_left)
        self.port.edited.connect(lambda _text: self.port.set_error(""))

    def set_url(self, url: str, *, runs: bool, public: bool, changed: bool = False) -> None:
        if url != self.url.value():
            self.url.set_value(url)
        words = self.tr("The public URL changed since you copied it. Paste it in Segment again.")
        self.url.set_error(words if changed else "")
        if public:
            text = self.tr("Segment sends here.")
        elif runs:
            text = self.tr("Answers on this computer. Segment needs a public address.")
        else:
            text = self.tr("Answers once the relay runs. Segment needs a public address.")
        self.url.set_help(text)

    def set_secret(self, secret: str) -> None:
        self.secret.set_value(secret)

    def set_port(self, port: int) -> None:
        if not self.port.edit.hasFocus():
            self.port.set_text(str(port))

    def entered_port(self) -> int | None:
        """The port in the field; None after showing what is wrong with it."""
        text = self.port.text().strip()
        if text.isdigit() and 1 <= int(text) <= 65535:
            return int(text)
        self.port.set_error(self.tr("Ports go from 1 to 65535."))
        return None

    def lock_port(self, *, locked: bool) -> None:
        """A relay that runs keeps its port."""
        self.port.edit.setReadOnly(locked)
        self.port.edit.setToolTip(self.tr("Stop the relay to change it") if locked else "")

    def show_proofs(self, proofs: Proofs) -> None:
        lines = self._lines(proofs)
        passed = sum(1 for line in lines if line.state is CheckState.PROVEN)
        failed = any(line.state is CheckState.FAILED for line in lines)
        state = State.FAILED if failed else (State.OK if passed == len(lines) else State.IDLE)
        self._badge.set_state(
            state, self.tr("{passed} of {all} proven").format(passed=passed, all=len(lines))
        )
        self._checks.set_lines(lines)

    def _lines(self, proofs: Proofs) -> tuple[CheckLine, ...]:
        port = proofs.port
        if proofs.listening:
            first = CheckLine(
                CheckState.PROVEN, self.tr("Port {port} belongs to the relay").format(port=port)
            )
        elif proofs.port_free is False:
            first = CheckLine(
                CheckState.FAILED,
                self.tr("Port {port} is in use").format(port=port),
                self.tr("Another program listens there. Choose another port."),
            )
        elif proofs.port_free:
            first = CheckLine(CheckState.PROVEN, self.tr("Port {port} is free").format(port=port))
        else:
            first = CheckLine(CheckState.OPEN, self.tr("Port {port}").format(port=port))
        here = next((line for line in proofs.connection if line.step is CheckStep.LOOPBACK), None)
        listening = CheckLine(
            CheckState.PROVEN if proofs.listening else CheckState.OPEN,
            self.tr("Relay listens"),
            measure=here.measure if here else "",
        )
        stored = {True: CheckState.PROVEN, False: CheckState.FAILED, None: CheckState.OPEN}[
            proofs.test_stored
        ]
        arrived = proofs.from_segment > 0
        return (
            first,
            listening,
            CheckLine(stored, self.tr("Test event stored")),
            *public_lines(proofs.connection),
            CheckLine(
                CheckState.PROVEN
                if arrived
                else (CheckState.WAITING if proofs.listening else CheckState.OPEN),
                self.tr("First event from Segment"),
                measure=self.tr("signature valid")
                if arrived
                else (self.tr("waiting") if proofs.listening else ""),
            ),
        )

    def _left(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.url)
        column.addWidget(self.secret)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.way, 3, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.port, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        column.addStretch(1)
        return left

    def _right(self, theme: Theme) -> QWidget:
        right = QWidget()
        head = QHBoxLayout()
        head.addWidget(Label(theme, self.tr("Connection check"), Role.HEADING))
        head.addStretch(1)
        head.addWidget(self._badge)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._checks)
        column.addStretch(1)
        hint = WrappedLabel(theme, "", Role.CAPTION, "muted")
        place = self.tr("Paste these in Segment: {place}")
        hint.set_markup(plain(place).format(place=strong(self.tr("Destinations › Webhooks (Actions)"))))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Icon(theme, "clipboard-paste", "muted", 14))
        row.addWidget(hint, 1)
        column.addLayout(row)
        return right

    def _port_left(self) -> None:
        port = self.entered_port()
        if port is not None:
            self.port_changed.emit(port)


def listens(status: RelayStatus) -> bool:
    return status.state.listens
