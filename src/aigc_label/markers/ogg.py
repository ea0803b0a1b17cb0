"""Puts marks before and after the packets of Opus, Vorbis and Speex in Ogg: only the mark is encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars import ogg, opus, speex, vorbis
from aigc_label.grammars.ogg import Page
from aigc_label.markers import Rendering, vorbis_anew
from aigc_label.markers.beside import beside, unsupported
from aigc_label.markers.ogg_codecs import Codec, Opus, OtherSetup, Speex, Vorbis
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, tidied

WAY: Final = Bilingual(
    "packets added beside the content at its own bit rate; every packet of the content is kept",
    "以内容自身的码率在其前后添加数据包，原有数据包全部保留",
)
TOGETHER: Final = 50  # packets of the mark on a page


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: how it is coded, where its sound begins, its pages with the samples that end on each, how its first
    and its last packet begin."""

    codec: Codec
    start: int
    pages: tuple[tuple[Page, int], ...]
    first: bytes
    last: bytes

    @property
    def origin(self) -> int:
        """The position at which the first packet begins: not 0 in a stream that was cut out of another."""
        page, samples = self.pages[0]
        return max(0, _position(page) - samples)

    @property
    def samples(self) -> int:
        return sum(samples for _, samples in self.pages)

    @property
    def bitrate(self) -> int:
        size = sum(page.end - page.data for page, _ in self.pages)
        return round(8 * size * self.codec.rate / max(1, self.samples))


@dataclass(frozen=True, slots=True)
class Packets:
    """A mark as packets, with the samples that each adds where it stands, and those of it and what follows together."""

    data: tuple[bytes, ...]
    each: tuple[int, ...]
    samples: int


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before or after its packets; positions and page numbers follow.

    A Vorbis stream whose codebooks no encoder writes is encoded again as a whole, and `way` says so.
    Raises `UnsupportedFormat` for other codecs in Ogg, for several streams beside or behind each other and for channel
    mappings that the encoder does not write; `MalformedFile`, `MissingTool`.
    """
    stream = _stream(source)
    codec = stream.codec
    marks = beside(source, BY_NAME["ogg"], mark, codec.rate, codec.channels, codec.gain)
    try:
        before = _packets(marks.before, stream, following=stream.first)
        behind = _packets(marks.behind, stream, leading=stream.last)
    except OtherSetup as other:
        return vorbis_anew.render(source, other.codec, stream.bitrate, marks)
    lead = before.samples / codec.rate if before is not None else 0.0
    return Rendering(
        plan=tidied(_pieces(source, stream, before, behind)),
        words=marks.words,
        way=WAY,
        spans=marks.spans((stream.samples - codec.skipped) / codec.rate, lead, codec.late / codec.rate),
    )


def _stream(source: Source) -> Stream:
    first = ogg.page_at(source, 0)
    head = source.at(first.data, first.end - first.data)
    codec, start = _codec(source, first, head)
    timer = codec.timer()
    begin = b""
    pages: list[tuple[Page, int]] = []
    last = b""
    for page, samples, last in ogg.timed(source, start, timer):  # noqa: B007  the last one is used
        if page.serial != first.serial:
            raise UnsupportedFormat(
                Bilingual("the Ogg file holds several streams", "该 Ogg 文件包含多个流"),
                remedy=Bilingual("Take them apart and mark each.", "请拆分后分别添加标识。"),
            )
        begin = begin or source.upto(page.data, min(2, page.end - page.data))
        pages.append((page, samples))
    if not any(samples for _, samples in pages):
        raise MalformedFile(Bilingual("there is no sound behind the headers", "头部之后没有音频"), offset=start)
    return Stream(codec, start, tuple(pages), begin, last)


def _codec(source: Source, first: Page, head: bytes) -> tuple[Codec, int]:
    """Give how the first stream is coded and where its sound begins."""
    if head.startswith(opus.HEAD):
        codec: Codec = Opus(opus.head_of(head, first.data))
        return codec, ogg.headers(source, first.serial, first.end, codec.headers)[1]
    if head.startswith(speex.HEAD):
        codec = Speex(speex.head_of(head, first.data), source.limits)
        return codec, ogg.headers(source, first.serial, first.end, codec.headers)[1]
    if head.startswith(vorbis.HEAD):
        (_, setup), start = ogg.headers(source, first.serial, first.end, 2)
        return Vorbis(vorbis.head_of(head, first.data), setup, vorbis.long_modes(setup, first.end)), start
    name = next((name for magic, name in NAMES.items() if head.startswith(magic)), "")
    raise unsupported(
        f"beside {name or 'this codec'} in Ogg no mark can be put without encoding it anew",
        f"无法在不重新编码的情况下为 Ogg 中的 {name or '该编码'} 添加标识",
    )


NAMES: Final = {b"\x7fFLAC": "FLAC", b"\x80theora": "Theora"}


def _packets(design: Design | None, stream: Stream, leading: bytes = b"", following: bytes = b"") -> Packets | None:
    if design is None:
        return None
    data = stream.codec.packets(design, stream.bitrate)
    timer: Callable[[bytes], int] = stream.codec.timer()
    if leading:
        timer(leading)
    each = tuple(timer(packet[:2]) for packet in data)
    joint = timer(following) - stream.codec.timer()(following) if following else 0
    return Packets(data, each, sum(each) + joint)


def _pieces(source: Source, stream: Stream, before: Packets | None, behind: Packets | None) -> Iterator[Piece]:
    """Give the whole file: headers, the mark, the content's pages moved on, the mark."""
    serial, sequence = stream.pages[0][0].serial, stream.pages[0][0].sequence
    yield Keep(0, stream.start)
    position = stream.origin
    moved = 0
    if before is not None:
        new = list(_paged(before, serial, sequence, position))
        yield from new
        sequence, moved = sequence + len(new), before.samples
    last = len(stream.pages) - 1
    for number, (page, samples) in enumerate(stream.pages):
        position += samples
        granule, flags = page.granule, page.flags
        if number == last and behind is not None:
            flags &= ~ogg.LAST
            granule = position.to_bytes(8, "little")  # what was cut off at the end is silence between the two now
        if granule != ogg.NO_PACKET_ENDS:
            granule = (int.from_bytes(granule, "little") + moved).to_bytes(8, "little")
        yield ogg.rewritten(source, page, sequence + number, granule, flags)
        yield Keep(page.data, page.end - page.data)
    if behind is not None:
        *others, final = _paged(behind, serial, sequence + len(stream.pages), position + moved, ogg.LAST)
        yield from (*others, final)


def _position(page: Page) -> int:
    return int.from_bytes(page.granule, "little", signed=True)


def _paged(packets: Packets, serial: int, sequence: int, position: int, last: int = 0) -> Iterator[bytes]:
    """Give packets on pages of a second each; `last` are the flags of the final one."""
    for number, at in enumerate(range(0, len(packets.data), TOGETHER)):
        part = packets.data[at : at + TOGETHER]
        position += sum(packets.each[at : at + TOGETHER])
        lacing = b"".join(ogg.lacing_of(len(packet)) for packet in part)
        flags = last if at + TOGETHER >= len(packets.data) else 0
        yield ogg.page_bytes(flags, position.to_bytes(8, "little"), serial, sequence + number, lacing, b"".join(part))
