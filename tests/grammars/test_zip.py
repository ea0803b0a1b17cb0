"""Hostile archives: each is refused by name in bounded time, and nothing is inflated to find out."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

import aigc_label
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars import zip as archives
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.source import BytesSource
from fixtures.build import ooxml

DIRECTORY = b"PK\x01\x02"


def packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def at_directory(offset: int, value: bytes) -> Callable[[bytes], bytes]:
    """Change the first entry of the directory."""

    def changed(data: bytes) -> bytes:
        at = data.index(DIRECTORY) + offset
        return data[:at] + value + data[at + len(value) :]

    return changed


def overlapping(data: bytes) -> bytes:
    """Let the second entry of the directory speak of the first member."""
    first = data.index(DIRECTORY)
    second = data.index(DIRECTORY, first + 4)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


def two_disks(data: bytes) -> bytes:
    end = data.rindex(b"PK\x05\x06")
    return data[: end + 4] + struct.pack("<H", 1) + data[end + 6 :]


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], type[AigcLabelError]]] = {
    "members that overlap": (overlapping, MalformedFile),
    "a size that reaches beyond the file": (at_directory(20, struct.pack("<I", 1 << 30)), AigcLabelError),
    "a member that begins in the directory": (at_directory(42, struct.pack("<I", 400)), MalformedFile),
    "another name in the directory": (at_directory(46, b"X"), MalformedFile),
    "several disks": (two_disks, UnsupportedFormat),
    "no end": (lambda data: data[:-8], MalformedFile),
    "Zip64 that leads nowhere": (at_directory(42, b"\xff\xff\xff\xff"), AigcLabelError),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_an_archive_that_contradicts_itself_is_refused(how: str) -> None:
    spoil, expected = HOSTILE[how]
    with pytest.raises(expected):
        archives.archive_of(BytesSource(spoil(packed(("a.xml", b"<a/>"), ("b.xml", b"<b/>")))))


def test_a_size_that_lies_is_found_before_anything_is_used() -> None:
    data = at_directory(24, struct.pack("<I", 3))(packed(("a.xml", b"<a/>" * 9)))
    source = BytesSource(data)
    with pytest.raises(MalformedFile, match="contradicts"):
        archives.content(source, archives.archive_of(source).members[0])


def test_an_encrypted_member_is_unreadable_and_never_empty() -> None:
    data = packed(("a.xml", b"<a/>"))
    source = BytesSource(at_directory(8, b"\x01\x00")(data))
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        archives.content(source, archives.archive_of(source).members[0])


def test_a_hundred_thousand_members_are_refused_at_once() -> None:
    entry = struct.pack("<4s6H3I5H2I", DIRECTORY, 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 30_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 30_000, 30_000, len(directory), 0, 0)
    begun = time.process_time()
    with pytest.raises(LimitExceeded):
        archives.archive_of(BytesSource(directory + end))
    assert time.process_time() - begun < 5


def test_archives_within_archives_are_not_opened() -> None:
    inner = packed(*[(f"{n}.bin", bytes(1 << 20)) for n in range(8)])
    with zipfile.ZipFile(out := io.BytesIO(ooxml.minimal()), "a") as archive:
        archive.writestr("word/embeddings/inner.zip", inner)
    report = aigc_label.verify(out.getvalue(), Policy(scope=Scope.LABEL))
    assert report.verdict is Verdict.UNLABELLED


@pytest.mark.parametrize("part", ["docProps/custom.xml", "word/document.xml"])
def test_a_part_that_cannot_be_read_is_never_called_unlabelled(part: str) -> None:
    data = ooxml.with_properties()
    at = data.index(DIRECTORY)
    while data[at + 46 : at + 46 + len(part)] != part.encode():
        at = data.index(DIRECTORY, at + 4)
    locked = data[: at + 8] + b"\x01\x00" + data[at + 10 :]
    try:
        verdict = aigc_label.verify(locked).verdict
    except AigcLabelError:
        return
    assert verdict in (Verdict.UNDECIDABLE, Verdict.NON_COMPLIANT)
