"""Eats our own cooking: labels every fixture with the command and verifies what came out with it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from aigc_label.formats import FORMATS

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
LABEL: Final = ("--producer", "001191110108335469089C10100", "--produce-id", "{stem}")
# some fixtures carry labels of others or Content Credentials, to show that both are noticed
ON_PURPOSE: Final = ("--replace", "a fixture that shows what is refused without a reason", "--credentials", "break")

SHOWN_ON_PURPOSE: Final = (
    "prefixed.pdf",
)  # two files in one: a label does not change that, and `verify` has to say so

# what never verifies, whatever is embedded: bytes before the header make it two files in one
NEVER: Final = ("--exclude", "prefixed.pdf")


def main() -> int:
    """Give 0 where every fixture could be labelled and verifies by its label."""
    folders = [str(FIXTURES / row.name) for row in FORMATS if row.adapter and (FIXTURES / row.name).is_dir()]
    command = [sys.executable, "-m", "aigc_label.cli"]
    with tempfile.TemporaryDirectory() as out:
        labelling = subprocess.run(
            [*command, "embed", *folders, "-o", f"{out}/fixtures", *LABEL, *ON_PURPOSE, *NEVER, "--quiet"], check=False
        )
        left_out = [word for name in SHOWN_ON_PURPOSE for word in ("--exclude", name)]
        verifying = subprocess.run(
            [*command, "verify", "--only", "label", "--quiet", *left_out, f"{out}/fixtures"], check=False
        )
    print(f"own fixtures: embed ended with {labelling.returncode}, verify with {verifying.returncode}")
    return labelling.returncode or verifying.returncode


if __name__ == "__main__":
    sys.exit(main())
