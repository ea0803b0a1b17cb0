"""Cuts a plan into the parts of a multipart upload: kept ranges are copied inside the store, the rest is sent.

S3's rules: a part is 5 MiB to 5 GiB, the last one may be smaller, there are at most 10,000.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""

from __future__ import annotations

from typing import Final, NamedTuple

from aigc_label.limits import MIB
from aigc_label.splice import Keep, Plan, length_of, size_of

LEAST: Final = 5 * MIB
MOST: Final = 5 * 1024 * MIB
COUNT: Final = 10_000
COPIED: Final = 64 * MIB  # bytes of a part that is copied: its answer has to come before a client gives up (s3fs: 15 s)
SENT: Final = 8 * MIB  # bytes of a part that is sent: two of them are in memory at a time


class Part(NamedTuple):
    """One part: where it begins in the target, its length, and the offset in the source it is copied from (or None)."""

    start: int
    length: int
    copied: int | None = None


def parts_of(plan: Plan, least: int = LEAST) -> list[Part]:
    """Give the parts of a plan whose kept ranges lie in the same store as the target; none but the last under `least`."""
    parts: list[Part] = []
    start = at = 0  # bytes from `start` to `at` wait to be sent
    for piece in plan:
        length = length_of(piece)
        if isinstance(piece, Keep):
            borrowed = max(0, least - (at - start)) if at > start else 0  # so that what waits is a part of its own
            if length - borrowed >= least:
                parts += sent(start, at + borrowed - start, plan, least)
                parts += _copies(Part(at + borrowed, length - borrowed, piece.offset + borrowed), size_of(plan))
                start = at + length
        at += length
    return parts + sent(start, at - start, plan, least)


def sent(start: int, length: int, plan: Plan, least: int = LEAST) -> list[Part]:
    """Give the parts that carry a range of the target through this machine."""
    size = max(SENT, -(-size_of(plan) // (COUNT // 2)))
    out = [Part(at, min(size, start + length - at)) for at in range(start, start + length, size)]
    if len(out) > 1 and out[-1].length < least:  # it need not be the last of all
        out[-2:] = [Part(out[-2].start, out[-2].length + out[-1].length)]
    return out


def _copies(whole: Part, total: int) -> list[Part]:
    """Cut a kept range into equal parts, none of which is under the least."""
    count = -(-whole.length // max(COPIED, -(-total // (COUNT // 2))))
    size = -(-whole.length // count)
    offset = whole.copied or 0
    return [Part(whole.start + at, min(size, whole.length - at), offset + at) for at in range(0, whole.length, size)]
