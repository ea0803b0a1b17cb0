"""Labels ASF (WMA, WMV): the text AIGC in the extended content description, where ffmpeg writes it; our choice."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Reading, Repair, Standing, Survey
from aigc_label.grammars import asf
from aigc_label.grammars.asf import Object
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, length_of, tidied

ROOM: Final = 1024


def _entries(source: Source, part: Object) -> tuple[asf.Text, ...]:
    return asf.texts(source.at(part.data, part.end - part.data))


def read(source: Source) -> Survey:
    """Give every text called AIGC, in file order."""
    _, parts = asf.objects(source)
    readings = []
    for part in parts:
        for entry in _entries(source, part) if part.guid == asf.DESCRIPTION else ():
            if entry.kind == asf.TEXT and KEY in entry.name.upper():
                repairs: tuple[Repair, ...] = ()
                if entry.name != KEY:
                    repairs = (Repair.NAME_CASE if entry.name.upper() == KEY else Repair.NAME_CONTAINS,)
                at = part.data + entry.start
                readings.append(
                    Reading(carrier="asf.text", standing=Standing.CHOSEN, text=entry.text, offset=at, repairs=repairs)
                )
    return Survey(readings=tuple(readings))


def plan(source: Source, text: str) -> Plan:
    """Give the file with one text AIGC; padding in the header gives or takes, the packets behind it stay."""
    header, parts = asf.objects(source)
    new = asf.text_entry(KEY, text)
    pieces: list[Piece] = []
    written = count = 0
    for part in parts:
        if part.guid == asf.PADDING:
            continue
        count += 1
        if part.guid != asf.DESCRIPTION:
            pieces.append(Keep(part.offset, part.end - part.offset))
            continue
        pieces.append(_description(source, part, b"" if written else new))
        written += 1
    if not written:
        pieces.append(asf.packed(asf.DESCRIPTION, (1).to_bytes(2, "little") + new))
        count += 1
    room = header.end - asf.HEAD - 6 - sum(map(length_of, pieces))
    room = room if room >= asf.HEAD else ROOM
    pieces.append(asf.packed(asf.PADDING, b"\0" * (room - asf.HEAD)))
    size = asf.HEAD + 6 + sum(map(length_of, pieces))
    head = asf.HEADER + size.to_bytes(8, "little") + (count + 1).to_bytes(4, "little") + source.at(28, 2)
    growth = size - header.end
    out = [head, *_sized(source, pieces, parts, growth), Keep(header.end, source.size - header.end)]
    return tidied(out)


def _description(source: Source, part: Object, new: bytes) -> bytes:
    """Give a description with its old labels left out and `new` (if any) last."""
    data = source.at(part.data, part.end - part.data)
    kept = [e for e in asf.texts(data) if not (e.kind == asf.TEXT and KEY in e.name.upper())]
    count = len(kept) + bool(new)
    body = b"".join(data[entry.start : entry.end] for entry in kept) + new
    return asf.packed(asf.DESCRIPTION, count.to_bytes(2, "little") + body)


def _sized(source: Source, pieces: list[Piece], parts: tuple[Object, ...], growth: int) -> list[Piece]:
    """Let the file's size, which the file properties state, follow."""
    if not growth:
        return pieces
    properties = next((part for part in parts if part.guid == asf.FILE_PROPERTIES), None)
    if properties is None:
        return pieces
    out: list[Piece] = []
    for piece in pieces:
        if piece == Keep(properties.offset, properties.end - properties.offset):
            at = properties.data + 16
            size = int.from_bytes(source.at(at, 8), "little") + growth
            out += (Keep(properties.offset, at - properties.offset), size.to_bytes(8, "little"))
            out.append(Keep(at + 8, properties.end - at - 8))
        else:
            out.append(piece)
    return out


def payload(source: Source) -> tuple[Keep, ...]:
    """Give everything behind the header: packets and indexes."""
    header, _ = asf.objects(source)
    if header.end >= source.size:
        raise MalformedFile(Bilingual("the file holds no packets", "文件中没有数据包"), offset=header.end)
    return (Keep(header.end, source.size - header.end),)
