from __future__ import annotations

import pytest

from app.errors import AppError
from app.ui.display_check import check_display, check_qt_version, qt_library_error


def everything_loads(_library: str) -> bool:
    return True


def test_without_a_display_the_commands_that_work_are_named() -> None:
    with pytest.raises(AppError) as raised:
        check_display({}, "linux", loads=everything_loads)
    assert raised.value.code == "NO-DISPLAY"
    for command in ("setup", "preview", "send", "relay", "events", "self-test"):
        assert command in raised.value.remedy


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"DISPLAY": ":0"}, "linux"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux"),
        ({}, "win32"),
        ({}, "darwin"),
    ],
)
def test_a_display_or_a_platform_that_needs_none_is_enough(
    environment: dict[str, str], platform: str
) -> None:
    check_display(environment, platform, loads=everything_loads)


def test_a_missing_library_of_the_x_plugin_is_named_with_its_package() -> None:
    with pytest.raises(AppError) as raised:
        check_display({"DISPLAY": ":0"}, "linux", loads=lambda library: "cursor" not in library)
    assert raised.value.code == "QT-LIBRARY-MISSING"
    assert "libxcb-cursor0" in raised.value.remedy


def test_wayland_does_not_need_the_x_libraries() -> None:
    check_display({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", loads=lambda _library: False)


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libGL.so.1", "libgl1"),
        ("libxkbcommon.so.0", "libxkbcommon0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libfontconfig.so.1", "libfontconfig1"),
    ],
)
def test_an_import_that_fails_names_the_debian_package(library: str, package: str) -> None:
    message = f"{library}: cannot open shared object file: No such file or directory"
    error = qt_library_error(ImportError(message))
    assert error.code == "QT-LIBRARY-MISSING"
    assert library in error.title
    assert package in error.remedy


def test_an_import_that_fails_otherwise_asks_to_install_again() -> None:
    assert qt_library_error(ImportError("No module named 'PySide6'")).code == "QT-MISSING"


@pytest.mark.parametrize("installed", ["6.12.0", "6.13.1", "7.0.0"])
def test_the_pair_that_aborts_is_refused(installed: str) -> None:
    with pytest.raises(AppError) as raised:
        check_qt_version((3, 11), lambda: installed)
    assert raised.value.code == "QT-VERSION"


@pytest.mark.parametrize(
    ("python", "installed"), [((3, 11), "6.11.3"), ((3, 12), "6.12.0"), ((3, 13), "6.8.0")]
)
def test_other_pairs_start(python: tuple[int, int], installed: str) -> None:
    check_qt_version(python, lambda: installed)
