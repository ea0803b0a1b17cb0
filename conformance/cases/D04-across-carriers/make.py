"""Different labels in different carriers of one file."""

from __future__ import annotations

from conformance.build import (
    LABEL,
    OTHER,
    SUSPECTED,
    XMP_UUID,
    Files,
    ape,
    fixture,
    flac_with,
    jpeg_with,
    literal,
    mp3_with,
    mp4_with,
    packet,
    png_with,
    riff_with,
    txxx,
    wav_with,
    wrapped,
)
from fixtures.build import _movie, jpeg, mp3, pdf, png, wav, webp

FILES: Files = {
    "xmp-and-text-chunk.png": lambda: png_with(
        png.chunk(b"tEXt", b"AIGC\0" + wrapped(SUSPECTED).encode()),
        png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet(LABEL)),
    ),
    "xmp-and-exif.jpg": lambda: jpeg_with(
        jpeg.exif(b"ASCII\0\0\0" + wrapped(OTHER).encode()), jpeg.segment(0xE1, jpeg.XMP + packet(LABEL))
    ),
    "xmp-and-comment.jpg": lambda: jpeg_with(
        jpeg.segment(0xE1, jpeg.XMP + packet(LABEL)), jpeg.segment(0xFE, wrapped(OTHER).encode())
    ),
    "xmp-and-exif.webp": lambda: webp.extended(
        fixture("webp/lossy.webp"),
        12,
        webp.chunk(b"EXIF", png.exif_with_label()),
        webp.chunk(b"XMP ", packet(LABEL)),
    ),
    "keys-and-xmp.mp4": lambda: mp4_with(
        _movie.keyed((b"AIGC", LABEL.encode())), _movie.box(b"uuid", XMP_UUID, packet(OTHER))
    ),
    "comment-and-id3.flac": lambda: mp3.tag(4, txxx(OTHER)) + flac_with(LABEL),
    "id3-and-ape.mp3": lambda: mp3_with(LABEL) + ape(OTHER),
    "chunk-and-info.wav": lambda: riff_with(
        wav_with(LABEL), wav.chunk(b"LIST", b"INFO" + wav.chunk(b"AIGC", OTHER.encode() + b"\0"))
    ),
    "chunk-and-id3.wav": lambda: riff_with(wav_with(LABEL), wav.chunk(b"id3 ", mp3.tag(4, txxx(OTHER)))),
    "info-and-xmp.pdf": lambda: pdf.classic(
        pdf.with_metadata(pdf.page() | {6: b"<</AIGC%s>>" % literal(LABEL)}, packet(OTHER).decode())
    ),
}
