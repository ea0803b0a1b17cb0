"""Labels bare audio frames between tags: ID3v2 before them (ours), APEv2 and ID3v1 behind."""

from __future__ import annotations

from typing import Final

from aigc_label import ape_label, id3_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Standing, Survey
from aigc_label.grammars import ape, id3
from aigc_label.grammars.id3 import Tag
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, tidied

ID3V1: Final = 128


def tags(source: Source) -> tuple[Tag, ...]:
    """Give the ID3v2 tags at the head of the file; more than one stands in a row where a tool did not look."""
    found: list[Tag] = []
    at = 0
    while id3.size_at(source, at) and len(found) < source.limits.depth:
        found.append(id3.tag_at(source, at))
        at = found[-1].end
    return tuple(found)


def tail(source: Source) -> int:
    """Give where an ID3v1 tag begins, else the file's size."""
    at = source.size - ID3V1
    return at if at >= 0 and source.upto(at, 3) == b"TAG" else source.size


def read(source: Source, standing: Standing) -> Survey:
    """Give every label in the ID3v2 tags and the APE tag, in file order; `standing` is that of the first tag."""
    found = [
        id3_label.survey(tag, "id3", Standing.COMPATIBLE if number else standing)
        for number, tag in enumerate(tags(source))
    ]
    behind = ape_label.readings(ape.tag_of(source, tail(source)), Standing.COMPATIBLE)
    return xmp_label.merged([*found, Survey(readings=behind)])


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label as the only AIGC frame; the padding gives or takes, the audio frames stay."""
    found = tags(source)
    pieces: list[Piece] = [] if found else [id3_label.new_tag(text)]
    for number, tag in enumerate(found):
        pieces += id3_label.without_label(tag) if number else id3_label.with_label(source, tag, text)
    audio = found[-1].end if found else 0
    end = tail(source)
    behind = ape.tag_of(source, end)
    middle = behind.start if behind else end
    pieces += (Keep(audio, middle - audio), *ape_label.without_label(source, behind), Keep(end, source.size - end))
    return tidied(pieces)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the audio frames (with their Xing or VBRI header): what lies between the leading and the trailing tags."""
    found = tags(source)
    start = found[-1].end if found else 0
    behind = tail(source)
    held = ape.tag_of(source, behind)
    end = held.start if held else behind
    if end <= start:
        raise MalformedFile(Bilingual("there is no audio behind the tags", "标签之后没有音频数据"), offset=start)
    return (Keep(start, end - start),)
