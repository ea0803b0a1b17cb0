"""JPEG: one APP1 segment changes; scans, other segments and the other pictures of the file stay what they were."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from aigc_label.adapters import jpeg
from aigc_label.dialects import understand
from aigc_label.errors import AigcLabelError, LimitExceeded, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Reading, Repair, Standing
from aigc_label.grammars.jpeg import segments
from aigc_label.label import Label
from aigc_label.limits import Limits
from aigc_label.patching import patch_of
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build.jpeg import (
    EXTENDED,
    LABEL,
    WRAPPED,
    XMP,
    baseline,
    exif,
    extended,
    packet,
    picture,
    saved,
    segment,
    spliced,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "jpeg"
FILES = sorted(FIXTURES.glob("*.jpg"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="jpeg-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="jpeg-2").to_json()

Facts = dict[str, object]


def labelled(data: bytes, text: str = TEXT) -> bytes:
    source = BytesSource(data)
    return in_memory(source, jpeg.plan(source, text))


def readings(data: bytes) -> tuple[Reading, ...]:
    return jpeg.read(BytesSource(data)).readings


def notices(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in jpeg.read(BytesSource(data)).notices]


def places(data: bytes) -> list[tuple[str, Standing]]:
    return [(reading.carrier, reading.standing) for reading in readings(data)]


def markers(data: bytes) -> list[int]:
    return [part.marker for part in segments(BytesSource(data))]


def shown(data: bytes) -> list[tuple[object, ...]]:
    """Give mode, size and pixels of every picture in the file."""
    with Image.open(io.BytesIO(data)) as image:
        return [(frame.mode, frame.size, frame.tobytes()) for frame in ImageSequence.Iterator(image)]


def all_files(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)(test)


@all_files
def test_every_picture_decodes_to_the_same_pixels(path: Path) -> None:
    data = path.read_bytes()
    assert shown(labelled(data)) == shown(data)


@pytest.mark.oracle("djpeg")
@all_files
def test_djpeg_decodes_it_without_a_word(path: Path, tmp_path: Path) -> None:
    def decoded(data: bytes) -> tuple[bytes, bytes]:
        done = subprocess.run(["djpeg", "-pnm"], input=data, capture_output=True, check=True)
        return done.stdout, done.stderr

    data = path.read_bytes()
    assert decoded(labelled(data)) == decoded(data)


OUR_PLACE = ("XMP-TC260:", "XMP-x:", "XMP-xmpNote:", "File:FileSize", "MPF0:MPImage", "JPEG:")
OLD_LABELS = {"ExifIFD:UserComment", "File:Comment", "APP10:"}


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
            and "MPImage" not in key
            and "Warning" not in key
            and "Offset" not in key
            and not (key in OLD_LABELS and "ProduceID" in str(before.get(key)))
        }

    assert rest(after) == rest(before)


@pytest.mark.oracle("exiftool")
@all_files
def test_exiftool_finds_no_new_fault(path: Path, tmp_path: Path) -> None:
    def faults(data: bytes) -> set[str]:
        file = tmp_path / "asked.jpg"
        file.write_bytes(data)
        command = ["exiftool", "-validate", "-warning", "-error", "-a", file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = [line.partition(": ")[2] for line in done.stdout.splitlines() if not line.startswith("Validate")]
        return {re.sub("APP[0-9]+ segment", "segment", line) for line in told}  # it names what stands before

    data = path.read_bytes()
    assert faults(labelled(data)) <= faults(data)


@pytest.mark.oracle("exiv2")
@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "extended-xmp"], ids=lambda path: path.stem)
def test_exiv2_reads_the_label(
    path: Path, tmp_path: Path
) -> None:  # it joins Extended XMP in file order, unlike others
    file = tmp_path / "asked.jpg"
    file.write_bytes(labelled(path.read_bytes()))
    told = subprocess.run(["exiv2", "-q", "-pX", file], capture_output=True, text=True, check=True)
    assert TEXT in told.stdout


# --- where the packet stands


def test_the_packet_stands_behind_jfif_and_exif() -> None:
    data = spliced(exif(bytes(40)), segment(0xED, b"Photoshop 3.0\0"))
    assert markers(labelled(data))[:4] == [0xE0, 0xE1, 0xE1, 0xED]


def test_fill_bytes_before_jfif_do_not_put_the_packet_before_it() -> None:
    assert markers(labelled((FIXTURES / "restarts-and-fill.jpg").read_bytes()))[:2] == [0xE0, 0xE1]


def test_without_jfif_and_exif_the_packet_comes_first() -> None:
    bare = baseline()
    assert markers(labelled(bare[:2] + bare[20:]))[0] == 0xE1


def test_a_change_of_the_label_is_one_small_patch() -> None:
    once = BytesSource(labelled(baseline()))
    patch = patch_of(once, jpeg.plan(once, OTHER))
    assert patch is not None
    assert (patch.tail, len(patch.new) < 1024) == (b"", True)


# --- payload


def test_the_segments_that_decide_about_colours_are_payload() -> None:
    data = (FIXTURES / "cmyk.jpg").read_bytes()
    kept = b"".join(data[part.offset : part.end] for part in jpeg.payload(BytesSource(data)))
    assert b"Adobe" in kept
    assert kept.endswith(b"\xff\xd9")


def test_metadata_is_no_payload() -> None:
    data = (FIXTURES / "foreign-packet.jpg").read_bytes()
    kept = b"".join(data[part.offset : part.end] for part in jpeg.payload(BytesSource(data)))
    assert b"kept" not in kept
    assert b"maker note" not in kept


def test_bytes_behind_the_picture_are_no_payload() -> None:
    source = BytesSource(baseline() + b"whatever")
    assert jpeg.payload(source)[-1].end == len(baseline())


# --- multi-picture files


def index_of(data: bytes, tmp_path: Path) -> list[tuple[int, int]]:
    """Give start and length of every picture, as exiftool works them out from the index."""
    file = tmp_path / "asked.jpg"
    file.write_bytes(data)
    command = ["exiftool", "-a", "-n", "-s3", "-MPImageStart", "-MPImageLength", file]
    numbers = [int(n) for n in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]
    return list(zip(numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :], strict=True))


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", ["multi-picture", "multi-picture-packet-behind-index"])
def test_the_index_of_a_multi_picture_file_points_at_every_picture(name: str, tmp_path: Path) -> None:
    data = (FIXTURES / f"{name}.jpg").read_bytes()
    new = labelled(data)
    second = data.index(b"\xff\xd8\xff", 2)
    (first_at, first_size), (second_at, second_size) = index_of(new, tmp_path)
    assert (first_at, first_size) == (0, new.index(b"\xff\xd8\xff", 2))
    assert new[second_at : second_at + second_size] == data[second:]


def test_a_label_in_a_further_picture_is_hidden_and_stays() -> None:
    data = (FIXTURES / "multi-picture.jpg").read_bytes()
    second = data.index(b"\xff\xd8\xff", 2)
    more = segment(0xE1, XMP + packet(f"<TC260:AIGC>{LABEL}</TC260:AIGC>"))
    header = data.index(b"MPF\0") + 4
    changed = bytearray(data[: second + 2] + more + data[second + 2 :])
    at = header + 70  # the second picture's size
    changed[at : at + 4] = (int.from_bytes(changed[at : at + 4], "little") + len(more)).to_bytes(4, "little")
    assert places(bytes(changed)) == [("jpeg.mpf.app1.xmp", Standing.HIDDEN)]
    assert [standing for _, standing in places(labelled(bytes(changed)))] == [Standing.PRIMARY, Standing.HIDDEN]


def test_further_pictures_are_payload_and_not_trailing() -> None:
    data = (FIXTURES / "multi-picture.jpg").read_bytes()
    assert NoticeKind.TRAILING not in notices(data)
    assert jpeg.payload(BytesSource(data))[-1].end == len(data)


def test_a_stale_index_makes_the_second_picture_trailing_bytes() -> None:
    data = (FIXTURES / "multi-picture.jpg").read_bytes()
    stale = data[:20] + segment(0xFE, b"a tool that knows no index") + data[20:]
    broken = stale.replace(b"MPF\0II*\0", b"MPF\0II*\1")
    assert NoticeKind.TRAILING in notices(broken)


# --- what hides behind the picture


def test_a_label_behind_the_picture_is_hidden() -> None:
    data = labelled(baseline()) + WRAPPED.encode()
    assert places(data) == [("jpeg.app1.xmp", Standing.PRIMARY), ("jpeg.trailing", Standing.HIDDEN)]
    assert NoticeKind.TRAILING in notices(data)


def test_a_second_labelled_picture_behind_the_first_is_hidden() -> None:
    data = labelled(baseline()) + labelled(baseline(), OTHER)
    assert [standing for _, standing in places(data)] == [Standing.PRIMARY, Standing.HIDDEN]
    assert NoticeKind.POLYGLOT in notices(data)


def test_an_eoi_inside_a_table_between_scans_is_not_the_end() -> None:
    data = (FIXTURES / "progressive.jpg").read_bytes()
    at = data.rindex(b"\xff\xda")
    tricky = data[:at] + segment(0xFE, b"\xff\xd9 and some words") + data[at:]
    assert NoticeKind.TRAILING not in notices(tricky)
    assert shown(tricky) == shown(data)


def test_a_picture_cut_short_is_noticed() -> None:
    assert notices(baseline()[:-40]) == [NoticeKind.DAMAGED]


class Counting(BytesSource):
    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.read = 0

    def upto(self, offset: int, length: int) -> bytes:
        got = super().upto(offset, length)
        self.read += len(got)
        return got


def test_a_large_picture_is_not_read_to_its_last_byte() -> None:
    data = baseline()
    scan = [part.end for part in segments(BytesSource(data))][-1]
    large = Counting(data[:scan] + bytes(5_000_000) + data[scan:])
    assert jpeg.read(large).readings == ()
    jpeg.plan(large, TEXT)
    jpeg.payload(large)
    assert large.read < 60_000


def test_many_markers_behind_the_scan_cost_little() -> None:
    data = baseline()[:-2] + b"\xff\xfe\0\2" * 200_000
    with pytest.raises(LimitExceeded):
        jpeg.read(BytesSource(data))


def test_too_many_segments_are_refused() -> None:
    data = spliced(*[segment(0xE5, b"")] * 300)
    with pytest.raises(LimitExceeded):
        jpeg.read(BytesSource(data, limits=Limits(items=200)))


# --- Extended XMP


def main_packet(guid: bytes) -> bytes:
    return segment(0xE1, XMP + packet("", f' xmpNote:HasExtendedXMP="{guid.decode()}"'))


def test_a_label_in_extended_xmp_is_a_reading_of_its_own() -> None:
    data = (FIXTURES / "extended-xmp.jpg").read_bytes()
    (found,) = readings(data)
    assert (found.carrier, found.standing, found.text) == ("jpeg.app1.extended-xmp", Standing.COMPATIBLE, LABEL)
    assert data[found.offset :].startswith(b"<TC260:AIGC>")


@pytest.mark.oracle("exiftool")
def test_a_plan_takes_the_label_out_of_extended_xmp_and_gives_it_its_new_name(facts: Callable[..., Facts]) -> None:
    data = (FIXTURES / "extended-xmp.jpg").read_bytes()
    new = labelled(data)
    parts = sorted(
        (
            part.data(BytesSource(new))[len(EXTENDED) :]
            for part in segments(BytesSource(new))
            if part.marker == 0xE1 and EXTENDED in part.data(BytesSource(new))
        ),
        key=lambda part: part[36:40],
    )
    whole = b"".join(part[40:] for part in parts)
    guid = hashlib.md5(whole).hexdigest().upper()
    assert {part[:32].decode() for part in parts} == {guid}
    before, after = facts(data), facts(new)
    assert after["XMP-xmpNote:HasExtendedXMP"] == guid
    assert after["XMP-dc:Description"] == before["XMP-dc:Description"]
    assert after["XMP-TC260:Aigc"] == TEXT


def test_extended_xmp_without_a_label_stays_byte_for_byte() -> None:
    guid, parts = extended("<dc:description>long</dc:description>", 50)
    data = spliced(main_packet(guid), *parts)
    assert all(part in labelled(data) for part in parts)
    assert f'HasExtendedXMP="{guid.decode()}"'.encode() in labelled(data)


def test_a_missing_part_of_extended_xmp_is_unread() -> None:
    guid, parts = extended(f"<TC260:AIGC>{LABEL}</TC260:AIGC>", 50)
    assert notices(spliced(main_packet(guid), parts[0])) == [NoticeKind.UNREAD]


def test_a_part_that_stands_twice_counts_once() -> None:
    guid, parts = extended(f"<TC260:AIGC>{LABEL}</TC260:AIGC>", 50)
    (found,) = readings(spliced(main_packet(guid), parts[1], parts[0], parts[1]))
    assert found.text == LABEL


def test_a_wrong_digest_of_extended_xmp_is_noticed_and_mended_on_writing() -> None:
    guid, parts = extended(f"<TC260:AIGC>{LABEL}</TC260:AIGC>", 50)
    wrong = b"0" * 32
    data = spliced(main_packet(guid), *parts).replace(guid, wrong)
    (found,) = readings(data)
    assert Repair.CHECKSUM in found.repairs
    assert notices(data) == [NoticeKind.DAMAGED]
    assert notices(labelled(data)) == []


def test_extended_xmp_that_no_packet_names_is_hidden() -> None:
    _, parts = extended(f"<TC260:AIGC>{LABEL}</TC260:AIGC>")
    assert places(spliced(*parts)) == [("jpeg.app1.extended-xmp", Standing.HIDDEN)]


def test_a_huge_declared_length_of_extended_xmp_allocates_nothing() -> None:
    part = segment(0xE1, EXTENDED + b"A" * 32 + b"\xff\xff\xff\xff" + bytes(4) + b"<x/>")
    assert notices(spliced(part)) == [NoticeKind.UNREAD]


# --- packets


def test_of_two_packets_the_second_is_one_too_many() -> None:
    assert [standing for _, standing in places((FIXTURES / "labelled-twice.jpg").read_bytes())] == [
        Standing.PRIMARY,
        Standing.COMPATIBLE,
    ]


def test_a_nearly_full_packet_gives_its_padding() -> None:
    old = packet(f"<dc:description>{'x' * 63_000}</dc:description>") + b" " * 1_800
    new = labelled(spliced(segment(0xE1, XMP + old)))
    assert [reading.text for reading in readings(new)] == [TEXT]


def test_a_full_packet_says_what_to_do() -> None:
    old = packet(f"<dc:description>{'x' * 64_900}</dc:description>")
    with pytest.raises(UnsupportedFormat, match="Shorten"):
        labelled(spliced(segment(0xE1, XMP + old)))


def test_a_packet_that_is_no_xml_is_unread_and_not_thrown_away() -> None:
    data = spliced(segment(0xE1, XMP + b"<x:xmpmeta"))
    assert notices(data) == [NoticeKind.UNREAD]
    with pytest.raises(AigcLabelError):
        labelled(data)


# --- what generators write (implicit.md, section 6)


def test_yuanbao_writes_user_comment_with_a_leading_space_in_its_type() -> None:
    shape = (
        '{"AIGC": {"Label":"1","ContentProducer":"001191440300708461136T1WFUO","ProduceID":"a_b",'
        '"ReservedCode1":"{\\"Type\\":\\" TC260PG\\",\\"AlgID\\":\\"sm3\\"}",'
        '"ContentPropagator":"x","PropagateID":"y","ReservedCode2":""}}'
    )
    (found,) = readings(spliced(exif(b"ASCII\0\0\0" + shape.encode())))
    assert found.text == shape
    assert understand(found.text).values["ReservedCode1"] == '{"Type":" TC260PG","AlgID":"sm3"}'


def test_picwish_writes_a_bare_segment() -> None:
    data = spliced(segment(0xE9, b"AIGC" + LABEL.encode()))
    assert places(data) == [("jpeg.app9", Standing.COMPATIBLE)]
    assert 0xE9 not in markers(labelled(data))


def test_words_beside_a_label_in_a_comment_stay() -> None:
    new = labelled((FIXTURES / "loose-labels.jpg").read_bytes())
    assert b"a comment that stays" in new
    assert b"old-0001" not in new


def test_honor_nests_objects_in_the_reserved_fields() -> None:
    shape = LABEL.replace('"ReservedCode1":""', '"ReservedCode1":{"SecurityData":{"Type":"TC260PG","PubSd":[]}}')
    (found,) = readings(spliced(segment(0xE1, XMP + packet(f"<TC260:AIGC>{shape}</TC260:AIGC>"))))
    assert Repair.NESTED in understand(found.text).repairs


def test_a_label_in_the_thumbnail_is_hidden_and_leaves_with_the_old_one() -> None:
    thumbnail = labelled(saved(picture(size=(16, 16)), quality=40), LABEL)
    data = spliced(exif(bytes(40), thumbnail=thumbnail))
    assert places(data) == [("jpeg.app1.exif.elsewhere", Standing.HIDDEN)]
    assert places(labelled(data)) == [("jpeg.app1.xmp", Standing.PRIMARY)]


def test_a_label_in_an_icc_profile_is_hidden() -> None:
    data = spliced(segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(128) + WRAPPED.encode()))
    assert places(data) == [("jpeg.app2", Standing.HIDDEN)]


def test_content_credentials_are_noticed_once() -> None:
    part = segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumb\0\0\0\x18jumdc2pa")
    assert notices(spliced(part, part)) == [NoticeKind.C2PA]


# --- exotic frames are metadata like any other


@pytest.mark.oracle("jpegtran")
def test_arithmetic_coding_makes_no_difference() -> None:
    made = subprocess.run(["jpegtran", "-arithmetic"], input=baseline(), capture_output=True, check=True).stdout
    assert [reading.text for reading in readings(labelled(made))] == [TEXT]


def test_twelve_bits_make_no_difference() -> None:
    data = baseline()
    frame = data.index(b"\xff\xc0")
    twelve = data[: frame + 1] + b"\xc1" + data[frame + 2 : frame + 4] + b"\x0c" + data[frame + 5 :]
    assert [reading.text for reading in readings(labelled(twelve))] == [TEXT]
