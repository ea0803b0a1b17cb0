"""Times the first label from a fresh install: three commands, in an environment of their own, without pip's cache.

    python -m tools.first_label

The wheel is built before, as a user gets it from an index; its dependencies are fetched. Ends with 1 where it took over a
minute or the picture does not comply. Recorded runs stand in docs/recorded-runs.md.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PICTURE: Final = ROOT / "fixtures/jpeg/baseline.jpg"
MOST: Final = 60.0  # seconds
COMMANDS: Final = (
    "{python} -m venv .venv",
    ".venv/bin/pip install --no-cache-dir --quiet {wheel}",
    ".venv/bin/aigc-label add picture.jpg -o labelled.jpg --producer 001191110108335469089C10100",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", name, str(ROOT)]
        subprocess.run(build, check=True)
        (wheel,) = folder.glob("*.whl")
        shutil.copy(PICTURE, folder / "picture.jpg")
        total, before = 0.0, _processor()
        for command in COMMANDS:
            words = command.format(python=sys.executable, wheel=wheel.name).split()
            began = time.monotonic()
            subprocess.run(words, cwd=folder, check=True)
            took = time.monotonic() - began
            total += took
            print(f"{took:6.1f} s  {command.format(python='python', wheel=wheel.name)}")
        used = _processor() - before
        verify = [".venv/bin/aigc-label", "verify", "labelled.jpg"]
        verdict = subprocess.run(verify, cwd=folder, check=False).returncode
        print(f"{total:6.1f} s in all, {used:.1f} s of them of a processor; {len(COMMANDS)} commands")
        return int(verdict != 0 or total > MOST)


def _processor() -> float:
    """Give the seconds of a processor that commands have used so far, the system's for them too."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
