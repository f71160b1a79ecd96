"""What a person does with profiles: the section of the settings, its dialogs, and the menu in the rail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog

from app.assembly import Assistant
from app.errors import AppError
from app.storage.profile import Profile, ProfileColor
from app.storage.profile_file import SUFFIX
from app.ui.frame.tasks import AsyncTask
from app.ui.frame.window import FrameWindow
from app.ui.profiles.name_dialog import NameDialog
from app.ui.profiles.opening import ProfileOpener
from app.ui.profiles.profiles_section import ProfilesSection
from app.ui.profiles.promote_dialog import PromoteDialog
from app.ui.profiles.switcher import ProfileMenu
from app.ui.question_dialog import QuestionDialog
from app.ui.theme.theme import Theme
from app.workflows.profile_care import ImportPreview, ProfileSummary


class ProfilesDesk(QObject):
    """``settings_requested`` asks for the section; ``changed`` says that a profile was changed."""

    settings_requested = Signal()
    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        assistant: Assistant,
        name: str,
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
        *,
        opener: ProfileOpener | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._assistant = assistant
        self._name = name
        self._unexpected = unexpected
        self._care = assistant.profile_care()
        self.opener = opener or ProfileOpener(assistant.profiles.root)
        self.dialog: QDialog | None = None
        self._summaries: tuple[ProfileSummary, ...] = ()
        self._reading = AsyncTask("read the profiles", unexpected=unexpected, parent=self)
        self._working = AsyncTask("work on a profile", unexpected=unexpected, parent=self)
        self.section = ProfilesSection(theme, self._working, name)
        self._connect()

    def read(self) -> None:
        """Look at all profiles again; needs the running loop."""
        self._reading.run(lambda: asyncio.to_thread(self._care.summaries), self.tr("Reading the profiles…"))

    def show_menu(self, at: QPoint) -> ProfileMenu:
        """The profiles to choose from, above the foot of the rail."""
        menu = ProfileMenu(self._theme, self._care.summaries(), self._name, self._frame)
        menu.profile_chosen.connect(self.open)
        menu.new_requested.connect(lambda: self._do("new", ""))
        menu.manage_requested.connect(self.settings_requested)
        menu.popup(at - QPoint(0, menu.sizeHint().height()))
        return menu

    def open(self, name: str) -> None:
        async def work() -> tuple[str, bool]:
            return name, await asyncio.to_thread(self.opener.open, name)

        if name != self._name:
            self._working.run(work, self.tr("Opening “{name}”…").format(name=name))

    def read_file(self, path: Path) -> None:
        """Look at an exported profile; its contents are shown before it is taken."""
        self._working.run(lambda: asyncio.to_thread(self._care.look_at, path), self.tr("Reading the file…"))

    def _connect(self) -> None:
        self.section.opened.connect(self.read)
        self.section.requested.connect(self._do)
        self._reading.succeeded.connect(self._show)
        self._reading.failed.connect(self._show_error)
        self._working.succeeded.connect(self._done)
        self._working.failed.connect(self._show_error)

    def _show(self, summaries: tuple[ProfileSummary, ...]) -> None:
        self._summaries = summaries
        self.section.show_summaries(summaries)

    def _show_error(self, error: AppError) -> None:
        self.settings_requested.emit()
        self.section.slot.show_error(error)

    def _done(self, result: object) -> None:
        self.section.slot.clear()
        if isinstance(result, ImportPreview):
            self._ask_import(result)
            return
        if isinstance(result, tuple):
            name, was_there = result
            words = (
                self.tr("“{name}” is at the front.")
                if was_there
                else self.tr("“{name}” opens in its own window.")
            )
            self._frame.show_toast(words.format(name=name))
            return
        if isinstance(result, str):
            self._frame.show_toast(result)
        self.changed.emit()
        self.read()

    def _do(self, what: str, name: str) -> None:
        actions: dict[str, Callable[[str], None]] = {
            "open": self.open,
            "edit": self._ask_name,
            "promote": self._ask_promotion,
            "export": self._ask_export,
            "remove": self._ask_removal,
            "new": lambda _: self._ask_new(),
            "import": lambda _: self._ask_file(),
        }
        actions[what](name)

    def _ask_new(self) -> None:
        dialog = NameDialog(
            self._theme,
            self._frame,
            title=self.tr("New profile"),
            why=self.tr("It opens in its own window, where you connect it to Close."),
            yes=self.tr("Create profile"),
            name=self._care.free_name("Source"),
            color=self._free_color(),
            taken=self._assistant.profiles.list(),
        )
        dialog.agreed.connect(self._create)
        self._open(dialog)

    def _create(self, name: str, color: ProfileColor) -> None:
        async def work() -> tuple[str, bool]:
            await asyncio.to_thread(self._care.create, name, color)
            return name, await asyncio.to_thread(self.opener.open, name)

        self._working.run(work, self.tr("Creating “{name}”…").format(name=name))

    def _ask_name(self, name: str) -> None:
        summary = self._care.summary(name)
        dialog = NameDialog(
            self._theme,
            self._frame,
            title=self.tr("Name and colour"),
            why=self.tr("Key, mappings and events stay."),
            yes=self.tr("Save"),
            name=name,
            color=summary.color,
            taken=[each for each in self._assistant.profiles.list() if each != name],
            may_rename=not summary.in_use and name != self._name,
        )
        dialog.agreed.connect(lambda new, color: self._rename(name, new, color))
        self._open(dialog)

    def _rename(self, name: str, new: str, color: ProfileColor) -> None:
        def work() -> None:
            self._care.set_color(name, color)
            if new != name:
                self._care.rename(name, new)

        self._working.run(lambda: asyncio.to_thread(work), self.tr("Saving…"))

    def _ask_promotion(self, name: str) -> None:
        dialog = PromoteDialog(
            self._theme,
            self._frame,
            self._assistant.load_profile(name),
            self._care.summaries(),
            self._assistant.promoter(),
            self._unexpected,
            free_name=self._care.free_name(self.tr("{name} live").format(name=name)),
        )
        dialog.promoted.connect(self._promoted)
        self._open(dialog)

    def _promoted(self, profile: Profile) -> None:
        self._frame.show_toast(self.tr("Promoted to “{name}”, in Dry run.").format(name=profile.name))
        self.changed.emit()
        self.read()

    def _ask_export(self, name: str) -> None:
        picker = self._picker(self.tr("Export “{name}”").format(name=name))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.selectFile(name + SUFFIX)
        picker.fileSelected.connect(lambda path: self._export(name, Path(path)))
        self._open(picker)

    def _export(self, name: str, path: Path) -> None:
        def work() -> str:
            self._care.export_to(name, path)
            return self.tr("Written to {file}, without secrets.").format(file=path.name)

        self._working.run(lambda: asyncio.to_thread(work), self.tr("Exporting…"))

    def _ask_file(self) -> None:
        picker = self._picker(self.tr("Import a profile"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.fileSelected.connect(lambda path: self.read_file(Path(path)))
        self._open(picker)

    def _ask_import(self, preview: ImportPreview) -> None:
        dialog = NameDialog(
            self._theme,
            self._frame,
            title=self.tr("Import this profile?"),
            why=self.tr("It becomes a profile of its own, in Dry run. Nothing of yours is replaced."),
            yes=self.tr("Import profile"),
            name=self._care.free_name(preview.file.name),
            color=preview.file.profile.color,
            taken=self._assistant.profiles.list(),
            facts=preview.lines,
        )
        dialog.agreed.connect(lambda name, color: self._take(preview, name, color))
        self._open(dialog)

    def _take(self, preview: ImportPreview, name: str, color: ProfileColor) -> None:
        def work() -> str:
            self._care.take(preview.file, name)
            self._care.set_color(name, color)
            return self.tr("“{name}” was imported. Open it to connect it to Close.").format(name=name)

        self._working.run(lambda: asyncio.to_thread(work), self.tr("Importing…"))

    def _ask_removal(self, name: str) -> None:
        dialog = QuestionDialog(
            self._theme,
            self._frame,
            title=self.tr("Remove “{name}”?").format(name=name),
            text=self.tr(
                "Its key, its secrets, its mappings, its events and its log are removed from this computer. "
                "This cannot be undone. What was written to Close stays."
            ),
            yes=self.tr("Remove “{name}”").format(name=name),
            no=self.tr("Keep it"),
        )
        dialog.answered.connect(lambda agreed: self._remove(name) if agreed else None)
        self._open(dialog)

    def _remove(self, name: str) -> None:
        def work() -> str:
            self._care.remove(name)
            return self.tr("“{name}” was removed.").format(name=name)

        self._working.run(lambda: asyncio.to_thread(work), self.tr("Removing…"))

    def _free_color(self) -> ProfileColor:
        used = [each.color for each in self._care.summaries()]
        return min(ProfileColor, key=used.count)

    def _picker(self, title: str) -> QFileDialog:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        picker = QFileDialog(self._frame, title, folder, self.tr("Profiles (*.json)"))
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return picker

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None
