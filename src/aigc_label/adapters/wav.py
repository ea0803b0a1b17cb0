"""Labels WAV (also RF64, BW64, BWF): a top-level chunk AIGC, if asked a copy in LIST/INFO; reads ID3 and XMP chunks too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from aigc_label import id3_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, MalformedFile
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import id3, riff
from aigc_label.grammars.riff import Chunk, RiffForm
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, PlanSource, composed, in_memory, replaced

OURS: Final = KEY.encode()
INFO: Final = b"INFO"
ROOM: Final = 512  # bytes of a JUNK chunk behind ours: a later, longer label fits without moving the file's end
MEDIA: Final = (b"fmt ", b"fact", b"data", b"ds64")
ID3_KINDS: Final = (b"id3 ", b"ID3 ")


def _form(source: Source) -> RiffForm:
    form = riff.form_of(source)
    if form.type != b"WAVE":
        raise MalformedFile(Bilingual("no WAVE form", "不是 WAVE 文件"), offset=8)
    return form


def read(source: Source) -> Survey:
    """Give every label text, in file order. Raises `MalformedFile`, `LimitExceeded` where the chunks lie."""
    form = _form(source)
    found = []
    for path, part in riff.walk(source, form, into=(INFO,)):
        if part.kind.upper() == OURS:
            found.append(_ours(source, part, path))
        elif not path and part.kind in ID3_KINDS:
            found.append(_id3(source, part))
        elif not path and part.kind == riff.CREDENTIALS:
            found.append(xmp_label.credentials(part.offset, "C2PA chunk"))
        elif not path and part.kind == b"_PMX":
            packet = source.at(part.data_at, min(part.length, source.limits.packet))
            carrier, standing = "wav.xmp", Standing.COMPATIBLE
            found.append(xmp_label.survey(packet, part.data_at, carrier, standing, source.limits))
    return _with_copies(xmp_label.merged([*found, loose_label.behind(source, form.end, "wav.trailing")]))


def _with_copies(survey: Survey) -> Survey:
    """A text in INFO that is that of our chunk, to the byte, is its copy; any other is a label of its own."""
    ours = {reading.text for reading in survey.readings if reading.standing is Standing.PRIMARY}
    readings = tuple(
        replace(reading, standing=Standing.COPY)
        if reading.carrier == "wav.info" and reading.text in ours and not reading.repairs
        else reading
        for reading in survey.readings
    )
    return replace(survey, readings=readings)


def _ours(source: Source, part: Chunk, path: tuple[bytes, ...]) -> Survey:
    if part.lies or part.length > source.limits.label:
        detail = f"{part.kind.decode('ascii', 'replace')}: {part.length} bytes"
        return Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=part.offset, detail=detail),))
    text, repairs = loose_label.decoded(part.data(source))
    if path:
        text = text.rstrip("\0")  # INFO texts end in NUL
        repairs = tuple(repair for repair in repairs if repair is not Repair.NULS)
    if part.kind != OURS:
        repairs = (*repairs, Repair.NAME_CASE)
    carrier, standing = ("wav.info", Standing.COMPATIBLE) if path else ("wav.aigc", Standing.PRIMARY)
    return Survey(
        readings=(Reading(carrier=carrier, standing=standing, text=text, offset=part.data_at, repairs=repairs),)
    )


def _id3(source: Source, part: Chunk) -> Survey:
    try:
        return id3_label.survey(id3.tag_at(source, part.data_at), "wav.id3", Standing.COMPATIBLE)
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=part.offset, detail=f"ID3: {problem.what.en}")
        return Survey(notices=(notice,))


def plan(source: Source, text: str) -> Plan:
    """Give the file with one AIGC chunk. A new one stands last, with room behind it, so the samples do not move and an
    in-place run appends and puts one size right. Labels in INFO and ID3 become padding of the same size."""
    form = _form(source)
    parts = list(riff.chunks(source, form))
    if any(part.lies for part in parts if part.kind != b"data"):
        raise MalformedFile(
            Bilingual("a size is larger than what is there", "声明的长度超出实际内容"), offset=form.offset
        )
    new = riff.chunk(OURS, text.encode())
    held = [index for index, part in enumerate(parts) if part.kind.upper() == OURS]
    edits: list[tuple[int, int, bytes]] = []
    if held:
        first = held[0]
        room = parts[first + 1] if first + 1 < len(parts) and parts[first + 1].kind == b"JUNK" else None
        start, end = parts[first].offset, (room or parts[first]).end
        edits.append((start, end, new + _junk(end - start - len(new))))
        edits += [(parts[index].offset, parts[index].end, b"") for index in held[1:]]
    else:
        edits.append(_insertion(form, parts, new + _junk(ROOM)))
    edits += _blanks(source, form)
    edits = [edit for edit in edits if edit[2] != source.at(edit[0], edit[1] - edit[0])]
    growth = sum(len(new) - (end - start) for start, end, new in edits)
    return replaced(source.size, [*edits, *riff.size_edits(form, growth)])


def _insertion(form: RiffForm, parts: list[Chunk], new: bytes) -> tuple[int, int, bytes]:
    """A new chunk stands last; where the samples of a stream run to the file's end, it stands before them."""
    endless = next((part for part in parts if part.kind == b"data" and part.lies), None)
    if endless is not None:
        return endless.offset, endless.offset, new
    pad = b"\0" if parts and parts[-1].unpadded else b""
    return form.end, form.end, pad + new


def _junk(room: int) -> bytes:
    """Give a JUNK chunk of `room` bytes; room anew where there is too little for one."""
    return riff.chunk(b"JUNK", b"\0" * ((room if room >= 8 else ROOM) - 8)) if room else b""


def _blanks(source: Source, form: RiffForm) -> list[tuple[int, int, bytes]]:
    edits = []
    for path, part in riff.walk(source, form, into=(INFO,)):
        if path and part.kind.upper() == OURS:
            edits.append((part.offset, part.offset + 4, b"JUNK"))
            edits.append((part.data_at, part.data_at + part.length, b"\0" * part.length))
        elif not path and part.kind in ID3_KINDS:
            tag = id3.tag_at(source, part.data_at)
            edits.append((tag.offset, tag.end, in_memory(source, id3_label.without_label(tag))))
        elif not path and part.kind == b"_PMX" and part.length <= source.limits.packet:
            old = part.data(source)
            edits.append((part.data_at, part.data_at + part.length, xmp_label.without_label(old, source.limits)))
    return edits


def plan_with_copy(source: Source, text: str) -> Plan:
    """Give what `plan` gives with the same text in LIST/INFO as well: in the list that is there, or in one of its own
    before our chunk. A copy that was there left its room to the new one."""
    labelled = plan(source, text)
    target = PlanSource(source, labelled)
    form = _form(target)
    data = text.encode() + b"\0"  # INFO texts end in NUL
    edits = next((_into(target, *held, data) for held in _infos(target, form)), None)
    if edits is None:
        ours = next(part for part in riff.chunks(target, form) if part.kind == OURS)
        edits = [(ours.offset, ours.offset, riff.chunk(riff.LIST, INFO + riff.chunk(OURS, data)))]
    growth = sum(len(new) - (end - start) for start, end, new in edits)
    return composed(replaced(target.size, [*edits, *riff.size_edits(form, growth)]), labelled)


def _infos(source: Source, form: RiffForm) -> Iterator[tuple[Chunk, list[Chunk]]]:
    """Give the lists INFO whose texts all end where they say, each with its texts."""
    lists: list[tuple[Chunk, list[Chunk]]] = []
    for path, part in riff.walk(source, form, into=(INFO,)):
        if not path and part.kind == riff.LIST and part.list_type(source) == INFO:
            lists.append((part, []))
        elif path == (INFO,):
            lists[-1][1].append(part)
    return ((info, texts) for info, texts in lists if not any(text.lies for text in texts))


def _into(source: Source, info: Chunk, texts: list[Chunk], data: bytes) -> list[tuple[int, int, bytes]]:
    """Give the edits that put the text into the first room of zeros that a list has, or behind its last text."""
    room = next((t for t in texts if t.kind == b"JUNK" and _zeros(source, t)), None)
    if room is not None:
        start, end, new = room.offset, room.end, riff.chunk(OURS, data.ljust(room.length, b"\0"))
    else:
        start = end = texts[-1].end if texts else info.data_at + 4
        new = b"\0" * (bool(texts) and texts[-1].unpadded) + riff.chunk(OURS, data)
    length = info.length + len(new) - (end - start)
    behind = info.data_at + info.length
    return [
        (start, end, new),
        (behind, info.end, b"\0" * (length & 1)),
        *riff.list_edits(info, length - info.length),
    ]


def _zeros(source: Source, part: Chunk) -> bool:
    return part.length <= source.limits.label and not any(part.data(source))


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the format and the samples: fmt, fact and data."""
    form = _form(source)
    kept = [Keep(p.data_at, p.length) for p in riff.chunks(source, form) if p.kind in MEDIA and p.kind != b"ds64"]
    if not any(part.length for part in kept):
        raise MalformedFile(Bilingual("the file holds no samples", "文件中没有音频数据"), offset=form.offset)
    return tuple(kept)
