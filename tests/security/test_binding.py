"""The binding as docs/binding.md defines it, computed here from that page alone: none of the package's readers is asked."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from signing import FIXTURES, LABEL, key, signed

from aigc_label import api
from aigc_label.output import opened
from aigc_label.security.algorithms import Algorithm
from aigc_label.security.binding import content_digest
from aigc_label.security.hashes import Digest
from aigc_label.splice import Keep


def jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while data[at + 1] != 0xDA:
        length = 2 + struct.unpack_from(">H", data, at + 2)[0]
        marker, body = data[at + 1], data[at + 4 : at + length]
        named = (marker == 0xE0 and body.startswith(b"JFIF\0")) or (marker == 0xEE and body.startswith(b"Adobe"))
        if named or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            yield data[at : at + length]
        at += length
    yield data[at : data.rindex(b"\xff\xd9") + 2]


def png(data: bytes) -> Iterator[bytes]:
    kept = (
        b"tRNS acTL fcTL fdAT cHRM gAMA iCCP sBIT sRGB cICP mDCV mDCv cLLI cLLi bKGD hIST pHYs sPLT oFFs sCAL".split()
    )
    yield data[:8]
    at = 8
    while at < len(data):
        end = at + 12 + struct.unpack_from(">I", data, at)[0]
        kind = data[at + 4 : at + 8]
        if kind[:1].isupper() or kind in kept:
            yield data[at:end]
        at = end


def wav(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        if data[at : at + 4] in (b"fmt ", b"fact", b"data"):
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def mp3(data: bytes) -> Iterator[bytes]:
    size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    yield data[10 + size if data[:3] == b"ID3" else 0 : len(data) - (128 if data[-128:-125] == b"TAG" else 0)]


def flac(data: bytes) -> Iterator[bytes]:
    at, last = 4, False
    while not last:
        last, kind, size = bool(data[at] & 0x80), data[at] & 0x7F, int.from_bytes(data[at + 1 : at + 4], "big")
        if kind == 0:
            yield data[at + 4 : at + 4 + size]
        at += 4 + size
    yield data[at:]


def mp4(data: bytes) -> Iterator[bytes]:
    def boxes(at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        while at < end:
            size, head = struct.unpack_from(">I", data, at)[0], 8
            if size == 1:
                size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
            yield data[at + 4 : at + 8], at + head, at + size
            at += size

    def inside(at: int, end: int) -> Iterator[bytes]:
        for kind, start, stop in boxes(at, end):
            if kind == b"stsd":
                yield data[start:stop]
            elif kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                yield from inside(start, stop)

    yield from (data[start:stop] for kind, start, stop in boxes(0, len(data)) if kind == b"mdat")
    yield from inside(0, len(data))


def ooxml(data: bytes) -> Iterator[bytes]:
    beside = ("[Content_Types].xml", "_rels/.rels", "docProps/custom.xml")
    for member in sorted(zipfile.ZipFile(io.BytesIO(data)).infolist(), key=lambda member: member.header_offset):
        if member.filename not in beside:
            names, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
            start = member.header_offset + 30
            yield data[start : start + names]
            yield data[start + names + extra : start + names + extra + member.compress_size]


CASES: dict[str, tuple[str, Callable[[bytes], Iterator[bytes]]]] = {
    "jpeg/baseline.jpg": ("jpeg", jpeg),
    "png/plain.png": ("png", png),
    "png/animated.png": ("png", png),
    "wav/plain.wav": ("wav", wav),
    "mp3/id3v2.3.mp3": ("mp3", mp3),
    "mp3/bare.mp3": ("mp3", mp3),
    "flac/padded.flac": ("flac", flac),
    "mp4/tail.mp4": ("mp4", mp4),
    "ooxml/minimal.docx": ("ooxml", ooxml),
}


def value(data: bytes, media: str, content: Callable[[bytes], Iterator[bytes]], algorithms: tuple[str, str]) -> str:
    signature, digest = algorithms
    label = api.read(data)
    assert label is not None
    seen = hashlib.new(digest, b"".join(content(data))).hexdigest()
    said = f'"Label":"{label.status}","ContentProducer":"{label.producer}","ProduceID":"{label.produce_id}"'
    lines = ["aigc-label/payload/1", signature, media, said, seen]
    return hashlib.new(digest, "".join(line + "\n" for line in lines).encode()).hexdigest()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("algorithm", "digest"), [(Algorithm.SM2, "sm3"), (Algorithm.ED25519, "sha256")], ids=["sm2", "ed25519"]
)
def test_what_is_written_is_what_the_page_says(name: str, algorithm: Algorithm, digest: str) -> None:
    media, content = CASES[name]
    data = signed(FIXTURES / name, key(algorithm))
    label = api.read(data)
    assert label is not None
    entry = json.loads(label.reserved1)["SecurityData"]["Bindings"][0]
    assert entry["Value"] == value(data, media, content, (str(algorithm), digest))


@pytest.mark.parametrize("name", CASES)
def test_the_contents_digest_is_the_same_before_and_after_whatever_is_labelled(name: str) -> None:
    _, content = CASES[name]
    plain = (FIXTURES / name).read_bytes()
    assert b"".join(content(signed(FIXTURES / name))) == b"".join(content(plain))
    assert b"".join(
        content(signed(FIXTURES / name, label=LABEL.propagated(propagator="P", propagate_id="9")))
    ) == b"".join(content(plain))


def test_a_large_file_is_hashed_with_a_mebibyte_or_two_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 64 << 20)
    with opened(path) as source:
        tracemalloc.start()
        content_digest(source, [Keep(0, source.size)], Digest.SHA256)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 4 << 20
