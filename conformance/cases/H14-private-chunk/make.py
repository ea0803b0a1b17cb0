"""A label in a private chunk or an application segment."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, jpeg_with, png_with
from fixtures.build import flac, gif, jpeg, mp3, png, webp

FILES: Files = {
    "private.png": lambda: png_with(png.chunk(b"aiGc", LABEL.encode())),
    "private-behind.png": lambda: png.with_chunks(
        fixture("png/plain.png"), png.chunk(b"coMf", LABEL.encode()), before=b"IEND"
    ),
    "app9.jpg": lambda: jpeg_with(jpeg.segment(0xE9, b"X\0" + LABEL.encode())),
    "application.gif": lambda: (
        fixture("gif/still.gif")[:-1] + b"\x21\xff\x0bPRIVATE 1.0" + gif.sub_blocks(LABEL.encode()) + b"\x3b"
    ),
    "chunk.webp": lambda: webp.extended(fixture("webp/lossy.webp"), 0, webp.chunk(b"PRIV", LABEL.encode())),
    "application.flac": lambda: flac.joined(
        [(0, fixture("flac/streaminfo-only.flac")[8:42]), (2, b"test" + LABEL.encode())],
        fixture("flac/streaminfo-only.flac")[42:],
    ),
    "private-frame.mp3": lambda: mp3.tag(4, mp3.frame(b"PRIV", b"x\0" + LABEL.encode(), 4)) + fixture("mp3/bare.mp3"),
}
