"""Undoes the filters of PDF streams (ISO 32000-2, 7.4) with a bound on what comes out."""

from __future__ import annotations

import zlib
from itertools import accumulate
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars.pdf_objects import Dictionary, Name, Value

MOST_FILTERS: Final = 4  # one over another: more are an attack on our time
STEP: Final = 64  # bytes that are inflated at once where damage has to be stepped around
MOST_ROWS: Final = 50_000  # of a predictor that has to be undone row by row
SHORT: Final = {b"Fl": b"FlateDecode", b"AHx": b"ASCIIHexDecode", b"A85": b"ASCII85Decode", b"RL": b"RunLengthDecode"}
UP: Final = 2


def filters_of(stream: Dictionary) -> list[tuple[bytes, Dictionary]]:
    """Give the filters in the order in which they are undone, each with its parameters.

    Raises `UnsupportedFormat` where they are not stated in the stream's own dictionary.
    """
    names, settings = stream.get(b"Filter"), stream.get(b"DecodeParms")
    listed = names if isinstance(names, list) else [] if names is None else [names]
    if len(listed) > MOST_FILTERS:
        raise LimitExceeded(
            Bilingual(f"{len(listed)} filters on one stream", f"单个流使用了 {len(listed)} 个过滤器"), limit="depth"
        )
    given = settings if isinstance(settings, list) else [settings]
    found = []
    for index, name in enumerate(listed):
        if not isinstance(name, Name):
            raise UnsupportedFormat(Bilingual("a stream's filter is not named", "流的过滤器没有名称"))
        own = given[index] if index < len(given) else None
        found.append((SHORT.get(name, bytes(name)), own if isinstance(own, Dictionary) else Dictionary()))
    return found


def decoded(data: bytes, stream: Dictionary, most: int) -> bytes:
    """Give what a stream holds, at most `most` bytes of it after every single filter.

    Raises `LimitExceeded` beyond, `MalformedFile` for data that no filter wrote, `UnsupportedFormat` for other filters.
    """
    for name, settings in filters_of(stream):
        undo = FILTERS.get(name)
        if undo is None:
            what = name.decode("latin-1")
            raise UnsupportedFormat(Bilingual(f"a stream filtered with {what}", f"使用 {what} 过滤器的流"))
        data = _unpredicted(undo(data, most), settings)
    return data


def _inflated(data: bytes, most: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        out = engine.decompress(data, most)
    except zlib.error as problem:
        out = _as_far_as_it_goes(data, most)
        if not out:
            raise _damaged("FlateDecode") from problem
        return out
    if engine.unconsumed_tail and not engine.eof:
        raise _too_large(most)
    return out


def _as_far_as_it_goes(data: bytes, most: int) -> bytes:
    """Give what comes before the damage, as other readers do: often it is the checksum alone that is wrong."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)  # without header and checksum
    out = bytearray()
    for at in range(2, len(data), STEP):
        try:
            out += engine.decompress(data[at : at + STEP], most - len(out) + 1)
        except zlib.error:
            break
        if len(out) > most:
            raise _too_large(most)
    return bytes(out)


def _from_hex(data: bytes, most: int) -> bytes:
    digits = data.partition(b">")[0].translate(None, b"\0\t\n\f\r ")
    try:
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError as problem:
        raise _damaged("ASCIIHexDecode") from problem


def _from_85(data: bytes, most: int) -> bytes:
    digits = data.partition(b"~")[0].translate(None, b"\0\t\n\f\r ")
    if len(digits) > most:  # one `z` stands for four bytes
        raise _too_large(most)
    import base64  # rare

    try:
        return base64.a85decode(digits)
    except ValueError as problem:
        raise _damaged("ASCII85Decode") from problem


def _from_runs(data: bytes, most: int) -> bytes:
    out = bytearray()
    at = 0
    while at < len(data) and data[at] != 128:
        length = data[at]
        if length < 128:
            out += data[at + 1 : at + 2 + length]
            at += 2 + length
        else:
            out += data[at + 1 : at + 2] * (257 - length)
            at += 2
        if len(out) > most:
            raise _too_large(most)
    return bytes(out)


def _as_it_is(data: bytes, most: int) -> bytes:
    """What was encrypted has been decrypted before, and what is not needs nothing."""
    return data


FILTERS: Final = {
    b"FlateDecode": _inflated,
    b"ASCIIHexDecode": _from_hex,
    b"ASCII85Decode": _from_85,
    b"RunLengthDecode": _from_runs,
    b"Crypt": _as_it_is,
}


def _unpredicted(data: bytes, settings: Dictionary) -> bytes:
    """Undo a predictor (7.4.4.4). A row of PNG's begins with the number of the filter that it went through."""
    predictor = _count(settings.get(b"Predictor"), 1)
    if predictor < 2:
        return data
    colours, bits = _count(settings.get(b"Colors"), 1), _count(settings.get(b"BitsPerComponent"), 8)
    wide = (_count(settings.get(b"Columns"), 1) * colours * bits + 7) // 8
    pixel = max(1, colours * bits // 8)
    if not 0 < wide <= 1 << 20:
        raise _damaged("Predictor")
    if predictor < 10:
        return _from_differences(data, wide, colours, bits)
    rows = len(data) // (wide + 1)
    data = data[: rows * (wide + 1)]
    if data[:: wide + 1] == bytes((UP,)) * rows:
        return _all_up(data, wide, rows)
    if rows > MOST_ROWS:
        raise LimitExceeded(Bilingual(f"{rows} predicted rows", f"预测器行数达 {rows}"), limit="items")
    return _row_by_row(data, wide, pixel)


def _from_differences(data: bytes, wide: int, colours: int, bits: int) -> bytes:
    """Undo the TIFF predictor: each sample is the difference to the one before it in its row."""
    if bits != 8:
        raise UnsupportedFormat(Bilingual("a stream with an unusual TIFF predictor", "使用特殊 TIFF 预测器的流"))
    out = bytearray(data[: len(data) // wide * wide])
    for row in range(0, len(out), wide):
        for colour in range(row, row + colours):
            sums = accumulate(out[colour : row + wide : colours])
            out[colour : row + wide : colours] = bytes([total & 255 for total in sums])
    return bytes(out)


def _all_up(data: bytes, wide: int, rows: int) -> bytes:
    """Every row is the difference to the one above it: each column is a running sum."""
    out = bytearray(rows * wide)
    for column in range(wide):
        sums = accumulate(data[column + 1 :: wide + 1])
        out[column::wide] = bytes([total & 255 for total in sums])
    return bytes(out)


def _row_by_row(data: bytes, wide: int, pixel: int) -> bytes:
    out = bytearray()
    above = bytes(wide)
    for at in range(0, len(data), wide + 1):
        kind, row = data[at], bytearray(data[at + 1 : at + 1 + wide])
        if kind > 4:
            raise _damaged("Predictor")
        for x in range(wide) if kind else ():
            left = row[x - pixel] if x >= pixel else 0
            corner = above[x - pixel] if x >= pixel else 0
            guess = (0, left, above[x], (left + above[x]) // 2, _paeth(left, above[x], corner))[kind]
            row[x] = (row[x] + guess) & 255
        out += row
        above = bytes(row)
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))


def _count(value: Value, default: int) -> int:
    return value if isinstance(value, int) and 0 < value < 1 << 31 else default


def _damaged(name: str) -> MalformedFile:
    return MalformedFile(Bilingual(f"a stream's {name} data is damaged", f"流的 {name} 数据已损坏"))


def _too_large(most: int) -> LimitExceeded:
    return LimitExceeded(Bilingual(f"a stream holds over {most} bytes", f"流解码后超过 {most} 字节"), limit="packet")
