"""Labels Monkey's Audio, WavPack and Musepack: an item AIGC in the APEv2 tag at the end; our choice."""

from __future__ import annotations

from aigc_label import ape_label, id3_label, tagged_stream, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Standing, Survey
from aigc_label.grammars import ape
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, tidied


def _parts(source: Source) -> tuple[int, int, ape.Tag | None, int]:
    """Give where the audio begins and ends, the tag behind it, and where what follows the tag begins."""
    leading = tagged_stream.tags(source)
    start = leading[-1].end if leading else 0
    tail = tagged_stream.tail(source)
    held = ape.tag_of(source, tail)
    end = held.start if held else tail
    if end <= start:
        raise MalformedFile(Bilingual("there is no audio behind the tags", "标签之后没有音频数据"), offset=start)
    return start, end, held, tail


def read(source: Source) -> Survey:
    """Give every label in the APE tag and in ID3 tags that do not belong there."""
    found = [id3_label.survey(tag, "id3", Standing.COMPATIBLE) for tag in tagged_stream.tags(source)]
    _, _, held, _ = _parts(source)
    return xmp_label.merged([*found, Survey(readings=ape_label.readings(held, Standing.CHOSEN))])


def plan(source: Source, text: str) -> Plan:
    """Give the file with one AIGC item in its APE tag; the audio stays, an ID3v1 tag stays last."""
    start, end, held, tail = _parts(source)
    pieces: list[Piece] = []
    for tag in tagged_stream.tags(source):
        pieces += id3_label.without_label(tag)
    pieces += (Keep(start, end - start), *ape_label.with_label(source, held, text), Keep(tail, source.size - tail))
    return tidied(pieces)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the audio blocks."""
    start, end, _, _ = _parts(source)
    return (Keep(start, end - start),)
