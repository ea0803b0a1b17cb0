"""Labels every file of a folder that others made, and asks exiftool and Pillow what changed besides.

    python -m tools.corpus FOLDER

Prints a line for each file that was refused or that changed in more than its label, then the counts. The exit status is
1 where anything changed that should not have. Pictures that are made to exhaust a decoder ("bomb" in their name) are
labelled but not decoded. Recorded runs stand in docs/recorded-runs.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageSequence

import aigc_label
from aigc_label.errors import AigcLabelError
from aigc_label.order import Credentials, Order

LABEL = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id="corpus-1")
ORDER = Order(label=LABEL, replace="corpus run", credentials=Credentials.BREAK)
LABEL_ONLY = aigc_label.Policy(scope=aigc_label.Scope.LABEL)
# what follows from a label by design: sizes, places of data, an announced extension, the label itself
EXPECTED = ("SourceFile", "System:", "ExifTool:", "File:FileSize", "File:ID3Size", "File:FileType", "XMP-TC260:")
PLACES = ("MediaDataOffset", "MediaDataSize", "MPImageStart", "MPImageLength", "WebP_Flags", "GIFVersion", "XMPToolkit")


def main(folder: str) -> int:
    with tempfile.TemporaryDirectory() as place:
        before, after = Path(place) / "before", Path(place) / "after"
        before.mkdir()
        after.mkdir()
        counts = label_all(Path(folder), before, after)
        changed = compare(before, after)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    print(f"changed in more than the label: {changed}")
    return int(changed > 0)


def label_all(folder: Path, before: Path, after: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for number, path in enumerate(sorted(p for p in folder.rglob("*") if p.is_file())):
        name = f"{number:05d}-{path.name}"
        try:
            outcome = aigc_label.carry_out(path, after / name, ORDER)
        except AigcLabelError as problem:
            counts[f"refused ({problem.code})"] += 1
            if problem.code != "unsupported-format":
                print(f"refused  {path.name}: {problem.what.en}")
            continue
        (before / name).write_bytes(path.read_bytes())
        verdict = aigc_label.verify(after / name, LABEL_ONLY).verdict
        counts[f"{outcome.format}: {verdict}"] += 1
    return counts


def compare(before: Path, after: Path) -> int:
    facts, changed = (exiftool(before), exiftool(after)), 0
    for name in sorted(facts[0]):
        old, new = (by_name[name] for by_name in facts)
        gone = {key: (value, new.get(key)) for key, value in old.items() if new.get(key) != value}
        if gone or ("bomb" not in name and pixels(before / name) != pixels(after / name)):
            print(f"changed  {name}: {str(gone or 'pixels')[:300]}")
            changed += 1
    return changed


def exiftool(folder: Path) -> dict[str, dict[str, object]]:
    """Give what exiftool finds in each file, without what follows from a label and without labels themselves."""
    said = subprocess.run(
        ["exiftool", "-j", "-G1", "-a", "-struct", "-n", "-q", folder], capture_output=True, check=False
    )
    return {
        Path(str(found["SourceFile"])).name: {
            key: value
            for key, value in found.items()
            if not key.startswith(EXPECTED) and not key.endswith(PLACES) and "ContentProducer" not in str(value)
        }
        for found in json.loads(said.stdout or b"[]")
    }


def pixels(path: Path) -> list[object]:
    """Give every frame that Pillow decodes, with its mode, size and duration."""
    found: list[object] = []
    with suppress(Exception), Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            found.append((frame.mode, frame.size, frame.info.get("duration"), hash(frame.tobytes())))
    return found


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    with suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
    sys.exit(main(*sys.argv[1:2] or ["."]))
