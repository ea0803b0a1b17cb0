"""Reads from an EXIF block how the picture is turned before it is shown."""

from __future__ import annotations

from typing import Final

from aigc_label.errors import AigcLabelError
from aigc_label.grammars import tiff
from aigc_label.limits import Limits
from aigc_label.source import BytesSource

ORIENTATION: Final = 0x0112
UPRIGHT: Final = 1
TURNED: Final = (5, 6, 7, 8)  # orientations that exchange width and height
STORED_AS: Final = {  # orientation: (x and y change places, x runs backwards, y runs backwards) as displayed
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}


def orientation_of(block: bytes, limits: Limits) -> int:
    """Give the orientation 1..8 that a block (a TIFF header and its directories) declares in its first directory.

    Gives 1 where there is none, and where the block is damaged: viewers then show the picture as it is stored.
    """
    source = BytesSource(block, limits=limits)
    try:
        header = tiff.header_of(source)
        first = tiff.directory_at(source, header, header.offset(source.at(header.pointer_at, header.offset_size)))
        entry = first.find(ORIENTATION)
        if entry is None or tiff.TYPE_SIZES.get(entry.kind) not in (1, 2, 4):
            return UPRIGHT
        value = header.offset(source.at(entry.value_offset, tiff.TYPE_SIZES[entry.kind]))
    except AigcLabelError:
        return UPRIGHT
    return value if 1 <= value <= 8 else UPRIGHT


def shown_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Give the size as displayed of a picture stored as `width` by `height` under an orientation."""
    return (height, width) if orientation in TURNED else (width, height)
