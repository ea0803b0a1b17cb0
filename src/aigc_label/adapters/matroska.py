"""Labels Matroska and WebM: a SimpleTag AIGC in Tags; clusters are never moved where a Void or the end has room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from aigc_label import loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Reading, Repair, Standing, Survey
from aigc_label.grammars import ebml
from aigc_label.grammars.ebml import Element
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

ROOM: Final = 1024  # a Void behind our Tags: a later label fits without moving anything
LARGE: Final = 4 << 20
BLOCK: Final = 4096
Edit: TypeAlias = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class File:
    """A Matroska file: its segment and the segment's own children, clusters among them."""

    segment: Element
    parts: tuple[Element, ...]

    def of(self, number: int) -> tuple[Element, ...]:
        return tuple(part for part in self.parts if part.id == number)


def opened(source: Source) -> File:
    """Give the file's structure. Raises `MalformedFile` where it is none."""
    head = ebml.element_at(source, 0, source.size)
    if head.id != ebml.EBML:
        raise MalformedFile(Bilingual("no EBML head", "缺少 EBML 文件头"), offset=0)
    at = head.end
    for _ in range(source.limits.depth):
        segment = ebml.element_at(source, at, source.size)
        if segment.id == ebml.SEGMENT:
            return File(segment, tuple(ebml.level_one(source, segment)))
        at = segment.end
    raise MalformedFile(Bilingual("no segment", "缺少 Segment"), offset=at)


Way: TypeAlias = Callable[[Source, File, bytes], list[Edit] | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A SimpleTag that holds a label: its own extent, its Tag's, what it says, and whether it speaks of a part only."""

    simple: Element
    tag: Element
    name: str
    text: str
    of_part: bool


def _held(source: Source, tags: Element) -> list[Held]:
    found = []
    for tag in ebml.children(source, tags):
        if tag.id != ebml.TAG:
            continue
        for simple in ebml.children(source, tag):
            if simple.id == ebml.SIMPLE_TAG:
                name, text = _simple(source, simple)
                if KEY in name.upper():
                    found.append(Held(simple, tag, name, text, _of_part(source, tag)))
    return found


def _of_part(source: Source, tag: Element) -> bool:
    """Tell whether a Tag's targets name a track, an edition, a chapter or an attachment; 0 is all of them (RFC 9559)."""
    return any(
        part.id in ebml.TARGET_PARTS and source.at(part.data, min(part.size, 8)).strip(b"\0")
        for targets in ebml.children(source, tag)
        if targets.id == ebml.TARGETS
        for part in ebml.children(source, targets)
    )


def _simple(source: Source, simple: Element) -> tuple[str, str]:
    """Give a SimpleTag's name and text; nested SimpleTags are not looked into: nothing puts a label there."""
    name = text = ""
    for part in ebml.children(source, simple):
        if part.id in (ebml.TAG_NAME, ebml.TAG_STRING) and part.size <= source.limits.label:
            value = source.at(part.data, part.size).rstrip(b"\0").decode("utf-8", "replace")
            name, text = (value, text) if part.id == ebml.TAG_NAME else (name, value)
    return name, text


def read(source: Source) -> Survey:
    """Give every AIGC SimpleTag, in file order, and what lies behind the segment."""
    file = opened(source)
    readings = []
    for tags in file.of(ebml.TAGS):
        for held in _held(source, tags):
            repairs: tuple[Repair, ...] = ()
            if held.name.upper() != KEY:
                repairs = (Repair.NAME_CONTAINS,)  # case does not count: muxers upper-case names
            at = held.simple.offset
            readings.append(
                Reading(
                    carrier="matroska.part-tag" if held.of_part else "matroska.tag",
                    standing=Standing.COMPATIBLE if held.of_part else Standing.PRIMARY,
                    text=held.text,
                    offset=at,
                    repairs=repairs,
                )
            )
    behind = loose_label.behind(source, file.segment.end, "matroska.trailing")
    return xmp_label.merged([Survey(readings=tuple(readings)), behind])


def _new_tag(text: str) -> bytes:
    simple = ebml.element(ebml.TAG_NAME, KEY.encode()) + ebml.element(ebml.TAG_STRING, text.encode())
    return ebml.element(ebml.TAG, ebml.element(ebml.TARGETS, b"") + ebml.element(ebml.SIMPLE_TAG, simple))


def plan(source: Source, text: str) -> Plan:
    """Give the file with one AIGC SimpleTag, in a Tags element of its own before the clusters, where every reader looks.

    In order of preference: where our label already is; in a Void; inserted, every position behind it put right; where a
    position has no room for that, appended and found through the SeekHead.
    """
    return _planned(source, text, (_inserted, _appended))


def plan_in_place(source: Source, text: str) -> Plan:
    """As `plan`, for a file that is changed itself: rather appended than inserted, so that no cluster moves."""
    return _planned(source, text, (_appended, _inserted))


def _planned(source: Source, text: str, ways: tuple[Way, ...]) -> Plan:
    file = opened(source)
    held = [(tags, one) for tags in file.of(ebml.TAGS) for one in _held(source, tags)]
    if len(held) == 1 and held[0][1].name == KEY and held[0][1].text == text:
        return (Keep(0, source.size),)
    new = ebml.element(ebml.TAGS, _new_tag(text), 8)
    own = next((tags for tags, one in held if _only(source, tags, one)), None)
    edits = [edit for tags, one in held if tags is not own for edit in _blank(source, tags, one)]
    placed = _in_room(file, new, own)
    if placed is None:
        gone = [(own.offset, own.end, ebml.void(own.end - own.offset))] if own is not None else []
        found = (way(source, file, _padded(source, new)) for way in ways)
        placed = next((edits for edits in found if edits is not None), None)
        if placed is None:
            raise MalformedFile(
                Bilingual("neither positions nor the SeekHead have room", "位置字段和 SeekHead 都没有空间"),
                remedy=Bilingual("Remux the file once with mkvmerge.", "请先用 mkvmerge 重新封装一次。"),
            )
        placed += gone
    return replaced(source.size, [*edits, *placed])


def _padded(source: Source, new: bytes) -> bytes:
    """Give the element with room behind it; in large files up to a whole block, so that a file system that shares
    blocks between copies can share all behind it."""
    room = ROOM
    if source.size > LARGE:
        room += -(len(new) + room) % BLOCK
    return new + ebml.void(room)


def _only(source: Source, tags: Element, one: Held) -> bool:
    """Tell whether a Tags element holds this one SimpleTag and nothing else: it is ours to replace whole."""
    return [child.offset for child in ebml.children(source, tags) if child.id not in (ebml.CRC, ebml.VOID)] == [
        one.tag.offset
    ] and [part.id for part in ebml.children(source, one.tag)] == [ebml.TARGETS, ebml.SIMPLE_TAG]


def _blank(source: Source, tags: Element, one: Held) -> list[Edit]:
    """Turn a label among other texts into a Void of the same size, and put the checksum of its Tags right."""
    size = one.simple.end - one.simple.offset
    content = bytearray(source.at(tags.data, tags.size))
    at = one.simple.offset - tags.data
    content[at : at + size] = ebml.void(size)
    return [(tags.data, tags.end, ebml.checked(bytes(content)))]


def _in_room(file: File, new: bytes, own: Element | None) -> list[Edit] | None:
    """Put the element where our own stands, or into a Void before the clusters; None where neither has room."""
    room = _room_at(file, own) if own is not None else None
    if room is not None and _fits(len(new), room[1] - room[0]):
        return [(room[0], room[1], new + ebml.void(room[1] - room[0] - len(new)))]
    first = next((part.offset for part in file.of(ebml.CLUSTER)), file.segment.end)
    for part in file.of(ebml.VOID):
        if part.offset < first and _fits(len(new) + ROOM // 2, part.end - part.offset):
            gone = [(own.offset, own.end, ebml.void(own.end - own.offset))] if own is not None else []
            return [*gone, (part.offset, part.end, new + ebml.void(part.end - part.offset - len(new)))]
    return None


def _fits(size: int, room: int) -> bool:
    return room == size or room >= size + 2


def _room_at(file: File, own: Element) -> tuple[int, int]:
    """Give the extent of our Tags and of the Void behind it."""
    behind = next((part for part in file.of(ebml.VOID) if part.offset == own.end), None)
    return own.offset, (behind or own).end


def _appended(source: Source, file: File, new: bytes) -> list[Edit] | None:
    """Put the element behind everything else and an entry for it into the SeekHead; None where that has no room."""
    segment = file.segment
    if segment.open or segment.end != source.size:
        return None
    seek = _seek_edit(source, file, segment.end - segment.data)
    if seek is None:
        return None
    return [seek, (segment.end, segment.end, new), *_segment_size(segment, len(new))]


def _segment_size(segment: Element, growth: int) -> list[Edit]:
    if segment.open:
        return []
    width = segment.data - segment.offset - 4
    return [(segment.offset + 4, segment.data, ebml.size_bytes(segment.size + growth, width))]


def _seek_edit(source: Source, file: File, position: int) -> Edit | None:
    """Give the edit that adds an entry for Tags to the SeekHead, into the Void behind it."""
    head = next(iter(file.of(ebml.SEEK_HEAD)), None)
    behind = next((part for part in file.of(ebml.VOID) if head is not None and part.offset == head.end), None)
    if head is None or behind is None:
        return None
    entry = ebml.element(ebml.SEEK_ID, ebml.identity(ebml.TAGS)) + ebml.element(
        ebml.SEEK_POSITION, position.to_bytes(8, "big")
    )
    content = ebml.checked(source.at(head.data, head.size) + ebml.element(ebml.SEEK, entry))
    width = head.data - head.offset - 4
    new = ebml.element(ebml.SEEK_HEAD, content, width)
    left = behind.end - head.offset - len(new)
    return (head.offset, behind.end, new + ebml.void(left)) if left == 0 or left >= 2 else None


def _inserted(source: Source, file: File, new: bytes) -> list[Edit] | None:
    """Put the element before the first cluster, and let every position behind it follow; None where one cannot."""
    segment = file.segment
    first = next(iter(file.of(ebml.CLUSTER)), None)
    if first is not None and any(part.id == ebml.CLUSTER_POSITION for part in ebml.children(source, first)):
        return None  # the clusters say themselves where they stand
    at = first.offset if first is not None else segment.end
    edits: list[Edit] = [(at, at, new), *_segment_size(segment, len(new))]
    cue = (ebml.CUE_POINT, ebml.CUE_TRACK_POSITIONS, ebml.CUE_CLUSTER_POSITION)
    for number, path in ((ebml.SEEK_HEAD, (ebml.SEEK, ebml.SEEK_POSITION)), (ebml.CUES, cue)):
        for master in file.of(number):
            content = _shifted(source, master, path, at - segment.data, len(new))
            if content is None:
                return None
            edits.append((master.data, master.end, content))
    return edits


def _shifted(source: Source, master: Element, path: tuple[int, ...], border: int, growth: int) -> bytes | None:
    """Give a master's content with `growth` added to every position at or behind `border` at the end of `path`.

    Widths are kept; None where a position has no room for its new value.
    """
    content = bytearray(source.at(master.data, master.size))
    waiting = [(master, 0)]
    while waiting:
        parent, depth = waiting.pop()
        for child in ebml.children(source, parent):
            if child.id != path[depth]:
                continue
            if depth + 1 < len(path):
                waiting.append((child, depth + 1))
            elif (value := ebml.unsigned(source, child)) >= border:
                if (value + growth).bit_length() > 8 * child.size:
                    return None
                start = child.data - master.data
                content[start : start + child.size] = (value + growth).to_bytes(child.size, "big")
    return ebml.checked(bytes(content))


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the clusters' content: every block of every track."""
    kept = tuple(Keep(part.data, part.size) for part in opened(source).of(ebml.CLUSTER))
    if not kept:
        raise MalformedFile(Bilingual("the file holds no clusters", "文件中没有 Cluster"), offset=0)
    return kept
