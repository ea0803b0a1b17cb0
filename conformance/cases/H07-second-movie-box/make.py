"""A labelled moov behind a plain one."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture
from fixtures.build import _movie

FILES: Files = {
    "second.mp4": lambda: (
        fixture("mp4/tail.mp4") + _movie.box(b"moov", _movie.box(b"udta", _movie.keyed((b"AIGC", LABEL.encode()))))
    )
}
