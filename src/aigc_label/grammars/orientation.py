"""Reads from an EXIF block or a TIFF directory how a picture has to be turned before it is shown."""

from __future__ import annotations

from typing import Final

from aigc_label.errors import AigcLabelError
from aigc_label.grammars import tiff
from aigc_label.limits import Limits
from aigc_label.source import BytesSource, Source

ORIENTATION: Final = 0x0112
UPRIGHT: Final = 1
TURNED: Final = (5, 6, 7, 8)  # orientations that exchange width and height


def of_exif(block: bytes, limits: Limits) -> int:
    """Give the orientation 1..8 that an EXIF block (TIFF header first) asks for; 1 where it asks for none or is damaged."""
    source = BytesSource(block, limits=limits)
    try:
        header = tiff.header_of(source)
        first = header.offset(source.at(header.pointer_at, header.offset_size))
        return of_directory(source, tiff.directory_at(source, header, first))
    except AigcLabelError:
        return UPRIGHT  # viewers show a picture with damaged EXIF as it is stored


def of_directory(source: Source, directory: tiff.Directory) -> int:
    """Give the orientation 1..8 of a TIFF directory; 1 where it has none."""
    entry = directory.find(ORIENTATION)
    if entry is None or entry.count != 1 or entry.kind not in (3, 4):
        return UPRIGHT
    (value,) = tiff.numbers(source, directory.header, entry)
    return value if 1 <= value <= 8 else UPRIGHT


def displayed(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Give width and height as displayed of a picture stored as `width` by `height`."""
    return (height, width) if orientation in TURNED else (width, height)
