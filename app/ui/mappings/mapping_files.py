"""Mappings out of and into files in Segment's JSON."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import AppError
from app.segment.close_destination import ACTION
from app.segment.mapping_exchange import ExchangedMapping, export_mappings
from app.storage.private_files import read_private, storage_error
from app.storage.profile import MappingSpec
from app.ui.mapping.session import EditingSession
from app.workflows.mapping_files import imported, read_mapping_json, with_imported

_LARGEST_BYTES = 20_000_000


class MappingFiles(QObject):
    """Asks for files; ``failed`` carries an ``AppError``, ``told`` what was done."""

    failed = Signal(object)
    told = Signal(str)

    def __init__(self, session: EditingSession, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._page = parent
        self._dialog: QFileDialog | None = None

    def export(self, specs: tuple[MappingSpec, ...]) -> None:
        """Ask where to, then write the mappings."""
        name = specs[0].name if len(specs) == 1 else "mappings"
        dialog = self._asking(self.tr("Export as Segment JSON"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{''.join(one if one.isalnum() else '-' for one in name)}.json")
        dialog.fileSelected.connect(lambda path: self.write(Path(path), specs))
        dialog.open()

    def import_file(self) -> None:
        """Ask for a file, then add its mappings to the list."""
        dialog = self._asking(self.tr("Import Segment JSON"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.read(Path(path)))
        dialog.open()

    def write(self, path: Path, specs: tuple[MappingSpec, ...]) -> None:
        shape = export_mappings(
            ExchangedMapping(spec.name, spec.trigger, spec.mapping, spec.enabled, spec.action)
            for spec in specs
        )
        try:
            path.write_text(json.dumps(shape, indent=2, ensure_ascii=False) + "\n", "utf-8")
        except OSError as error:
            self.failed.emit(storage_error(error, path))
            return
        own = [spec.name for spec in specs if spec.action != ACTION.slug]
        text = self.tr("Exported to {name}.").format(name=path.name)
        if own:
            text += " " + self.tr("Segment cannot import {names}: such actions exist here only.").format(
                names=", ".join(f"“{one}”" for one in own)
            )
        self.told.emit(text)

    def read(self, path: Path) -> None:
        try:
            specs = imported(read_mapping_json(_text_of(path)))
            before = self._session.document
            after = with_imported(before, specs, replacing=False)
        except AppError as error:
            self.failed.emit(error)
            return
        self._session.set_document(after, choose=len(before.mappings))
        names = ", ".join(f"“{spec.name}”" for spec in specs)
        self.told.emit(self.tr("Imported {names}.").format(names=names))

    def _asking(self, title: str) -> QFileDialog:
        # Opened, not executed: events keep coming in while a person looks for the file.
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = QFileDialog(self._page, title)
        self._dialog.setNameFilters([self.tr("JSON files (*.json)"), self.tr("All files (*)")])
        return self._dialog


def _text_of(path: Path) -> str:
    """Raises ``AppError`` (``MAPPING-FILE``, ``STORAGE-…``)."""
    content = read_private(path)
    if content is None or len(content) > _LARGEST_BYTES:
        raise AppError(
            "MAPPING-FILE",
            f"{path.name} cannot be imported.",
            cause="The file does not exist." if content is None else "The file is larger than 20 MB.",
            remedy="Choose a file that was exported from Segment or from this program.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AppError(
            "MAPPING-FILE",
            f"{path.name} is not a text file.",
            cause="It is not in UTF-8.",
            remedy="Choose a JSON file that was exported from Segment or from this program.",
        ) from error
