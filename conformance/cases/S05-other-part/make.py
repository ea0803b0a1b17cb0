"""The label stands on a part of the file only."""

from __future__ import annotations

from conformance.build import LABEL, Files, docx_parts, element, fixture, packet, png_xmp, simple_tag, stored
from fixtures.build import mp3, tiff


def cover() -> bytes:
    picture = b"\0image/png\0\x03\0" + png_xmp(packet(LABEL))
    return mp3.tag(3, mp3.frame(b"APIC", picture, 3)) + fixture("mp3/bare.mp3")


def track() -> bytes:
    targets = element("63C0", element("63C5", b"\1"))
    return fixture("matroska/live.mkv") + element("1254C367", element("7373", targets, simple_tag(LABEL)))


FILES: Files = {
    "cover.mp3": cover,
    "track.mkv": track,
    "second-page.tif": lambda: tiff.built(
        [tiff.page([tiff.GREY]), tiff.page([tiff.GREY], t700=(tiff.BYTE, packet(LABEL)))]
    ),
    "picture.docx": lambda: stored(
        {
            **{k: v for k, v in docx_parts().items() if k != "docProps/custom.xml"},
            "word/media/a.png": png_xmp(packet(LABEL)),
        }
    ),
}
