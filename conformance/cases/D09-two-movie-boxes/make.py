"""Two moov boxes with different labels."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, Files, mp4
from fixtures.build import _movie


def second(text: str) -> bytes:
    return _movie.box(b"moov", _movie.box(b"udta", _movie.keyed((b"AIGC", text.encode()))))


FILES: Files = {"other.mp4": lambda: mp4(LABEL) + second(OTHER), "equal.mp4": lambda: mp4(LABEL) + second(LABEL)}
