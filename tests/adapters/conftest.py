"""Asks exiftool, which nobody here wrote, what a labelled file says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Facts = dict[str, object]
OF_THE_FILE = ("SourceFile", "ExifTool:", "System:")  # its name, size and dates


@pytest.fixture
def facts(tmp_path: Path) -> Callable[[bytes], Facts]:
    """Give what exiftool reads in a file's bytes, by group and name, the file's own name, size and dates left out."""

    def asked(data: bytes) -> Facts:
        path = tmp_path / "asked"
        path.write_bytes(data)
        command = ["exiftool", "-j", "-a", "-G1", "-s", "-b", "-n", str(path)]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        (found,) = json.loads(done.stdout)
        return {key: value for key, value in found.items() if not key.startswith(OF_THE_FILE)}

    return asked
