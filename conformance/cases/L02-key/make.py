"""Keys that only look like AIGC."""

from __future__ import annotations

from conformance.build import LABEL, Files, docx, fixture, html, mp4, txxx
from fixtures.build import mp3

KEYS = {"lower": "aigc", "mixed": "Aigc", "containing": "X-AIGC"}
LOOKALIKES = {"full-width": "ＡＩＧＣ", "cyrillic": "АIGC", "digit": "A1GC"}
FILES: Files = {
    f"{name}.{suffix}": lambda key=key, make=make: make(key)
    for name, key in (KEYS | LOOKALIKES).items()
    for suffix, make in {
        "mp3": lambda key: mp3.tag(4, txxx(LABEL, key)) + fixture("mp3/bare.mp3"),
        "docx": lambda key: docx(LABEL, key=key),
        "html": lambda key: html(LABEL, name=key),
        "mp4": lambda key: mp4(LABEL, key=key.encode()),
    }.items()
}
