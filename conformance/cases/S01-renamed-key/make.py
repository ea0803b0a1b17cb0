"""A scrubber renamed the key and left the value."""

from __future__ import annotations

from conformance.build import LABEL, Files, flac_with, jpeg_xmp, mkv, mp3_with, mp4, packet, pdf_with, png_xmp, wav_with


def scrubbed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


FILES: Files = {
    "free-key.mp4": lambda: scrubbed(mp4(LABEL), b"mdtaAIGC", b"mdtafree"),
    "free-box.mp4": lambda: scrubbed(mp4(LABEL), b"ilst", b"free"),
    "skip-user-data.mp4": lambda: scrubbed(mp4(LABEL), b"udta", b"skip"),
    "renamed-property.jpg": lambda: scrubbed(jpeg_xmp(packet(LABEL)), b"TC260:AIGC", b"TC260:FREE"),
    "renamed-namespace.png": lambda: png_xmp(packet(LABEL, space="urn:removed")),
    "renamed-frame.mp3": lambda: scrubbed(mp3_with(LABEL), b"TXXX", b"XXXX"),
    "renamed-chunk.wav": lambda: scrubbed(wav_with(LABEL), b"AIGC", b"JUNK"),
    "renamed-comment.flac": lambda: scrubbed(flac_with(LABEL), b"AIGC=", b"FREE="),
    "renamed-entry.pdf": lambda: scrubbed(pdf_with(LABEL), b"/AIGC", b"/Free"),
    "renamed-tag.mkv": lambda: scrubbed(mkv(LABEL), b"AIGC", b"FREE"),
}
