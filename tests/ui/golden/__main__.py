"""Take golden pictures anew, for a person to look at: ``python -m tests.ui.golden [NAME…]``."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.ui.golden.pictures import (
    LETTERS,
    difference,
    letters,
    load,
    missing_fonts,
    pictures_of,
    save,
    scenes,
)
from tests.ui.rendering import make_theme


def main(names: list[str]) -> int:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = make_theme(app)
    if missing_fonts():
        sys.stderr.write(f"Install {' and '.join(missing_fonts())} first: the pictures are drawn with it.\n")
        return 1
    taken = {LETTERS: letters(theme)}
    for scene in scenes():
        if not names or any(name in scene.name for name in names):
            taken |= pictures_of(scene, theme)
    changed = [name for name, image in taken.items() if difference(image, load(name), share=0.0)]
    for name in changed:
        save(name, taken[name])
    sys.stdout.write("".join(f"{name}\n" for name in changed) + f"{len(changed)} of {len(taken)} renewed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
