"""A start loads what the job needs and nothing else: no picture library for metadata, no rules for writing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PRODUCER = "001191110108335469089C10100"
HEAVY = ("PIL", "numpy", "pillow_heif", "deflate", "jpeglib", "subprocess", "multiprocessing", "asyncio", "email")
SNEAKING = ("logging", "unittest", "pydoc", "http", "ssl", "sqlite3", "uuid", "secrets", "shutil", "hashlib", "html")


def loaded(arguments: list[object], cwd: Path) -> set[str]:
    """Give the modules that a run of the command has loaded at its end."""
    code = (
        "import sys\n"
        "from aigc_label.cli import main\n"
        "status = main(sys.argv[1:])\n"
        "sys.stderr.write('\\n@' + ' '.join(sys.modules))\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return set(done.stderr.rpartition("\n@")[2].split())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_loads_no_command(tmp_path: Path, lang: str) -> None:
    modules = loaded(["--lang", lang, "--help"], tmp_path)
    assert not modules & {*HEAVY, *SNEAKING, "json", "argparse", "aigc_label.api", "aigc_label.formats"}


def test_the_version_loads_next_to_nothing(tmp_path: Path) -> None:
    modules = loaded(["--version"], tmp_path)
    ours = {name for name in modules if name.startswith("aigc_label")}
    assert ours <= {"aigc_label", "aigc_label.cli"}


def test_embedding_loads_neither_pictures_nor_rules_nor_batches(picture: Path, tmp_path: Path) -> None:
    modules = loaded(["embed", "--isolated", "--producer", PRODUCER, picture, "-o", tmp_path / "out.jpg"], tmp_path)
    assert not modules & {*HEAVY, *SNEAKING}
    unneeded = ("api", "rules", "report", "dialects", "exif_label", "batch.walk", "batch.shares", "cli.printing")
    assert not modules & {f"aigc_label.{name}" for name in unneeded}


def test_verifying_labels_loads_no_pictures(labelled: Path, tmp_path: Path) -> None:
    modules = loaded(["verify", "--only", "label", labelled], tmp_path)
    assert not modules & set(HEAVY)


@pytest.mark.parametrize("command", ["show", "explain"])
def test_reading_loads_no_pictures(labelled: Path, tmp_path: Path, command: str) -> None:
    more = ["--only", "label"] if command == "explain" else []
    assert not loaded([command, *more, labelled], tmp_path) & set(HEAVY)
