"""MP4, MOV, 3GP, M4A: every reader finds the label and all that was there; hostile boxes meet our errors."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from media import ffprobe_texts, run
from mutagen.mp4 import MP4

import aigc_label
from aigc_label.adapters import mp4
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Repair, Standing
from aigc_label.grammars import bmff, movie
from aigc_label.label import Label
from aigc_label.order import Order
from aigc_label.output import opened
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, PlanSource, in_memory
from fixtures.build._movie import LABEL as ANOTHERS
from fixtures.build._movie import box, boxes, encoded, handler, joined, keyed, number, text, with_movie

ROOT = Path(__file__).parents[2] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="movie-1")
TEXT = LABEL.to_json()
FILES = [
    pytest.param(path, id=path.name)
    for name in ("mp4", "mov", "3gp", "m4a")
    for path in sorted((ROOT / name).glob("*"))
]
UNLABELLED = [param for param in FILES if "labelled" not in param.values[0].name]


def fixture(name: str) -> BytesSource:
    return BytesSource((ROOT / name).read_bytes())


def labelled(source: Source) -> BytesSource:
    return BytesSource(in_memory(source, mp4.plan(source, TEXT)))


def places(source: Source) -> dict[bytes, int]:
    """Give where the first box of each kind begins."""
    return {box.kind: box.offset for box in reversed(bmff.top(source)[0])}


@pytest.mark.oracle("ffprobe")
@pytest.mark.parametrize("path", UNLABELLED)
def test_ffprobe_finds_every_text_that_was_there(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    aigc_label.carry_out(path, target, Order(label=LABEL))
    before, after = ffprobe_texts(path), ffprobe_texts(target)
    assert after.pop("aigc") == TEXT
    assert after == before


@pytest.mark.oracle("ffprobe")
@pytest.mark.parametrize("path", FILES)
def test_ffprobe_finds_the_same_chapters(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    aigc_label.carry_out(path, target, Order(label=LABEL, replace="test"))
    assert _chapters(path) == _chapters(target)


def _chapters(path: Path) -> bytes:
    return run("ffprobe", "-v", "error", "-show_chapters", "-of", "json", path)


@pytest.mark.parametrize("name", ["mp4/itunes.mp4", "m4a/audiobook.m4a"])
def test_itunes_metadata_and_covers_stay_visible_to_mutagen(name: str, tmp_path: Path) -> None:
    aigc_label.embed(ROOT / name, tmp_path / "a.mp4", label=LABEL)
    before, after = MP4(ROOT / name), MP4(tmp_path / "a.mp4")
    assert before.tags
    assert after.tags == before.tags
    assert after.info.length == before.info.length


@pytest.mark.oracle("AtomicParsley")
def test_itunes_metadata_stay_visible_to_atomicparsley(tmp_path: Path) -> None:
    aigc_label.embed(ROOT / "mp4/itunes.mp4", tmp_path / "a.mp4", label=LABEL)
    said = run("AtomicParsley", tmp_path / "a.mp4", "-t").decode()
    assert "someone" in said
    assert "covr" in said


@pytest.mark.oracle("mediainfo")
@pytest.mark.parametrize("name", ["mp4/itunes.mp4", "mov/phone.mov", "mov/plain-meta.mov", "m4a/audiobook.m4a"])
def test_mediainfo_reads_the_label(name: str, tmp_path: Path) -> None:
    target = tmp_path / Path(name).name
    aigc_label.embed(ROOT / name, target, label=LABEL)
    assert TEXT in run("mediainfo", target).decode()


@pytest.mark.parametrize("path", FILES)
def test_what_stood_before_the_media_stands_before_them_still(path: Path) -> None:
    source = BytesSource(path.read_bytes())
    before = [box.kind for box in bmff.top(source)[0] if box.kind not in bmff.FREE]
    after = [box.kind for box in bmff.top(labelled(source))[0] if box.kind not in bmff.FREE]
    assert after == before


@pytest.mark.parametrize("name", ["reserved.mp4", "narrow-free.mp4"])
def test_a_free_box_behind_the_movie_box_is_used_first(name: str) -> None:
    source = fixture(f"mp4/{name}")
    after = labelled(source)
    assert after.size == source.size
    assert places(after)[b"mdat"] == places(source)[b"mdat"]


def test_media_at_the_front_do_not_move() -> None:
    pieces = mp4.plan(fixture("mp4/tail.mp4"), TEXT)
    assert pieces[0] == Keep(0, places(fixture("mp4/tail.mp4"))[b"moov"])


def test_media_of_large_files_move_by_whole_pages() -> None:
    data = (ROOT / "mp4/fast-start.mp4").read_bytes() + box(b"free", bytes(5 << 20)) + box(b"uuid", bytes(16))
    source = BytesSource(data)
    after = PlanSource(source, mp4.plan(source, TEXT))
    moved = places(after)[b"mdat"] - places(source)[b"mdat"]
    assert moved > 0
    assert moved % 4096 == 0


def test_labels_in_every_other_place_are_read_as_compatible() -> None:
    readings = mp4.read(fixture("mp4/labelled-elsewhere.mp4")).readings
    assert sorted(reading.carrier for reading in readings) == [
        "mp4.moov.meta.keys",
        "mp4.moov.udta.aigc",
        "mp4.moov.udta.meta.ilst",
        "mp4.moov.udta.meta.ilst.cmt",
        "mp4.uuid.xmp",
    ]
    assert {reading.standing for reading in readings} == {Standing.COMPATIBLE}


def test_labels_where_no_reader_looks_are_hidden() -> None:
    readings = mp4.read(fixture("mp4/labelled-twice.mp4")).readings
    assert [(reading.carrier, reading.standing, reading.repairs) for reading in readings] == [
        ("mp4.moov.udta.meta.keys", Standing.PRIMARY, (Repair.NAME_CASE,)),
        ("mp4.free", Standing.HIDDEN, ()),
        ("mp4.second-moov.udta.meta.keys", Standing.HIDDEN, ()),
    ]


@pytest.mark.parametrize(
    ("more", "carrier"),
    [
        (box(b"udta", keyed((b"AIGC", ANOTHERS))), "mp4.udta.meta.keys"),
        (box(b"skip", ANOTHERS), "mp4.free"),
        (b"....trailing " + ANOTHERS, "mp4.trailing"),
    ],
)
def test_a_label_outside_the_movie_is_hidden(more: bytes, carrier: str) -> None:
    (reading,) = mp4.read(BytesSource(fixture("mp4/tail.mp4").data + more)).readings
    assert (reading.carrier, reading.standing) == (carrier, Standing.HIDDEN)


def test_a_key_that_a_scrubber_renamed_hides_its_label() -> None:
    user = keyed((b"free", ANOTHERS))
    (reading,) = mp4.read(BytesSource(with_movie(encoded(".mp4"), {b"udta": user}))).readings
    assert reading.standing is Standing.HIDDEN


def test_a_keyless_item_as_a_phone_writes_it_is_read() -> None:
    item = box(b"\xa9nam", text(b"title")) + box(b"\0\0\0\1", text(ANOTHERS))
    user = box(b"meta", bytes(4), handler(b"mdir"), box(b"ilst", item))
    source = BytesSource(with_movie(encoded(".mp4"), {b"udta": user}))
    (reading,) = mp4.read(source).readings
    assert reading.standing is Standing.COMPATIBLE
    assert [one.text for one in mp4.read(labelled(source)).readings] == [TEXT]
    assert b"title" in labelled(source).data


def test_words_beside_a_label_stay() -> None:
    user = box(
        b"meta", bytes(4), handler(b"mdir"), box(b"ilst", box(b"\xa9cmt", text(b"before " + ANOTHERS + b" after")))
    )
    after = labelled(BytesSource(with_movie(encoded(".mp4"), {b"udta": user})))
    assert b"before " + b" " * len(ANOTHERS) + b" after" in after.data


def test_content_credentials_are_noticed() -> None:
    credentials = box(b"uuid", bmff.C2PA_UUID, bytes(30))
    survey = mp4.read(BytesSource(fixture("mp4/tail.mp4").data + credentials))
    assert [notice.kind for notice in survey.notices] == [NoticeKind.C2PA]


def test_a_media_segment_is_refused_with_what_to_label_instead() -> None:
    parts = boxes(fixture("mp4/fragmented.mp4").data)
    segment = BytesSource(box(b"styp", b"msdh", bytes(4), b"msdhmsix") + joined(parts[2:4]))
    assert sniff(segment).name == "mp4"
    for job in (mp4.read, mp4.payload, lambda source: mp4.plan(source, TEXT)):
        with pytest.raises(UnsupportedFormat) as caught:
            job(segment)
        assert "init" in caught.value.remedy.en


def test_the_segments_of_a_stream_play_behind_its_labelled_initialisation() -> None:
    whole = boxes(fixture("mp4/fragmented.mp4").data)
    segments = joined([part for part in whole if part[0] not in (b"ftyp", b"moov")])
    init = labelled(fixture("mp4/init.mp4"))
    stream = BytesSource(init.data + segments)
    assert [reading.text for reading in mp4.read(stream).readings] == [TEXT]
    assert len(mp4.payload(stream)) > len(mp4.payload(init)) > 0


@pytest.mark.oracle("ffmpeg", "ffprobe")
def test_a_stream_of_segments_plays_and_shows_its_label(tmp_path: Path) -> None:
    """HLS with fragmented MP4: the initialisation segment is labelled, playlist and media segments stay as they are."""
    made = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-c:v", "libx264", "-g", "5")
    target = tmp_path / "stream.m3u8"
    run(
        "ffmpeg", "-nostdin", "-v", "error", *made, "-f", "hls", "-hls_time", "0.5", "-hls_segment_type", "fmp4", target
    )
    before = _decoded(target)
    assert aigc_label.embed(tmp_path / "init.mp4", label=LABEL).label == LABEL
    assert _decoded(target) == before
    assert ffprobe_texts(target)["aigc"] == TEXT


def _decoded(playlist: Path) -> bytes:
    return run("ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", playlist, "-f", "framemd5", "-")


def test_a_compressed_movie_box_is_refused_by_name() -> None:
    source = BytesSource(box(b"ftyp", b"qt  ", bytes(4)) + box(b"moov", box(b"cmov", bytes(20))) + box(b"mdat", b"x"))
    assert [notice.kind for notice in mp4.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(UnsupportedFormat, match="compressed"):
        mp4.plan(source, TEXT)


def test_a_movie_whose_media_lie_elsewhere_does_not_move() -> None:
    with pytest.raises(UnsupportedFormat, match="other files"):
        mp4.plan(BytesSource(_referring(fixture("mp4/fast-start.mp4").data)), TEXT)


def _referring(data: bytes) -> bytes:
    """Give the movie with data references to another file."""
    name = b"other.mov\0\0\0"
    own, other = box(b"url ", number(1)), box(b"url ", number(0), name)
    out, at = data, 0
    while (at := out.find(own, at)) >= 0:
        out = out[:at] + other + out[at + len(own) :]
        for kind in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
            place = out.rindex(kind, 0, at) - 4
            out = out[:place] + number(int.from_bytes(out[place : place + 4], "big") + len(name)) + out[place + 4 :]
        at += len(other)
    return out


HEAD = box(b"ftyp", b"isom", bytes(4), b"isom")


@pytest.mark.parametrize("size", [0, 2, 7, 1 << 31, (1 << 32) - 1])
@pytest.mark.parametrize("kind", [b"moov", b"udta", b"keys", b"ilst", b"stco", b"mdat"])
def test_sizes_that_lie_meet_our_errors_or_are_bounded(kind: bytes, size: int) -> None:
    data = bytearray(labelled(fixture("mp4/fast-start.mp4")).data)
    at = data.index(kind) - 4
    data[at : at + 4] = number(size)
    _survives(bytes(data))


@pytest.mark.parametrize("size", [0, 15, 1 << 31, 1 << 62, (1 << 64) - 1])
def test_wide_sizes_that_lie_meet_our_errors(size: int) -> None:
    data = HEAD + number(1) + b"moov" + number(size, 8) + box(b"mvhd", bytes(100))
    with pytest.raises(MalformedFile):
        mp4.read(BytesSource(data))


@pytest.mark.parametrize("kind", [b"stco", b"co64"])
def test_a_chunk_table_of_four_billion_entries_is_refused(kind: bytes) -> None:
    table = box(kind, bytes(4), number((1 << 32) - 1), bytes(8))
    tracks = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))
    with pytest.raises(MalformedFile, match="cut short"):
        mp4.plan(BytesSource(HEAD + box(b"moov", tracks) + box(b"mdat", b"data")), TEXT)


def test_a_movie_box_of_a_gibibyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.mp4"
    path.write_bytes(HEAD + number(1 << 30) + b"moov")
    with path.open("r+b") as file:
        file.truncate(len(HEAD) + (1 << 30))
    with opened(path) as source:
        for job in (mp4.read, mp4.payload, lambda source: mp4.plan(source, TEXT)):
            with pytest.raises(LimitExceeded) as caught:
                job(source)
            assert caught.value.limit == "block"


def test_nesting_is_bounded() -> None:
    inner = b""
    for _ in range(2_000):
        inner = box(b"trak", inner)
    _refused(HEAD + box(b"moov", inner) + box(b"mdat", b"data"), "deep|many")


def test_a_box_full_of_boxes_is_bounded() -> None:
    _refused(HEAD + box(b"moov", box(b"udta", box(b"free") * 30_000)) + box(b"mdat", b"data"), "many")


def test_more_keys_than_bytes_are_refused() -> None:
    meta = box(b"meta", bytes(4), handler(b"mdta"), box(b"keys", bytes(4), number(1 << 31)), box(b"ilst"))
    _refused(HEAD + box(b"moov", box(b"udta", meta)) + box(b"mdat", b"data"), "keys")


def test_an_item_without_a_size_is_refused() -> None:
    user = keyed((b"mood", b"calm")).replace(b"\0\0\0\x1c\0\0\0\1", bytes(4) + b"\0\0\0\1")
    assert user != keyed((b"mood", b"calm"))
    _refused(with_movie(encoded(".mp4"), {b"udta": user}), "no size")


def test_media_inside_the_movie_box_do_not_move() -> None:
    table = box(b"stco", bytes(4), number(1), number(60))
    tracks = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))
    _refused(HEAD + box(b"moov", tracks) + box(b"mdat", b"data"), "inside")


def _refused(data: bytes, words: str) -> None:
    with pytest.raises(AigcLabelError, match=words):
        mp4.plan(BytesSource(data), TEXT)
    _survives(data)


def _survives(data: bytes) -> None:
    for job in (mp4.read, mp4.payload, lambda source: mp4.plan(source, TEXT)):
        try:
            job(BytesSource(data))
        except AigcLabelError:
            continue


def sparse(path: Path, size: int) -> Path:
    """Write a movie of `size` bytes, the movie box before the media, most of it a hole."""
    parts = boxes(fixture("mp4/fast-start.mp4").data)
    front = joined([part for part in parts if part[0] in (b"ftyp", b"moov", b"free")])
    media = next(content for kind, content in parts if kind == b"mdat")
    path.write_bytes(front + number(1) + b"mdat" + number(size - len(front), 8) + media[8:])
    with path.open("r+b") as file:
        file.truncate(size)
    return path


def test_four_gibibytes_cost_no_more_memory_than_their_metadata(tmp_path: Path) -> None:
    with opened(sparse(tmp_path / "large.mp4", 1 << 32)) as source:
        tracemalloc.start()
        mp4.read(source)
        after = PlanSource(source, mp4.plan(source, TEXT))
        assert [reading.text for reading in mp4.read(after).readings] == [TEXT]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 << 20


def test_offsets_that_outgrow_32_bits_become_wide(tmp_path: Path) -> None:
    """The first chunk stands just below 4 GiB; with the label before it, it stands above."""
    data = fixture("mp4/fast-start.mp4").data
    parts = boxes(data)
    head = joined([part for part in parts if part[0] in (b"ftyp", b"moov")])
    media = next(content for kind, content in parts if kind == b"mdat")
    start = data.index(media)
    gap = (1 << 32) - 2500 - len(media) - len(head)
    path = tmp_path / "far.mp4"
    far = BytesSource(head)
    tables = [inner for _, inner in movie.nested(far, bmff.top(far)[0][1]) if inner.kind == b"stco"]
    new = bytearray(head)
    for table in tables:
        for at in range(table.body + 8, table.end, 4):
            new[at : at + 4] = number(int.from_bytes(new[at : at + 4], "big") - start + len(head) + gap + 8)
    path.write_bytes(bytes(new) + number(1) + b"uuid" + number(gap, 8) + bytes(16))
    with path.open("r+b") as file:
        file.seek(len(head) + gap)
        file.write(box(b"mdat", media))
    with opened(path) as source:
        before = _chunks(source)
        after = PlanSource(source, mp4.plan(source, TEXT))
        assert any(inner.kind == b"co64" for _, inner in movie.nested(after, movie.layout_of(after).movie))
        assert _chunks(after) == before
        assert [reading.text for reading in mp4.read(after).readings] == [TEXT]


def _chunks(source: Source) -> list[bytes]:
    """Give the first bytes of every chunk of every track."""
    found = []
    for _, table in movie.nested(source, movie.layout_of(source).movie):
        width = {b"stco": 4, b"co64": 8}.get(table.kind, 0)
        for at in range(table.body + 8, table.end if width else 0, width or 1):
            found.append(source.at(int.from_bytes(source.at(at, width), "big"), 8))
    return found
