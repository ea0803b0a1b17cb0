"""Labels AVI (also OpenDML): a chunk AIGC in a LIST/INFO, in a JUNK before the pictures or behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label import loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import riff
from aigc_label.grammars.riff import Chunk, RiffForm
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

OURS: Final = KEY.encode()
INFO: Final = b"INFO"
MOVI: Final = b"movi"
JUNK: Final = b"JUNK"
ROOM: Final = 512
MEDIA: Final = (b"idx1",)


def _forms(source: Source) -> list[RiffForm]:
    """Give the forms: AVI, and in OpenDML files AVIX behind it. Raises `MalformedFile` where the first is no AVI."""
    found: list[RiffForm] = []
    at = 0
    while at < source.size and len(found) < source.limits.items:
        if found and source.upto(at, 4) != b"RIFF":
            break
        form = riff.form_of(source, at)
        if form.type != (b"AVIX" if found else b"AVI "):
            break
        found.append(form)
        at = form.end
    if not found:
        raise MalformedFile(Bilingual("no AVI form", "不是 AVI 文件"), offset=8)
    return found


def _labels(source: Source, form: RiffForm) -> Iterator[tuple[bool, Chunk]]:
    """Give the chunks called AIGC, each with whether it lies in a LIST/INFO."""
    for path, part in riff.walk(source, form, into=(INFO,)):
        if part.kind.upper() == OURS:
            yield path == (INFO,), part


def read(source: Source) -> Survey:
    """Give every label text, in file order, and what lies behind the last form."""
    forms = _forms(source)
    found = []
    for form in forms:
        found += [_survey(source, part, listed) for listed, part in _labels(source, form)]
        for part in riff.chunks(source, form):
            if part.kind == riff.CREDENTIALS:
                found.append(xmp_label.credentials(part.offset, "C2PA chunk"))
            elif part.kind == b"_PMX":
                packet = source.at(part.data_at, min(part.length, source.limits.packet))
                found.append(xmp_label.survey(packet, part.data_at, "avi.xmp", Standing.COMPATIBLE, source.limits))
    return xmp_label.merged([*found, loose_label.behind(source, forms[-1].end, "avi.trailing")])


def _survey(source: Source, part: Chunk, listed: object) -> Survey:
    if part.lies or part.length > source.limits.label:
        notice = Notice(kind=NoticeKind.UNREAD, offset=part.offset, detail=f"AIGC: {part.length} bytes")
        return Survey(notices=(notice,))
    text, repairs = loose_label.decoded(part.data(source).rstrip(b"\0"))  # INFO texts end in NUL
    if part.kind != OURS:
        repairs = (*repairs, Repair.NAME_CASE)
    standing = Standing.PRIMARY if listed else Standing.COMPATIBLE
    reading = Reading(
        carrier="avi.info" if listed else "avi.aigc", standing=standing, text=text, offset=part.data_at, repairs=repairs
    )
    return Survey(readings=(reading,))


def _list(text: str) -> bytes:
    return riff.chunk(riff.LIST, INFO + riff.chunk(OURS, text.encode() + b"\0"))


def plan(source: Source, text: str) -> Plan:
    """Give the file with one AIGC chunk, in a LIST/INFO of its own; the pictures and their indexes stay where they are.

    Raises `MalformedFile` where an OpenDML file has neither a JUNK before its pictures nor an end to append to.
    """
    forms = _forms(source)
    own = _own(source, forms[0])
    new = _list(text)
    edits: list[tuple[int, int, bytes]] = []
    for form in forms:
        for _, part in _labels(source, form):
            if own is None or not own[0] <= part.offset < own[1]:
                edits.append((part.offset, part.offset + 4, JUNK))
                edits.append((part.data_at, part.data_at + part.length, b"\0" * part.length))
        edits += _packets(source, form)
    place = own if own is not None and _fits(len(new), own[1] - own[0]) else _junk(source, forms[0], len(new))
    if place is not None:
        if own is not None and place != own:
            edits.append((own[0], own[1], _filler(own[1] - own[0])))
        edits.append((*place, new + _filler(place[1] - place[0] - len(new))))
    else:
        edits += _appended(source, forms, new + _filler(ROOM))
        if own is not None:
            edits.append((own[0], own[1], _filler(own[1] - own[0])))
    return replaced(source.size, edits)


def _packets(source: Source, form: RiffForm) -> list[tuple[int, int, bytes]]:
    return [
        (part.data_at, part.data_at + part.length, xmp_label.without_label(part.data(source), source.limits))
        for part in riff.chunks(source, form)
        if part.kind == b"_PMX" and part.length <= source.limits.packet
    ]


def _own(source: Source, form: RiffForm) -> tuple[int, int] | None:
    """Give the extent of a LIST/INFO that holds our chunk alone, with the JUNK behind it."""
    parts = list(riff.chunks(source, form))
    for index, part in enumerate(parts):
        if part.kind == riff.LIST and part.list_type(source) == INFO:
            inner = [
                p for path, p in riff.walk(source, form, into=(INFO,)) if path and part.offset < p.offset < part.end
            ]
            if [p.kind for p in inner] == [OURS]:
                behind = parts[index + 1] if index + 1 < len(parts) else None
                return part.offset, behind.end if behind is not None and behind.kind == JUNK else part.end
    return None


def _junk(source: Source, form: RiffForm, size: int) -> tuple[int, int] | None:
    """Give a JUNK chunk before the pictures that is large enough."""
    for part in riff.chunks(source, form):
        if part.kind == riff.LIST and part.list_type(source) == MOVI:
            return None
        if part.kind == JUNK and _fits(size + ROOM // 4, part.end - part.offset) and not part.lies:
            return part.offset, part.end
    return None


def _fits(size: int, room: int) -> bool:
    return room == size or room >= size + 8


def _filler(room: int) -> bytes:
    return riff.chunk(JUNK, b"\0" * (room - 8)) if room else b""


def _appended(source: Source, forms: list[RiffForm], new: bytes) -> list[tuple[int, int, bytes]]:
    if len(forms) > 1:
        raise MalformedFile(
            Bilingual("an OpenDML file without room before its pictures", "OpenDML 文件在画面数据之前没有空间"),
            remedy=Bilingual(
                "Remux it once: `ffmpeg -i in.avi -c copy -reserve_index_space 1024 out.avi`.",
                "请先重新封装一次：`ffmpeg -i in.avi -c copy -reserve_index_space 1024 out.avi`。",
            ),
        )
    form = forms[0]
    parts = list(riff.chunks(source, form))
    pad = b"\0" if parts and parts[-1].unpadded else b""
    return [(form.end, form.end, pad + new), *riff.size_edits(form, len(pad) + len(new))]


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the pictures, the sound and their index: the movi lists and idx1."""
    kept = [
        Keep(part.data_at, part.length)
        for form in _forms(source)
        for part in riff.chunks(source, form)
        if part.kind in MEDIA or (part.kind == riff.LIST and part.list_type(source) == MOVI)
    ]
    if not kept:
        raise MalformedFile(Bilingual("the file holds no pictures", "文件中没有画面数据"), offset=0)
    return tuple(kept)
