"""Tells what a file is from its first bytes."""

from __future__ import annotations

import re
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.formats import BY_NAME, FORMATS, Format
from aigc_label.source import Source

HEAD: Final = 4096
SVG_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]")


def sniff(source: Source) -> Format:
    """Give the format of the content; the file's name plays no part.

    Raises `UnsupportedFormat` where nothing in the table fits.
    """
    head = source.upto(0, HEAD)
    for row in FORMATS:
        if any(head.startswith(mark.magic, mark.offset) for mark in row.signatures):
            return row
    found = _by_brand(head) or _svg(head)
    if found is not None:
        return found
    what = (
        Bilingual("the file is empty", "文件为空")
        if not head
        else Bilingual("the format is not known", "无法识别文件格式")
    )
    raise UnsupportedFormat(
        what,
        remedy=Bilingual("`aigc-label formats` lists what can be labelled.", "`aigc-label formats` 可列出支持的格式。"),
    )


def _by_brand(head: bytes) -> Format | None:
    """ISO base media files: the major brand decides, then the compatible brands in order, the specific rows first."""
    if head[4:8] != b"ftyp":
        return None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    generic = (b"mif1", b"msf1", b"miaf")
    for brand in [b for b in brands if b not in generic] + [b for b in brands if b in generic]:
        for row in FORMATS:
            if brand in row.brands:
                return row
    return None


def _svg(head: bytes) -> Format | None:
    text = head
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(bom):
            text = head[: len(head) & ~1].decode(encoding, "replace").encode()
    if text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and SVG_ROOT.search(text):
        return BY_NAME["svg"]
    return None
