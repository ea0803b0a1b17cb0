"""A marked film shows the mark from its first picture on, and everything that the mark does not touch is what it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

import pytest
from films import AAC, OPUS, X264, Asked, made, remade

from aigc_label.detectors.video import watch
from aigc_label.errors import AigcLabelError, InvalidMark, UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.grammars.footage import container_of
from aigc_label.markers import Rendering
from aigc_label.markers.video import render
from aigc_label.marking import MIN_CONTRAST, MIN_HEIGHT_SHARE, Mark, Position
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

pytestmark = pytest.mark.oracle("ffmpeg", "ffprobe")
GOP = ("-g", "25")
X265 = ("-c:v", "libx265", "-preset", "veryfast")
HDR10 = (
    "keyint=25:log-level=none:open-gop=0:repeat-headers=1:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:"
    "max-cll=1000,400:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)
VPX = ("-b:v", "300k", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p")
PQ = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")


def turned() -> bytes:
    return remade(made(*X264, *GOP, *AAC), ".mp4", "-metadata:s:v", "rotate=90")


def trimmed() -> bytes:
    return remade(made(*X264, *GOP, *AAC, seconds=5), ".mp4", seek="0.5")


def furnished() -> bytes:
    """Give a film with two sound tracks, subtitles, chapters and texts."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from films import ffmpeg

    with TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "film.mp4").write_bytes(made(*X264, *GOP, *AAC))
        (base / "texts.srt").write_text(
            "1\n00:00:00,500 --> 00:00:02,000\n你好\n\n2\n00:00:02,500 --> 00:00:03,500\nhello\n"
        )
        (base / "chapters.txt").write_text(
            ";FFMETADATA1\ntitle=A film\nartist=Somebody\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=one\n"
            "[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=4000\ntitle=two\n"
        )
        inputs = [part for name in ("film.mp4", "texts.srt", "chapters.txt") for part in ("-i", str(base / name))]
        maps = ("-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1", "-map_metadata", "2", "-map_chapters", "2")
        ffmpeg(*inputs, *maps, "-c", "copy", "-c:s", "mov_text", "-bitexact", base / "out.mp4")
        return (base / "out.mp4").read_bytes()


def covered() -> bytes:
    """Give a Matroska film with an attached picture and a font."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from films import ffmpeg

    with TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "film.mkv").write_bytes(made(*X264, *GOP, *AAC, suffix=".mkv"))
        ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", base / "cover.jpg")
        attached = ("-attach", base / "cover.jpg", "-metadata:s:t", "mimetype=image/jpeg")
        ffmpeg("-i", base / "film.mkv", "-c", "copy", "-bitexact", *attached, base / "out.mkv")
        return (base / "out.mkv").read_bytes()


@dataclass(frozen=True, slots=True)
class Film:
    """A film, how many of its pictures are encoded again, how many it has."""

    name: str
    make: Callable[[], bytes]
    again: int = 75
    all: int = 100
    suffix: str = ".mp4"


def film(name: str, *options: str, again: int = 75, all: int = 100, **more: object) -> Film:  # noqa: A002
    suffix = str(more.get("suffix", ".mp4"))
    return Film(name, partial(made, *options, **more), again, all, suffix)  # type: ignore[arg-type]


FILMS = (
    film("H.264 with B-frames, moov last", *X264, *GOP, "-bf", "3", *AAC),
    film("moov first", *X264, *GOP, *AAC, "-movflags", "+faststart"),
    film("one group of pictures", *X264, "-g", "500", *AAC, again=100),
    film("QuickTime", *X264, *GOP, *AAC, suffix=".mov"),
    film("Matroska", *X264, *GOP, *AAC, suffix=".mkv"),
    film("shorter than two seconds", *X264, *AAC, seconds=1, again=25, all=25),
    Film("turned by 90 degrees", turned),
    film("pixels wider than high", *X264, *GOP, "-vf", "setsar=4/3", *AAC),
    film("pixels higher than wide", *X264, *GOP, "-vf", "setsar=2/3", *AAC, suffix=".mkv"),
    film(
        "varying rate",
        *X264,
        *GOP,
        "-vf",
        "select='not(mod(n,3))+lt(mod(n,7),2)'",
        "-fps_mode",
        "vfr",
        *AAC,
        again=50,
        all=54,
    ),
    Film("cut by an edit list", trimmed, again=75, all=125),
    film("10 bits, PQ", *X264[:4], "-pix_fmt", "yuv420p10le", *PQ, *GOP, *AAC),
    film("4:4:4", *X264[:4], "-pix_fmt", "yuv444p", *GOP, *AAC),
    film("interlaced", *X264, *GOP, "-flags", "+ildct+ilme", "-vf", "setfield=tff", *AAC),
    film("baseline", *X264, *GOP, "-profile:v", "baseline", *AAC),
    film("open groups of H.264", *X264, "-x264-params", "open-gop=1:keyint=25:bframes=3", *AAC, again=100),
    Film("two sounds, subtitles, chapters", furnished),
    Film("cover", covered, suffix=".mkv"),
    film("fragments", *X264, *GOP, *AAC, "-movflags", "+frag_keyframe+empty_moov+default_base_moof"),
    film(
        "fragments with an index in front",
        *(*X264, *GOP, *AAC, "-movflags", "+frag_keyframe+empty_moov+default_base_moof+global_sidx"),
    ),
    film("fragments of one track each", *X264, *GOP, *AAC, "-movflags", "+frag_keyframe+empty_moov+separate_moof"),
    film("CMAF", *X264, *GOP, *AAC, "-movflags", "+cmaf+dash+negative_cts_offsets", "-frag_duration", "500000"),
    film("WebM as a browser records it", "-c:v", "libvpx-vp9", *VPX, *GOP, *OPUS, "-live", "1", suffix=".webm"),
    film(
        "H.265",
        *X265,
        "-x265-params",
        "keyint=25:open-gop=0:log-level=none",
        "-pix_fmt",
        "yuv420p",
        "-tag:v",
        "hvc1",
        *AAC,
    ),
    film(
        "open groups of H.265",
        *X265,
        "-x265-params",
        "keyint=25:open-gop=1:log-level=none",
        "-pix_fmt",
        "yuv420p10le",
        *AAC,
    ),
    film(
        "open groups of H.265 in Matroska",
        *X265,
        "-x265-params",
        "keyint=25:log-level=none",
        "-pix_fmt",
        "yuv420p",
        suffix=".mkv",
    ),
    film("HDR10", *X265, "-x265-params", HDR10, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", *PQ, *AAC),
    film("VP9 and Opus", "-c:v", "libvpx-vp9", *VPX, *GOP, *OPUS, suffix=".webm"),
    film("VP8", "-c:v", "libvpx", *VPX, *GOP, *OPUS, suffix=".webm"),
    film(
        "AV1 in Matroska",
        "-c:v",
        "libaom-av1",
        "-cpu-used",
        "8",
        "-usage",
        "realtime",
        *GOP,
        "-pix_fmt",
        "yuv420p",
        *OPUS,
        suffix=".mkv",
    ),
    film("H.264 in FLV", *X264, *GOP, "-bf", "2", *AAC, suffix=".flv"),
    film("Sorenson in FLV", "-c:v", "flv", "-c:a", "mp3", "-ar", "44100", suffix=".flv", again=100),
    film("AV1 in MP4", "-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", *GOP, "-pix_fmt", "yuv420p", *AAC),
    film("MPEG-4 in AVI", "-c:v", "mpeg4", "-q:v", "4", "-g", "50", "-c:a", "mp3", suffix=".avi", again=100),
    film(
        "MPEG-4 with B-frames in AVI", "-c:v", "mpeg4", "-q:v", "4", "-bf", "2", "-c:a", "mp3", suffix=".avi", again=100
    ),
    film("MPEG-4 in MP4", "-c:v", "mpeg4", "-q:v", "4", "-bf", "0", *AAC, again=100),
    film("Motion JPEG in AVI", "-c:v", "mjpeg", "-q:v", "4", "-c:a", "pcm_s16le", suffix=".avi", again=63),
    film("ProRes", "-c:v", "prores_ks", "-profile:v", "2", "-c:a", "pcm_s16le", suffix=".mov", again=63),
)
EACH = pytest.mark.parametrize("film", FILMS, ids=lambda film: film.name)
BY_NAME = {film.name: film for film in FILMS}


@cache
def before(film: Film) -> Asked:
    return Asked(film.make(), film.suffix)


@cache
def marked(film: Film) -> tuple[Asked, Rendering]:
    source = BytesSource(before(film).data)
    rendering = render(source, Mark())
    return Asked(in_memory(source, rendering.plan), film.suffix), rendering


def after(film: Film) -> Asked:
    return marked(film)[0]


@cache
def seen(asked: Asked) -> tuple[Sighting, ...]:
    source = BytesSource(asked.data)
    return watch(source, sniff(source)).sightings


@EACH
def test_the_mark_is_seen_from_the_first_picture_on_for_its_time(film: Film) -> None:
    first, *_ = seen(after(film))
    assert first.text == "人工智能生成"
    assert first.start == 0
    assert first.seconds == pytest.approx(1 if film.all == 25 else 2.5, abs=0.025)
    assert (first.height_share or 0) >= MIN_HEIGHT_SHARE
    assert (first.contrast or 0) >= MIN_CONTRAST


@EACH
def test_what_is_seen_lies_in_the_box_and_the_time_that_are_told(film: Film) -> None:
    asked, rendering = marked(film)
    first, *_ = seen(asked)
    box, told = first.box, rendering.box
    assert box is not None
    assert told is not None
    assert told.left <= box.left < box.right <= told.right
    assert told.top <= box.top < box.bottom <= told.bottom
    assert rendering.spans[0].seconds == pytest.approx(first.seconds, abs=0.025)


@EACH
def test_nothing_is_seen_before(film: Film) -> None:
    assert seen(before(film)) == ()


@EACH
def test_ffmpeg_decodes_the_whole_film_without_a_word(film: Film) -> None:
    assert after(film).complaints == ""


@EACH
def test_every_other_stream_is_the_same_packet_for_packet(film: Film) -> None:
    old, new = before(film), after(film)
    assert old.packets.keys() == new.packets.keys()
    for index in old.packets.keys() - {old.video}:
        assert old.packets[index] == new.packets[index]


@EACH
def test_pictures_behind_the_joint_are_the_same_packets(film: Film) -> None:
    old, new = (asked.packets[asked.video] for asked in (before(film), after(film)))
    kept = {row[-1] for row in old}
    assert len(old) == len(new) == film.all
    assert sum(row[-1] in kept for row in new) == film.all - film.again
    if film.again < film.all:
        assert [row[-1] for row in old][film.again + 2 :] == [row[-1] for row in new][film.again + 2 :]


@EACH
def test_the_same_pictures_are_shown_at_the_same_times(film: Film) -> None:
    old, new = before(film), after(film)
    if "B-frames in AVI" not in film.name:  # AVI has no times: pictures that were coded out of order begin one late
        assert old.times == new.times
    assert len(old.pictures) == len(new.pictures)
    if film.again < film.all:
        hidden = film.all - len(old.pictures)
        assert old.pictures[film.again - hidden :] == new.pictures[film.again - hidden :]


@EACH
def test_decoding_times_rise_and_never_pass_the_time_of_display(film: Film) -> None:
    rows = after(film).packets[after(film).video]
    decoded = [int(row[1]) for row in rows if row[1] != "N/A"]
    assert all(first < second for first, second in pairwise(decoded))
    assert all(int(row[0]) >= int(row[1]) for row in rows if "N/A" not in row[:2])


@EACH
def test_keyframes_stay_where_they_were(film: Film) -> None:
    if film.name == "open groups of H.264":  # its recovery points become real keyframes
        return
    old, new = (
        {row[0] for row in asked.packets[asked.video] if "K" in row[3]} for asked in (before(film), after(film))
    )
    assert "MPEG-4" in film.name or old == new


@EACH
def test_ffprobe_sees_the_same_streams_chapters_and_texts(film: Film) -> None:
    old, new = before(film).facts, after(film).facts
    if film.again == film.all:  # of a whole new encoding, profile and order of coding may differ
        for facts in (old, new):
            for stream in facts["streams"]:
                stream.pop("profile", None), stream.pop("has_b_frames", None)
    assert old == new


@EACH
def test_no_byte_of_the_old_opening_is_left(film: Film) -> None:
    """The first keyframe is the largest picture: no 32 bytes from its middle may be found in the new file."""
    source = BytesSource(before(film).data)
    container = container_of(sniff(source).name)
    assert container is not None
    for sample, _ in zip(container.footage_of(source).samples(), range(3), strict=False):
        piece = source.at(sample.offset + sample.size // 2, sample.size)[:32]
        assert len(piece) < 32 or piece not in after(film).data


@EACH
def test_the_outcome_says_how_many_pictures_were_encoded(film: Film) -> None:
    way = marked(film)[1].way.en
    assert way.startswith("all " if film.again == film.all else f"{film.again} ")
    assert str(film.again) in way


@EACH
def test_a_second_mark_is_not_needed(film: Film) -> None:
    from aigc_label.labelling import prepare
    from aigc_label.order import Order

    source = BytesSource(after(film).data)
    assert prepare(source, Order(mark=Mark())).changes_nothing(source)


def test_light_of_hdr10_is_described_on_the_new_pictures_too() -> None:
    import subprocess

    command = ["ffprobe", "-v", "error", "-select_streams", "V:0", "-show_frames", "-read_intervals", "%+#1"]
    said = subprocess.run([*command, after(BY_NAME["HDR10"]).path], capture_output=True, check=True).stdout.decode()
    assert "Mastering display metadata" in said
    assert "max_luminance=10000000/10000" in said
    assert "max_content=1000" in said


@pytest.mark.parametrize("name", ["fragments with an index in front", "CMAF"])
def test_a_segment_index_leads_to_fragments_as_before(name: str) -> None:
    """Each reference of `sidx` (ISO/IEC 14496-12, 8.16.3) begins where a fragment or another index does."""
    from aigc_label.grammars import bmff

    source = BytesSource(after(BY_NAME[name]).data)
    boxes, _ = bmff.top(source)
    starts = {box.offset: box.kind for box in boxes} | {source.size: b"moof"}
    for box in (box for box in boxes if box.kind == b"sidx"):
        raw = box.data(source)
        wide = 8 if raw[0] else 4
        at = box.end + int.from_bytes(raw[12 + wide : 12 + 2 * wide], "big")
        for place in range(16 + 2 * wide, len(raw), 12):
            assert starts[at] in (b"moof", b"sidx", b"styp", b"prft")
            at += int.from_bytes(raw[place : place + 4], "big") & 0x7FFFFFFF
        assert at in starts


@pytest.mark.parametrize("name", ["Matroska", "VP9 and Opus", "open groups of H.265 in Matroska", "cover"])
def test_cues_lead_to_keyframes_as_before(name: str) -> None:
    """Every cue names a cluster and the place of a block in it, which is a keyframe of that time."""
    from aigc_label.grammars import ebml

    source = BytesSource(after(BY_NAME[name]).data)
    segment = next(e for e in ebml.children(source, ebml.Element(0, 0, 0, source.size)) if e.id == ebml.SEGMENT)
    cues = next(part for part in ebml.level_one(source, segment) if part.id == ebml.CUES)
    for point in (part for part in ebml.children(source, cues) if part.id == ebml.CUE_POINT):
        inside = {part.id: part for part in ebml.children(source, point)}
        place = {p.id: ebml.unsigned(source, p) for p in ebml.children(source, inside[ebml.CUE_TRACK_POSITIONS])}
        cluster = ebml.element_at(source, segment.data + place[ebml.CUE_CLUSTER_POSITION], segment.end)
        assert cluster.id == ebml.CLUSTER
        base = next(ebml.unsigned(source, e) for e in ebml.children(source, cluster) if e.id == 0xE7)
        block = ebml.element_at(source, cluster.data + place[0xF0], cluster.end)
        assert block.id in (0xA3, 0xA0)
        if block.id == 0xA3:
            head = source.at(block.data, 4)
            assert base + int.from_bytes(head[1:3], "big", signed=True) == ebml.unsigned(source, inside[0xB3])
            assert head[3] & 0x80


def test_key_frames_stand_where_flash_metadata_say() -> None:
    """`filepositions` of onMetaData leads to video tags that begin with a keyframe, and `filesize` is the file's."""
    from aigc_label.grammars import amf, flv

    source = BytesSource(made(*X264, *GOP, *AAC, "-flvflags", "add_keyframe_index", suffix=".flv"))
    new = BytesSource(in_memory(source, render(source, Mark()).plan))
    script = next(iter(flv.leading_tags(new)))
    reader = amf.Reader(new.at(script.data_at, script.size), new.limits)
    held = {each.name: each for each in reader.members(reader.end_of(0)).properties}
    inner = {each.name: each for each in reader.members(held["keyframes"].at).properties}
    places = [int(place) for _, place in reader.numbers(inner["filepositions"].at)]
    assert reader.number(held["filesize"].at) == new.size
    assert len(places) >= 4
    for place in places[1:]:  # the first stands before the pictures
        assert (new.at(place, 1)[0], new.at(place + flv.HEAD, 1)[0]) == (9, 0x17)


def test_a_mark_may_stand_at_the_end_too() -> None:
    source = BytesSource(made(*X264, *GOP, *AAC, seconds=6))
    rendering = render(source, Mark(position=Position.BOTH))
    first, last = rendering.spans
    assert (first.start, first.seconds) == (0, pytest.approx(2.52))
    assert last.start + last.seconds == pytest.approx(6)
    assert last.seconds >= 2
    assert rendering.way.en.startswith("all 150 pictures")


def test_a_mark_may_come_again_in_the_middle() -> None:
    source = BytesSource(made(*X264, *GOP, *AAC, seconds=8))
    rendering = render(source, Mark(position=Position.MIDDLE, seconds=2))
    first, second = rendering.spans
    assert first.start == 0
    assert second.start == pytest.approx(3, abs=0.1)
    assert second.seconds == pytest.approx(2, abs=0.05)


def test_a_mark_may_stay_as_long_as_one_wants() -> None:
    source = BytesSource(made(*X264, *GOP, *AAC))
    rendering = render(source, Mark(seconds=3_600))
    assert rendering.spans[0].seconds == pytest.approx(4)


@pytest.mark.parametrize("name", ["H.264 with B-frames, moov last", "VP9 and Opus"])
def test_a_mark_on_every_picture_is_seen_throughout_and_leaves_the_sound_as_it_was(name: str) -> None:
    old = before(BY_NAME[name])
    source = BytesSource(old.data)
    rendering = render(source, Mark(position=Position.EVERY))
    new = Asked(in_memory(source, rendering.plan), old.suffix)
    rest = Asked(remade(new.data, ".mkv", "-c:v", "libx264", "-qp", "0", seek="2"), ".mkv")
    (opening, *_), (ending, *_) = seen(new), seen(rest)  # the detector watches three seconds
    assert (opening.start, opening.seconds) == (0, pytest.approx(3, abs=0.025))
    assert (ending.start, ending.seconds) == (0, pytest.approx(2, abs=0.025))
    assert [(span.start, span.seconds) for span in rendering.spans] == [(0, pytest.approx(4, abs=0.025))]
    assert rendering.way.en.startswith("all 100 pictures were encoded again")
    assert new.complaints == ""
    assert old.times == new.times
    for index in old.packets.keys() - {old.video}:
        assert old.packets[index] == new.packets[index]


def test_the_same_film_is_marked_the_same_way_twice() -> None:
    source = BytesSource(before(FILMS[0]).data)
    assert in_memory(source, render(source, Mark()).plan) == after(FILMS[0]).data


def test_a_film_too_small_for_the_words_is_refused_with_what_would_do() -> None:
    with pytest.raises(InvalidMark):
        render(BytesSource(made(*X264, size="24x16", seconds=1)), Mark())


def test_sound_alone_is_refused_by_name() -> None:
    sound = made("-vn", *AAC)
    with pytest.raises(UnsupportedFormat, match="video"):
        render(BytesSource(sound), Mark())


def test_two_video_tracks_are_refused_by_name() -> None:
    two = made(*X264, "-map", "0:v", "-map", "0:v")
    with pytest.raises(UnsupportedFormat, match="2 video tracks"):
        render(BytesSource(two), Mark())


ALPHA = ("-vf", "format=yuva420p,colorchannelmixer=aa=0.5", "-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", *VPX[:-2])


@pytest.mark.parametrize(
    ("options", "suffix", "name"),
    [
        (ALPHA, ".webm", "transparent"),
        ((*X264, *GOP, "-movflags", "+frag_keyframe"), ".mp4", "only a part of it is in fragments"),
        ((*X264, *GOP, "-bf", "2"), ".avi", "does not describe H.264"),
        (("-c:v", "ffv1"), ".mkv", "no encoder for ffv1"),
        (("-c:v", "rawvideo", "-pix_fmt", "yuyv422"), ".avi", "yuyv422"),
    ],
)
def test_what_cannot_be_marked_is_refused_by_name_with_a_way_on(
    options: tuple[str, ...], suffix: str, name: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=name) as refusal:
        render(BytesSource(made(*options, suffix=suffix, seconds=3)), Mark())
    assert refusal.value.remedy.en
    assert refusal.value.remedy.zh


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi"])
def test_a_truncated_film_raises_only_our_errors(suffix: str) -> None:
    options = ("-c:v", "mpeg4") if suffix == ".avi" else X264
    data = made(*options, "-c:a", "mp3" if suffix == ".avi" else "aac", suffix=suffix, size="160x120", seconds=1)
    for length in range(0, len(data), max(1, len(data) // 23)):
        try:
            render(BytesSource(data[:length]), Mark())
        except AigcLabelError:
            continue
