"""Lets programs that only read metadata take part: `python -m conformance.readers NAME FOLDER` answers as the protocol asks.

Readers do not judge. What is told here is what a pipeline would do that trusts one: a single label text that is JSON with a
Label of 1, 2 or 3 counts as labelled, several different ones or anything else as not, none as unlabelled.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, Final

Texts = list[str]
STATUSES: Final = ("1", "2", "3", 1, 2, 3)


def main(arguments: list[str]) -> int:
    name, folder = arguments
    results = []
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        try:
            with redirect_stdout(sys.stderr):  # some print what they do
                answer = {"verdict": judged(READERS[name](path))}
        except Exception as problem:  # whatever a reader raises: it could not look
            answer = {"verdict": "undecidable", "problem": f"{type(problem).__name__}: {problem}"}
        results.append({"path": str(path), **answer})
    print(json.dumps({"results": results}))
    return 0


def judged(texts: Texts) -> str:
    labels = {json.dumps(label, sort_keys=True) for label in map(_label, dict.fromkeys(texts))}
    if not texts:
        return "unlabelled"
    status = json.loads(labels.pop()) if len(labels) == 1 else None
    return "compliant" if isinstance(status, dict) and status.get("Label") in STATUSES else "non-compliant"


def _label(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value.get("AIGC", value) if isinstance(value, dict) else None


def _is_label(name: str, value: object) -> Iterator[str]:
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict) else ""
    if name.rpartition(":")[2].upper() == "AIGC" or '"AIGC"' in text[:20]:
        yield text
    elif text.startswith("(AIGC) "):
        yield text.removeprefix("(AIGC) ")


def exiftool(path: Path) -> Texts:
    return _texts(_of_folder(path.parent).get(str(path), {}))


@cache
def _of_folder(folder: Path) -> dict[str, Any]:
    return {one["SourceFile"]: one for one in _told(["exiftool", "-j", "-G1", "-a", "-u", folder])}


def ffprobe(path: Path) -> Texts:
    shown = ["-show_entries", "format_tags:stream_tags"]
    said = _told(["ffprobe", "-v", "error", "-of", "json", *shown, path])
    parts = [said.get("format", {}), *said.get("streams", [])]
    return [text for part in parts for text in _texts(part.get("tags", {}))]


def _told(command: list[str | Path]) -> Any:
    done = subprocess.run(list(map(str, command)), capture_output=True, timeout=60, check=False)
    return json.loads(done.stdout)


def _texts(found: dict[str, Any]) -> Texts:
    return [text for name, value in found.items() for text in _is_label(name, value)]


def pillow(path: Path) -> Texts:
    from PIL import Image

    with Image.open(path) as image:
        image.load()
        packet = image.getxmp() if hasattr(image, "getxmp") else {}
        comment = image.getexif().get_ifd(0x8769).get(0x9286, b"")
        text = comment[8:].decode("utf-8", "replace") if isinstance(comment, bytes) else comment
        return [
            *_texts({k: v for k, v in image.info.items() if isinstance(k, str)}),
            *_walked(packet),
            *_is_label("", text),
        ]


def _walked(found: object) -> Iterator[str]:
    """Give every property AIGC of a packet as Pillow nests it."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from _is_label(name, value) if name.upper() == "AIGC" else _walked(value)
    elif isinstance(found, list):
        for value in found:
            yield from _walked(value)


def mutagen(path: Path) -> Texts:
    import mutagen as library

    held = library.File(path)
    if held is None:
        raise ValueError("not known to mutagen")
    found: Texts = []
    for name, value in dict(held.tags or {}).items():
        for one in value if isinstance(value, list) else [value]:
            found += _is_label(str(name).removeprefix("TXXX:"), str(one))
    return found


def metatoolkit(path: Path) -> Texts:
    from metatoolkit import audio, image, video

    sorts = {".jpg": image.get_all_image_metadata, ".png": image.get_all_image_metadata}
    sorts |= dict.fromkeys((".mp4", ".mov", ".mkv", ".avi", ".flv"), video.get_all_video_metadata)
    sorts |= dict.fromkeys((".mp3", ".flac", ".wav"), audio.get_all_audio_metadata)
    said = sorts[path.suffix](str(path))
    return [*_texts(said), *(text for part in said.values() if isinstance(part, dict) for text in _texts(part))]


READERS: Final[dict[str, Callable[[Path], Texts]]] = {
    "exiftool": exiftool,
    "ffprobe": ffprobe,
    "pillow": pillow,
    "mutagen": mutagen,
    "metatoolkit": metatoolkit,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
