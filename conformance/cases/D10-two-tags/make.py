"""Two tags of the same kind in a sound."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, Files, ape, fixture, mp3_with, txxx, wav_with
from fixtures.build import mp3

FILES: Files = {
    "two-id3.mp3": lambda: mp3.tag(4, txxx(LABEL)) + mp3_with(OTHER),
    "two-ape.mp3": lambda: fixture("mp3/bare.mp3") + ape(LABEL) + ape(OTHER),
    "id3-at-the-end.mp3": lambda: mp3_with(LABEL) + mp3.tag(4, txxx(OTHER)),
    "id3-in-front-of-wav.wav": lambda: mp3.tag(4, txxx(OTHER)) + wav_with(LABEL),
}
