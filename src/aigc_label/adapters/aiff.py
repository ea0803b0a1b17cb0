"""Labels AIFF and AIFC: a TXXX frame in the chunk 'ID3 ', where ffmpeg and players keep their texts; our choice."""

from __future__ import annotations

from typing import Final

from aigc_label import id3_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import aiff, id3
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, length_of, tidied

MEDIA: Final = (b"COMM", b"SSND")
ID3_KINDS: Final = (b"ID3 ", b"id3 ")


def read(source: Source) -> Survey:
    """Give every label in the ID3 chunks, and what lies behind the form."""
    found = []
    for number, chunk in enumerate(part for part in aiff.chunks(source) if part.kind in ID3_KINDS):
        standing = Standing.COMPATIBLE if number else Standing.CHOSEN
        try:
            found.append(id3_label.survey(id3.tag_at(source, chunk.data), "aiff.id3", standing))
        except AigcLabelError as problem:
            notice = Notice(kind=NoticeKind.UNREAD, offset=chunk.offset, detail=f"ID3: {problem.what.en}")
            found.append(Survey(notices=(notice,)))
    end = aiff.form_end(source)
    return xmp_label.merged([*found, loose_label.behind(source, end + (end & 1), "aiff.trailing")])


def plan(source: Source, text: str) -> Plan:
    """Give the file with one label in its first ID3 chunk; a new chunk stands last, so the samples do not move."""
    end = aiff.form_end(source)
    pieces: list[Piece] = []
    done, written = 12, 0
    for chunk in aiff.chunks(source):
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
    kept = tuple(Keep(chunk.data, chunk.size) for chunk in aiff.chunks(source) if chunk.kind in MEDIA)
    if not kept:
        raise MalformedFile(Bilingual("the file holds no samples", "文件中没有音频数据"), offset=0)
    return kept
