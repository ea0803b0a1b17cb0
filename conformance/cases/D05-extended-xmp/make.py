"""The extended packet holds another label than the main packet."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, Files, escaped, jpeg_with, packet
from fixtures.build import jpeg


def made() -> bytes:
    guid, parts = jpeg.extended(f"<TC260:AIGC>{escaped(OTHER)}</TC260:AIGC>", 300)
    note = f'<xmpNote:HasExtendedXMP xmlns:xmpNote="http://ns.adobe.com/xmp/note/">{guid.decode()}</xmpNote:HasExtendedXMP>'
    main = packet(raw=f"{note}<TC260:AIGC>{escaped(LABEL)}</TC260:AIGC>")
    return jpeg_with(jpeg.segment(0xE1, jpeg.XMP + main), *parts)


FILES: Files = {"extended.jpg": made}
