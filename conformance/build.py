"""Puts label texts into small files of every format, byte by byte, without any code of the package that is under test."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from fixtures.build import _movie, flac, flv, gif, jpeg, mp3, ogg, ooxml, pdf, png, tiff, wav, webp

Files = dict[str, Callable[[], bytes]]
FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
NAMESPACE: Final = "http://www.tc260.org.cn/ns/AIGC/1.0/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
FIELDS: Final = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)


def label(status: str = "1", producer: str = "001191110108335469089C10100", number: str = "kit-0001") -> str:
    """Give a label as Annex E writes it at first: seven fields, the propagator's equal to the producer's."""
    values = (status, producer, number, "", producer, number, "")
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in zip(FIELDS, values, strict=True)) + "}"


LABEL: Final = label()
SUSPECTED: Final = label(status="3")
OTHER: Final = label(producer="001191110102MACQD9K64010000", number="another-0002")


def wrapped(text: str) -> str:
    return f'{{"AIGC":{text}}}'


@cache
def fixture(name: str) -> bytes:
    return FIXTURES.joinpath(name).read_bytes()


# XMP


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def packet(*texts: str, space: str = NAMESPACE, name: str = "AIGC", raw: str = "") -> bytes:
    """Give an XMP packet with the texts as elements, or with `raw` markup in their place."""
    inner = raw or "".join(f"<TC260:{name}>{escaped(text)}</TC260:{name}>" for text in texts)
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:TC260="{space}">{inner}'
        f'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def jpeg_xmp(*packets: bytes) -> bytes:
    return jpeg_with(*(jpeg.segment(0xE1, jpeg.XMP + one) for one in packets))


def jpeg_with(*segments: bytes) -> bytes:
    return jpeg.spliced(*segments, into=fixture("jpeg/baseline.jpg"))


def png_xmp(*packets: bytes) -> bytes:
    return png_with(*(png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + one) for one in packets))


def png_with(*chunks: bytes) -> bytes:
    return png.with_chunks(fixture("png/plain.png"), *chunks)


def webp_xmp(*packets: bytes) -> bytes:
    return webp.extended(fixture("webp/lossy.webp"), 4, *(webp.chunk(b"XMP ", one) for one in packets))


def gif_xmp(*packets: bytes) -> bytes:
    data = fixture("gif/still.gif")
    return data[:-1] + b"".join(gif.xmp(one) for one in packets) + data[-1:]


def tiff_xmp(*packets: bytes) -> bytes:
    """Give one page a packet: a directory holds tag 700 only once."""
    return tiff.built([tiff.page([tiff.GREY], t700=(tiff.BYTE, one)) for one in packets])


def svg_xmp(*packets: bytes) -> bytes:
    metadata = b"".join(b"<metadata>" + one.split(b"?>", 1)[1].rsplit(b"<?", 1)[0] + b"</metadata>" for one in packets)
    head = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">'
    return head + metadata + b'<rect width="64" height="48" fill="#4af"/></svg>'


XMP: Final[dict[str, Callable[..., bytes]]] = {
    "jpg": jpeg_xmp,
    "png": png_xmp,
    "webp": webp_xmp,
    "gif": gif_xmp,
    "tif": tiff_xmp,
    "svg": svg_xmp,
}


# the other formats' own places


def _xmp_place(suffix: str) -> Callable[..., bytes]:
    return lambda *texts: XMP[suffix](*(packet(text) for text in texts))


def mp4(*texts: str, key: bytes = b"AIGC") -> bytes:
    return mp4_with(_movie.keyed(*((key, text.encode()) for text in texts)))


def mp4_with(meta: bytes = b"", more: bytes = b"", data: bytes = b"") -> bytes:
    """Give a movie whose last box `moov` has `meta` in its `udta`, and boxes behind it."""
    base = data or fixture("mp4/tail.mp4")
    return (_movie.with_movie(base, {}, _movie.box(b"udta", meta)) if meta else base) + more


def comments(*texts: str, key: str = "AIGC") -> bytes:
    held = [f"{key}={text}".encode() for text in texts]
    body = b"".join(len(one).to_bytes(4, "little") + one for one in held)
    return (3).to_bytes(4, "little") + b"kit" + len(held).to_bytes(4, "little") + body


def flac_with(*texts: str) -> bytes:
    data = fixture("flac/streaminfo-only.flac")
    return flac.joined([(0, data[8:42]), (4, comments(*texts))], data[42:])


def opus(*texts: str) -> bytes:
    head, _, *media = ogg.pages(fixture("ogg/opus.opus"))
    body = b"OpusTags" + comments(*texts)
    lacing = b"\xff" * (len(body) // 255) + bytes((len(body) % 255,))
    page = head[:5] + b"\0" + bytes(8) + head[14:18] + (1).to_bytes(4, "little") + bytes(4)
    page += bytes((len(lacing),)) + lacing + body
    return b"".join((head, page[:22] + ogg.checksum(page).to_bytes(4, "little") + page[26:], *media))


def txxx(text: str, key: str = "AIGC", code: int = 3) -> bytes:
    encoding = ("latin-1", "utf-16", "utf-16-be", "utf-8")[code]
    end = b"\0\0" if code in (1, 2) else b"\0"
    return mp3.frame(b"TXXX", bytes((code,)) + key.encode(encoding) + end + text.encode(encoding, "replace"), 4)


def mp3_with(*texts: str) -> bytes:
    return mp3.tag(4, b"".join(map(txxx, texts))) + fixture("mp3/bare.mp3")


def ape(*texts: str) -> bytes:
    """Give an APEv2 tag with a header, for the end of a sound."""
    items = b"".join(struct.pack("<II", len(text.encode()), 0) + b"AIGC\0" + text.encode() for text in texts)

    def edge(flags: int) -> bytes:
        return b"APETAGEX" + struct.pack("<IIII", 2000, len(items) + 32, len(texts), flags) + bytes(8)

    return edge(0xA0000000) + items + edge(0x80000000)


def wav_with(*texts: str) -> bytes:
    return wav.riff(
        wav.fmt(), wav.chunk(b"data", wav.samples()), *(wav.chunk(b"AIGC", text.encode()) for text in texts)
    )


def riff_with(data: bytes, *chunks: bytes) -> bytes:
    """Give a RIFF file with chunks behind what it holds."""
    more = b"".join(chunks)
    return data[:4] + (len(data) - 8 + len(more)).to_bytes(4, "little") + data[8:] + more


def avi(*texts: str) -> bytes:
    lists = (wav.chunk(b"LIST", b"INFO" + wav.chunk(b"AIGC", text.encode() + b"\0")) for text in texts)
    return riff_with(fixture("avi/without-junk.avi"), *lists)


def flv_with(*texts: str) -> bytes:
    pairs = (flv.pair(b"AIGC", flv.string(text.encode())) for text in texts)
    data = fixture("flv/without-metadata.flv")
    return data[:13] + flv.script(b"onMetaData", flv.array(*pairs)) + data[13:]


def element(code: str, *parts: bytes) -> bytes:
    """Give an EBML element with its length in four bytes."""
    body = b"".join(parts)
    return bytes.fromhex(code) + (len(body) | 1 << 28).to_bytes(4, "big") + body


def simple_tag(text: str, name: str = "AIGC") -> bytes:
    return element("67C8", element("45A3", name.encode()), element("4487", text.encode()))


def mkv(*texts: str) -> bytes:
    """Append tags to a segment of unknown size, which runs to the end of the file."""
    tags = (element("7373", element("63C0"), simple_tag(text)) for text in texts)
    return fixture("matroska/live.mkv") + element("1254C367", *tags)


def literal(text: str) -> bytes:
    """Give a PDF string: parentheses, escapes, UTF-16 where ASCII does not do."""
    if not text.isascii():
        return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()
    return b"(%s)" % text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode()


def pdf_with(*texts: str, key: bytes = b"AIGC") -> bytes:
    entries = b"".join(b"/%s%s" % (key, literal(text)) for text in texts)
    return pdf.classic(pdf.page() | {6: b"<</Title(kit)%s>>" % entries})


def docx(*texts: str, key: str = "AIGC") -> bytes:
    return stored(docx_parts(*texts, key=key))


def docx_parts(*texts: str, key: str = "AIGC") -> dict[str, str | bytes]:
    custom = ooxml.properties(*((key, text.replace("<", "&lt;").replace(">", "&gt;")) for text in texts))
    return {
        "[Content_Types].xml": ooxml.types(ooxml.CUSTOM),
        "_rels/.rels": ooxml.relations(ooxml.CUSTOM_RELATION),
        "word/document.xml": ooxml.document(),
        "docProps/custom.xml": custom,
    }


def stored(parts: dict[str, str | bytes]) -> bytes:
    """Give an archive whose members are not compressed, so that their bytes can be found and changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, held in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 9, 1, 0, 0, 0)), held)
    return out.getvalue()


def markdown(*lines: str) -> bytes:
    """Give a text with front matter, which the lines say."""
    return "\n".join(("---", *lines, "---", "", "# 报告", "", "正文。", "")).encode()


def html(*texts: str, name: str = "AIGC") -> bytes:
    metas = "".join(f'<meta name="{name}" content="{escaped(text)}">' for text in texts)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8">{metas}<title>x</title></head><body>x</body></html>'.encode()


def hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


PLACES: Final[dict[str, Callable[..., bytes]]] = {
    **{suffix: _xmp_place(suffix) for suffix in XMP},
    "mp4": mp4,
    "mkv": mkv,
    "flv": flv_with,
    "avi": avi,
    "mp3": mp3_with,
    "wav": wav_with,
    "flac": flac_with,
    "opus": opus,
    "pdf": pdf_with,
    "docx": docx,
    "html": html,
}


def in_each(*texts: str, only: Iterable[str] = PLACES) -> Files:
    """Give a file of each format with the texts in that format's own place for labels."""
    return {f"own-place.{suffix}": lambda suffix=suffix: PLACES[suffix](*texts) for suffix in only}


def variants(texts: dict[str, str], only: Iterable[str] = ("png", "mp3", "mp4", "docx")) -> Files:
    """Give each of the texts in formats of different grammars."""
    return {
        f"{name}.{suffix}": lambda suffix=suffix, text=text: PLACES[suffix](text)
        for name, text in texts.items()
        for suffix in only
    }


# labels with signatures, as real services wrote them

CERTIFICATES: Final = json.loads(Path(__file__).with_name("certificates.json").read_text(encoding="utf-8"))
SIGNED: Final = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))


def certificate(*names: str) -> Callable[[], bytes]:
    """Give the maker of a PEM file: certificates of the key of `bound` and those above them, one behind the other.

    OpenSSL 3 made them: `root` issued `middle`, which issued `acme`, `gone` (revoked in `list`), `served` (for another use)
    and `second`, against its path length; that issued `deep`. `acme` is in force from 2026-11-28T21:43:22Z to
    2028-01-02T21:43:22Z. `stranger` is a root apart, `pub` the key alone.
    """
    return lambda: "".join(CERTIFICATES[name] for name in names).encode()


def minimax() -> str:
    """Give the label of a public recording by MiniMax, letter for letter."""
    text: str = SIGNED["minimax"]
    return text


def stepfun(number: int) -> tuple[str, ...]:
    """Give the front matter of one of two public texts by StepFun."""
    vector = SIGNED["stepfun"]
    one = vector["files"][number]
    values = json.loads(label(producer=vector["producer"], number=one["number"]))
    values["ReservedCode1"] = vector["form"].replace("SIGNATURE", one["signature"]).replace("KEY", vector["key"])
    values["ReservedCode2"] = vector["form"].replace("SIGNATURE", one["second"]).replace("KEY", vector["key"])
    return ("AIGC:", *(f"  {name}: '{value}'" for name, value in values.items()))


def bound(suffix: str, **changed: str) -> str:
    """Give a label that is signed and bound to the content of `PLACES[suffix]` (docs/binding.md), with fields changed."""
    vector = SIGNED["bound"]
    values = json.loads(label(producer=vector["producer"], number=vector["number"]))
    return json.dumps({**values, "ReservedCode1": vector["files"][suffix], **changed}, separators=(",", ":"))


def bound_data(change: Callable[[dict[str, Any]], object], suffix: str = "jpg") -> str:
    """Give that label with its security data changed."""
    data = json.loads(SIGNED["bound"]["files"][suffix])
    change(data["SecurityData"])
    return bound(suffix, ReservedCode1=json.dumps(data, separators=(",", ":")))
