"""Looks at a picture, every sampled frame of it, and says which marks a person would see."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Final

from aigc_label.detectors import NOTHING_MORE, Asked
from aigc_label.detectors.seeing import marks
from aigc_label.evidence import Eyes, Sighting
from aigc_label.formats import Format
from aigc_label.marking import complies
from aigc_label.raster import frames
from aigc_label.source import Source

READ: Final = (
    3  # frames that text recognition is asked about while nothing is seen: it costs a multiple of our own look
)


def look(source: Source, row: Format, asked: Asked = NOTHING_MORE) -> tuple[Sighting, ...]:
    """Give the marks seen in a picture, the most convincing first; empty where there are none.

    Of an animation or several pages, sampled frames are looked at (`raster.sampled`): the first one's marks are given,
    each measured at its weakest, with the confidence scaled by the share of frames that show complying words at all.
    Raises as `raster.frames` does: not being able to look is never "nothing seen".
    """
    shown: list[tuple[Sighting, ...]] = []
    last = b""
    for pixels in frames(source, row):
        if shown and pixels.tobytes() == last:
            shown.append(shown[-1])
            continue
        shown.append(marks(pixels, asked if len(shown) < READ or any(shown) else replace(asked, eyes=Eyes.OWN)))
        last = pixels.tobytes()
    first = next((seen for seen in shown if seen), ())
    marked = [seen[0] for seen in shown if seen and complies(seen[0].text)]
    if not marked:
        return first
    confidence, box = round(marked[0].confidence * len(marked) / len(shown), 3), marked[0].box
    weakest = replace(reduce(Sighting.weakened, marked), confidence=confidence, box=box)
    return (weakest, *(seen for seen in first if seen is not first[0] or not complies(seen.text)))
