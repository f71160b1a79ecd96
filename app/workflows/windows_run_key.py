"""The user's ``Run`` key of Windows' registry: what is started at log-in. Imported on Windows only."""

from __future__ import annotations

import sys

_PATH = r"Software\Microsoft\Windows\CurrentVersion\Run"

if sys.platform == "win32":
    import winreg

    class WindowsRunKey:
        """Values by name."""

        def value(self, name: str) -> str | None:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PATH) as key:
                try:
                    return str(winreg.QueryValueEx(key, name)[0])
                except FileNotFoundError:
                    return None

        def write(self, name: str, value: str) -> None:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _PATH) as key:
                winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)

        def delete(self, name: str) -> None:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PATH, access=winreg.KEY_SET_VALUE) as key:
                winreg.DeleteValue(key, name)
