"""ID3 frames in each of the four encodings and three versions."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, txxx
from fixtures.build import mp3


def old(version: int) -> bytes:
    name = b"TXX" if version == 2 else b"TXXX"
    return mp3.tag(version, mp3.frame(name, b"\0AIGC\0" + LABEL.encode(), version)) + fixture("mp3/bare.mp3")


FILES: Files = {
    f"encoding-{code}.mp3": lambda code=code: mp3.tag(4, txxx(LABEL, code=code)) + fixture("mp3/bare.mp3")
    for code in range(4)
} | {f"version-{version}.mp3": lambda version=version: old(version) for version in (2, 3)}
