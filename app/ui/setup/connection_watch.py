"""The connection check on the last step: made anew whenever the relay or its public URL changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.errors import AppError
from app.relay.reachability import ReachChoice
from app.relay.status import RelayStatus
from app.ui.frame.tasks import AsyncTask
from app.ui.setup.relay_control import RelayControl
from app.ui.widgets.check_list import CheckLine, CheckState
from app.workflows.reach.connection_check import CheckStep, ConnectionLine, Verdict

_STATES = {
    Verdict.HOLDS: CheckState.PROVEN,
    Verdict.FAILS: CheckState.FAILED,
    Verdict.OPEN: CheckState.OPEN,
}
PUBLIC_STEPS = (CheckStep.NAME, CheckStep.ROUND_TRIP, CheckStep.SIGNATURE, CheckStep.TIME)


class ConnectionWatch(QObject):
    """``lines`` are the newest answer of the check, empty while the relay does not listen."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, relay: RelayControl, unexpected: Callable[[BaseException], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.lines: tuple[ConnectionLine, ...] = ()
        self._relay = relay
        self._seen: object = None
        self._check = AsyncTask("check the connection", unexpected=unexpected, parent=self)
        self._check.succeeded.connect(self._take)
        self._check.failed.connect(self._refused)
        self._choose = AsyncTask("choose the public address", unexpected=unexpected, parent=self)
        self._choose.failed.connect(self.failed)

    def look(self, status: RelayStatus) -> None:
        """Check again if something has changed since the last check."""
        if not status.state.listens:
            self.lines, self._seen = (), None
            return
        seen = (status.url, status.reach.state, status.reach.url_changed)
        if seen != self._seen and not self._check.busy:
            self._seen = seen
            self._check.run(self._relay.check_connection, self.tr("Checking the connection…"))

    def choose(self, choice: ReachChoice) -> None:
        """Let a relay that runs be reached another way."""
        self._choose.run(lambda: self._relay.choose_way(choice), self.tr("Saving…"))

    def _take(self, lines: tuple[ConnectionLine, ...]) -> None:
        self.lines = lines
        self.changed.emit()

    def _refused(self, error: AppError) -> None:
        self.lines = (ConnectionLine(CheckStep.NAME, Verdict.FAILS, error.title, error=error),)
        self.changed.emit()


def public_lines(lines: tuple[ConnectionLine, ...]) -> tuple[CheckLine, ...]:
    """The way from outside, and a URL in Segment that is no longer right; open while nothing is known."""
    known = {line.step: line for line in lines}
    shown = [_shown(step, known.get(step)) for step in PUBLIC_STEPS]
    if CheckStep.COPIED in known:
        shown.append(_shown(CheckStep.COPIED, known[CheckStep.COPIED]))
    return tuple(shown)


def _shown(step: CheckStep, line: ConnectionLine | None) -> CheckLine:
    title = _title(step)
    if line is None or line.verdict is Verdict.OPEN:
        return CheckLine(CheckState.OPEN, title)
    if line.error is not None:
        return CheckLine(_STATES[line.verdict], line.error.title, line.error.remedy)
    return CheckLine(_STATES[line.verdict], title, measure=line.measure)


def _title(step: CheckStep) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("ConnectionWatch", text)

    return {
        CheckStep.NAME: tr("DNS and certificate valid"),
        CheckStep.ROUND_TRIP: tr("Round trip through the public URL"),
        CheckStep.SIGNATURE: tr("Signature arrives intact"),
        CheckStep.TIME: tr("Answers within Segment’s 5 s"),
    }.get(step, str(step))
