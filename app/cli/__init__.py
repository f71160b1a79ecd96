"""The command line: everything the window can do, without one."""

from app.cli.program import main

__all__ = ["main"]
