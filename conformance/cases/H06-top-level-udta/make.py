"""User data at the top level of a movie."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture
from fixtures.build import _movie

META = _movie.keyed((b"AIGC", LABEL.encode()))
FILES: Files = {
    "udta.mp4": lambda: fixture("mp4/tail.mp4") + _movie.box(b"udta", META),
    "meta.mp4": lambda: fixture("mp4/tail.mp4") + META,
}
