"""An extended packet that is incomplete or not the one that is announced."""

from __future__ import annotations

from conformance.build import LABEL, Files, escaped, jpeg_with, packet
from fixtures.build import jpeg


def made(guid: bytes | None = None, drop: int = -1) -> bytes:
    own, parts = jpeg.extended(f"<TC260:AIGC>{escaped(LABEL)}</TC260:AIGC>", 300)
    named = (guid or own).decode()
    note = f'<xmpNote:HasExtendedXMP xmlns:xmpNote="http://ns.adobe.com/xmp/note/">{named}</xmpNote:HasExtendedXMP>'
    kept = [part for number, part in enumerate(parts) if number != drop]
    return jpeg_with(jpeg.segment(0xE1, jpeg.XMP + packet(raw=note)), *kept)


FILES: Files = {
    "wrong-guid.jpg": lambda: made(guid=b"0" * 32),
    "first-part-missing.jpg": lambda: made(drop=0),
    "last-part-missing.jpg": lambda: made(drop=1),
}
