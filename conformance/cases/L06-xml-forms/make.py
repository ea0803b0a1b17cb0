"""XML spellings of the same property."""

from __future__ import annotations

from conformance.build import LABEL, XMP, Files, escaped, packet

RAW = {
    "raw-quotes": f"<TC260:AIGC>{LABEL}</TC260:AIGC>",
    "character-data": f"<TC260:AIGC><![CDATA[{LABEL}]]></TC260:AIGC>",
    "numeric-references": f"<TC260:AIGC>{LABEL.replace(chr(34), '&#x22;')}</TC260:AIGC>",
}
FILES: Files = {
    f"{name}.{suffix}": lambda raw=raw, suffix=suffix: XMP[suffix](packet(raw=raw))
    for name, raw in RAW.items()
    for suffix in ("jpg", "png")
} | {
    f"{name}.{suffix}": lambda make=make, suffix=suffix: XMP[suffix](make())
    for name, make in {
        "attribute": lambda: packet(raw="").replace(b'/1.0/">', f'/1.0/" TC260:AIGC="{escaped(LABEL)}">'.encode()),
        "other-prefix": lambda: packet(LABEL).replace(b"TC260:", b"q:").replace(b":TC260=", b":q="),
    }.items()
    for suffix in ("jpg", "png")
}
