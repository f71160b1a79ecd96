"""Start the program from a checkout: the same as the installed ``segment-close`` command."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
