"""A label behind the size that RIFF declares."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, packet
from fixtures.build import wav, webp

FILES: Files = {
    "chunk.wav": lambda: fixture("wav/plain.wav") + wav.chunk(b"AIGC", LABEL.encode()),
    "list.avi": lambda: (
        fixture("avi/without-junk.avi") + wav.chunk(b"LIST", b"INFO" + wav.chunk(b"AIGC", LABEL.encode() + b"\0"))
    ),
    "packet.webp": lambda: fixture("webp/lossy.webp") + webp.chunk(b"XMP ", packet(LABEL)),
}
