"""Where the program keeps its own files when nobody names a folder."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "segment-close"


def default_root() -> Path:
    """The folder of all profiles when ``--profile-dir`` does not name one."""
    return platformdirs.user_data_path(_NAME, appauthor=False)


def configuration_folder() -> Path:
    """For how a person likes the window, whatever the profile."""
    return platformdirs.user_config_path(_NAME, appauthor=False)
