"""TIFF: a packet and a longer directory at the end, one pointer changed; every strip stays where it is."""

from __future__ import annotations

import io
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from aigc_label.adapters import tiff
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Reading, Standing
from aigc_label.grammars.tiff import directories
from aigc_label.label import Label
from aigc_label.limits import Limits
from aigc_label.patching import patch_of
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, in_memory, keeps
from fixtures.build.tiff import ASCII, BYTE, GREY, LABEL, LONG, SHORT, UNDEFINED, WRAPPED, built, packet, page

FIXTURES = Path(__file__).parents[2] / "fixtures" / "tiff"
FILES = sorted(FIXTURES.glob("*.tif"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="tiff-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="tiff-2").to_json()

Facts = dict[str, object]


def plan_of(data: bytes, text: str = TEXT) -> tuple[BytesSource, Plan]:
    source = BytesSource(data)
    return source, tiff.plan(source, text)


def labelled(data: bytes, text: str = TEXT) -> bytes:
    return in_memory(*plan_of(data, text))


def readings(data: bytes) -> tuple[Reading, ...]:
    return tiff.read(BytesSource(data)).readings


def shown(data: bytes) -> list[tuple[object, ...]]:
    """Give mode, size and pixels of every page as Pillow decodes them."""
    with Image.open(io.BytesIO(data)) as picture:
        return [(frame.mode, frame.size, frame.tobytes()) for frame in ImageSequence.Iterator(picture)]


def all_files(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)(test)


@pytest.mark.parametrize("path", [path for path in FILES if "bigtiff-motorola" not in path.stem], ids=lambda p: p.stem)
def test_every_page_decodes_to_the_same_pixels(path: Path) -> None:  # Pillow 13 cannot open big-endian BigTIFF
    data = path.read_bytes()
    assert shown(labelled(data)) == shown(data)


@pytest.mark.oracle("identify")
@all_files
def test_imagemagick_sees_the_same_pixels_on_every_page(path: Path, tmp_path: Path) -> None:
    def signatures(data: bytes) -> str:
        file = tmp_path / "asked.tif"
        file.write_bytes(data)
        command = ["identify", "-quiet", "-format", "%m %wx%h %#\n", file]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    data = path.read_bytes()
    assert signatures(labelled(data)) == signatures(data) != ""


OUR_PLACE = ("XMP-TC260:", "XMP-x:", "IFD0:ApplicationNotes", "IFD1:ApplicationNotes", "File:FileSize")
OLD_LABELS = {"IFD0:ImageDescription", "ExifIFD:UserComment"}
PLACES = ("Offset", "Warning")  # where things stand in the file


@pytest.mark.oracle("exiftool")
@all_files
def test_exiftool_reads_the_label_and_finds_everything_else_unchanged(path: Path, facts: Callable[..., Facts]) -> None:
    data = path.read_bytes()
    before, after = facts(data), facts(labelled(data))
    assert after["XMP-TC260:Aigc"] == TEXT

    def rest(found: Facts) -> Facts:
        return {
            key: value
            for key, value in found.items()
            if not key.startswith(OUR_PLACE)
            and not any(word in key for word in PLACES)
            and "Aigc" not in key
            and not (key in OLD_LABELS and "ProduceID" in str(before.get(key)))
        }

    assert rest(after) == rest(before)


@pytest.mark.oracle("exiftool")
@all_files
def test_exiftool_finds_no_new_fault(path: Path, tmp_path: Path) -> None:
    def faults(data: bytes) -> set[str]:
        file = tmp_path / "asked.tif"
        file.write_bytes(data)
        done = subprocess.run(
            ["exiftool", "-validate", "-warning", "-error", "-a", file], capture_output=True, text=True
        )
        return {line.partition(": ")[2] for line in done.stdout.splitlines() if not line.startswith("Validate")}

    data = path.read_bytes()
    assert faults(labelled(data)) <= faults(data)


@pytest.mark.oracle("tiffinfo", "tiffcmp")
@all_files
def test_libtiff_reads_it_without_a_word_and_finds_the_same_pictures(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    (tmp_path / "before.tif").write_bytes(data)
    (tmp_path / "after.tif").write_bytes(labelled(data))
    told = subprocess.run(["tiffinfo", tmp_path / "after.tif"], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert "XMLPacket" in told.stdout
    compared = subprocess.run(
        ["tiffcmp", "-t", tmp_path / "before.tif", tmp_path / "after.tif"], capture_output=True, text=True, check=False
    )
    differences = compared.stdout.splitlines()
    assert [line for line in differences if not line.startswith(("ImageDescription", "Directory"))] == []


@pytest.mark.oracle("exiv2")
@pytest.mark.parametrize("name", ["lzw", "motorola", "pages", "labelled-elsewhere"])
def test_exiv2_reads_the_label(name: str, tmp_path: Path) -> None:
    file = tmp_path / "asked.tif"
    file.write_bytes(labelled((FIXTURES / f"{name}.tif").read_bytes()))
    told = subprocess.run(["exiv2", "-pX", file], capture_output=True, text=True, check=True)
    assert TEXT in told.stdout


@all_files
def test_a_first_label_is_an_append_and_one_change_of_a_pointer_or_entry(path: Path) -> None:
    data = path.read_bytes()
    if b"ProduceID" in data:
        pytest.skip("old labels are blanked in their own places")
    source, plan = plan_of(data)
    patch = patch_of(source, plan)
    assert patch is not None
    assert len(patch.new) <= 20  # an entry of BigTIFF


@all_files
def test_entries_stay_sorted_and_offsets_even(path: Path) -> None:
    for directory in directories(BytesSource(labelled(path.read_bytes()))):
        numbers = [entry.tag for entry in directory.entries]
        assert numbers == sorted(numbers)
        assert directory.at % 2 == 0
        entry = directory.find(700)
        assert entry is None or entry.value_offset % 2 == 0


def test_our_entry_is_of_type_byte_and_another_ones_type_stays() -> None:
    def kind(data: bytes) -> int:
        entry = next(directories(BytesSource(data))).find(700)
        return entry.kind if entry else 0

    assert kind(labelled((FIXTURES / "lzw.tif").read_bytes())) == BYTE
    assert kind(labelled((FIXTURES / "bigtiff-motorola.tif").read_bytes())) == UNDEFINED


def test_a_packet_with_room_is_changed_where_it_stands() -> None:
    source, plan = plan_of(built([page([GREY], t700=(BYTE, packet(room=900)))]))
    patch = patch_of(source, plan)
    assert patch is not None
    assert patch.tail == b""


def test_a_packet_without_room_moves_and_leaves_no_label_behind() -> None:
    data = built([page([GREY], t700=(BYTE, packet(LABEL)))])
    new = labelled(data, OTHER.replace("tiff-2", "tiff-2" * 20))
    assert b"old-0001" not in new
    assert len(new) > len(data)


def test_a_packet_that_two_pages_share_is_one_packet() -> None:
    data = bytearray(built([page([GREY], t700=(BYTE, packet(LABEL))), page([GREY], t700=(BYTE, packet(LABEL)))]))
    first, second = (directory.find(700) for directory in directories(BytesSource(bytes(data))))
    assert first is not None
    assert second is not None
    data[second.at + 8 : second.at + 12] = data[first.at + 8 : first.at + 12]
    assert len(readings(bytes(data))) == 1
    assert [reading.text for reading in readings(labelled(bytes(data)))] == [TEXT]


def test_labels_elsewhere_are_read_with_their_standing() -> None:
    found = {reading.carrier: reading for reading in readings((FIXTURES / "labelled-elsewhere.tif").read_bytes())}
    assert {carrier: reading.standing for carrier, reading in found.items()} == {
        "tiff.imagedescription": Standing.COMPATIBLE,
        "tiff.usercomment": Standing.ALTERNATIVE,
        "tiff.page.xmp": Standing.COMPATIBLE,
    }
    assert found["tiff.usercomment"].text == WRAPPED


def test_offsets_of_readings_point_at_their_text() -> None:
    data = (FIXTURES / "labelled-elsewhere.tif").read_bytes()
    for reading in readings(data):
        start = data.index(reading.text.encode(), reading.offset)
        assert start - reading.offset < 16


def test_words_beside_a_label_stay() -> None:
    new = labelled((FIXTURES / "label-beside-words.tif").read_bytes())
    with Image.open(io.BytesIO(new)) as picture:
        assert str(picture.tag_v2[270]).split() == ["a", "cat", "on", "a", "roof", "and", "a", "moon"]


def test_content_credentials_are_noticed() -> None:
    data = built([page([GREY], t52545=(UNDEFINED, b"jumbf box of a manifest"))])
    assert [notice.kind for notice in tiff.read(BytesSource(data)).notices] == [NoticeKind.C2PA]


def test_the_payload_is_every_strip_of_every_page_and_preview() -> None:
    preview = page([GREY[:64]])
    data = built([page([GREY[:384], GREY[384:]], t330=(LONG, preview)), page([GREY[:96]])])
    kept = b"".join(data[part.offset : part.end] for part in tiff.payload(BytesSource(data)))
    assert sorted(kept) == sorted(GREY + GREY[:64] + GREY[:96])


def test_neighbouring_strips_are_one_range() -> None:
    data = built([page([GREY[at : at + 32] for at in range(0, 768, 32)])])
    assert len(tiff.payload(BytesSource(data))) == 1


def test_strips_outside_the_file_are_malformed() -> None:
    data = bytearray(built([page([GREY])]))
    entry = next(directories(BytesSource(bytes(data)))).find(279)
    assert entry is not None
    data[entry.value_offset : entry.value_offset + 4] = b"\xff\xff\xff\x7f"
    with pytest.raises(MalformedFile):
        tiff.payload(BytesSource(bytes(data)))


def test_offsets_without_as_many_counts_are_malformed() -> None:
    entries = page([GREY[:384], GREY[384:]])
    entries[279] = (LONG, [384])
    with pytest.raises(MalformedFile):
        tiff.payload(BytesSource(built([entries])))


def chained(count: int, last_to_first: int = 0) -> bytes:
    """Give pages that have nothing but a width."""
    out = bytearray(b"II*\0" + (8).to_bytes(4, "little"))
    for index in range(count):
        here = 8 + index * 18
        out += b"\1\0" + bytes((0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0))
        out += (here + 18 if index < count - 1 else last_to_first).to_bytes(4, "little")
    return bytes(out)


def test_ten_thousand_pages_are_labelled() -> None:
    data = chained(10_000)
    assert [reading.text for reading in readings(labelled(data))] == [TEXT]


def test_more_pages_than_the_limit_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        tiff.read(BytesSource(chained(10_001)))


def test_a_loop_of_directories_is_malformed() -> None:
    for job in (tiff.read, tiff.payload, lambda source: tiff.plan(source, TEXT)):
        with pytest.raises(MalformedFile):
            job(BytesSource(chained(3, last_to_first=8)))


def test_overlapping_directories_meet_the_limit_soon() -> None:
    entry = bytes((0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0))
    table = bytearray(b"\xff\x26" + entry * 9983)
    data = b"II*\0" + (8).to_bytes(4, "little") + bytes(table) + bytes(4)
    assert tiff.read(BytesSource(data)).readings == ()
    children = b"".join((8).to_bytes(4, "little") for _ in range(9_000))
    hostile = b"II*\0" + (8).to_bytes(4, "little") + b"\1\0" + (330).to_bytes(2, "little") + b"\4\0"
    hostile += (9_000).to_bytes(4, "little") + (26).to_bytes(4, "little") + bytes(4) + children
    assert tiff.read(BytesSource(hostile)).readings == ()


class Sparse(Source):
    """A file of 500 MB that is nowhere: zeros with a few structures in them, which remembers how much was read."""

    def __init__(self, size: int, parts: dict[int, bytes]) -> None:
        self.name, self.size, self.limits, self.parts, self.read = "sparse", size, Limits(), parts, 0

    def upto(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        self.read += length
        out = bytearray(length)
        for at, part in self.parts.items():
            start, end = max(at, offset), min(at + len(part), offset + length)
            if start < end:
                out[start - offset : end - offset] = part[start - at : end - at]
        return bytes(out)


def sparse(strips: int) -> Sparse:
    """Give a picture of 500 MB in so many strips, directory and tables at its end."""
    size, table = 500_000_000, 499_000_000
    each = (table - 8) // strips

    def n(value: int) -> bytes:
        return value.to_bytes(4, "little")

    entries = [(256, 4, 1, 10_000), (257, 4, 1, strips), (273, 4, strips, table), (279, 4, strips, table + 4 * strips)]
    body = len(entries).to_bytes(2, "little")
    body += b"".join(t.to_bytes(2, "little") + k.to_bytes(2, "little") + n(c) + n(v) for t, k, c, v in entries) + n(0)
    offsets = b"".join(n(8 + index * each) for index in range(strips))
    at = size - len(body)
    return Sparse(size, {0: b"II*\0" + n(at), table: offsets + n(each - 1) * strips, at: body})


def test_a_large_picture_costs_its_metadata_in_time_and_memory() -> None:
    source = sparse(20_000)
    tracemalloc.start()
    try:
        plan = tiff.plan(source, TEXT)
        assert keeps(plan, tiff.payload(source))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert source.read < 1_000_000
    assert peak < 16_000_000


def test_a_strip_table_beyond_all_reason_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        tiff.payload(BytesSource(built([page([GREY[:1]] * 600)]), limits=Limits(items=11)))


def test_a_classic_tiff_that_would_outgrow_its_offsets_says_what_to_do() -> None:
    source = Sparse((1 << 32) - 100_000, {0: built([page([GREY])])})
    with pytest.raises(UnsupportedFormat, match="BigTIFF"):
        tiff.plan(source, TEXT)


def test_structures_that_share_bytes_are_refused() -> None:
    data = bytearray(built([page([GREY], t700=(BYTE, packet(room=900)), t270=(ASCII, WRAPPED.encode() + b"\0"))]))
    first = next(directories(BytesSource(bytes(data))))
    description, held = first.find(270), first.find(700)
    assert description is not None
    assert held is not None
    packet_at = held.value_offset
    data[packet_at + 600 : packet_at + 600 + len(WRAPPED)] = WRAPPED.encode()
    data[description.at + 8 : description.at + 12] = (packet_at + 600).to_bytes(4, "little")
    with pytest.raises(AigcLabelError):
        tiff.plan(BytesSource(bytes(data)), TEXT)


def test_damaged_exif_is_noticed_and_the_picture_labelled_all_the_same() -> None:
    data = built([page([GREY], t34665=(LONG, [9_999_999]))])
    assert [notice.kind for notice in tiff.read(BytesSource(data)).notices] == [NoticeKind.DAMAGED]
    new = labelled(data)
    assert [reading.text for reading in readings(new)] == [TEXT]


def test_absent_tiles_are_no_payload() -> None:
    entries = page([GREY])
    entries[324], entries[325] = (LONG, [0, 0]), (LONG, [0, 0])
    data = built([entries])
    assert [part.length for part in tiff.payload(BytesSource(data))] == [len(GREY)]


def test_an_empty_chain_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        tiff.read(BytesSource(b"II*\0\0\0\0\0"))


def test_the_palette_is_payload() -> None:
    colours = bytes(range(6)) * 4
    entries = page([GREY], t320=(SHORT, list(range(12))))
    data = built([entries])
    kept = tiff.payload(BytesSource(data))
    assert sum(part.length for part in kept) == len(GREY) + len(colours)
    assert all(isinstance(part, Keep) for part in kept)


def test_packets_that_overlap_are_refused_before_they_are_parsed() -> None:
    data = bytearray(built([page([GREY], t700=(BYTE, packet(room=900))), page([GREY], t700=(BYTE, packet(room=900)))]))
    first, second = (directory.find(700) for directory in directories(BytesSource(bytes(data))))
    assert first is not None
    assert second is not None
    data[second.at + 4 : second.at + 12] = (len(data) - 99).to_bytes(4, "little") + (99).to_bytes(4, "little")
    with pytest.raises(MalformedFile):
        tiff.read(BytesSource(bytes(data)))


def test_texts_that_overlap_are_noticed() -> None:
    shared = page([GREY], t270=(ASCII, b"x" * 2000), t269=(ASCII, b"x" * 9), t305=(ASCII, b"x" * 9))
    out = bytearray(built([shared]))
    pages = next(directories(BytesSource(bytes(out))))
    long = pages.find(270)
    assert long is not None
    for index, tag in enumerate((269, 305), 1):
        short = pages.find(tag)
        assert short is not None
        length = (1900).to_bytes(4, "little")
        out[short.at + 4 : short.at + 12] = length + (long.value_offset + index).to_bytes(4, "little")
    assert [notice.kind for notice in tiff.read(BytesSource(bytes(out))).notices] == [NoticeKind.DAMAGED]
