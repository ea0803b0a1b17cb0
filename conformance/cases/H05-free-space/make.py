"""The label stands in space that is declared free."""

from __future__ import annotations

from conformance.build import LABEL, Files, element, fixture, riff_with
from fixtures.build import _movie, flac, mp3, wav


def moov(kind: bytes) -> bytes:
    return _movie.with_movie(fixture("mp4/tail.mp4"), {}, _movie.box(kind, LABEL.encode()))


FILES: Files = {
    "free-behind.mp4": lambda: fixture("mp4/tail.mp4") + _movie.box(b"free", LABEL.encode()),
    "skip-behind.mp4": lambda: fixture("mp4/tail.mp4") + _movie.box(b"skip", LABEL.encode()),
    "free-in-moov.mp4": lambda: moov(b"free"),
    "unknown-box.mp4": lambda: fixture("mp4/tail.mp4") + _movie.box(b"Xtra", LABEL.encode()),
    "unknown-in-moov.mp4": lambda: moov(b"Xtra"),
    "void.mkv": lambda: fixture("matroska/live.mkv") + element("EC", LABEL.encode()),
    "padding.flac": lambda: flac.joined(
        [(0, fixture("flac/streaminfo-only.flac")[8:42]), (1, LABEL.encode())],
        fixture("flac/streaminfo-only.flac")[42:],
    ),
    "junk.wav": lambda: riff_with(fixture("wav/plain.wav"), wav.chunk(b"JUNK", LABEL.encode())),
    "id3-padding.mp3": lambda: (
        mp3.tag(4, mp3.frame(b"TIT2", b"\3x", 4) + bytes(20) + LABEL.encode()) + fixture("mp3/bare.mp3")
    ),
}
