"""Takes the messages that accompany coded pictures apart (supplemental enhancement information, H.264 and H.265)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from aigc_label.grammars.nal import guarded, unguarded

LIGHT: Final = (
    137,
    144,
    147,
    148,
)  # mastering display, light level, preferred transfer, surroundings: said once for all
USER_DATA: Final = 5  # unregistered user data: encoders put their name and settings there


def messages(unit: bytes, head: int) -> Iterator[tuple[int, bytes]]:
    """Give each message's type and its bytes, type and size in front; nothing more where they are cut short."""
    raw = unguarded(unit)
    at = head
    while at + 2 < len(raw):
        start = at
        numbers = []
        for _ in range(2):
            number = 0
            while at < len(raw) and raw[at] == 255:
                number, at = number + 255, at + 1
            if at >= len(raw):
                return
            numbers.append(number + raw[at])
            at += 1
        kind, size = numbers
        at += size
        if at > len(raw):
            return
        yield kind, raw[start:at]


def only(unit: bytes, head: int, kinds: Collection[int]) -> bytes:
    """Give a unit with the messages of these types alone; empty where it has none. `head` is the unit header's size."""
    kept = [message for kind, message in messages(unit, head) if kind in kinds]
    return guarded(unit[:head] + b"".join(kept) + b"\x80") if kept else b""


def without(unit: bytes, head: int, kinds: Collection[int]) -> bytes:
    """Give a unit without the messages of these types; empty where nothing is left."""
    return only(unit, head, {kind for kind, _ in messages(unit, head)} - set(kinds))
