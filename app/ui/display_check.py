"""Whether a window can be shown at all, found out before Qt is asked: Qt would end the process.

Nothing here imports PySide6 when the module is loaded.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.errors import AppError

if TYPE_CHECKING:
    from app.assembly import Assistant
    from app.ui.opening import Opening
    from app.workflows.demo import DemoSession


class RunWindow(Protocol):
    """``app.ui.application.run_window``."""

    def __call__(
        self,
        assistant: Assistant,
        profile_name: str,
        *,
        demo: DemoSession | None = None,
        opening: Opening | None = None,
    ) -> int: ...


_WITHOUT_DISPLAY = frozenset(
    {"offscreen", "minimal", "vnc", "linuxfb", "eglfs", "minimalegl", "vkkhrdisplay"}
)

# Debian's and Ubuntu's package for each library that Qt loads from the system.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libGLX.so.0": "libglx0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libzstd.so.1": "libzstd1",
}

# What the xcb platform plugin is linked to and PySide6 does not bring along.
_XCB_LIBRARIES = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-randr.so.0",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
    "libxcb-shm.so.0",
    "libxcb-sync.so.1",
    "libxcb-xfixes.so.0",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
    "libxkbcommon.so.0",
    "libX11-xcb.so.1",
)

_LIBRARY = re.compile(r"(lib[\w.+-]+?\.so(?:\.\d+)*)")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def check_display(
    environment: Mapping[str, str], platform: str = sys.platform, *, loads: Callable[[str], bool] = _loads
) -> None:
    """Raises ``AppError``: NO-DISPLAY, or QT-LIBRARY-MISSING when the plugin for X cannot be loaded."""
    if not platform.startswith("linux"):
        return
    wanted = environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0].strip().lower()
    if wanted in _WITHOUT_DISPLAY:
        return
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        raise AppError(
            "NO-DISPLAY",
            "There is no display to show a window on.",
            cause="Neither DISPLAY nor WAYLAND_DISPLAY is set, as on a server or in a container.",
            remedy="These commands work without a window: setup, preview, send, relay, events, self-test. "
            "For the window, start the program inside a desktop session.",
        )
    # With Wayland Qt takes its own plugin and only falls back to X.
    if wanted == "xcb" or (not wanted and not environment.get("WAYLAND_DISPLAY")):
        missing = next((library for library in _XCB_LIBRARIES if not loads(library)), None)
        if missing is not None:
            raise _library_error(missing, f"{missing} cannot be loaded")


def import_opening() -> Callable[[Path], Opening]:
    """What shows the window's frame. Raises ``AppError`` like ``import_window``."""
    check_qt_version()
    try:
        from app.ui.opening import Opening
    except ImportError as error:
        raise qt_library_error(error) from error
    return Opening


def import_window() -> RunWindow:
    """The function that runs the window. Raises ``AppError``: QT-VERSION, QT-LIBRARY-MISSING, QT-MISSING."""
    check_qt_version()
    try:
        from app.ui.application import run_window
    except ImportError as error:
        raise qt_library_error(error) from error
    return run_window


def qt_library_error(error: ImportError) -> AppError:
    """What to tell when importing PySide6 failed."""
    found = _LIBRARY.search(str(error))
    if found is not None:
        return _library_error(found[1], str(error))
    return AppError(
        "QT-MISSING",
        "The part of Qt that draws the window is not installed or does not fit.",
        cause="PySide6 could not be loaded.",
        remedy="Install the program again. Commands without a window work: setup, preview, send, relay, "
        "events, self-test.",
        detail=str(error),
    )


def check_qt_version(
    python: tuple[int, int] = sys.version_info[:2], installed: Callable[[], str] | None = None
) -> None:
    """Raises ``AppError`` (``QT-VERSION``) for a pair that aborts after a while.

    Measured: PySide6 6.12 on Python 3.11 loses a reference at every signal and ends the process.
    """
    try:
        found = (installed or _installed_qt)()
    except ImportError:
        return  # importing it says more
    numbers = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
    if python < (3, 12) and numbers >= (6, 12):
        raise AppError(
            "QT-VERSION",
            f"PySide6 {found} does not work with Python {python[0]}.{python[1]}.",
            cause="Together they end the program after a few minutes.",
            remedy='Install another PySide6: python -m pip install "PySide6-Essentials<6.12", '
            "or use Python 3.12 or later.",
        )


def _installed_qt() -> str:
    """Of the package, which loads no library of Qt yet."""
    import PySide6

    return str(PySide6.__version__)


def _library_error(library: str, detail: str) -> AppError:
    package = _PACKAGES.get(library)
    remedy = (
        f"On Debian or Ubuntu: sudo apt install {package}."
        if package
        else "Install the package of your system that contains it."
    )
    return AppError(
        "QT-LIBRARY-MISSING",
        f"A library that the window needs is missing: {library}.",
        cause="It belongs to the operating system and does not come with this program.",
        remedy=f"{remedy} Commands without a window work meanwhile: setup, preview, send, relay, events, "
        "self-test.",
        detail=detail,
    )
