"""Labels PNG and APNG pictures: XMP in an iTXt chunk; reads every text chunk, EXIF, and what hides behind the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from typing import Final, TypeAlias

from aigc_label import exif_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import png
from aigc_label.grammars.png import Chunk, Inflater, Text
from aigc_label.label import KEY
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced, tidied

XMP: Final = b"XML:com.adobe.xmp"  # XMP specification, part 3, 1.1.5
EXIF_CODE: Final = b"Exif\0\0"
XMP_CODE: Final = b"http://ns.adobe.com/xap/1.0/\0"
PROFILES: Final = (b"xmp", b"exif", b"app1", b"APP1")
GENERATORS: Final = {  # keywords under which generators leave their parameters
    b"parameters": "AUTOMATIC1111",
    b"prompt": "ComfyUI",
    b"workflow": "ComfyUI",
    b"generation_data": "generation parameters",
    b"invokeai_metadata": "InvokeAI",
    b"sd-metadata": "InvokeAI",
    b"Dream": "InvokeAI",
    b"fooocus_scheme": "Fooocus",
}
COMFY: Final = b"comf"  # ComfyUI's private chunk, which stands behind the image data of animated pictures

Edit: TypeAlias = tuple[int, int, bytes]


class Role(Enum):
    """What a chunk is to us."""

    XMP = auto()  # a text chunk that holds an XMP packet
    PROFILE = auto()  # a text chunk that holds XMP or EXIF in hexadecimal digits
    LABEL = auto()  # a text chunk whose keyword is, or contains, AIGC
    TEXT = auto()  # any other text chunk
    EXIF = auto()
    CREDENTIALS = auto()
    PICTURE = auto()  # what a decoder needs: never looked into
    PRIVATE = auto()


def read(source: Source) -> Survey:
    """Give every label text of the picture, in file order, and what else a writer must know.

    CRCs are checked where a chunk was read; the picture's own data is not. Raises `MalformedFile` where the chunks do
    not hang together up to IEND, `LimitExceeded` for too many of them.
    """
    found: list[Survey] = []
    inflater = Inflater(source.limits)
    end = 0
    for part in png.chunks(source):
        end = part.end
        if part.kind in png.PICTURE:
            continue  # never looked into, and there may be thousands
        try:
            found.append(_survey(source, part, inflater))
        except AigcLabelError as problem:
            detail = f"{part.kind.decode()}: {problem.what.en}"
            found.append(_noticed(NoticeKind.UNREAD, part, detail))
    return xmp_label.merged([*found, loose_label.behind(source, end, "png.trailing")])


def _survey(source: Source, part: Chunk, inflater: Inflater) -> Survey:
    role = _role(source, part)
    if role is Role.CREDENTIALS:
        return _noticed(NoticeKind.C2PA, part, "caBX chunk")
    if role is Role.EXIF:
        return _checked(source, part, _exif(source, _data(source, part), part.data_at, "png.exif"))
    if role is Role.PRIVATE:
        return _private(source, part)
    if role is Role.TEXT:
        return _loose(source, part, inflater)
    text = png.text_of(part.kind, _data(source, part))
    body = inflater.whole(text)
    survey = {Role.XMP: _xmp, Role.PROFILE: _profile, Role.LABEL: _named}[role](source, part, text, body)
    if text.compressed:  # offsets into the inflated text mean nothing in the file
        survey = loose_label.placed(survey, part.offset, Repair.COMPRESSED)
    return _checked(source, part, survey)


def _role(source: Source, part: Chunk) -> Role:
    if part.kind in png.PICTURE:
        return Role.PICTURE
    if part.kind in png.TEXTS:
        return _role_of_keyword(png.keyword_of(source, part))
    return {b"eXIf": Role.EXIF, b"caBX": Role.CREDENTIALS}.get(part.kind, Role.PRIVATE)


def _role_of_keyword(keyword: bytes) -> Role:
    if keyword == XMP:
        return Role.XMP
    if keyword.startswith(png.PROFILE) and keyword[len(png.PROFILE) :] in PROFILES:
        return Role.PROFILE
    return Role.LABEL if KEY in _plain(keyword).upper() else Role.TEXT


def _plain(keyword: bytes) -> str:
    """Give a keyword with full-width, Cyrillic and Greek twins of the letters of AIGC turned into those letters."""
    return keyword.decode("utf-8", "replace").translate(xmp_label.LOOKALIKES)


def _data(source: Source, part: Chunk) -> bytes:
    """Give a metadata chunk's data. Raises `LimitExceeded` where it is over `limits.packet`."""
    if part.length > source.limits.packet:
        raise LimitExceeded(
            Bilingual(f"a metadata chunk has {part.length} bytes", f"某元数据块长达 {part.length} 字节"),
            limit="packet",
            offset=part.offset,
        )
    return part.data(source)


def _noticed(kind: NoticeKind, part: Chunk, detail: str) -> Survey:
    return Survey(notices=(Notice(kind=kind, offset=part.offset, detail=detail),))


def _checked(source: Source, part: Chunk, survey: Survey) -> Survey:
    """Add what the CRC says: a label in a chunk whose CRC is wrong is one that strict readers do not see."""
    if part.sound(source):
        return survey
    if not survey.readings:
        damage = Notice(kind=NoticeKind.DAMAGED, offset=part.offset, detail=f"the CRC of {part.kind.decode()} is wrong")
        return replace(survey, notices=(*survey.notices, damage))
    return replace(survey, readings=tuple(replace(r, repairs=(*r.repairs, Repair.CHECKSUM)) for r in survey.readings))


def _xmp(source: Source, part: Chunk, text: Text, body: bytes) -> Survey:
    standing = Standing.PRIMARY if part.kind == b"iTXt" else Standing.COMPATIBLE
    carrier = f"png.{part.kind.decode().lower()}.xmp"
    return xmp_label.survey(body, part.data_at + text.stored_at, carrier, standing, source.limits)


def _named(source: Source, part: Chunk, text: Text, body: bytes) -> Survey:
    """A keyword with AIGC in it. One that only contains it counts where the text is an object, as a label is."""
    keyword = text.keyword.decode("utf-8", "replace")
    if _plain(text.keyword).upper() != KEY and not body.lstrip().startswith(b"{"):
        return _generator(part, text.keyword)
    content, repairs = loose_label.decoded(body[: source.limits.label + 1])
    standing = Standing.ALTERNATIVE  # the guide's Annex B names tEXt
    if KEY not in keyword.upper():
        standing, repairs = Standing.HIDDEN, (*repairs, Repair.LOOKALIKE)
    elif keyword != KEY:
        repairs = (*repairs, Repair.NAME_CASE if keyword.upper() == KEY else Repair.NAME_CONTAINS)
    reading = Reading(
        carrier=f"png.{part.kind.decode().lower()}.aigc",
        standing=standing,
        text=content,
        offset=part.data_at + text.stored_at,
        repairs=repairs,
        form=Form.WRAPPED,
    )
    return Survey(readings=(reading,))


def _profile(source: Source, part: Chunk, text: Text, body: bytes) -> Survey:
    data = png.profile_of(body)
    if _holds_xmp(text.keyword, data):
        packet = data.removeprefix(XMP_CODE)
        survey = xmp_label.survey(packet, 0, "png.raw-profile.xmp", Standing.COMPATIBLE, source.limits)
    else:
        survey = _exif(source, data, 0, "png.raw-profile.exif")
        survey = replace(survey, readings=tuple(replace(r, standing=Standing.COMPATIBLE) for r in survey.readings))
    return loose_label.placed(survey, part.offset)


def _holds_xmp(keyword: bytes, data: bytes) -> bool:
    return keyword.endswith(b"xmp") or data.startswith(XMP_CODE)


def _exif(source: Source, data: bytes, offset: int, carrier: str) -> Survey:
    skipped = len(EXIF_CODE) if data.startswith(EXIF_CODE) else 0
    return exif_label.survey(data[skipped:], offset + skipped, carrier, source.limits)


def _loose(source: Source, part: Chunk, inflater: Inflater) -> Survey:
    """Description, Comment, UserComment and their like, with a label in the text; generation parameters."""
    data = source.upto(part.data_at, min(part.length, source.limits.label))
    try:
        text = png.text_of(part.kind, data)
    except MalformedFile as problem:
        survey = loose_label.survey(data, part.data_at, "png.broken-text", Standing.HIDDEN, source.limits)
        damage = _noticed(NoticeKind.DAMAGED, part, problem.what.en)
        return xmp_label.merged([survey, damage])
    body = inflater.beginning(text, source.limits.label)
    at = part.data_at + text.stored_at
    carrier = f"png.{part.kind.decode().lower()}"
    survey = loose_label.survey(body, at, carrier, Standing.COMPATIBLE, source.limits)
    if text.compressed:
        survey = loose_label.placed(survey, part.offset, Repair.COMPRESSED)
    if survey.readings:
        survey = _checked(source, part, survey)
    return replace(survey, notices=(*survey.notices, *_generator(part, text.keyword).notices))


def _generator(part: Chunk, keyword: bytes) -> Survey:
    name = GENERATORS.get(keyword)
    return _noticed(NoticeKind.GENERATOR, part, f"{keyword.decode()}: {name}") if name else Survey()


def _private(source: Source, part: Chunk) -> Survey:
    """A chunk that the PNG specification does not know: no reader looks for a label there."""
    data = source.upto(part.data_at, min(part.length, source.limits.label))
    name = part.kind.decode()
    survey = loose_label.survey(data, part.data_at, f"png.{name}", Standing.HIDDEN, source.limits)
    notices = list(survey.notices)
    if part.critical:
        detail = f"unknown critical chunk {name}: decoders must refuse the picture"
        notices.append(Notice(kind=NoticeKind.DAMAGED, offset=part.offset, detail=detail))
    if part.kind == COMFY:
        notices.append(Notice(kind=NoticeKind.GENERATOR, offset=part.offset, detail="comf chunk: ComfyUI"))
    survey = replace(survey, notices=tuple(notices))
    return _checked(source, part, survey) if survey.readings else survey


def plan(source: Source, text: str) -> Plan:
    """Give the picture with one XMP packet that holds the label; labels in other carriers are cut or blanked.

    A new packet stands right behind IHDR, where every order of chunks allows a text chunk; one that is there is edited
    where it stands, and stored uncompressed. What lies behind IEND or in private chunks is not touched.
    """
    edits: list[Edit] = []
    packets: list[tuple[Chunk, Text]] = []
    inflater = Inflater(source.limits)
    insert_at = 0
    for part in png.chunks(source):
        role = _role(source, part)
        if part.kind == b"IHDR":
            insert_at = insert_at or part.end
        elif role is Role.XMP:
            packets.append((part, png.text_of(part.kind, _data(source, part))))
        elif role not in (Role.PICTURE, Role.CREDENTIALS, Role.PRIVATE):
            edits += _mended(source, part, role, inflater)
    edits += _packet_edits(source, packets, insert_at, text, inflater)
    return replaced(source.size, [edit for edit in edits if edit[2] != source.at(edit[0], edit[1] - edit[0])])


def _packet_edits(
    source: Source, packets: list[tuple[Chunk, Text]], insert_at: int, text: str, inflater: Inflater
) -> Iterator[Edit]:
    if not packets:
        packet = xmp_label.with_label(None, text, source.limits)
        yield insert_at, insert_at, Text(b"iTXt", XMP, b"", 0).built(packet)
        return
    first = next((pair for pair in packets if pair[0].kind == b"iTXt"), packets[0])
    for part, old in packets:
        body = inflater.whole(old)
        if part is first[0]:
            packet = xmp_label.with_label(body, text, source.limits)
            yield part.offset, part.end, old.plain().built(packet)
        elif (packet := xmp_label.without_label(body, source.limits)) != body:
            yield part.offset, part.end, old.built(packet)


def _mended(source: Source, part: Chunk, role: Role, inflater: Inflater) -> list[Edit]:
    """Give the edit that takes the labels out of a chunk, where it holds any."""
    if role is Role.EXIF:
        old = _data(source, part)
        new = _without_exif_label(old, source)
        return [] if new == old else [(part.offset, part.end, png.chunk(part.kind, new))]
    if role is Role.TEXT and all(r.standing is Standing.HIDDEN for r in _loose(source, part, inflater).readings):
        return []
    text = png.text_of(part.kind, _data(source, part))
    body = inflater.whole(text)
    if role is Role.LABEL:
        seen = any(r.standing is not Standing.HIDDEN for r in _named(source, part, text, body).readings)
        return [(part.offset, part.end, b"")] if seen else []
    without = _without_profile_label if role is Role.PROFILE else _without_loose_label
    new = without(source, text, body)
    if new == body:
        return []
    return [(part.offset, part.end, text.built(new) if new else b"")]


def _without_loose_label(source: Source, _text: Text, body: bytes) -> bytes:
    return loose_label.without(body, source.limits)


def _without_profile_label(source: Source, text: Text, body: bytes) -> bytes:
    data = png.profile_of(body)
    if _holds_xmp(text.keyword, data):
        packet = data.removeprefix(XMP_CODE)
        new = data[: len(data) - len(packet)] + xmp_label.without_label(packet, source.limits)
    else:
        new = _without_exif_label(data, source)
    return body if new == data else png.profile_text(body.lstrip(b"\n").split(b"\n", 1)[0], new)


def _without_exif_label(data: bytes, source: Source) -> bytes:
    skipped = len(EXIF_CODE) if data.startswith(EXIF_CODE) else 0
    block = bytearray(data)
    for start, end, new in exif_label.blanks(BytesSource(data[skipped:], limits=source.limits)):
        block[skipped + start : skipped + end] = new
    return bytes(block)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give every chunk that a decoder needs, frames and colour included, and the signature; not text, EXIF, private."""
    kept = [Keep(0, len(png.SIGNATURE))]
    for part in png.chunks(source):
        if part.kind in png.PICTURE or part.critical:
            kept.append(Keep(part.offset, part.end - part.offset))
    return tuple(piece for piece in tidied(kept) if isinstance(piece, Keep))
