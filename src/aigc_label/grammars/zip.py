"""Reads a ZIP archive's directory without trusting it, and replaces single members while the others stay as stored.

The one door through which ZIP archives enter (APPNOTE 6.3.10). Nothing is ever extracted to a disk, sizes are bounded
before anything is inflated, and an archive whose directory and members disagree is malformed: two readers could see two
different documents in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, tidied

LOCAL: Final = b"PK\3\4"
SPACER: Final = b"\x86\x19"  # the extra field by which USDZ packages are padded
CENTRAL: Final = b"PK\1\2"
END: Final = b"PK\5\6"
END64: Final = b"PK\6\6"
LOCATOR64: Final = b"PK\6\7"
STORED, DEFLATED = 0, 8
ENCRYPTED: Final = 0x0001
STREAMED: Final = 0x0008  # sizes stand behind the data, in a descriptor
UTF8: Final = 0x0800
MAX_MEMBERS: Final = 20_000
MAX_RATIO: Final = 100  # inflated over stored, above a mebibyte
EPOCH: Final = bytes((0, 0, 0x21, 0))  # 1980-01-01 00:00: members that we write carry no clock


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the directory names it. `start..end` is all of it in the file, header and descriptor included."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int
    central: bytes  # its directory entry

    def keep(self) -> Keep:
        """Give its stored data."""
        return Keep(self.data, self.packed)

    def named(self) -> tuple[Keep, Keep]:
        """Give its name as it stands before the data, and the data: a document whose parts change names is another one."""
        return Keep(self.start + 30, int.from_bytes(self.central[28:30], "little")), self.keep()


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive: its members in the order of the directory, where the directory begins, and its comment."""

    members: tuple[Member, ...]
    directory: int
    comment: bytes

    def find(self, name: str) -> Member | None:
        return next((member for member in self.members if member.name == name), None)


def archive_of(source: Source) -> Archive:
    """Give the archive. Raises `MalformedFile` for duplicate names, overlaps, gaps that hold bytes, a prefix, a directory
    that contradicts its members; `LimitExceeded` for counts; `UnsupportedFormat` for several disks."""
    at, comment = _end(source)
    count, size, start = _directory(source, at)
    if count > MAX_MEMBERS:
        raise LimitExceeded(Bilingual(f"{count} members", f"{count} 个成员"), limit="items", offset=at)
    members = []
    data = source.at(start, size)
    position = 0
    for _ in range(count):
        member, position = _member(source, data, position, start)
        members.append(member)
    _check(source, members, start)
    return Archive(tuple(members), start, comment)


def _end(source: Source) -> tuple[int, bytes]:
    """Give where the end record stands and the comment behind it."""
    length = min(source.size, 22 + 65_535)
    tail = source.upto(source.size - length, length)
    at = tail.rfind(END)
    while at >= 0:
        size = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + size == len(tail):
            return source.size - length + at, tail[at + 22 :]
        at = tail.rfind(END, 0, at)
    raise MalformedFile(Bilingual("the ZIP archive has no end record", "ZIP 缺少目录结束记录"), offset=source.size)


def _directory(source: Source, at: int) -> tuple[int, int, int]:
    record = source.at(at, 22)
    disk, count, size, start = (
        int.from_bytes(record[a:b], "little") for a, b in ((4, 6), (10, 12), (12, 16), (16, 20))
    )
    if 0xFFFF in (count, disk) or 0xFFFFFFFF in (size, start):
        locator = source.at(at - 20, 20)
        if locator[:4] != LOCATOR64:
            raise MalformedFile(Bilingual("the Zip64 locator is missing", "缺少 Zip64 定位记录"), offset=at)
        record = source.at(int.from_bytes(locator[8:16], "little"), 56)
        if record[:4] != END64:
            raise MalformedFile(Bilingual("the Zip64 end record is missing", "缺少 Zip64 结束记录"), offset=at)
        disk, count, size, start = (
            int.from_bytes(record[a:b], "little") for a, b in ((16, 20), (32, 40), (40, 48), (48, 56))
        )
    if disk:
        raise UnsupportedFormat(Bilingual("the archive spans several disks", "ZIP 为多卷压缩包"))
    if start + size > at:
        raise MalformedFile(Bilingual("the ZIP directory is not where it should be", "ZIP 目录位置有误"), offset=at)
    return count, size, start


def _member(source: Source, data: bytes, at: int, base: int) -> tuple[Member, int]:
    head = data[at : at + 46]
    if len(head) < 46 or head[:4] != CENTRAL:
        raise MalformedFile(Bilingual("a ZIP directory entry is wrong", "ZIP 目录条目有误"), offset=base + at)
    flags, method = (int.from_bytes(head[i : i + 2], "little") for i in (8, 10))
    crc, packed, size = (int.from_bytes(head[i : i + 4], "little") for i in (16, 20, 24))
    lengths = [int.from_bytes(head[i : i + 2], "little") for i in (28, 30, 32)]
    start = int.from_bytes(head[42:46], "little")
    end = at + 46 + sum(lengths)
    raw = data[at + 46 : at + 46 + lengths[0]]
    extra = data[at + 46 + lengths[0] : at + 46 + lengths[0] + lengths[1]]
    size, packed, start = _wide(extra, size, packed, start)
    try:
        name = raw.decode("utf-8" if flags & UTF8 else "cp437")
    except UnicodeDecodeError as problem:
        raise MalformedFile(
            Bilingual("a member's name cannot be decoded", "成员名称无法解码"), offset=base + at
        ) from problem
    local = source.at(start, 30)
    name_length, extra_length = (int.from_bytes(local[i : i + 2], "little") for i in (26, 28))
    begin = start + 30 + name_length + extra_length
    if local[:4] != LOCAL or source.at(start + 30, name_length) != raw or local[8:10] != head[10:12]:
        raise MalformedFile(
            Bilingual(f"directory and member disagree about {name!r}", f"目录与成员 {name!r} 的信息不一致"),
            offset=start,
        )
    behind = begin + packed
    if flags & STREAMED:
        behind += _descriptor(source, behind, crc)
    member = Member(name, flags, method, crc, packed, size, start, begin, behind, data[at:end])
    return member, end


def _wide(extra: bytes, size: int, packed: int, start: int) -> tuple[int, int, int]:
    """Take 64-bit values from the Zip64 extra field where the 32-bit ones are full."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = (int.from_bytes(extra[i : i + 2], "little") for i in (at, at + 2))
        if kind == 1:
            values = [int.from_bytes(extra[i : i + 8], "little") for i in range(at + 4, at + 4 + length, 8)]
            size = values.pop(0) if size == 0xFFFFFFFF and values else size
            packed = values.pop(0) if packed == 0xFFFFFFFF and values else packed
            start = values.pop(0) if start == 0xFFFFFFFF and values else start
        at += 4 + length
    return size, packed, start


def _descriptor(source: Source, at: int, crc: int) -> int:
    """Give the length of the data descriptor at `at`: with or without signature, 32 or 64 bit."""
    data = source.upto(at, 24)
    signed = 4 if data[:4] == b"PK\7\x08" else 0
    if data[signed : signed + 4] != crc.to_bytes(4, "little"):
        raise MalformedFile(Bilingual("a data descriptor is wrong", "数据描述符有误"), offset=at)
    for width in (8, 16):
        follower = data[signed + 4 + width : signed + 6 + width]
        if follower == b"PK":
            return signed + 4 + width
    return signed + 12


def _check(source: Source, members: list[Member], directory: int) -> None:
    names = [member.name for member in members]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedFile(Bilingual(f"the member {twice!r} stands twice", f"成员 {twice!r} 重复出现"))
    at = 0
    for member in sorted(members, key=lambda one: one.start):
        if member.start != at:
            what = Bilingual("members overlap", "成员相互重叠")
            if member.start > at:
                what = Bilingual("bytes lie between the members", "成员之间存在多余数据")
            raise MalformedFile(what, offset=min(at, member.start))
        at = member.end
    if at > directory:
        raise MalformedFile(Bilingual("a member leaves its place", "成员超出范围"), offset=at)
    if source.upto(at, 4) not in (CENTRAL, END, END64) and at != directory:
        raise MalformedFile(Bilingual("bytes lie before the directory", "目录之前存在多余数据"), offset=at)


def content(source: Source, member: Member) -> bytes:
    """Give a member inflated. Raises `LimitExceeded` over `limits.packet` or a ratio of 100 above a mebibyte,
    `UnsupportedFormat` where it is encrypted or packed in another way, `MalformedFile` where it does not inflate."""
    if member.flags & ENCRYPTED or member.method not in (STORED, DEFLATED):
        raise UnsupportedFormat(
            Bilingual(
                f"{member.name!r} is encrypted or packed in an unusual way", f"{member.name!r} 已加密或压缩方式特殊"
            )
        )
    if member.size > source.limits.packet or _is_bomb(member.size, member.packed):
        raise LimitExceeded(
            Bilingual(
                f"{member.name!r} would inflate to {member.size} bytes", f"{member.name!r} 解压后达 {member.size} 字节"
            ),
            limit="packet",
            offset=member.start,
        )
    data = source.at(member.data, member.packed)
    if member.method == DEFLATED:
        inflater = zlib.decompressobj(-15)
        try:
            data = inflater.decompress(data, member.size + 1)
        except zlib.error as problem:
            raise MalformedFile(
                Bilingual(f"{member.name!r} does not inflate", f"{member.name!r} 无法解压"), offset=member.start
            ) from problem
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise MalformedFile(
            Bilingual(f"{member.name!r} contradicts its size or checksum", f"{member.name!r} 与声明的长度或校验和不符"),
            offset=member.start,
        )
    return data


def _is_bomb(size: int, packed: int) -> bool:
    return size > 1 << 20 and size > MAX_RATIO * max(packed, 1)


def with_members(source: Source, archive: Archive, new: Mapping[str, bytes], method: int = STORED) -> Plan:
    """Give the archive with members replaced or, where their names are new, added behind the others.

    New content is stored, so that a later change of the same length changes nothing else, or deflated. A replaced member
    stays at its place in the file and in the directory: readers that care for order (ODF, EPUB) are served.
    """
    pieces: list[Piece] = []
    entries: dict[str, bytes] = {}
    at = 0
    for member in sorted(archive.members, key=lambda one: one.start):
        if member.name in new:
            local, entry = _written(member.name, new[member.name], at, method)
            pieces.append(local)
            at += len(local)
        else:
            pieces.append(Keep(member.start, member.end - member.start))
            entry = _moved(member, at)
            at += member.end - member.start
        entries[member.name] = entry
    order = [member.name for member in archive.members]
    for name in new:
        if name not in entries:
            local, entries[name] = _written(name, new[name], at, method)
            pieces.append(local)
            at += len(local)
            order.append(name)
    directory = b"".join(entries[name] for name in order)
    return tidied([*pieces, directory, _ending(len(order), len(directory), at, archive.comment)])


def with_last(source: Source, archive: Archive, member: tuple[str, bytes], alignment: int) -> Plan:
    """Give the archive with a stored member behind all others, its data on a multiple of `alignment` bytes.

    One of that name that stands last is replaced; no other member moves. Raises `UnsupportedFormat` where it stands
    between others, as these would have to move.
    """
    name, data = member
    old = archive.find(name)
    kept = [one for one in archive.members if one is not old]
    start = old.start if old is not None else max((one.end for one in kept), default=0)
    if any(one.start > start for one in kept):
        raise UnsupportedFormat(
            Bilingual(f"{name!r} stands between other members", f"{name!r} 位于其他成员之间"),
            remedy=Bilingual("Pack the archive anew with that member last.", "请重新打包，将该成员放在最后。"),
            offset=start,
        )
    local, entry = _written(name, data, start, STORED)
    space = -(start + len(local) - len(data)) % alignment
    space += alignment if 0 < space < 4 else 0  # an extra field has a head of four bytes
    if space:
        field = SPACER + (space - 4).to_bytes(2, "little") + bytes(space - 4)
        at = len(local) - len(data)
        local = local[:28] + space.to_bytes(2, "little") + local[30:at] + field + data
    directory = b"".join([*(one.central for one in kept), entry])
    end = _ending(len(kept) + 1, len(directory), start + len(local), archive.comment)
    return tidied([Keep(0, start), local, directory, end])


def _moved(member: Member, start: int) -> bytes:
    """Give a directory entry with another offset. Raises `LimitExceeded` where it would need Zip64 and has none."""
    if int.from_bytes(member.central[42:46], "little") == 0xFFFFFFFF:
        if start != member.start:
            raise LimitExceeded(Bilingual("a Zip64 member would move", "Zip64 成员位置将改变"), limit="block")
        return member.central
    if start >= 0xFFFFFFFF:
        raise LimitExceeded(Bilingual("the archive would pass 4 GiB", "压缩包将超过 4 GiB"), limit="block")
    return member.central[:42] + start.to_bytes(4, "little") + member.central[46:]


def _written(name: str, data: bytes, start: int, method: int) -> tuple[bytes, bytes]:
    """Give a member and its directory entry."""
    raw = name.encode()
    flags = UTF8 if not name.isascii() else 0
    packed = data if method == STORED else _deflated(data)
    if _is_bomb(len(data), len(packed)):  # what we would refuse to read is not what we write
        packed, method = data, STORED
    sizes = b"".join(value.to_bytes(4, "little") for value in (zlib.crc32(data), len(packed), len(data)))
    common = b"".join(value.to_bytes(2, "little") for value in (20, flags, method)) + EPOCH + sizes
    common += len(raw).to_bytes(2, "little") + b"\0\0"
    local = LOCAL + common + raw + packed
    entry = CENTRAL + (20).to_bytes(2, "little") + common + bytes(10) + start.to_bytes(4, "little") + raw
    return local, entry


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _ending(count: int, size: int, start: int, comment: bytes) -> bytes:
    out = b""
    if count >= 0xFFFF or size >= 0xFFFFFFFF or start >= 0xFFFFFFFF:
        record = (44).to_bytes(8, "little") + bytes((45, 0, 45, 0)) + bytes(8)
        record += count.to_bytes(8, "little") * 2 + size.to_bytes(8, "little") + start.to_bytes(8, "little")
        out = END64 + record + LOCATOR64 + bytes(4) + (start + size).to_bytes(8, "little") + (1).to_bytes(4, "little")
    short = min(count, 0xFFFF).to_bytes(2, "little")
    tail = min(size, 0xFFFFFFFF).to_bytes(4, "little") + min(start, 0xFFFFFFFF).to_bytes(4, "little")
    return out + END + bytes(4) + short * 2 + tail + len(comment).to_bytes(2, "little") + comment
