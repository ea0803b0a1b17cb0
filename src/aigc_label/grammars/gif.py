"""Walks the blocks of a GIF file (GIF89a) and builds its extensions, also the one that carries XMP outside sub-blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import WINDOW, Source

VERSIONS: Final = (b"GIF87a", b"GIF89a")
EXTENSION: Final = 0x21
IMAGE: Final = 0x2C
TRAILER: Final = 0x3B
GRAPHIC_CONTROL: Final = 0xF9
COMMENT: Final = 0xFE
PLAIN_TEXT: Final = 0x01
APPLICATION: Final = 0xFF
FRAMES: Final = (IMAGE, GRAPHIC_CONTROL)
FRAMES_SHARE: Final = 50  # so many times `limits.items` of them: 10^5 frames are no attack
XMP: Final = b"XMP DataXMP"
# XMP specification, part 3, 1.1.2: the packet stands as it is, not cut into sub-blocks. A reader that takes its bytes for
# sub-block lengths lands somewhere in this ladder, and every rung of it leads to the last NUL.
MAGIC_TRAILER: Final = b"\x01" + bytes(range(0xFF, -1, -1)) + b"\0"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: an extension (`label` is its label), an image (IMAGE) or the trailer (TRAILER), at `offset..end`.

    `data_at` is where its sub-blocks begin; `name` an application extension's identifier and code, eleven bytes.
    """

    label: int
    offset: int
    data_at: int
    end: int
    name: bytes = b""


def body_of(source: Source) -> int:
    """Give the offset behind the header, the screen descriptor and the global colour table: that of the first block."""
    if source.upto(0, 6) not in VERSIONS:
        raise MalformedFile(Bilingual("no GIF header", "缺少 GIF 文件头"), offset=0)
    return 13 + _table(source.at(10, 1)[0])


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def blocks(source: Source) -> Iterator[Block]:
    """Give the blocks up to and with the trailer. Image data is stepped over, one length byte in 256.

    Raises `MalformedFile` where a block is of no known sort or the file ends before the trailer, `LimitExceeded` for
    more than `limits.items` blocks (images and their control extensions: 50 times as many).
    """
    at = body_of(source)
    counts = [source.limits.items, source.limits.items * FRAMES_SHARE]
    while True:
        block = _block_at(source, at)
        yield block
        if block.label == TRAILER:
            return
        which = block.label in FRAMES
        counts[which] -= 1
        if counts[which] < 0:
            raise LimitExceeded(Bilingual("too many blocks", "块过多"), limit="items", offset=at)
        at = block.end


def _block_at(source: Source, at: int) -> Block:
    introducer = source.at(at, 1)[0]
    if introducer == TRAILER:
        return Block(TRAILER, at, at + 1, at + 1)
    if introducer == IMAGE:
        data_at = at + 11 + _table(source.at(at + 9, 1)[0])  # behind the descriptor, the table and the LZW code size
        return Block(IMAGE, at, data_at, _end_of(source, data_at))
    if introducer != EXTENSION:
        raise MalformedFile(
            Bilingual(f"a block was expected, found {introducer:02x}", f"此处应为数据块，实为 {introducer:02x}"),
            offset=at,
        )
    label, size = source.at(at + 1, 2)
    if label == APPLICATION and size == 11:
        return Block(label, at, at + 14, _end_of(source, at + 14), source.at(at + 3, 11))
    return Block(label, at, at + 2, _end_of(source, at + 2))


def _end_of(source: Source, at: int) -> int:
    """Give the offset behind the NUL that ends a run of sub-blocks; the bytes between the lengths are not looked at."""
    while window := source.upto(at, WINDOW):
        inside, size = 0, len(window)
        while inside < size:
            length = window[inside]
            inside += length + 1
            if not length:
                return at + inside
        at += inside
    raise MalformedFile(Bilingual("the file ends inside a block", "文件在数据块内部结束"), offset=at)


def joined(source: Source, block: Block, most: int) -> bytes:
    """Give the content of a block's sub-blocks, at most `most` bytes of it."""
    raw = source.upto(block.data_at, min(block.end - block.data_at, most + most // 255 + 1))
    parts, at = [], 0
    while at < len(raw) and raw[at]:
        parts.append(raw[at + 1 : at + 1 + raw[at]])
        at += 1 + raw[at]
    return b"".join(parts)[:most]


def extension(label: int, data: bytes, name: bytes = b"") -> bytes:
    """Give an extension with its data in sub-blocks; `name` is an application's eleven bytes."""
    head = bytes((EXTENSION, label)) + (bytes((len(name),)) + name if name else b"")
    runs = (data[at : at + 255] for at in range(0, len(data), 255))
    return head + b"".join(bytes((len(run),)) + run for run in runs) + b"\0"


def xmp_extension(packet: bytes) -> bytes:
    """Give the application extension that carries an XMP packet.

    Raises `MalformedFile` for a packet with a NUL in it, which would end the block for readers of sub-blocks.
    """
    if b"\0" in packet:
        raise MalformedFile(Bilingual("the XMP packet holds a NUL byte", "XMP 数据包中含有 NUL 字节"))
    return bytes((EXTENSION, APPLICATION, len(XMP))) + XMP + packet + MAGIC_TRAILER


def packet_of(source: Source, block: Block) -> bytes:
    """Give the packet in an XMP extension: what stands before the magic trailer.

    Writers that got the trailer wrong or cut the packet into sub-blocks are understood by the packet's own end. Raises
    `LimitExceeded` where it is over `limits.packet`, `MalformedFile` where no packet can be told from the rest.
    """
    length = block.end - block.data_at
    if length > source.limits.packet:
        raise LimitExceeded(
            Bilingual(f"an XMP extension has {length} bytes", f"XMP 扩展块长达 {length} 字节"),
            limit="packet",
            offset=block.offset,
        )
    raw = source.at(block.data_at, length)
    if raw.endswith(MAGIC_TRAILER):
        return raw[: -len(MAGIC_TRAILER)]
    for packet in (raw, joined(source, block, length)):
        end = packet.find(b"?>", max(0, packet.rfind(b"<?xpacket end="))) + 2
        if packet[:1] == b"<" and b"<?xpacket end=" in packet and end >= 2:
            return packet[:end]
    raise MalformedFile(
        Bilingual("the XMP extension does not end as one must", "XMP 扩展块的结尾不正确"), offset=block.offset
    )
