"""The one window of the program: rail, page, drawer and command bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.ui.frame.announcements import announce
from app.ui.frame.command_bar import CommandBar
from app.ui.frame.commands import CommandSet
from app.ui.frame.drawer import Drawer
from app.ui.frame.focus_order import move_focus
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.rail import Rail
from app.ui.frame.rail_items import NavItem, OrganizationInfo, RelayStatus, StepItem
from app.ui.theme.theme import Theme
from app.ui.widgets.toast import Toast

_SMALLEST = (880, 600)
_USUAL = (1120, 760)
_DRAWER_SHARE = 0.42
_LEAST_PAGE_WIDTH = 420
_STEP_KEYS = 8


class FrameWindow(QMainWindow):
    """Shows one page at a time and gives it rail, drawer and commands.

    It decides nothing: keys of chosen steps and places come out as signals, and whoever owns the pages
    answers with ``show_page``.
    """

    step_chosen = Signal(str)
    place_chosen = Signal(str)
    help_requested = Signal()
    organization_requested = Signal()
    page_shown = Signal(str)

    def __init__(self, theme: Theme, app_name: str) -> None:
        super().__init__()
        self.theme = theme
        self._app_name = app_name
        self._pages: dict[str, Page] = {}
        self._entries: dict[str, str] = {}
        self._offers: dict[str, Callable[[], CommandSet]] = {}
        self._current = ""
        self._drawer_choice: dict[str, bool] = {}
        self._help: DrawerContent | None = None
        self._rail_choice: bool | None = None
        self._step_keys: list[str] = []
        self.rail = Rail(theme, app_name)
        self.stack = QStackedWidget()
        self.drawer = Drawer(theme)
        self.bar = CommandBar(theme)
        self._center = QWidget()
        self._build()
        self.toast = Toast(theme, self._center)
        self.setWindowTitle(app_name)
        self.setWindowIcon(theme.icons.app_icon())
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_USUAL)
        self._connect()
        theme.changed.connect(self._fit)

    @property
    def current_key(self) -> str:
        return self._current

    @property
    def current_page(self) -> Page | None:
        return self._pages.get(self._current)

    @property
    def _entry(self) -> str:
        return self._entries.get(self._current, self._current)

    def page(self, key: str) -> Page:
        return self._pages[key]

    def add_page(
        self,
        key: str,
        page: Page,
        *,
        under: str = "",
        commands: Callable[[], CommandSet] | None = None,
    ) -> None:
        """Register a page; it is shown by ``show_page(key)``.

        ``under`` is the entry of the rail that it belongs to when it has none of its own; ``commands``
        replaces what the page itself would offer, for pages that stand in several places.
        """
        self._pages[key] = page
        self._entries[key] = under or key
        self._offers[key] = commands or page.commands
        self.stack.addWidget(page)
        page.commands_changed.connect(self._refresh_commands)
        page.drawer_changed.connect(self._refresh_drawer)
        page.announced.connect(self._announce_for_page)
        page.toast_requested.connect(self.show_toast)

    def remove_page(self, key: str) -> None:
        """Take a page out again, for example when another profile is opened."""
        page = self._pages.pop(key)
        del self._entries[key], self._offers[key]
        if key == self._current:
            page.left()
            self.drawer.set_content("", None)
            self.drawer.hide()
            self.bar.set_commands(CommandSet())
            self._current = ""
        self.stack.removeWidget(page)
        page.deleteLater()

    def show_page(self, key: str, *, focus: bool = True) -> None:
        """Bring a page to the front, mark it in the rail, read its title aloud and focus its first field."""
        before = self.current_page
        if before is not None and key != self._current:
            before.left()
        self._current = key
        page = self._pages[key]
        self.stack.setCurrentWidget(page)
        self.rail.set_current(self._entry)
        self._refresh_commands()
        self._refresh_drawer()
        self._fit()
        page.activated()
        announce(self, page.title)
        first = self._landing(page) if focus else None
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_shown.emit(key)

    def set_steps(self, items: Sequence[StepItem]) -> None:
        """The rail shows the guide; Ctrl+1 to Ctrl+8 go to these steps."""
        self._step_keys = [item.key for item in items]
        self.rail.set_steps(items, self._entry)

    def set_places(self, items: Sequence[NavItem]) -> None:
        """The rail shows the workbench."""
        self._step_keys = []
        self.rail.set_places(items, self._entry)

    def set_organization(self, organization: OrganizationInfo | None) -> None:
        """In the rail's foot, and first in the title: windows of several profiles lie side by side."""
        self.rail.set_organization(organization)
        parts = (organization.name, organization.profile) if organization is not None else ()
        self.setWindowTitle(" – ".join(part for part in (*parts, self._app_name) if part))

    def set_relay(self, status: RelayStatus | None) -> None:
        self.rail.set_relay(status)

    def set_rail_choice(self, compact: bool | None) -> None:
        """A person's wish for the rail: icons only, full, or (None) whatever fits."""
        self._rail_choice = compact
        self._fit()

    def announce(self, text: str, *, assertive: bool = False) -> None:
        announce(self, text, assertive=assertive)

    def show_toast(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """A short message with Undo; also read aloud."""
        self.toast.show_text(text, undo)
        announce(self, text)

    def show_trouble(self, text: str, open_cause: Callable[[], None]) -> None:
        """A short message that is not gone before somebody was here; also read aloud."""
        self.toast.show_trouble(text, open_cause)
        announce(self, text)

    def show_drawer(self) -> None:
        """Open the drawer of the present page, for example because a row was chosen."""
        self._drawer_choice[self._current] = True
        self._refresh_drawer()

    @property
    def shows_help(self) -> bool:
        return self._help is not None

    def show_help(self, content: DrawerContent) -> None:
        """Put help where the page's own drawer is, until it is hidden."""
        self._help = content
        self._refresh_drawer()

    def hide_help(self) -> None:
        """The page has its drawer back as it was."""
        self._help = None
        self._refresh_drawer()

    def toggle_drawer(self) -> None:
        """Show or hide the drawer; remembered per page."""
        page = self.current_page
        if self.shows_help:
            self._hide_drawer()
        elif page is not None and page.drawer() is not None:
            self._drawer_choice[self._current] = self.drawer.isHidden()
            self._refresh_drawer()

    def next_region(self, step: int = 1) -> None:
        """Move the keyboard to the next of rail, page, drawer and command bar that is shown."""
        page = self.current_page
        regions: list[QWidget] = [self.rail]
        if page is not None:
            regions.append(page)
        regions += [each for each in (self.drawer, self.bar) if not each.isHidden()]
        focused = QApplication.focusWidget()
        inside = [
            number
            for number, each in enumerate(regions)
            if focused is not None and each.isAncestorOf(focused)
        ]
        start = inside[0] if inside else (-1 if step > 0 else 0)
        for offset in range(1, len(regions) + 1):
            target = self._first_focus(regions[(start + step * offset) % len(regions)])
            if target is not None:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def focusNextPrevChild(self, forward: bool) -> bool:
        return move_focus(self, forward=forward) or super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Only what no widget wanted arrives here: Esc puts the drawer away and never the window.
        if event.key() == Qt.Key.Key_Escape and not self.drawer.isHidden():
            self._hide_drawer()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _build(self) -> None:
        center = self._center
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.drawer)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(middle, 1)
        right.addWidget(self.bar)
        row = QHBoxLayout(center)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.drawer.hide()
        self.setCentralWidget(center)

    def _connect(self) -> None:
        self.rail.step_chosen.connect(self.step_chosen)
        self.rail.place_chosen.connect(self.place_chosen)
        self.rail.help_requested.connect(self.help_requested)
        self.rail.organization_requested.connect(self.organization_requested)
        self.drawer.dismissed.connect(self._hide_drawer)
        self.bar.drawer_button.clicked.connect(self.show_drawer)
        keys: list[tuple[str, Callable[[], None]]] = [
            ("Ctrl+Return", self.bar.run_primary),
            ("Ctrl+Enter", self.bar.run_primary),
            ("Alt+Left", self.bar.run_back),
            ("Ctrl+.", self.toggle_drawer),
            ("F1", self.help_requested.emit),
            ("F6", self.next_region),
            ("Shift+F6", lambda: self.next_region(-1)),
            ("Ctrl+F", self._focus_filter),
        ]
        keys += [(f"Ctrl+{number}", self._step_shortcut(number)) for number in range(1, _STEP_KEYS + 1)]
        for sequence, run in keys:
            QShortcut(QKeySequence(sequence), self).activated.connect(run)

    def _step_shortcut(self, number: int) -> Callable[[], None]:
        def choose() -> None:
            if number <= len(self._step_keys):
                self.step_chosen.emit(self._step_keys[number - 1])

        return choose

    def _focus_filter(self) -> None:
        page = self.current_page
        field = page.filter_field() if page is not None else None
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _hide_drawer(self) -> None:
        had_focus = self.drawer.isAncestorOf(QApplication.focusWidget() or self)
        if self.shows_help:
            self._help = None
        else:
            self._drawer_choice[self._current] = False
        self._refresh_drawer()
        if had_focus:
            page = self.current_page
            target = self._first_focus(page) if page is not None else None
            (target or self.rail.first_focus()).setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh_commands(self) -> None:
        page = self.current_page
        self.bar.set_commands(self._offers[self._current]() if page is not None else CommandSet())

    def _refresh_drawer(self) -> None:
        page = self.current_page
        content = self._help or (page.drawer() if page is not None else None)
        if content is None:
            self.drawer.hide()
            self.drawer.set_content("", None)
            self.bar.set_drawer_hidden(hidden=False)
            return
        self.drawer.set_content(content.title, content.widget, content.width)
        usual = content.open_at_first and self._has_room_for(content.width)
        shown = self.shows_help or self._drawer_choice.get(self._current, usual)
        self.drawer.setVisible(shown)
        self.bar.set_drawer_hidden(hidden=not shown)

    def _has_room_for(self, drawer_width: int) -> bool:
        """Whether the page keeps a usable width beside a drawer that nobody has asked for."""
        left = self.width() - self.rail.width() - self.theme.px(drawer_width)
        return left >= self.theme.px(_LEAST_PAGE_WIDTH)

    def _announce_for_page(self, text: str, assertive: bool) -> None:
        announce(self, text, assertive=assertive)

    def _landing(self, page: Page) -> QWidget | None:
        """Where the keyboard goes with a new page: its wish, the primary button, or its first control."""
        wanted = page.initial_focus()
        if wanted is None and not self.bar.primary.isHidden():
            return self.bar.primary
        return wanted or self._first_focus(page)

    def _first_focus(self, region: QWidget) -> QWidget | None:
        if region is self.rail:
            return self.rail.first_focus()
        if region is self.bar and not self.bar.primary.isHidden():
            return self.bar.primary
        if isinstance(region, Page) and (wanted := region.initial_focus()) is not None:
            return wanted
        children = region.findChildren(QWidget)
        return next(
            (
                each
                for each in children
                if each.isVisibleTo(region)
                and each.isEnabled()
                and each.focusPolicy() & Qt.FocusPolicy.TabFocus
            ),
            None,
        )

    def _fit(self) -> None:
        page = self.current_page
        threshold = (page.icons_below if page is not None else Page.icons_below) * self.theme.text_scale
        fits = self.width() < threshold
        self.rail.set_compact(compact=fits if self._rail_choice is None else self._rail_choice)
        self.drawer.set_limit(round(self.width() * _DRAWER_SHARE))
        if page is not None:
            self._refresh_drawer()
