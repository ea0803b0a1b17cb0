"""Documents of 2 GB are labelled and verified in little memory, whatever they hold."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.build import ooxml

pytestmark = pytest.mark.long

SIZE = 2_000_000_000
MOST = 128 << 10  # KiB above bare Python
LABEL = ["--producer", "001191110108335469089C10100", "--produce-id", "large"]
PEAK = "print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))"
COMMAND = f"import sys\nfrom aigc_label.cli import main\ncode = main(sys.argv[1:])\n{PEAK}\nsys.exit(code)"


def peak(script: str, *arguments: str | Path) -> int:
    """Give the most memory that a Python program held, in KiB."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


def pdf(path: Path) -> None:
    """A page, and a stream of 2 GB that is a hole in the file."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>",
    ]
    with path.open("wb") as out:
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(bodies, 1):
            places.append(out.tell())
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        places.append(out.tell())
        out.write(b"4 0 obj\n<</Length %d>>\nstream\n" % SIZE)
        out.seek(SIZE, os.SEEK_CUR)
        out.write(b"\nendstream\nendobj\n")
        start = out.tell()
        rows = b"".join(b"%010d 00000 n \n" % place for place in places)
        out.write(
            b"xref\n0 5\n0000000000 65535 f \n%strailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
            % (rows, start)
        )


def docx(path: Path) -> None:
    """A text with a stored member of 2 GB."""
    path.write_bytes(ooxml.minimal())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive, archive.open("word/media/film.bin", "w") as member:
        for _ in range(SIZE // 10_000_000):
            member.write(bytes(10_000_000))


@pytest.mark.parametrize("name", ["large.pdf", "large.docx"])
def test_2_gb_take_no_more_than_128_mib_above_bare_python(name: str, tmp_path: Path) -> None:
    makers: dict[str, Callable[[Path], None]] = {"large.pdf": pdf, "large.docx": docx}
    path, copy = tmp_path / name, tmp_path / f"labelled-{name}"
    makers[name](path)
    bare = peak(PEAK)
    used = {
        "copy": peak(COMMAND, "embed", path, "-o", copy, *LABEL),
        "verify": peak(COMMAND, "verify", "--only", "label", copy),
        "mark": peak(COMMAND, "mark", path, "-o", tmp_path / f"marked-{name}") if name.endswith("docx") else 0,
        "in place": peak(COMMAND, "embed", path, "--in-place", *LABEL),
    }
    print(name, {job: f"{(kib - bare) / 1024:.1f} MiB" for job, kib in used.items() if kib})
    assert copy.stat().st_size > SIZE
    assert max(used.values()) - bare <= MOST
