"""Labels AIFF and AIFC: a TXXX frame in the chunk 'ID3 ', where ffmpeg and players keep their texts; our choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label import id3_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import id3
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, length_of, tidied

MEDIA: Final = (b"COMM", b"SSND")
ID3_KINDS: Final = (b"ID3 ", b"id3 ")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of the form: header at `offset`, data at `data..data + size`, the next chunk at `end`."""

    kind: bytes
    offset: int
    size: int

    @property
    def data(self) -> int:
        return self.offset + 8

    @property
    def end(self) -> int:
        return self.data + self.size + (self.size & 1)


def _form_end(source: Source) -> int:
    head = source.at(0, 12)
    if head[:4] != b"FORM" or head[8:] not in (b"AIFF", b"AIFC"):
        raise MalformedFile(Bilingual("no AIFF form", "不是 AIFF 文件"), offset=0)
    end = 8 + int.from_bytes(head[4:8], "big")
    if end > source.size:
        raise MalformedFile(Bilingual("the form is longer than the file", "文件头声明的长度超出文件"), offset=4)
    return end


def _chunks(source: Source) -> Iterator[Chunk]:
    at, end = 12, _form_end(source)
    for _ in range(source.limits.items):
        if at + 8 > end:
            return
        head = source.at(at, 8)
        chunk = Chunk(head[:4], at, int.from_bytes(head[4:], "big"))
        if chunk.data + chunk.size > end:
            raise MalformedFile(Bilingual("a chunk leaves the form", "数据块超出文件"), offset=at)
        yield chunk
        at = chunk.end
    raise LimitExceeded(Bilingual("too many chunks", "数据块过多"), limit="items", offset=at)


def read(source: Source) -> Survey:
    """Give every label in the ID3 chunks, and what lies behind the form."""
    found = []
    for number, chunk in enumerate(part for part in _chunks(source) if part.kind in ID3_KINDS):
        standing = Standing.COMPATIBLE if number else Standing.CHOSEN
        try:
            found.append(id3_label.survey(id3.tag_at(source, chunk.data), "aiff.id3", standing))
        except AigcLabelError as problem:
            notice = Notice(kind=NoticeKind.UNREAD, offset=chunk.offset, detail=f"ID3: {problem.what.en}")
            found.append(Survey(notices=(notice,)))
    end = _form_end(source)
    return xmp_label.merged([*found, loose_label.behind(source, end + (end & 1), "aiff.trailing")])


def plan(source: Source, text: str) -> Plan:
    """Give the file with one label in its first ID3 chunk; a new chunk stands last, so the samples do not move."""
    end = _form_end(source)
    pieces: list[Piece] = []
    done, written = 12, 0
    for chunk in _chunks(source):
        if chunk.kind not in ID3_KINDS:
            continue
        tag = id3.tag_at(source, chunk.data)
        new = id3_label.without_label(tag) if written else id3_label.with_label(source, tag, text)
        behind = Keep(tag.end, max(0, chunk.data + chunk.size - tag.end))
        pieces += (Keep(done, chunk.offset - done), *_chunk(chunk.kind, (*new, behind)))
        done, written = min(chunk.end, end), written + 1
    pieces.append(Keep(done, end - done))
    if not written:
        pieces += (b"\0" * (end & 1), *_chunk(b"ID3 ", (id3_label.new_tag(text),)))
    size = 4 + sum(map(length_of, pieces))
    if size > 0xFFFFFFFF:
        raise LimitExceeded(Bilingual("the form is full", "AIFF 文件已达上限"), limit="block")
    head = b"FORM" + size.to_bytes(4, "big")
    return tidied([head, Keep(8, 4), *pieces, Keep(end, source.size - end)])


def _chunk(kind: bytes, data: Plan) -> Plan:
    size = sum(map(length_of, data))
    return (kind + size.to_bytes(4, "big"), *data, b"\0" * (size & 1))


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the format and the samples: COMM and SSND."""
    kept = tuple(Keep(chunk.data, chunk.size) for chunk in _chunks(source) if chunk.kind in MEDIA)
    if not kept:
        raise MalformedFile(Bilingual("the file holds no samples", "文件中没有音频数据"), offset=0)
    return kept
