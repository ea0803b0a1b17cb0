"""Tells what a file is from its first bytes."""

from __future__ import annotations

import os
import re
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.formats import BY_NAME, FOREIGN_BRANDS, FORMATS, Format, Medium
from aigc_label.source import Source

HEAD: Final = 4096
GZIP: Final = b"\x1f\x8b\x08"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file (MS-CFB), which encrypted packages are put into
# Patterns are compiled when a file needs them. PROLOG is what may stand before the first tag; none of its groups is
# possessive: Python before 3.11.5 matches such groups wrongly.
PROLOG: Final = rb"(?:\xef\xbb\xbf)?(?:<!--[^-]*+(?:-(?!->)[^-]*+)*-->|<\?[^>]*+>|\s++)*"
HTML_ROOT: Final = rb"(?is)" + PROLOG + rb"<(?:!doctype\s+html|html|head|body)(?=[\s>])"
SVG_FIRST: Final = rb"(?s)" + PROLOG + rb"<(?:!DOCTYPE\s+svg|(?:[A-Za-z_][\w.-]*:)?svg)(?=[\s>/])"
FRONT_MATTER: Final = rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:(?!---)[^\n]*+\n)*?AIGC[ \t]*:"
BINARY: Final = rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]"
NAMED: Final = {suffix: row for row in FORMATS if row.named for suffix in row.suffixes}
SVG_ROOT: Final = rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]"


def sniff(source: Source) -> Format:
    """Give the format of the content; the file's name plays a part only where the content is text without a signature.

    Raises `UnsupportedFormat` where nothing in the table fits.
    """
    head = source.upto(0, HEAD)
    text = _text(source, head)
    if text is not None:
        return text
    for row in FORMATS:
        if any(head.startswith(mark.magic, mark.offset) for mark in row.signatures):
            return row
    found = (
        _by_brand(head)
        or _without_brand(source, head)
        or _behind_id3(source)
        or _svg(head)
        or _package(source, head)
        or _pdf(head)
        or _packets(source)
    )
    if found is not None:
        return found
    raise _unknown(head)


def _text(source: Source, head: bytes) -> Format | None:
    """Pages are known by their first tag, labelled Markdown by its front matter, other texts by their name alone."""
    text = _as_ascii(head)
    if not text or re.search(BINARY, text):
        return None
    if re.match(HTML_ROOT, text):
        return BY_NAME["html"]
    if re.match(FRONT_MATTER, text):
        return BY_NAME["markdown"]
    row = NAMED.get(os.path.splitext(source.name)[1].lower())
    return row if row is not None and not re.match(SVG_FIRST, text) and not text.startswith(b"{\\rtf") else None


def _as_ascii(head: bytes) -> bytes:
    """Give the beginning of a text with its ASCII at its place, whatever Unicode encoding it is in."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2 : len(head) & ~1].decode(encoding, "replace").encode()
    return head


def _unknown(head: bytes) -> UnsupportedFormat:
    if head.startswith(GZIP):
        return UnsupportedFormat(
            Bilingual("the file is compressed with gzip, as .svgz drawings are", "文件使用 gzip 压缩（如 .svgz 图形）"),
            remedy=Bilingual("Unpack it with gunzip and label the drawing.", "请先用 gunzip 解压，再对图形添加标识。"),
        )
    if head.startswith(OLE):
        return UnsupportedFormat(
            Bilingual(
                "the file is an encrypted Office document, or one in the form of before 2007 (.doc, .xls, .ppt)",
                "文件为加密的 Office 文档，或 2007 年以前的旧格式（.doc、.xls、.ppt）",
            ),
            remedy=Bilingual(
                "Save it without a password as DOCX, XLSX or PPTX, label that, and encrypt it last.",
                "请去除密码并另存为 DOCX、XLSX 或 PPTX，添加标识后再加密。",
            ),
        )
    what = (
        Bilingual("the file is empty", "文件为空")
        if not head
        else Bilingual("the format is not known", "无法识别文件格式")
    )
    return UnsupportedFormat(
        what,
        remedy=Bilingual("`aigc-label formats` lists what can be labelled.", "`aigc-label formats` 可列出支持的格式。"),
    )


def _by_brand(head: bytes) -> Format | None:
    """ISO base media files: the major brand decides, then the compatible brands in order, the specific rows first."""
    if head[4:8] not in (b"ftyp", b"styp") or head[8:12] in FOREIGN_BRANDS:
        return None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    generic = (b"mif1", b"msf1", b"miaf")
    for brand in [b for b in brands if b not in generic] + [b for b in brands if b in generic]:
        for row in FORMATS:
            if brand in row.brands:
                return row
    return None


QUICKTIME: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # what MOV files without `ftyp` begin with
SEGMENT: Final = (b"moof", b"sidx", b"emsg", b"prft")  # and media segments without `styp`


def _without_brand(source: Source, head: bytes) -> Format | None:
    """A first box of these kinds whose size fits the file: "free" alone is also an English word."""
    size, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if len(head) < 8 or not (size in (0, 1) or 8 <= size <= source.size):
        return None
    name = "mov" if kind in QUICKTIME else "mp4" if kind in SEGMENT else ""
    return BY_NAME[name] if name else None


def _behind_id3(source: Source) -> Format | None:
    """MPEG frames have no signature: two frame headers in a row, the first behind any ID3v2 tags, are one.

    Other sound behind an ID3 tag (FLAC) is known by its own signature there.
    """
    from aigc_label.grammars import id3

    at = 0
    for _ in range(source.limits.depth):
        size = id3.size_at(source, at)
        if not size:
            break
        at += size
    head = source.upto(at, 16)
    if at:
        for row in FORMATS:
            if row.medium is Medium.AUDIO and any(head.startswith(mark.magic, mark.offset) for mark in row.signatures):
                return row
    adts = _adts_length(head)
    if adts and (at or _adts_length(source.upto(at + adts, 7)) or at + adts == source.size):
        return BY_NAME["aac"]
    length = _layer3_length(head)
    if not length:
        return None
    following = source.upto(at + length, 4)
    return BY_NAME["mp3"] if at or len(following) < 4 or _layer3_length(following) else None


def _adts_length(head: bytes) -> int:
    """Give the length of the ADTS frame (ISO/IEC 13818-7) that begins with these bytes, 0 where none does."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length >= 7 else 0


BITRATES: Final = {  # kbit/s of layer III, by MPEG version
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _layer3_length(head: bytes) -> int:
    """Give the length of the MPEG layer III frame that begins with these four bytes, 0 where none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, speed = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer != 1 or rate in (0, 15) or speed == 3:
        return 0
    bits = BITRATES[3 if version == 3 else 2][rate] * 1000
    return (144 if version == 3 else 72) * bits // SAMPLE_RATES[version][speed] + (head[2] >> 1 & 1)


def _packets(source: Source) -> Format | None:
    """MPEG-TS is known by a sync byte at the head of five packets of 188 bytes (192 with a time code before each)."""
    for size, first in ((188, 0), (192, 4)):
        if all(source.upto(first + size * number, 1) == b"\x47" for number in range(5)):
            return BY_NAME["mpegts"]
    return None


def _package(source: Source, head: bytes) -> Format | None:
    """Documents in a ZIP archive are known by the members they must have.

    Raises `MalformedFile` where the archive is damaged: what it holds cannot be told.
    """
    if not head.startswith(b"PK\3\4"):
        return None
    from aigc_label.grammars import zip  # noqa: A004  the format's own name

    members = zip.archive_of(source).members
    names = {member.name for member in members}
    found = next((row for row in FORMATS if row.members and names.issuperset(row.members)), None)
    first = min(members, key=lambda member: member.start).name if members else ""
    return found or next((row for row in FORMATS if row.first and first.endswith(row.first)), None)


def _pdf(head: bytes) -> Format | None:
    """Readers of PDF accept anything before the header, as long as that begins in the first 1,024 bytes."""
    return BY_NAME["pdf"] if 0 <= head.find(b"%PDF-") < 1024 else None


def _svg(head: bytes) -> Format | None:
    text = head
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(bom):
            text = head[: len(head) & ~1].decode(encoding, "replace").encode()
    if text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and re.search(SVG_ROOT, text):
        return BY_NAME["svg"]
    return None
