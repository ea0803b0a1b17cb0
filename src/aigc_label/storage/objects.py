"""Gives random access to an object's bytes by range requests through a few cached blocks."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.source import Source
from aigc_label.storage import oss, pages
from aigc_label.storage.addresses import READ_ONLY, Info, Place, info_of, place_of

BLOCK: Final = 32 * 1024  # bytes of one block: metadata are small, and every byte is paid for
KEPT: Final = 256  # blocks held in memory
WHOLE: Final = 32  # blocks from which a read goes straight through


class ObjectSource(Source):
    """An object in a store, as it is at one moment: `version` says which. `moved` counts the bytes that were read."""

    def __init__(self, place: Place, size: int, version: str, limits: Limits = DEFAULT_LIMITS) -> None:
        self.place = place
        self.name = place.address
        self.size = size
        self.version = version
        self.limits = limits
        self.moved = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    @classmethod
    def opened(cls, address: str, limits: Limits = DEFAULT_LIMITS) -> ObjectSource:
        """Give an object as a source. Raises `FileNotFoundError`, other `OSError`s, `MissingTool`."""
        place = place_of(address)
        info = info_of(place)
        if info is None:
            raise FileNotFoundError(2, "No such object", address)
        return cls(place, info.size, info.version, limits)

    def upto(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self.size)
        if offset >= end:
            return b""
        first, last = offset // BLOCK, (end - 1) // BLOCK
        if last - first >= WHOLE:
            return self._read(offset, end)
        self._fetch(first, last)
        data = b"".join(self._blocks[number] for number in range(first, last + 1))
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        return data[offset - first * BLOCK : end - first * BLOCK]

    def _fetch(self, first: int, last: int) -> None:
        """Have these blocks at hand: neighbours that are missing come with one request."""
        number = first
        while number <= last:
            if number in self._blocks:
                self._blocks.move_to_end(number)
                number += 1
                continue
            stop = number
            while stop <= last and stop not in self._blocks:
                stop += 1
            data = self._read(number * BLOCK, min(stop * BLOCK, self.size))
            for at in range(number, stop):
                self._blocks[at] = data[(at - number) * BLOCK : (at - number + 1) * BLOCK]
            number = stop

    def _read(self, start: int, end: int) -> bytes:
        info = Info(self.size, self.version)
        data: bytes
        if self.place.scheme in READ_ONLY:
            data = pages.read(self.place, info, start, end)
        elif self.place.scheme in oss.SCHEMES:
            data = oss.read(self.place, info, start, end)
        else:
            data = self.place.store.cat_file(self.place.path, start=start, end=end)
        if len(data) != end - start:
            raise changed(self.name)
        self.moved += len(data)
        return data


def changed(address: str) -> Refused:
    """Give the refusal of an object that is not what was seen: another came in its place, or other bytes than asked for."""
    return Refused(
        Bilingual("the object changed while it was being worked on", "对象在处理过程中发生了变化"),
        remedy=Bilingual("Run the command again.", "请重新运行命令。"),
        where=address,
    )
