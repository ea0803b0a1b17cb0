"""Recognises pictures that carried a label and lost it: each labelled one leaves a perceptual code in a registry.

A code finds what looks the same, coded anew or smaller. It proves nothing: a match is a reason to look.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, UnsupportedFormat
from aigc_label.formats import Medium
from aigc_label.label import Label
from aigc_label.labelling import label_of
from aigc_label.placing import Content, source_of
from aigc_label.sniff import sniff

BITS: Final = 256
SIDE: Final = 32  # ISO 24138: an Image-Code is made of 32 x 32 grey pixels
NEAR: Final = 32  # of 256 bits that may differ in what is taken for the same picture; measured, see docs/trust.md
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS pictures (code BLOB NOT NULL, label TEXT NOT NULL, PRIMARY KEY (code, label))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A picture of the registry that looks like the one asked about: the label it had, and how many of 256 bits differ."""

    label: str
    distance: int


def code_of(content: Content) -> bytes:
    """Give the ISCC Image-Code (ISO 24138) of a picture as it is shown, 32 bytes; of an animation that of its first picture.

    Raises `UnsupportedFormat` for other media, `MissingTool` without the extra `fingerprint`, and the decoder's errors.
    """
    library = _library()
    with source_of(content) as source:
        row = sniff(source)
        if row.medium is not Medium.IMAGE:
            raise UnsupportedFormat(
                Bilingual("only pictures have a fingerprint here", "目前仅支持图片指纹"),
                remedy=Bilingual("Keep the ledger's own digests of other files.", "其他文件请使用台账中的摘要。"),
            )
        from PIL import Image

        from aigc_label import raster

        pixels = next(iter(raster.frames(source, row)))
        grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    found = library.iscc_decode(library.gen_image_code_v0(grey.tobytes(), BITS).iscc)
    return bytes(found[-1])


def _library() -> Any:
    try:
        return import_module("iscc_lib")
    except ImportError as problem:
        raise MissingTool(
            Bilingual("fingerprints need the package iscc-lib", "图片指纹需要 iscc-lib 组件"),
            remedy=Bilingual("pip install 'aigc-label[fingerprint]'", "pip install 'aigc-label[fingerprint]'"),
        ) from problem


class Registry:
    """The codes of labelled pictures in one SQLite file, which the caller closes by leaving `registry`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, content: Content) -> None:
        """Remember a labelled picture; one without a label is left out. Raises as `code_of` and `read` do."""
        with source_of(content) as source:
            label = label_of(source)
        if label is not None:
            self.put(code_of(content), label)

    def put(self, code: bytes, label: Label) -> None:
        """Remember a code and the label that its picture carries."""
        with self._connection:
            self._connection.execute("INSERT OR IGNORE INTO pictures VALUES (?, ?)", (code, label.to_json()))

    def matches(self, code: bytes) -> tuple[Match, ...]:
        """Give the pictures that look the same, the nearest first. Looks at every row: a second for some hundred thousand."""
        wanted = int.from_bytes(code, "big")
        rows = self._connection.execute("SELECT code, label FROM pictures")
        near = ((label, (int.from_bytes(there, "big") ^ wanted).bit_count()) for there, label in rows)
        found = [Match(label=label, distance=distance) for label, distance in near if distance <= NEAR]
        return tuple(sorted(found, key=lambda match: match.distance))

    def stripped(self, content: Content) -> tuple[Match, ...]:
        """Give what a picture without a label once carried, as far as this registry knows; nothing for a labelled one.

        An empty answer means that nobody here labelled a picture that looks like this; not that nobody did.
        """
        with source_of(content) as source:
            if label_of(source) is not None:
                return ()
        return self.matches(code_of(content))


@contextmanager
def registry(path: Path) -> Iterator[Registry]:
    """Open a registry, made where there is none. Raises `sqlite3.Error` for a file that is something else."""
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.execute(_TABLE)
        yield Registry(connection)
    finally:
        connection.close()
