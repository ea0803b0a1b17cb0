"""Finds the objects of a PDF file whose cross-reference is broken, by looking through all of it as readers do."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.grammars.pdf_objects import CutShort, Dictionary, Name, Parser, Ref, Span
from aigc_label.grammars.pdf_xref import Broken, Entry, Indirect, Section, indirect_at
from aigc_label.source import Source

MOST: Final = 200_000  # objects
SPACE: Final = rb"[\0\t\n\f\r ]"
LANDMARK: Final = re.compile(
    rb"(?<!\d)(\d{1,10})" + SPACE + rb"{1,16}(\d{1,5})" + SPACE + rb"{1,16}obj(?![a-z])"
    rb"|(?P<stream>(?<!end)stream(?:\r\n|\n|\r))|(?P<trailer>trailer(?=" + SPACE + rb"{0,16}<<))"
)
LENGTH: Final = re.compile(
    rb"/Length" + SPACE + rb"{0,8}(\d{1,10})(?!\d)(?!" + SPACE + rb"{1,8}\d+" + SPACE + rb"{1,8}R)"
)
TYPED: Final = re.compile(rb"/Type" + SPACE + rb"{0,8}/(?:Catalog|XRef|ObjStm)(?![A-Za-z])")
MOST_TRAILER: Final = 65536  # bytes
HEAD: Final = 4096  # bytes before stream data in which its length is looked for
REMEDY: Final = Bilingual("Repair the file first: `qpdf FILE REPAIRED`.", "请先修复文件：`qpdf 原文件 修复后文件`。")


class Found(Section):
    """What a search of the whole file found: where each object stands last."""

    def __init__(self, entries: dict[int, Entry], trailer: Dictionary, raw: bytes) -> None:
        highest = max(entries, default=0)
        super().__init__(0, trailer, raw, [(0, highest + 1)])
        self.entries = entries

    def find(self, source: Source, number: int) -> Entry | None:
        return self.entries.get(number)

    def everything(self) -> dict[int, tuple[int, int]]:
        return {number: (entry.offset, entry.generation) for number, entry in self.entries.items() if number}


def searched(source: Source, shift: int) -> Found:
    """Give every object of the file; of several with one number the last counts. Offsets count from `shift`.

    Raises `LimitExceeded` for files over `limits.block` and for too many objects, `MalformedFile` where the file has no
    catalogue, or holds objects in compressed streams, which a search of this kind does not see into.
    """
    if source.size > source.limits.block:
        raise MalformedFile(
            Bilingual(
                "the cross-reference is broken, and the file is too large to be searched for its objects",
                "交叉引用表已损坏，且文件过大，无法逐一查找其中的对象",
            ),
            remedy=REMEDY,
        )
    data = source.at(0, source.size)
    entries, trailers = _landmarks(data, shift)
    typed = _typed(source, data, {entry.offset + shift: number for number, entry in entries.items()})
    if typed[b"ObjStm"]:
        raise MalformedFile(
            Bilingual(
                "the cross-reference is broken, and objects lie in compressed streams",
                "交叉引用表已损坏，且部分对象位于压缩对象流中",
            ),
            remedy=REMEDY,
        )
    candidates = [*_trailers(source, data, trailers), *((held.dictionary, held.raw) for held in typed[b"XRef"])]
    named = [each for each in candidates if _exists(each[0].get(b"Root"), entries)]
    if named:
        return Found(entries, *named[-1])
    if not typed[b"Catalog"]:
        raise MalformedFile(Bilingual("the file has no catalogue", "文件缺少文档目录对象"), remedy=REMEDY)
    root = typed[b"Catalog"][-1]
    raw = b"<</Root %d %d R>>" % (root.number, root.generation)
    return Found(
        entries, Dictionary({b"Root": Ref(root.number, root.generation)}, {b"Root": Span(2, len(raw) - 2)}), raw
    )


def _landmarks(data: bytes, shift: int) -> tuple[dict[int, Entry], list[int]]:
    """Give the objects and the places of trailers; what lies inside streams is passed over."""
    entries: dict[int, Entry] = {}
    trailers: list[int] = []
    at, last = 0, 0
    closed = True  # some `endstream` still follows
    count = 0
    while mark := LANDMARK.search(data, at):
        at = mark.end()
        if mark["trailer"]:
            trailers.append(at)
        elif mark["stream"]:
            length = LENGTH.search(data, max(last, mark.start() - HEAD), mark.start())
            end = at + int(length[1]) if length else 0
            if end and data[end : end + 24].lstrip(b"\0\t\n\f\r ").startswith(b"endstream"):
                at = end
            elif closed:
                end = data.find(b"endstream", at)
                closed = end >= 0
                at = end if closed else at
        else:
            count += 1
            if count > MOST:
                raise LimitExceeded(Bilingual("too many objects", "对象过多"), limit="items", offset=mark.start())
            last = mark.end()
            if mark.start() > shift:
                entries[int(mark[1])] = Entry(offset=mark.start() - shift, generation=int(mark[2]))
    return entries, trailers


def _trailers(source: Source, data: bytes, places: list[int]) -> Iterator[tuple[Dictionary, bytes]]:
    """Give the classic trailers in file order, each with the bytes that its spans count in."""
    for at in places[-source.limits.depth :]:
        raw = data[at : at + MOST_TRAILER]
        try:
            value = Parser(raw, 0, source.limits).value()
        except (CutShort, AigcLabelError):
            continue
        if isinstance(value, Dictionary):
            yield value, raw


def _typed(source: Source, data: bytes, numbers: dict[int, int]) -> dict[bytes, list[Indirect]]:
    """Give the catalogues, object streams and cross-reference streams among the objects, in file order."""
    starts = sorted(numbers)
    found: dict[bytes, list[Indirect]] = {b"Catalog": [], b"ObjStm": [], b"XRef": []}
    seen: set[int] = set()
    for met in islice(TYPED.finditer(data), source.limits.items):
        index = bisect_right(starts, met.start()) - 1
        if index < 0 or index in seen:
            continue
        seen.add(index)
        try:
            held = indirect_at(source, starts[index], numbers[starts[index]])
        except (Broken, AigcLabelError):
            continue
        kind = held.dictionary.get(b"Type")
        if isinstance(kind, Name) and kind in found:
            found[kind].append(held)
    return found


def _exists(root: object, entries: dict[int, Entry]) -> bool:
    return isinstance(root, Ref) and root.number in entries
