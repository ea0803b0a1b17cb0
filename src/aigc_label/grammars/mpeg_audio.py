"""Reads MPEG layer III frames, and the Xing/Info frame with LAME's extension that stands before them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

BITRATES: Final = {  # kbit/s of layer III, by the two bits of the version: 3 is MPEG-1, 2 MPEG-2, 0 MPEG-2.5
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
MONO: Final = 3
CHAIN: Final = 4  # frames in a row that are no accident
LONGEST: Final = 1441  # bytes of a frame, 320 kbit/s at 32 kHz
TABLE: Final = 100  # entries of Xing's table of contents


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: at `offset`, `length` bytes long. Bit rate in kbit/s, sample rate in hertz."""

    offset: int
    length: int
    version: int
    protected: bool
    bitrate: int
    rate: int
    mode: int

    @property
    def channels(self) -> int:
        return 1 if self.mode == MONO else 2

    @property
    def samples(self) -> int:
        return 1152 if self.version == 3 else 576

    @property
    def side(self) -> int:
        """Where the side information begins, counted from the frame's start."""
        return 6 if self.protected else 4

    @property
    def main(self) -> int:
        """Where the main data begins: a Xing header stands there."""
        if self.version == 3:
            return self.side + (17 if self.mode == MONO else 32)
        return self.side + (9 if self.mode == MONO else 17)

    def alike(self, other: Frame) -> bool:
        """Tell whether both can stand in one stream: version, rate and number of channels."""
        return (self.version, self.rate, self.channels) == (other.version, other.rate, other.channels)


def frame_at(source: Source, offset: int) -> Frame | None:
    """Give the frame whose header stands at `offset`; None where none does. Free-format frames are none."""
    head = source.upto(offset, 4)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate_index, index = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate_index == 3 or index in (0, 15):
        return None
    bitrate, rate = BITRATES[version][index], RATES[version][rate_index]
    length = (144 if version == 3 else 72) * bitrate * 1000 // rate + (head[2] >> 1 & 1)
    return Frame(offset, length, version, not head[1] & 1, bitrate, rate, head[3] >> 6)


def frames(source: Source, start: int, end: int) -> Iterator[Frame]:
    """Give the frames in a row from `start`, whole ones only, as far as they go."""
    at = start
    while (frame := frame_at(source, at)) is not None and at + frame.length <= end:
        yield frame
        at += frame.length


def end_of_frames(source: Source, start: int, end: int) -> int:
    """Give where the last whole frame before `end` ends: what follows it is the torso of another, or no frame.

    It is found from the end, by frames in a row. Raises `MalformedFile` where there are none.
    """
    back = min(end - start, (CHAIN + 2) * LONGEST)
    first = frame_at(source, start)
    for at in range(end - back, end):
        if source.upto(at, 1) != b"\xff":
            continue
        row = list(frames(source, at, end))
        enough = len(row) >= CHAIN or (at == start and row)
        if enough and first is not None and all(first.alike(frame) for frame in row):
            return row[-1].offset + row[-1].length
    raise MalformedFile(Bilingual("no MPEG frames at the end", "末尾没有 MPEG 音频帧"), offset=end)


def reservoir(source: Source, frame: Frame) -> int:
    """Give how many bytes of earlier frames this frame draws on."""
    side = source.at(frame.offset + frame.side, 2)
    return side[0] << 1 | side[1] >> 7 if frame.version == 3 else side[0]


@dataclass(frozen=True, slots=True)
class Xing:
    """The frame that counts the others: its bytes, and where in them its fields stand (None for one that is absent).

    `lame` is where LAME's extension begins.
    """

    frame: Frame
    data: bytes
    count: int | None
    size: int | None
    table: int | None
    lame: int | None


def xing_at(source: Source, frame: Frame) -> Xing | None:
    """Give the Xing or Info header in this frame, None where it holds sound."""
    data = source.at(frame.offset, frame.length)
    at = frame.main
    if data[at : at + 4] not in (b"Xing", b"Info"):  # some writers forget the checksum's two bytes
        at = frame.main - 2 if frame.protected else at
        if data[at : at + 4] not in (b"Xing", b"Info"):
            return None
    flags = int.from_bytes(data[at + 4 : at + 8], "big")
    place, found = at + 8, []
    for bit, length in ((1, 4), (2, 4), (4, TABLE), (8, 4)):
        found.append(place if flags & bit else None)
        place += length if flags & bit else 0
    if place > len(data):
        raise MalformedFile(Bilingual("the Xing header leaves its frame", "Xing 头超出所在帧"), offset=frame.offset)
    lame = place if place + 36 <= len(data) and data[place : place + 4].isalnum() else None
    return Xing(frame, data, found[0], found[1], found[2], lame)


def is_vbri(source: Source, frame: Frame) -> bool:
    """Tell whether this is the frame in which encoders of Fraunhofer count the others."""
    return source.upto(frame.offset + 36, 4) == b"VBRI"


@dataclass(frozen=True, slots=True)
class Added:
    """Frames that are put before or behind the others: how many, their bytes."""

    count: int
    data: bytes


def recounted(xing: Xing, before: Added, behind: Added, padding: int | None) -> bytes:
    """Give the header frame for a stream with frames added: counts, table of contents and LAME's checksums follow.

    `padding` is the number of samples to leave out at the end, where that changes; the other values for playing without
    gaps stay. Raises `LimitExceeded` where a count no longer fits.
    """
    data = bytearray(xing.data)
    old_size = _number(data, xing.size)
    _add(data, xing.count, before.count + behind.count)
    _add(data, xing.size, len(before.data) + len(behind.data))
    if xing.table is not None and xing.count is not None and old_size:
        old_count = _number(xing.data, xing.count)
        table = _retimed(xing.data[xing.table : xing.table + TABLE], old_count, old_size, before, behind)
        data[xing.table : xing.table + TABLE] = table
    if xing.lame is not None:
        _extend(data, xing.lame, before.data, behind.data, padding)
    return bytes(data)


def _add(data: bytearray, at: int | None, more: int) -> None:
    if at is None:
        return
    value = _number(data, at) + more
    if value > 0xFFFFFFFF:
        raise LimitExceeded(Bilingual("the stream is too long to be counted", "流过长，无法计数"), limit="block")
    data[at : at + 4] = value.to_bytes(4, "big")


def _number(data: bytes | bytearray, at: int | None) -> int:
    return int.from_bytes(data[at : at + 4], "big") if at is not None else 0


def _retimed(table: bytes, count: int, size: int, before: Added, behind: Added) -> bytes:
    """Give the table that says at which 256th of the bytes each hundredth of the time is."""
    total_count = before.count + count + behind.count
    total_size = len(before.data) + size + len(behind.data)
    edges = [*table, 256]
    new = bytearray()
    for hundredth in range(TABLE):
        moment = hundredth * total_count / TABLE
        if moment < before.count:
            place = len(before.data) * moment / before.count
        elif moment < before.count + count:
            inside = (moment - before.count) * TABLE / count
            low = edges[int(inside)]
            place = len(before.data) + (low + (edges[int(inside) + 1] - low) * (inside % 1)) * size / 256
        else:
            place = len(before.data) + size + len(behind.data) * (moment - before.count - count) / behind.count
        new.append(min(255, int(256 * place / total_size)))
    return bytes(new)


DELAYS: Final = 21  # into LAME's extension: twelve bits of delay, twelve of padding
MUSIC_LENGTH: Final = 28
MUSIC_CRC: Final = 32
HEADER_CRC: Final = 34


def padding_of(data: bytes, lame: int) -> int:
    """Give the samples that LAME's extension leaves out at the end."""
    return int.from_bytes(data[lame + DELAYS + 1 : lame + DELAYS + 3], "big") & 0xFFF


def _extend(data: bytearray, lame: int, before: bytes, behind: bytes, padding: int | None) -> None:
    if padding is not None:
        delays = int.from_bytes(data[lame + DELAYS : lame + DELAYS + 3], "big") & 0xFFF000 | min(padding, 0xFFF)
        data[lame + DELAYS : lame + DELAYS + 3] = delays.to_bytes(3, "big")
    old_length = _number(data, lame + MUSIC_LENGTH)
    if old_length:
        _add(data, lame + MUSIC_LENGTH, len(before) + len(behind))
        old = int.from_bytes(data[lame + MUSIC_CRC : lame + MUSIC_CRC + 2], "big")
        # LAME counts its own header frame into the length, not into the checksum
        sound = old_length - len(data)
        crc = _joined(_joined(checksum(before), old, sound), checksum(behind), len(behind))
        data[lame + MUSIC_CRC : lame + MUSIC_CRC + 2] = crc.to_bytes(2, "big")
    data[lame + HEADER_CRC : lame + HEADER_CRC + 2] = checksum(bytes(data[: lame + HEADER_CRC])).to_bytes(2, "big")


def _steps() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
        table.append(value)
    return tuple(table)


STEPS: Final = _steps()  # CRC-16 with the polynomial 0x8005, least significant bit first


def checksum(data: bytes, start: int = 0) -> int:
    value = start
    for byte in data:
        value = value >> 8 ^ STEPS[(value ^ byte) & 0xFF]
    return value


def _joined(first: int, second: int, length: int) -> int:
    """Give the checksum of two stretches in a row, from those of each and the length of the second.

    What the first contributes is moved on by the second's length in zeros: squaring of a matrix over two elements.
    """
    columns = [1 << bit >> 8 ^ STEPS[1 << bit & 0xFF] for bit in range(16)]  # one byte of zeros
    value = first
    while length > 0:
        if length & 1:
            value = _times(columns, value)
        columns = [_times(columns, column) for column in columns]
        length >>= 1
    return value ^ second


def _times(columns: list[int], value: int) -> int:
    product = 0
    for bit in range(16):
        if value >> bit & 1:
            product ^= columns[bit]
    return product
