"""Labels Ogg streams (Vorbis, Opus, Speex, FLAC, Theora): the comment AIGC; audio pages stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Reading, Repair, Standing, Survey
from aigc_label.grammars import ogg, vorbis_comment
from aigc_label.grammars.ogg import Packet, Page
from aigc_label.grammars.vorbis_comment import Block
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, tidied

ROOM: Final = 512  # zero bytes behind the comments, which all four decoders skip
MAX_LINKS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Codec:
    """How a codec's comment packet begins and ends; `head` begins its first packet."""

    name: str
    head: bytes
    prefix: bytes
    framing: bytes = b""


CODECS: Final = (
    Codec("vorbis", b"\x01vorbis", b"\x03vorbis", b"\x01"),
    Codec("opus", b"OpusHead", b"OpusTags"),
    Codec("theora", b"\x80theora", b"\x81theora"),
    Codec("speex", b"Speex   ", b""),
    Codec("flac", b"\x7fFLAC", b"\x04"),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """One logical stream with comments. `first` is its first page."""

    codec: Codec
    first: Page
    packet: Packet
    block: Block

    @property
    def start(self) -> int:
        """Where the comment block begins in its packet: behind the prefix and, in FLAC, the block's size."""
        return len(self.codec.prefix) + (3 if self.codec.name == "flac" else 0)


def streams(source: Source) -> tuple[Stream, ...]:
    """Give every logical stream that carries comments, of every link of a chain, in file order.

    A chain is known by the serial number of its last page; only then is the whole file walked.
    """
    starts = _group(source, 0)
    last = ogg.last_page(source)
    if last is None or last.serial not in {page.serial for page in starts}:
        starts = [page for page in ogg.pages(source) if page.flags & ogg.FIRST]
    if len(starts) > MAX_LINKS:
        raise LimitExceeded(Bilingual("too many Ogg streams", "Ogg 逻辑流过多"), limit="items")
    found = []
    for page in starts:
        head = source.at(page.data, min(8, page.end - page.data))
        codec = next((codec for codec in CODECS if head.startswith(codec.head)), None)
        if codec is not None:
            found.append(_stream(source, codec, page))
    if not found:
        raise UnsupportedFormat(
            Bilingual("no stream in this Ogg file can carry comments", "该 Ogg 文件中没有可写注释的流")
        )
    return tuple(found)


def _group(source: Source, at: int) -> list[Page]:
    found = []
    for page in ogg.pages(source, at):
        if not page.flags & ogg.FIRST:
            break
        found.append(page)
        if len(found) > source.limits.items:
            raise LimitExceeded(Bilingual("too many Ogg streams", "Ogg 逻辑流过多"), limit="items", offset=at)
    return found


def _stream(source: Source, codec: Codec, page: Page) -> Stream:
    packet = ogg.second_packet(source, page.serial, page.end)
    prefix = codec.prefix
    if not packet.data.startswith(prefix) and not (codec.name == "flac" and packet.data[:1] == b"\x84"):
        raise MalformedFile(
            Bilingual("the comment packet is not where it belongs", "注释包不在应有的位置"), offset=page.end
        )
    start = len(prefix) + (3 if codec.name == "flac" else 0)
    return Stream(codec, page, packet, vorbis_comment.parse(packet.data[start:], source.limits))


def read(source: Source) -> Survey:
    """Give every AIGC comment of every stream; only the first stream's place is the guide's."""
    readings = []
    for number, stream in enumerate(streams(source)):
        broken = () if all(ogg.is_intact(source, page) for page in stream.packet.pages) else (Repair.CHECKSUM,)
        for comment in stream.block.comments:
            if comment.name == KEY:
                readings.append(
                    Reading(
                        carrier=f"ogg.{stream.codec.name}.comment",
                        standing=Standing.COMPATIBLE if number else Standing.PRIMARY,
                        text=comment.value,
                        offset=stream.packet.pages[0].data,
                        repairs=broken,
                    )
                )
    return Survey(readings=tuple(readings))


def plan(source: Source, text: str) -> Plan:
    """Give the file with one AIGC comment in its first stream, and none in the others.

    Only the pages of the comment packet are written anew; where their number changes, the numbers of the stream's later
    pages follow. Their data stays.
    """
    edits: list[tuple[int, int, Piece]] = []
    for number, stream in enumerate(streams(source)):
        held = [comment.raw for comment in stream.block.comments if comment.name == KEY]
        wanted = [f"{KEY}={text}".encode()] if number == 0 else []
        if held != wanted:
            edits += _edits(source, stream, text if number == 0 else None)
    pieces: list[Piece] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[0]):
        pieces += (Keep(done, start - done), new)
        done = end
    return tidied([*pieces, Keep(done, source.size - done)])


def _edits(source: Source, stream: Stream, text: str | None) -> list[tuple[int, int, Piece]]:
    old = stream.packet
    pages = ogg.laid_out(old, _packet_data(stream, text))
    edits: list[tuple[int, int, Piece]] = [(old.pages[0].offset, old.pages[0].end, b"".join(pages))]
    edits += [(page.offset, page.end, b"") for page in old.pages[1:]]
    shift = len(pages) - len(old.pages)
    if shift:
        for page in ogg.pages(source, old.pages[-1].end):
            if page.serial == stream.first.serial:
                new = ogg.renumbered(source, page, page.sequence + shift)
                edits.append((page.offset, page.data, new))
    return edits


def _packet_data(stream: Stream, text: str | None) -> bytes:
    """Give the comment packet with the label, of its old size where the zeros behind the comments allow it."""
    block, framing = stream.block, stream.codec.framing
    if text is not None:
        block = block.with_field(KEY, text)
    else:
        kept = tuple(comment for comment in block.comments if comment.name != KEY)
        block = Block(block.vendor, kept, block.rest)
    rest = block.rest.removeprefix(framing)
    if rest.strip(b"\0"):  # RFC 7845, 5.2: data that must be kept
        body = Block(block.vendor, block.comments, framing + rest).to_bytes()
    else:
        bare = Block(block.vendor, block.comments, framing).to_bytes()
        room = len(stream.packet.data) - stream.start - len(bare)
        body = bare + b"\0" * (room if 0 <= room <= 4 * ROOM else ROOM)
    head = stream.packet.data[: stream.start]
    if stream.codec.name == "flac":
        head = head[:1] + len(body).to_bytes(3, "big")
    return head + body


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the data of every page but those of the comment packets: the codec's headers and all its audio."""
    comments = {page.offset for stream in streams(source) for page in stream.packet.pages}
    kept = [Keep(page.data, page.end - page.data) for page in ogg.pages(source) if page.offset not in comments]
    return tuple(part for part in kept if part.length)
