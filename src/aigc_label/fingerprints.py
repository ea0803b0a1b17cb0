"""Recognises pictures that were labelled before: a ledger keeps a perceptual code of each, a registry is what it keeps.

A code finds what looks the same, coded anew or smaller. It proves nothing: a match is a reason to look.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aigc_label import optional
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Earlier
from aigc_label.formats import Medium
from aigc_label.ledger.book import Ledger
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.placing import Content, source_of
from aigc_label.sniff import sniff
from aigc_label.source import Source

BITS: Final = 256
SIDE: Final = 32  # ISO 24138: an Image-Code is made of 32 x 32 grey pixels
NEAR: Final = 32  # of 256 bits that may differ in what is taken for the same picture; measured, see docs/trust.md


class Picture(NamedTuple):
    """A labelled picture of a ledger: its code as a number, the label's JSON, the number of its first entry."""

    code: int
    label: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The labelled pictures of one ledger, as they stood when it was read."""

    pictures: tuple[Picture, ...]

    def matches(self, code: bytes) -> tuple[Earlier, ...]:
        """Give the pictures that look the same, the nearest first.

        An empty answer means that nobody here labelled a picture that looks like this; not that nobody did.
        """
        wanted = int.from_bytes(code, "big")
        near = ((picture, (picture.code ^ wanted).bit_count()) for picture in self.pictures)
        found = [Earlier(label=p.label, number=p.number, distance=bits) for p, bits in near if bits <= NEAR]
        return tuple(sorted(found, key=lambda one: one.distance))


def registry_in(place: str) -> Registry:
    """Read the fingerprints of a ledger. Raises as `Ledger.opened`, and `MissingTool` without the extra `fingerprint`."""
    library()
    with closing(Ledger.opened(place)) as ledger:
        kept: dict[tuple[str, str], int] = {}
        for number, label, record in ledger.labelled():
            if code := json.loads(record).get("fingerprint"):
                kept.setdefault((code, label), number)
    return Registry(pictures=tuple(Picture(int(code, 16), label, number) for (code, label), number in kept.items()))


def code_of(content: Content, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Give the ISCC Image-Code (ISO 24138) of a picture as it is shown, 32 bytes; of an animation that of its first picture.

    Raises `UnsupportedFormat` for other media, `MissingTool` without the extra `fingerprint`, and the decoder's errors.
    """
    with source_of(content, limits) as source:
        return code_in(source)


def code_in(source: Source) -> bytes:
    """Give the code of an open picture. Raises as `code_of`."""
    maker, row = library(), sniff(source)
    if row.medium is not Medium.IMAGE:
        raise UnsupportedFormat(
            Bilingual("only pictures have a fingerprint here", "目前仅支持图片指纹"),
            remedy=Bilingual("Keep the ledger's own digests of other files.", "其他文件请使用台账中的摘要。"),
        )
    from PIL import Image

    from aigc_label import raster

    pixels = next(iter(raster.frames(source, row)))
    grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    found = maker.iscc_decode(maker.gen_image_code_v0(grey.tobytes(), BITS).iscc)
    return bytes(found[-1])


def library() -> Any:
    """Give the library that makes the codes. Raises `MissingTool` where it is not installed."""
    return optional.package(
        "iscc_lib", "fingerprint", Bilingual("fingerprints need the package iscc-lib", "图片指纹需要 iscc-lib 组件")
    )
