"""Builds files of about a mebibyte that are made to exhaust a reader: the list that the limits are measured against."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from conformance.build import LABEL, element, fixture, jpeg_with, mp4_with, packet, png_with, stored
from fixtures.build import _movie, jpeg, mp3, ogg, ooxml, pdf, png, wav

MIB = 1 << 20


def zeros(size: int) -> bytes:
    """Give `size` zeros compressed, without holding them."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


def times(unit: bytes, size: int = MIB) -> bytes:
    return unit * (size // len(unit))


def nested(head: Callable[[int], bytes], depth: int) -> bytes:
    """Give `depth` structures, each within the one before; `head` gives a header for so many bytes of content."""
    out = b""
    for _ in range(depth):
        out = head(len(out)) + out
    return out


def xmp(markup: str) -> bytes:
    return png_with(png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + markup.encode()))


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    return xmp(f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a12;</x>')


def attributes() -> bytes:
    return xmp("<x " + " ".join(f"a{n}=''" for n in range(90_000)) + "/>")


def tiff_cycle() -> bytes:
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 8, 8)


def part_bomb() -> bytes:
    """A part that inflates to a gibibyte."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in ooxml_parts().items():
            archive.writestr(name, held)
        with archive.open("docProps/custom.xml", "w") as part:
            for _ in range(1024):
                part.write(b" " * MIB)
    return out.getvalue()


def ooxml_parts() -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": ooxml.types(ooxml.CUSTOM),
        "_rels/.rels": ooxml.relations(ooxml.CUSTOM_RELATION),
        "word/document.xml": ooxml.document(),
    }


def many_parts() -> bytes:
    return stored({**ooxml_parts(), **{f"{n}": "" for n in range(9_000)}})


def pdf_loop() -> bytes:
    """A cross-reference that names itself as the one before."""
    data = pdf.classic(pdf.page())
    start = data.rindex(b"xref\n0 ")
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def pdf_filters() -> bytes:
    content = bytes(4 * MIB)
    for _ in range(10):
        content = zlib.compress(content, 9)
    return pdf.classic(
        pdf.page()
        | {
            1: b"<</Type/Catalog/Pages 2 0 R/Metadata 7 0 R>>",
            7: pdf.stream(content, b"/Filter[" + b"/FlateDecode" * 10 + b"]"),
        }
    )


def pdf_objects() -> bytes:
    return pdf.HEAD + times(b"1 0 obj<<>>endobj\n")


def pdf_pages() -> bytes:
    return pdf.classic(pdf.page() | {2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"})


def table_of_samples() -> bytes:
    box = _movie.box(b"stsz", bytes(8) + b"\xff" * 4)
    return _movie.with_movie(fixture("mp4/tail.mp4"), {}, _movie.box(b"trak", box))


def extended_packets(total: int, count: int) -> bytes:
    guid = b"0" * 32
    parts = (jpeg.segment(0xE1, jpeg.EXTENDED + guid + struct.pack(">II", total, n)) for n in range(count))
    note = f'<xmpNote:HasExtendedXMP xmlns:xmpNote="http://ns.adobe.com/xmp/note/">{guid.decode()}</xmpNote:HasExtendedXMP>'
    return jpeg_with(jpeg.segment(0xE1, jpeg.XMP + packet(raw=note)), *parts)


def comment_list() -> bytes:
    head, _, *media = ogg.pages(fixture("ogg/opus.opus"))
    body = b"OpusTags" + bytes(4) + b"\xff" * 4
    page = (
        head[:5] + b"\0" + bytes(8) + head[14:18] + (1).to_bytes(4, "little") + bytes(4) + bytes((1, len(body))) + body
    )
    return b"".join((head, page[:22] + ogg.checksum(page).to_bytes(4, "little") + page[26:], *media))


def ifds() -> bytes:
    """Ten thousand pages of a TIFF, each an empty directory."""
    return b"II*\0\x08\0\0\0" + b"".join(struct.pack("<HI", 0, 8 + 6 * (n + 1)) for n in range(170_000)) + bytes(6)


def uses() -> bytes:
    """A drawing that shows itself a thousand million times."""
    groups = (f'<g id="g{n + 1}">' + f'<use href="#g{n}"/>' * 10 + "</g>" for n in range(9))
    return (SVG + "".join(groups) + "</svg>").encode()


def wav_with(text: bytes) -> bytes:
    return wav.riff(wav.fmt(), wav.chunk(b"data", wav.samples()), wav.chunk(b"AIGC", text))


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
BOMBS: dict[str, Callable[[], bytes]] = {
    "b01-itxt.png": lambda: png_with(png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros(200 * MIB))),
    "b01-ztxt.png": lambda: png_with(png.chunk(b"zTXt", b"AIGC\0\0" + zeros(200 * MIB))),
    "b01-profile.png": lambda: png_with(png.chunk(b"iCCP", b"x\0\0" + zeros(200 * MIB))),
    "b02-canvas.png": lambda: fixture("png/plain.png").replace(
        struct.pack(">II", 24, 16), struct.pack(">II", 65535, 65535)
    ),
    "b03-chunks.png": lambda: png_with(times(png.chunk(b"tEXt", b"a\0"))),
    "b03-segments.jpg": lambda: jpeg_with(times(jpeg.segment(0xE1, b"x"))),
    "b03-frames.mp3": lambda: mp3.tag(4, times(mp3.frame(b"TXXX", b"\3a\0b", 4))) + fixture("mp3/bare.mp3"),
    "b03-free.mp4": lambda: mp4_with(more=times(_movie.box(b"free"))),
    "b04-boxes.mp4": lambda: mp4_with(nested(lambda size: struct.pack(">I4s", size + 8, b"udta"), 10_000)),
    "b04-lists.avi": lambda: (
        fixture("avi/plain.avi")[:12] + nested(lambda size: b"LIST" + struct.pack("<I", size + 4) + b"INFO", 10_000)
    ),
    "b04-cycle.tif": tiff_cycle,
    "b06-declared.jpg": lambda: extended_packets(0xFFFFFFFF, 1),
    "b06-parts.jpg": lambda: extended_packets(10_000, 10_000),
    "b07-laughs.png": laughs,
    "b07-attributes.png": attributes,
    "b07-depth.png": lambda: xmp("<a>" * 100_000),
    "b08-nested.wav": lambda: wav_with(b"[" * 60_000),
    "b08-number.wav": lambda: wav.riff(
        wav.fmt(), wav.chunk(b"data", wav.samples()), wav.chunk(b"AIGC", b'{"Label":' + b"9" * 60_000 + b"}")
    ),
    "b09-part.docx": part_bomb,
    "b09-members.docx": many_parts,
    "b10-loop.pdf": pdf_loop,
    "b10-filters.pdf": pdf_filters,
    "b10-objects.pdf": pdf_objects,
    "b10-pages.pdf": pdf_pages,
    "b10-parentheses.pdf": lambda: pdf.HEAD + b"1 0 obj" + times(b"("),
    "b11-frames.gif": lambda: (
        fixture("gif/still.gif")[:-1] + times(b"\x2c" + bytes(4) + b"\1\0\1\0\0\2\1\0\0") + b"\x3b"
    ),
    "b11-pages.tif": ifds,
    "b12-samples.mp4": table_of_samples,
    "b13-tags.mkv": lambda: (
        fixture("matroska/live.mkv")
        + element("1254C367", nested(lambda size: bytes.fromhex("67C8") + (size | 1 << 28).to_bytes(4, "big"), 10_000))
    ),
    "b14-size.mp3": lambda: b"ID3\4\0\x80\x7f\x7f\x7f\x7f" + bytes(MIB),
    "b14-comments.opus": comment_list,
    "b15-use.svg": uses,
    "b15-path.svg": lambda: (SVG + '<path d="' + "M0 0" * 250_000 + '"/></svg>').encode(),
    "b15-depth.html": lambda: b"<html><body>" + times(b"<b>"),
    "b15-comment.html": lambda: b"<html><body>" + times(b"<!--"),
    "b17-brackets.txt": lambda: ("【" * (MIB // 3)).encode(),
    "b17-labels.md": lambda: times(b"---\nAIGC:\n"),
    "b17-json.jpg": lambda: fixture("jpeg/baseline.jpg") + times(b'{"Label":"1","ContentProducer":'),
    "b17-quotes.html": lambda: b"<html><body>" + times(b'<a="'),
    "b17-values.html": lambda: b"<html><body>" + times(b'<a ="'),
    "b17-frame.html": lambda: b'<html><body><iframe srcdoc="<meta ' + times(b"name=AIGC ") + b'">',
    "b17-flows.md": lambda: b"---\n" + times(b"a: [\n") + b"AIGC: x\n---\n",
    "b17-spaces.svg": lambda: (SVG[:-1] + " " * MIB + "></svg>").encode(),
    "b17-escapes.png": lambda: png_with(png.chunk(b"tEXt", b"AIGC\0" + times(b'\\"', 60_000))),
    "b17-starts.png": lambda: (
        png_with(png.chunk(b"tEXt", b"AIGC\0" + LABEL.encode())) + times(b'{"Label":\xffContentProducer')
    ),
    "b17-labels.png": lambda: png_with(png.chunk(b"tEXt", b"AIGC\0" + LABEL.encode())) + times(LABEL.encode()),
}
