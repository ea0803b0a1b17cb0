"""Places that real writers use and no guide names."""

from __future__ import annotations

from conformance.build import (
    LABEL,
    XMP_UUID,
    Files,
    fixture,
    html,
    jpeg_with,
    mp4_with,
    packet,
    png_with,
    riff_with,
    txxx,
    wrapped,
)
from fixtures.build import _movie, gif, jpeg, mp3, pdf, png, wav


def ilst(kind: bytes, *parts: bytes) -> bytes:
    return _movie.box(
        b"meta",
        bytes(4),
        _movie.handler(b"mdir"),
        _movie.box(b"ilst", _movie.box(kind, *parts, _movie.text(LABEL.encode()))),
    )


FILES: Files = {
    "itunes-comment.mp4": lambda: mp4_with(ilst(b"\xa9cmt")),
    "aigc-box.mp4": lambda: mp4_with(_movie.box(b"aigc", LABEL.encode())),
    "moov-meta.mp4": lambda: _movie.with_movie(fixture("mp4/tail.mp4"), {}, _movie.keyed((b"AIGC", LABEL.encode()))),
    "xmp-uuid.mp4": lambda: fixture("mp4/tail.mp4") + _movie.box(b"uuid", XMP_UUID, packet(LABEL)),
    "info.wav": lambda: riff_with(
        fixture("wav/plain.wav"), wav.chunk(b"LIST", b"INFO" + wav.chunk(b"AIGC", LABEL.encode() + b"\0"))
    ),
    "id3.wav": lambda: riff_with(fixture("wav/plain.wav"), wav.chunk(b"id3 ", mp3.tag(4, txxx(LABEL)))),
    "comment.mp3": lambda: mp3.tag(4, mp3.frame(b"COMM", b"\3eng\0" + LABEL.encode(), 4)) + fixture("mp3/bare.mp3"),
    "description.png": lambda: png_with(png.chunk(b"tEXt", b"Description\0" + wrapped(LABEL).encode())),
    "comment.jpg": lambda: jpeg_with(jpeg.segment(0xFE, wrapped(LABEL).encode())),
    "comment.gif": lambda: fixture("gif/still.gif")[:-1] + gif.comment(wrapped(LABEL).encode()) + b"\x3b",
    "body.html": lambda: html().replace(b"<body>", f"<body><meta name='AIGC' content='{LABEL}'>".encode()),
    "xmp.pdf": lambda: pdf.classic(pdf.with_metadata(pdf.page(), packet(LABEL).decode())),
}
