"""Binds a label to its content: a digest over the bytes that are the media, whatever stands beside them.

The method is ours and carries our name; docs/binding.md defines it so that others can compute it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aigc_label.security.envelope import METHOD
from aigc_label.security.hashes import Digest, hashed, hasher
from aigc_label.source import Source
from aigc_label.splice import Keep

BLOCK: Final = 1 << 20  # bytes in memory at once


def content_digest(source: Source, ranges: Iterable[Keep], digest: Digest) -> bytes:
    """Give the digest over the ranges, one behind the other: the same whatever is done to labels and other metadata."""
    running = hasher(digest)
    for part in ranges:
        for at in range(part.offset, part.end, BLOCK):
            running.update(source.at(at, min(BLOCK, part.end - at)))
    return running.digest()


def bound_value(content: bytes, digest: Digest, algorithm: str, about: tuple[str, bytes]) -> bytes:
    """Give what stands in the binding: the content's digest tied to algorithm, format and label.

    `about` is the format's name in docs/formats.md and the text that the label's signature is over.
    """
    media, label = about
    lines = (METHOD.encode(), algorithm.encode(), media.encode(), label, content.hex().encode())
    return hashed(digest, b"\n".join(lines) + b"\n")
