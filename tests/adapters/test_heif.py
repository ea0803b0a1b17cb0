"""HEIF and AVIF: the label is an item that describes the primary picture, and every other item stays what it was."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageSequence

from aigc_label.adapters import heif
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Reading, Repair, Standing
from aigc_label.grammars import bmff
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource, Source
from aigc_label.splice import PlanSource, in_memory, new_bytes_of
from fixtures.build._heif import EXIF, Part, assembled, box, full, inside

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEIC = sorted((FIXTURES / "heic").glob("*"))
AVIF = sorted((FIXTURES / "avif").glob("*"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="heif-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="heif-2").to_json()
PLAIN = (FIXTURES / "heic/plain.heic").read_bytes()
SEQUENCE = (FIXTURES / "avif/sequence.avif").read_bytes()
XMP = "application/rdf+xml"

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, heif.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return heif.read(BytesSource(data)).readings


def notices(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in heif.read(BytesSource(data)).notices]


def packet(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<TC260:AIGC>{text}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def holding(*parts: Part, refs: list[tuple[bytes, int, list[int]]] | None = None) -> bytes:
    """Give the plain picture with more items, each of which describes it unless `refs` say otherwise."""
    picture = Part(1, b"hvc1", inside(PLAIN, b"mdat")[8:])
    described = [(b"cdsc", part.number, [1]) for part in parts] if refs is None else refs
    return assembled(inside(PLAIN, b"ftyp"), inside(PLAIN, b"meta", b"iprp"), [picture, *parts], described)


def xmp(number: int, text: str, **options: str) -> Part:
    return Part(number, b"mime", packet(text), XMP, **options)


def exif(text: str) -> Part:
    value = b"ASCII\0\0\0" + text.encode()
    block = b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHII", 0x8769, 4, 1, 26) + bytes(4)
    block += b"\0\1" + struct.pack(">HHII", 0x9286, 7, len(value), 44) + bytes(4) + value
    return Part(2, b"Exif", b"\0\0\0\6Exif\0\0" + block)


def decoded(data: bytes) -> list[tuple[object, ...]]:
    """Give what libheif decodes of every picture of a HEIC file, thumbnails and EXIF included."""
    found = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    return [
        (picture.size, picture.mode, bytes(picture.data), picture.info.get("thumbnails"), picture.info.get("exif"))
        for picture in found
    ]


def frames(data: bytes) -> list[tuple[object, ...]]:
    """Give what Pillow (libavif) decodes of every frame."""
    with Image.open(io.BytesIO(data)) as picture:
        return [
            (f.size, f.tobytes(), f.info.get("duration"), f.info.get("exif")) for f in ImageSequence.Iterator(picture)
        ]


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", [*HEIC, *AVIF], ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    for found in (before, after):
        for key in [key for key in found if "MediaData" in key]:
            del found[key]  # the size and place of mdat boxes, one of which is ours
    assert after == before


@pytest.mark.oracle
@pytest.mark.parametrize("path", HEIC, ids=lambda path: path.name)
def test_libheif_decodes_the_same_pictures(path: Path) -> None:
    assert decoded(labelled(path.read_bytes())) == decoded(path.read_bytes())


@pytest.mark.oracle
@pytest.mark.parametrize("path", HEIC, ids=lambda path: path.name)
def test_libheif_gives_the_packet_to_its_users(path: Path) -> None:
    found = pillow_heif.open_heif(io.BytesIO(labelled(path.read_bytes())))
    assert TEXT in found[found.primary_index].info["xmp"].decode()


@pytest.mark.oracle
@pytest.mark.parametrize("path", AVIF, ids=lambda path: path.name)
def test_libavif_decodes_the_same_frames(path: Path) -> None:
    assert frames(labelled(path.read_bytes())) == frames(path.read_bytes())


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["still.avif", "alpha.avif", "metadata.avif", "sequence-metadata.avif"])
def test_libavif_gives_the_packet_to_its_users(name: str) -> None:
    with Image.open(io.BytesIO(labelled((FIXTURES / "avif" / name).read_bytes()))) as picture:
        assert TEXT in picture.info["xmp"].decode()


@pytest.mark.oracle("heif-convert", "heif-info", "avifdec")
@pytest.mark.parametrize("path", [*HEIC, *AVIF], ids=lambda path: path.name)
def test_the_programs_of_libheif_and_libavif_read_the_same_picture(path: Path, tmp_path: Path) -> None:
    shown = []
    for index, data in enumerate((path.read_bytes(), labelled(path.read_bytes()))):
        start, end = tmp_path / f"{index}{path.suffix}", tmp_path / f"{index}.png"
        start.write_bytes(data)
        command = ["avifdec", start, end] if path.suffix == ".avif" else ["heif-convert", start, end]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        made = sorted(tmp_path.glob(f"{index}*.png"))
        shown.append([Image.open(one).tobytes() for one in made])
    assert shown[0] == shown[1] != []


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("name", ["sequence.avif", "sequence-metadata.avif", "track-only.avif"])
def test_ffmpeg_finds_the_same_samples_in_the_track(name: str, tmp_path: Path) -> None:
    sums = []
    for index, data in enumerate(
        ((FIXTURES / "avif" / name).read_bytes(), labelled((FIXTURES / "avif" / name).read_bytes()))
    ):
        path = tmp_path / f"{index}.avif"
        path.write_bytes(data)
        command = ["ffmpeg", "-v", "error", "-f", "mov", "-i", path, "-map", "0:v", "-c", "copy", "-f", "framemd5", "-"]
        sums.append(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    assert sums[0] == sums[1]
    assert sums[0].count(b"\n0,") >= 2


def test_a_free_box_behind_meta_takes_the_label_in() -> None:
    data = (FIXTURES / "heic/room.heic").read_bytes()
    after = labelled(data)
    assert len(after) == len(data)
    assert after[-len(inside(data, b"mdat")) :] == inside(data, b"mdat")


def test_a_packet_that_fits_is_overwritten_where_it_stands() -> None:
    once = labelled(PLAIN)
    source = BytesSource(once)
    plan = heif.plan(source, OTHER)
    assert len(in_memory(source, plan)) == len(once)
    assert new_bytes_of(plan) < 4096


def test_a_packet_that_does_not_fit_moves_and_leaves_nothing_behind() -> None:
    data = (FIXTURES / "heic/metadata.heic").read_bytes()
    after = labelled(data)
    assert after.count(b"dc:format") == data.count(b"dc:format") == 1
    assert bmff.top(BytesSource(after))[1] == len(after)


def test_the_standing_is_the_formats_own() -> None:
    assert [r.standing for r in readings(labelled(PLAIN))] == [Standing.PRIMARY]
    assert [r.standing for r in readings(labelled((FIXTURES / "avif/still.avif").read_bytes()))] == [Standing.CHOSEN]


def test_a_packet_that_describes_nothing_is_only_compatible() -> None:
    assert [r.standing for r in readings(holding(xmp(2, OTHER), refs=[]))] == [Standing.COMPATIBLE]


def test_labels_in_several_items_are_all_read_and_one_is_left() -> None:
    data = holding(xmp(2, OTHER), xmp(3, OTHER, place="split"), xmp(4, OTHER, place="idat"))
    assert [r.text for r in readings(data)] == [OTHER] * 3
    assert [r.text for r in readings(labelled(data))] == [TEXT]


def test_a_label_in_exif_is_an_alternative_and_is_blanked() -> None:
    data = holding(exif(f'{{"AIGC":{OTHER}}}'))
    (reading,) = readings(data)
    assert (reading.standing, reading.carrier) == (Standing.ALTERNATIVE, "heif.item.exif.usercomment")
    assert data[reading.offset :].startswith(b'{"AIGC"') or data[reading.offset + 8 :].startswith(b'{"AIGC"')
    assert [r.text for r in readings(labelled(data))] == [TEXT]


def test_a_compressed_packet_is_read_and_becomes_plain() -> None:
    part = replace(xmp(2, OTHER), data=zlib.compress(packet(OTHER)), encoding="deflate")
    data = holding(part)
    (reading,) = readings(data)
    assert reading.text == OTHER
    assert Repair.COMPRESSED in reading.repairs
    (after,) = readings(labelled(data))
    assert (after.text, after.repairs) == (TEXT, ())


def test_a_packet_in_an_unknown_encoding_is_never_taken_for_none() -> None:
    data = holding(replace(xmp(2, OTHER), encoding="br"))
    assert NoticeKind.UNREAD in notices(data)
    with pytest.raises(UnsupportedFormat):
        labelled(data)


def test_a_compressed_bomb_meets_the_limit() -> None:
    data = holding(replace(xmp(2, OTHER), data=zlib.compress(bytes(20_000_000)), encoding="deflate"))
    assert NoticeKind.UNREAD in notices(data)
    with pytest.raises(LimitExceeded):
        labelled(data)


def test_the_track_of_a_sequence_follows_the_packet_it_shares() -> None:
    data = (FIXTURES / "avif/sequence-metadata.avif").read_bytes()
    after = labelled(data)
    layout = heif.heif.layout_of(BytesSource(after))
    spans = {
        heif.heif.spans_of(BytesSource(after), meta, item.number)
        for meta in layout.metas
        for item in meta.items
        if item.content_type == XMP
    }
    assert len(layout.metas) == 2
    assert len(spans) == 1


def test_a_label_of_the_track_alone_is_read_and_blanked() -> None:
    whole = labelled((FIXTURES / "avif/sequence-metadata.avif").read_bytes())
    data = whole.replace(inside(whole, b"meta")[4:8], b"free", 1)
    assert [(r.carrier, r.standing) for r in readings(data)] == [("heif.item.xmp", Standing.COMPATIBLE)]
    assert [(r.carrier, r.standing) for r in readings(labelled(data))] == [("heif.uuid.xmp", Standing.CHOSEN)]


def test_without_a_primary_picture_the_label_stands_in_a_uuid_box() -> None:
    data = (FIXTURES / "avif/track-only.avif").read_bytes()
    after = labelled(data)
    assert after.startswith(data)
    assert [(r.carrier, r.standing) for r in readings(after)] == [("heif.uuid.xmp", Standing.CHOSEN)]


def test_content_credentials_are_noticed() -> None:
    assert NoticeKind.C2PA in notices(PLAIN + box(b"uuid", bmff.C2PA_UUID + bytes(20)))


def test_labels_in_free_space_and_behind_the_end_are_hidden() -> None:
    text = f'{{"AIGC":{OTHER}}}'.encode()
    for data in (PLAIN + box(b"free", text), PLAIN + b"\xff\xd8\xff\xe0" + text):
        assert [r.standing for r in readings(data)] == [Standing.HIDDEN]


def test_a_fragmented_sequence_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        labelled(SEQUENCE + box(b"moof", b""))
    assert caught.value.remedy.en


class Sparse(Source):
    """A file with a hole in it: `head`, zeros, `tail`."""

    def __init__(self, head: bytes, tail: bytes, size: int) -> None:
        self.head, self.tail, self.size = head, tail, size
        self.name, self.limits = "sparse", DEFAULT_LIMITS

    def upto(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        start = self.size - len(self.tail)
        known = {at: self.head[at] for at in range(offset, min(offset + length, len(self.head)))}
        known |= {at: self.tail[at - start] for at in range(max(offset, start), offset + length)}
        return bytes(known.get(at, 0) for at in range(offset, offset + length))


def test_offsets_that_outgrow_32_bits_get_64() -> None:
    """The picture ends just below 4 GiB; the label pushes it over."""
    media = inside(PLAIN, b"mdat")[8:]
    base = len(inside(PLAIN, b"ftyp")) + len(inside(PLAIN, b"meta"))
    size = (1 << 32) - 1
    head = inside(PLAIN, b"ftyp") + inside(PLAIN, b"meta").replace(
        struct.pack(">I", base + 8), struct.pack(">I", size - len(media))
    )
    source = Sparse(head + struct.pack(">I4s", size - base, b"mdat"), media, size)
    target = PlanSource(source, heif.plan(source, TEXT))
    assert target.size > 1 << 32
    (kept,) = heif.payload(target)
    assert target.at(kept.offset, kept.length) == media
    assert [r.text for r in heif.read(target).readings] == [TEXT]


def survives(data: bytes) -> AigcLabelError | None:
    for job in (heif.read, heif.payload, lambda source: heif.plan(source, TEXT)):
        try:
            job(BytesSource(data))
        except AigcLabelError as problem:
            return problem
    return None


def with_iloc(body: bytes, *more: bytes) -> bytes:
    meta = full(
        b"meta",
        0,
        full(b"hdlr", 0, bytes(4), b"pict", bytes(13)),
        full(b"pitm", 0, b"\0\1"),
        full(b"iloc", 2, body),
        *more,
    )
    return inside(PLAIN, b"ftyp") + meta


def test_four_billion_locations_meet_a_limit() -> None:
    assert isinstance(survives(with_iloc(b"\x44\x40" + b"\xff" * 4)), LimitExceeded)


def test_four_billion_extents_meet_a_limit() -> None:
    entry = struct.pack(">IHHIH", 1, 0, 0, 0, 65535)
    assert isinstance(survives(with_iloc(b"\x44\x40\0\0\0\1" + entry)), LimitExceeded)


def test_a_flood_of_items_that_share_their_bytes_meets_a_limit() -> None:
    parts = [xmp(2, OTHER), *(replace(xmp(number, OTHER), data=b"") for number in range(3, 1100))]
    assert isinstance(survives(holding(*parts)), LimitExceeded)


def test_a_list_of_items_that_miscounts_is_malformed() -> None:
    """Readers that count would never reach an item added behind."""
    data = holding(xmp(2, OTHER))
    at = data.index(b"iinf") + 8
    assert isinstance(survives(data[:at] + b"\0\1" + data[at + 2 :]), MalformedFile)


def test_items_that_are_made_of_each_other_are_malformed() -> None:
    entries = b"".join(struct.pack(">IHHHIII", n, 2, 0, 1, 1, 0, 10) for n in (1, 2))
    infes = b"".join(full(b"infe", 2, struct.pack(">HH", n, 0) + b"mime\0" + XMP.encode() + b"\0") for n in (1, 2))
    refs = b"".join(box(b"iloc", struct.pack(">HHH", origin, 1, to)) for origin, to in ((1, 2), (2, 1)))
    data = with_iloc(b"\x44\x04\0\0\0\2" + entries, full(b"iinf", 0, b"\0\2", infes), full(b"iref", 0, refs))
    assert notices(data) == [NoticeKind.UNREAD] * 2
    assert isinstance(survives(data), MalformedFile)


def test_an_item_outside_the_file_is_malformed() -> None:
    assert isinstance(survives(PLAIN.replace(struct.pack(">I", 809), struct.pack(">I", 1 << 31))), MalformedFile)


def test_a_packet_inside_a_picture_is_malformed() -> None:
    """To write an XMP item whose bytes are the picture's would be to change the picture."""
    data = holding(xmp(2, OTHER))
    at, length = data.index(packet(OTHER)), len(packet(OTHER))
    shared = data.replace(struct.pack(">II", at - 809, 809), struct.pack(">II", at - 809, 809 + length))
    assert shared != data
    assert isinstance(survives(shared), MalformedFile)


def test_metadata_that_overlap_each_other_are_malformed() -> None:
    data = holding(xmp(2, OTHER), xmp(3, OTHER))
    first, length = data.index(packet(OTHER)), len(packet(OTHER))
    shifted = data.replace(struct.pack(">II", first + length, length), struct.pack(">II", first + 1, length))
    assert shifted != data
    assert isinstance(survives(shifted), AigcLabelError)


def test_other_metadata_stay_where_they_are_in_the_exif() -> None:
    assert EXIF in labelled((FIXTURES / "heic/metadata.heic").read_bytes())
