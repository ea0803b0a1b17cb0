"""Puts marks before and after the packets of an Opus stream in Ogg: only the mark is encoded, every packet is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars import ogg, opus
from aigc_label.grammars.ogg import Page
from aigc_label.grammars.opus import RATE, Head
from aigc_label.markers import Rendering
from aigc_label.markers.beside import beside, unsupported
from aigc_label.markers.coding import DELAYS, coded
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, tidied

WAY: Final = Bilingual(
    "packets added beside the content at its own bit rate; every packet of the content is kept",
    "以内容自身的码率在其前后添加数据包，原有数据包全部保留",
)
NAMES: Final = {b"\x01vorbis": "Vorbis", b"\x7fFLAC": "FLAC", b"Speex   ": "Speex", b"\x80theora": "Theora"}
TOGETHER: Final = 50  # packets of the mark on a page: a second
LOWEST: Final = 16_000  # bits a second of all channels
HIGHEST: Final = 256_000


@dataclass(frozen=True, slots=True)
class Stream:
    """One Opus stream: its header, where its sound begins, its pages with the samples that end on each."""

    head: Head
    start: int
    pages: tuple[tuple[Page, int], ...]

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
        return min(max(round(8 * size * RATE / max(1, self.samples)), LOWEST), HIGHEST)


@dataclass(frozen=True, slots=True)
class Packets:
    """A mark as packets, and their samples."""

    data: tuple[bytes, ...]

    @property
    def samples(self) -> int:
        return sum(opus.samples_of(packet[:2]) for packet in self.data)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before or after its packets; positions and page numbers follow.

    Raises `UnsupportedFormat` for other codecs in Ogg, for several streams beside or behind each other and for channel
    mappings that the encoder does not write; `MalformedFile`, `MissingTool`.
    """
    stream = _stream(source)
    marks = beside(source, BY_NAME["ogg"], mark, RATE, stream.head.channels, stream.head.gain)
    before, behind = _packets(marks.before, stream), _packets(marks.behind, stream)
    lead = before.samples / RATE if before is not None else 0.0
    return Rendering(
        plan=tidied(_pieces(source, stream, before, behind)),
        words=marks.words,
        way=WAY,
        spans=marks.spans((stream.samples - stream.head.skipped) / RATE, lead, DELAYS["libopus"] / RATE),
    )


def _stream(source: Source) -> Stream:
    first = ogg.page_at(source, 0)
    head = source.at(first.data, first.end - first.data)
    if not head.startswith(opus.HEAD):
        name = next((name for magic, name in NAMES.items() if head.startswith(magic)), "")
        raise unsupported(
            f"beside {name or 'this codec'} in Ogg no mark can be put without encoding it anew",
            f"无法在不重新编码的情况下为 Ogg 中的 {name or '该编码'} 添加标识",
        )
    packet = ogg.second_packet(source, first.serial, first.end)
    start = packet.pages[-1].end
    if packet.rest_lacing:
        raise MalformedFile(Bilingual("sound begins on the page of the comments", "音频数据从注释页开始"), offset=start)
    pages = tuple(opus.timed(source, start))
    if any(page.serial != first.serial for page, _ in pages):
        raise UnsupportedFormat(
            Bilingual("the Ogg file holds several streams", "该 Ogg 文件包含多个流"),
            remedy=Bilingual("Take them apart and mark each.", "请拆分后分别添加标识。"),
        )
    if not pages or not pages[0][1]:
        raise MalformedFile(Bilingual("there is no sound behind the headers", "头部之后没有音频"), offset=start)
    return Stream(opus.head_of(head, first.data), start, pages)


def _packets(design: Design | None, stream: Stream) -> Packets | None:
    if design is None:
        return None
    late = max(0, stream.head.skipped - DELAYS["libopus"])  # what players skip must be silence
    if late:
        silence = np.zeros((late, design.samples.shape[1]), np.float32)
        design = Design(np.concatenate([silence, design.samples]), design.rate, design.words, design.span)
    made = coded("libopus", design, stream.bitrate)
    ours = opus.head_of(made.header, 0)
    if (ours.channels, ours.mapping) != (stream.head.channels, stream.head.mapping):
        raise unsupported("the channels are mapped in an unusual way", "声道映射方式特殊")
    return Packets(made.packets)


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
        position += Packets(part).samples
        lacing = b"".join(ogg.lacing_of(len(packet)) for packet in part)
        flags = last if at + TOGETHER >= len(packets.data) else 0
        yield ogg.page_bytes(flags, position.to_bytes(8, "little"), serial, sequence + number, lacing, b"".join(part))
