"""Says what has to be known of a video coding to let new pictures meet old ones."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, Protocol

from aigc_label.bilingual import Bilingual


class Border(Enum):
    """What a sample is to the samples before it."""

    NONE = "none"  # it needs them
    CLEAN = "clean"  # neither it nor anything behind it does
    OPEN = "open"  # it does not, but pictures shown before it and coded behind it do


class Unfit(Exception):
    """This film cannot be changed in this way; another may do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.reason = Bilingual(en, zh)


class Coding(Protocol):
    """How one film's pictures are coded. Every method raises `Unfit` or `MalformedFile` where the film is odd."""

    @property
    def encoder(self) -> str:
        """Give FFmpeg's name of the encoder."""

    @property
    def options(self) -> Mapping[str, str]:
        """Give what the encoder is told."""

    @property
    def header_apart(self) -> bool:
        """Tell whether the encoder gives its parameter sets apart from the pictures."""

    def border(self, sample: bytes) -> Border:
        """Tell what a sample is to the samples before it."""

    def leads(self, sample: bytes) -> bool:
        """Tell whether a sample behind an OPEN one is shown before it."""

    def taken(self, sample: bytes) -> None:
        """Look at a sample that will be replaced: what it holds for later ones must not be lost."""

    def before(self, border: Border) -> None:
        """Learn to what kind of sample the new ones will lead."""

    def joined(self, extradata: bytes) -> bytes:
        """Give the decoder configuration that serves the old and the new pictures."""

    def sample(self, packet: bytes, key: bool) -> bytes:
        """Give an encoder's packet as the container stores it."""

    def last(self, sample: bytes, border: Border) -> bytes:
        """Give the last new sample as it has to be before an old one of this kind."""


LAYERS: Final = Unfit(
    "its pictures have layers (another eye, alpha, scalability)", "画面含有附加层（另一只眼、透明或可伸缩层）"
)
