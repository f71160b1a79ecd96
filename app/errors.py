"""The one error type a person ever reads.

Foreign exceptions stop at the border of the module that met them and become an
``AppError``: what happened, the likely cause, what to do, and a code that stays
the same across releases so that people can search for it.
"""

from __future__ import annotations


class AppError(Exception):
    """Something went wrong and a person can be told what to do about it.

    ``code`` is upper-case words joined by hyphens, area first (``CLOSE-KEY-REFUSED``).
    ``detail`` is for copying into a report: technical, already redacted, may be empty.
    """

    def __init__(self, code: str, title: str, *, cause: str = "", remedy: str, detail: str = "") -> None:
        super().__init__(title)
        self.code = code
        self.title = title
        self.cause = cause
        self.remedy = remedy
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.title} {self.remedy} [{self.code}]"
