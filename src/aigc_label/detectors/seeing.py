"""Looks at a picture with all eyes there are: our own detector first, text recognition where that found no whole mark."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label import ocr
from aigc_label.bilingual import Bilingual
from aigc_label.detectors import NOTHING_MORE, Asked
from aigc_label.detectors.recognised import PICTURE, Eyesight, recognised
from aigc_label.detectors.statements import speaks_of_it
from aigc_label.detectors.words import sightings, sightings_near
from aigc_label.evidence import Eyes, Sighting
from aigc_label.marking import EDGE_BAND, LEGIBLE_CONTRAST, MIN_HEIGHT_SHARE, complies

Pixels = NDArray[np.uint8]

UNREAD: Final = Bilingual(
    "only letters like those of the shipped font were looked for; pip install 'aigc-label[ocr]' reads any",
    "仅查找了与自带字体相似的文字；安装 aigc-label[ocr] 后可识别任意字体",
)


def marks(pixels: Pixels, asked: Asked = NOTHING_MORE, sight: Eyesight = PICTURE) -> tuple[Sighting, ...]:
    """Give the marks seen in a picture (height, width, 3), complying ones first; empty where there are none.

    Words that deny it or ask about it are no mark. Where both detectors see the same words, the lesser height counts.
    Raises `LimitExceeded` as `words.sightings` does, `ToolFailed` as `ocr` does.
    """
    found = [seen for seen in _known(pixels, asked) if not speaks_of_it(seen.text)]
    if asked.eyes is Eyes.ALL and ocr.installed() and not any(is_whole(seen) for seen in found):
        for fresh in recognised(pixels, sight):
            if speaks_of_it(fresh.text):
                continue
            found = _with(found, fresh)
            if any(is_whole(seen) for seen in found):
                break
    return tuple(sorted(found, key=lambda seen: (not is_whole(seen), not complies(seen.text), -seen.confidence)))


def doubt_of(asked: Asked) -> Bilingual | None:
    """Say why nothing seen may not mean that nothing is there; None where any letters were looked for."""
    return UNREAD if asked.eyes is Eyes.OWN or not ocr.installed() else None


def _known(pixels: Pixels, asked: Asked) -> tuple[Sighting, ...]:
    """Give what our own detector sees: where a mark was drawn first, else everywhere."""
    faces = (None, *asked.fonts)
    near = sightings_near(pixels, asked.near, faces) if asked.near is not None else ()
    return near if any(is_whole(seen) for seen in near) else sightings(pixels, faces)


def is_whole(seen: Sighting) -> bool:
    """Tell whether a sighting leaves no doubt: words, height, place and contrast."""
    height = seen.height_share or 0.0
    return (
        complies(seen.text)
        and height - seen.height_error >= MIN_HEIGHT_SHARE
        and (seen.edge_share or 0.0) <= max(EDGE_BAND, height)
        and (seen.contrast or 1.0) >= LEGIBLE_CONTRAST
    )


def _with(found: list[Sighting], fresh: Sighting) -> list[Sighting]:
    """Add what was read, unless our own detector measured the same words: it knows them to the pixel."""
    same = [seen for seen in found if seen.overlaps(fresh)]
    if any(complies(seen.text) for seen in same):
        return found
    return [seen for seen in found if seen not in same] + [fresh]
