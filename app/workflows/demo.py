"""A session on made-up data: a sandbox Close on this computer and a profile folder that is thrown away."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.storage.private_files import translated_os_errors


class DemoSession:
    """``with DemoSession() as demo:`` serves until the end of the block; nothing of it stays on the disk.

    Entering raises ``AppError`` when the sandbox cannot listen or there is no room for its folder.
    """

    def __init__(self) -> None:
        self.sandbox = Sandbox(store=demo_data())
        self._server = SandboxThread(self.sandbox)
        self._folder: Path | None = None

    def __repr__(self) -> str:
        return f"DemoSession({self._folder})"

    @property
    def base_url(self) -> str:
        """The address of the sandbox's API."""
        return self._server.base_url

    @property
    def api_key(self) -> str:
        """A key that opens the sandbox and nothing else."""
        return self.sandbox.api_key

    @property
    def folder(self) -> Path:
        """Where the demo's profiles live; exists while the session is entered."""
        if self._folder is None:
            raise RuntimeError("the demo is not running")
        return self._folder

    def start(self) -> None:
        parent = Path(tempfile.gettempdir())
        with translated_os_errors(parent):
            self._folder = Path(tempfile.mkdtemp(prefix="segment-close-demo-", dir=parent))
        try:
            self._server.start()
        except BaseException:
            self._discard()
            raise

    def stop(self) -> None:
        self._server.stop()
        self._discard()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _discard(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
