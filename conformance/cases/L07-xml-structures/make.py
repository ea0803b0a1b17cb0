"""XML that readers understand differently."""

from __future__ import annotations

from conformance.build import LABEL, Files, escaped, packet, png_xmp

TEXT = escaped(LABEL)
RAW = {
    "list": f"<TC260:AIGC><rdf:Seq><rdf:li>{TEXT}</rdf:li></rdf:Seq></TC260:AIGC>",
    "alternatives": f"<TC260:AIGC><rdf:Alt><rdf:li xml:lang='x-default'>{TEXT}</rdf:li></rdf:Alt></TC260:AIGC>",
    "structure": "<TC260:AIGC rdf:parseType='Resource'><TC260:Label>1</TC260:Label></TC260:AIGC>",
    "escaped-twice": f"<TC260:AIGC>{escaped(TEXT)}</TC260:AIGC>",
}
FILES: Files = {f"{name}.png": lambda raw=raw: png_xmp(packet(raw=raw)) for name, raw in RAW.items()} | {
    "entity.png": lambda: png_xmp(
        f'<!DOCTYPE x [<!ENTITY l "{escaped(TEXT)}">]>'.encode() + packet(raw="<TC260:AIGC>&l;</TC260:AIGC>")
    ),
    "not-closed.png": lambda: png_xmp(packet(LABEL)[:-60]),
}
