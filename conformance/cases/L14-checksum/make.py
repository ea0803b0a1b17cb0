"""A carrier whose own checksum is wrong."""

from __future__ import annotations

from conformance.build import LABEL, Files, opus, packet, png_xmp
from fixtures.build import ogg


def chunk() -> bytes:
    data = png_xmp(packet(LABEL))
    at = data.index(b"IDAT") - 5
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def page() -> bytes:
    head, comment, *media = ogg.pages(opus(LABEL))
    return b"".join((head, comment[:22] + bytes((comment[22] ^ 1,)) + comment[23:], *media))


FILES: Files = {"chunk.png": chunk, "page.opus": page}
