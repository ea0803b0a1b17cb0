"""Labels Flash video: the property AIGC in onMetaData; the index of key frames follows, the media only move on."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label import loose_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, InvalidLabel, MalformedFile
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import amf, flv
from aigc_label.grammars.amf import Members, Property, Reader
from aigc_label.grammars.flv import Tag
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

METADATA: Final = b"onMetaData"
XMP: Final = b"onXMPData"
XMP_NAME: Final = "liveXML"  # XMP specification, part 3, FLV
POSITIONS: Final = "filepositions"  # of the object `keyframes`
PLACES: Final = ("lastkeyframelocation",)  # offsets that indexing tools write
SIZES: Final = ("filesize",)

Edits = list[tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class Script:
    """A script tag that was read: its name, its properties, and a reader of its data."""

    tag: Tag
    name: bytes
    members: Members
    reader: Reader

    def at(self, place: int) -> int:
        """Give the file offset of a byte of the data."""
        return self.tag.data_at + place


def _scripts(source: Source) -> Iterator[Script | Notice]:
    """Give the script tags at the file's front that have properties; a notice for each that could not be read."""
    for tag in flv.leading_tags(source):
        if tag.kind != flv.SCRIPT:
            continue
        if tag.encrypted:
            yield Notice(kind=NoticeKind.UNREAD, offset=tag.offset, detail="encrypted script tag")
            continue
        try:
            reader = Reader(source.at(tag.data_at, tag.size), source.limits)
            name = reader.text(0)
            if name in (METADATA, XMP):
                yield Script(tag, name, reader.members(reader.end_of(0)), reader)
        except AigcLabelError as problem:
            yield Notice(kind=NoticeKind.UNREAD, offset=tag.offset, detail=problem.what.en)


def read(source: Source) -> Survey:
    """Give every label in the script tags at the file's front, in file order; the media are not read."""
    readings: list[Reading] = []
    notices: list[Notice] = []
    first = True
    for script in _scripts(source):
        if isinstance(script, Notice):
            notices.append(script)
            continue
        for held in script.members.properties:
            survey = _survey(source, script, held, Standing.PRIMARY if first else Standing.COMPATIBLE)
            readings += survey.readings
            notices += survey.notices
        first = first and script.name != METADATA
    return Survey(readings=tuple(readings), notices=tuple(notices))


def _survey(source: Source, script: Script, held: Property, standing: Standing) -> Survey:
    data = script.reader.text(held.at)
    if data is None:
        return Survey()
    start = script.at(held.end - len(data))
    if script.name == XMP and held.name == XMP_NAME:
        from aigc_label import xmp_label  # few files have XMP

        return xmp_label.survey(data, start, "flv.xmp", Standing.COMPATIBLE, source.limits)
    if len(data) > source.limits.label:
        return Survey()
    if held.name.upper() != KEY or script.name != METADATA:
        carrier = f"flv.{script.name.decode().lower()}.{held.name}"
        return loose_label.survey(data, start, carrier, Standing.COMPATIBLE, source.limits)
    text, repairs = loose_label.decoded(data)
    case = () if held.name == KEY else (Repair.NAME_CASE,)
    reading = Reading(
        carrier="flv.onmetadata",
        standing=standing,
        text=text,
        offset=start,
        repairs=(*case, *repairs),
        form=Form.BARE,
    )
    return Survey(readings=(reading,))


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label as the property AIGC of its first onMetaData; a missing one is put before all tags.

    Labels in other properties are cut, those in XMP blanked. AMF has no padding, so a label of another length moves the
    media; the positions of key frames and the file's size, where onMetaData state them, follow.

    Raises `InvalidLabel` for a text over 65,535 bytes, `MalformedFile` where script data cannot be read.
    """
    value = text.encode()
    if len(value) > amf.MAX_STRING:
        raise InvalidLabel(Bilingual("the label is longer than an FLV string can be", "标识超出 FLV 字符串的最大长度"))
    scripts = []
    for script in _scripts(source):
        if isinstance(script, Notice):
            raise MalformedFile(Bilingual("script data cannot be read", "无法读取脚本数据"), offset=script.offset)
        scripts.append(script)
    own = next((script for script in scripts if script.name == METADATA), None)
    edits = [_edits(source, script, value if script is own else None) for script in scripts]
    growths = [(script.tag.end, _growth(inner)) for script, inner in zip(scripts, edits, strict=True)]
    whole = [edit for inner in edits for edit in inner]
    for script, (_, growth) in zip(scripts, growths, strict=True):
        whole += flv.resized(script.tag, growth) if growth else ()
    if own is None:
        start = flv.first_tag(source)
        new = flv.script_tag(amf.string(METADATA) + amf.ecma_array(amf.member(KEY, amf.string(value))))
        whole.append((start, start, new))
    elif any(growth for _, growth in growths):
        for script in scripts:
            whole += _followed(script, growths)
    return replaced(source.size, whole)


def _growth(edits: Iterable[tuple[int, int, bytes]]) -> int:
    return sum(len(new) - (end - start) for start, end, new in edits)


def _edits(source: Source, script: Script, value: bytes | None) -> Edits:
    """Give the edits inside a script tag that leave `value` as its only label, or none where that is None."""
    edits: Edits = []
    added = 0
    for held in script.members.properties:
        data = script.reader.text(held.at)
        if data is None:
            continue
        new = script.reader.data[held.start : held.end]
        if script.name == METADATA and held.name.upper() == KEY:
            new = b"" if value is None else amf.member(KEY, amf.string(value))
            value, added = None, added - (not new)
        elif script.name == XMP and held.name == XMP_NAME:
            from aigc_label import xmp_label

            if _survey(source, script, held, Standing.COMPATIBLE).readings:
                new = new[: -len(data)] + xmp_label.without_label(data, source.limits)
        elif len(data) <= source.limits.label and loose_label.spans(data, source.limits):
            new = amf.member(held.name, amf.string(loose_label.without(data, source.limits)))
        if new != script.reader.data[held.start : held.end]:
            edits.append((script.at(held.start), script.at(held.end), new))
    if value is not None:
        stop = script.at(script.members.stop)
        edits.append((stop, stop, amf.member(KEY, amf.string(value))))
        added += 1
    if added and script.members.count_at is not None:
        at = script.members.count_at
        count = int.from_bytes(script.reader.data[at : at + 4], "big") + added
        edits.append((script.at(at), script.at(at) + 4, max(count, 0).to_bytes(4, "big")))
    return edits


def _followed(script: Script, growths: list[tuple[int, int]]) -> Edits:
    """Give the edits of the offsets that a script tag states: doubles, so their size stays."""

    def moved(offset: float) -> float:
        return offset + sum(growth for end, growth in growths if offset >= end)

    def grown(size: float) -> float:
        return size + sum(growth for _, growth in growths)

    if script.name != METADATA:
        return []
    edits: Edits = []
    for held in script.members.properties:
        if held.kind == amf.NUMBER and held.name in (*PLACES, *SIZES):
            edits += _number(script, held.at + 1, moved if held.name in PLACES else grown)
        elif held.name == "keyframes" and held.kind in (amf.OBJECT, amf.ECMA_ARRAY):
            for inner in script.reader.members(held.at).properties:
                if inner.name == POSITIONS:
                    for place, _ in script.reader.numbers(inner.at):
                        edits += _number(script, place, moved)
    return edits


def _number(script: Script, place: int, change: Callable[[float], float]) -> Edits:
    old = script.reader.number(place - 1)
    new = change(old)
    return [(script.at(place), script.at(place) + 8, struct.pack(">d", new))] if new != old else []


def payload(source: Source) -> tuple[Keep, ...]:
    """Give all tags but the script tags at the file's front."""
    kept: list[Keep] = []
    at = flv.first_tag(source)
    media = 0
    for tag in flv.leading_tags(source):
        if tag.kind == flv.SCRIPT:
            kept.append(Keep(at, tag.offset - at))
            at = tag.end
        else:
            media += 1
    if not media:
        raise MalformedFile(
            Bilingual("the file holds neither sound nor pictures", "文件中没有音频或视频数据"), offset=at
        )
    return tuple(part for part in (*kept, Keep(at, source.size - at)) if part.length)
