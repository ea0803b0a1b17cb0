"""The command `aigc-label`: labels files, marks them, verifies both, and explains what it saw."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with `argv` (without the program's name) and give its exit status.

    0 done or compliant · 1 a finding · 2 wrong use · 3 a file could not be processed · 4 a defect of ours · 130 interrupted
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] in (["--version"], ["-V"]):
        from aigc_label import __version__

        print(f"aigc-label {__version__}")
        return 0
    # a batch has its processes; for pictures as small as ours, threads of the linear algebra mostly wait for each other
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # what is loaded stays loaded: looking through it for garbage, while loading and again at exit, finds none
    gc.disable()
    try:
        from aigc_label.cli.starting import start

        return start(words)
    finally:
        gc.enable()
