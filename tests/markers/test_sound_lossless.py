"""Content beside a mark: PCM and FLAC to the bit, MP3 and Opus as decoded; what counts or points follows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from media import run

from aigc_label.errors import AigcLabelError, NotConfirmed, UnsupportedFormat
from aigc_label.grammars import flac, mpeg_audio, riff
from aigc_label.markers import marker_of
from aigc_label.marking import Mark, Position, SoundForm, Speech
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

SIDES = (Position.START, Position.END, Position.BOTH)
of_sides = pytest.mark.parametrize("side", SIDES)
CONTENT = "aevalsrc=0.3*sin(440*2*PI*t)*sin(3*t)|0.2*sin(523*2*PI*t)+0.05*random(1):d=3:s=44100"


def made(folder: Path, suffix: str, *options: str) -> Path:
    """Give three seconds of two different channels in some format."""
    path = folder / f"content.{suffix}"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", CONTENT, *options, str(path)], check=True
    )
    return path


def marked(path: Path, mark: Mark) -> Path:
    source = BytesSource(path.read_bytes(), path.name)
    target = path.with_name(f"marked{path.suffix}")
    target.write_bytes(in_memory(source, marker_of(sniff(source)).render(source, mark).plan))
    return target


def decoded(path: Path) -> np.ndarray:
    """Give what ffmpeg decodes in 32 bits, encoder delays included."""
    out = run("ffmpeg", "-nostdin", "-v", "error", "-flags2", "skip_manual", "-i", path, "-f", "s32le", "-")
    return np.frombuffer(out, "<i4")


def holds(whole: np.ndarray, part: np.ndarray, side: Position) -> bool:
    """Tell whether the content stands in the marked sound to the bit: at the head, at the tail, or somewhere between."""
    if side is Position.END:
        return bool((whole[: len(part)] == part).all())
    if side is Position.START:
        return bool((whole[-len(part) :] == part).all())
    probe = part[len(part) // 2 : len(part) // 2 + 64].tobytes()
    at = whole.tobytes().find(probe) // 4 - len(part) // 2
    return bool((whole[at : at + len(part)] == part).all())


PLAIN = [
    ("wav", "-c:a", "pcm_u8"),
    ("wav", "-c:a", "pcm_s16le"),
    ("wav", "-c:a", "pcm_s24le"),
    ("wav", "-c:a", "pcm_s32le"),
    ("wav", "-c:a", "pcm_f32le"),
    ("wav", "-c:a", "pcm_f64le"),
    ("wav", "-c:a", "pcm_alaw"),
    ("wav", "-c:a", "pcm_mulaw"),
    ("wav", "-c:a", "pcm_s24le", "-ac", "1"),
    ("wav", "-c:a", "pcm_s16le", "-rf64", "always"),
    ("aiff", "-c:a", "pcm_s16be"),
    ("aiff", "-c:a", "pcm_s24be"),
    ("aiff", "-c:a", "pcm_s8"),
    ("aiff", "-c:a", "pcm_f32be"),
    ("aiff", "-c:a", "pcm_alaw"),
    ("flac", "-c:a", "flac"),
    ("flac", "-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"),
    ("flac", "-c:a", "flac", "-ar", "96000", "-ac", "1", "-compression_level", "12"),
]


@pytest.mark.oracle("ffmpeg")
@of_sides
@pytest.mark.parametrize("options", PLAIN, ids=" ".join)
def test_every_sample_is_as_it_was(options: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    path = made(tmp_path, *options)
    before, after = decoded(path), decoded(marked(path, Mark(position=side)))
    assert holds(after, before, side)
    assert len(after) > len(before)


CODED = [
    ("mp3", "-b:a", "128k"),
    ("mp3", "-q:a", "2"),
    ("mp3", "-b:a", "48k", "-ar", "22050", "-ac", "1"),
    ("mp3", "-b:a", "96k", "-write_xing", "0", "-id3v2_version", "0"),
    ("opus", "-b:a", "64k"),
    ("opus", "-b:a", "16k", "-ac", "1", "-application", "voip"),
]


@pytest.mark.oracle("ffmpeg")
@of_sides
@pytest.mark.parametrize("options", CODED, ids=" ".join)
def test_coded_content_decodes_to_the_same_numbers(options: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    path = made(tmp_path, *options)
    before, after = decoded(path), decoded(marked(path, Mark(position=side)))
    assert holds(after, before, side)


@pytest.mark.oracle("flac")
@of_sides
@pytest.mark.parametrize("options", [one for one in PLAIN if one[0] == "flac"], ids=" ".join)
def test_the_flac_program_finds_its_checksum_right(options: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    run("flac", "--test", "--silent", marked(made(tmp_path, *options), Mark(position=side)))


@pytest.mark.oracle("opusinfo")
@of_sides
def test_opusinfo_finds_nothing_wrong(side: Position, tmp_path: Path) -> None:
    said = run("opusinfo", marked(made(tmp_path, "opus"), Mark(position=side))).decode().lower()
    assert "warning" not in said
    assert "error" not in said


@pytest.mark.oracle("mp3val")
@of_sides
@pytest.mark.parametrize("options", [one for one in CODED if one[0] == "mp3"], ids=" ".join)
def test_mp3val_finds_nothing_new(options: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    path = made(tmp_path, *options)
    warnings = [run("mp3val", one).decode().count("WARNING") for one in (path, marked(path, Mark(position=side)))]
    assert warnings[0] >= warnings[1]


@of_sides
@pytest.mark.oracle("ffmpeg")
def test_the_counts_of_an_mp3_are_those_of_its_frames(side: Position, tmp_path: Path) -> None:
    data = marked(made(tmp_path, "mp3", "-q:a", "4", "-id3v2_version", "0"), Mark(position=side)).read_bytes()
    source = BytesSource(data)
    frames = list(mpeg_audio.frames(source, 0, len(data)))
    xing = mpeg_audio.xing_at(source, frames[0])
    assert xing is not None
    assert xing.count is not None
    assert xing.size is not None
    assert xing.lame is not None
    assert int.from_bytes(xing.data[xing.count : xing.count + 4], "big") == len(frames) - 1
    assert int.from_bytes(xing.data[xing.size : xing.size + 4], "big") == len(data)
    music = data[frames[0].length :]
    stated = int.from_bytes(xing.data[xing.lame + 32 : xing.lame + 34], "big")
    assert stated == mpeg_audio.checksum(music)
    header = int.from_bytes(xing.data[xing.lame + 34 : xing.lame + 36], "big")
    assert header == mpeg_audio.checksum(xing.data[: xing.lame + 34])


@pytest.mark.oracle("ffmpeg")
def test_the_table_of_contents_leads_to_the_right_time(tmp_path: Path) -> None:
    data = marked(made(tmp_path, "mp3", "-q:a", "0", "-id3v2_version", "0"), Mark()).read_bytes()
    source = BytesSource(data)
    frames = list(mpeg_audio.frames(source, 0, len(data)))
    xing = mpeg_audio.xing_at(source, frames[0])
    assert xing is not None
    assert xing.table is not None
    table = xing.data[xing.table : xing.table + 100]
    assert list(table) == sorted(table)
    for hundredth in range(0, 100, 7):
        frame = frames[1 + hundredth * (len(frames) - 1) // 100]
        assert abs(table[hundredth] - 256 * frame.offset / len(data)) < 6


@pytest.mark.oracle("ffprobe")
def test_chapters_of_an_mp3_follow_a_mark_at_the_start(tmp_path: Path) -> None:
    texts = tmp_path / "chapters.txt"
    texts.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=2000\ntitle=second\n")
    path = made(tmp_path, "mp3", "-i", str(texts), "-map", "0:a", "-map_chapters", "1")
    asked = ("-v", "error", "-show_entries", "chapter=start_time,end_time", "-of", "csv=p=0")
    moved = run("ffprobe", *asked, marked(path, Mark())).decode().split(",")
    assert run("ffprobe", *asked, path).decode().split(",")[0] == "0.500000"
    lead = float(moved[0]) - 0.5
    assert 1.4 < lead < 1.5
    assert float(moved[1]) == pytest.approx(2.0 + lead)


def chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) & 1)


def test_cue_points_loops_and_the_time_of_day_follow(tmp_path: Path) -> None:
    form = b"\1\0\1\0" + (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little") + b"\2\0\x10\0"
    cue = b"\1\0\0\0" + b"\1\0\0\0" + (70).to_bytes(4, "little") + b"data" + bytes(8) + (70).to_bytes(4, "little")
    loop = (
        bytes(28)
        + b"\1\0\0\0"
        + bytes(4)
        + bytes(8)
        + (10).to_bytes(4, "little")
        + (90).to_bytes(4, "little")
        + bytes(8)
    )
    bext = bytes(338) + (1_000_000).to_bytes(8, "little") + bytes(256)
    body = b"WAVE" + chunk(b"fmt ", form) + chunk(b"bext", bext) + chunk(b"data", bytes(8000))
    path = tmp_path / "cued.wav"
    path.write_bytes(chunk(b"RIFF", body + chunk(b"cue ", cue) + chunk(b"smpl", loop)))
    source = BytesSource(marked(path, Mark()).read_bytes())
    parts = {part.kind: part for part in riff.chunks(source, riff.form_of(source))}
    lead = (parts[b"data"].length - 8000) // 2
    after = {kind: part.data(source) for kind, part in parts.items()}
    assert [int.from_bytes(after[b"cue "][at : at + 4], "little") for at in (8, 24)] == [70 + lead, 70 + lead]
    assert [int.from_bytes(after[b"smpl"][at : at + 4], "little") for at in (44, 48)] == [10 + lead, 90 + lead]
    assert int.from_bytes(after[b"bext"][338:346], "little") == 1_000_000 - lead


@pytest.mark.oracle("ffmpeg")
def test_a_cue_sheet_follows_and_a_seek_table_goes_with_a_word(tmp_path: Path) -> None:
    path = made(tmp_path, "flac")
    data = path.read_bytes()
    track = (1234).to_bytes(8, "big") + b"\1" + bytes(26) + b"\0"
    sheet = bytes(395) + b"\1" + track
    extra = b"\3" + (18).to_bytes(3, "big") + bytes(18) + b"\5" + len(sheet).to_bytes(3, "big") + sheet
    path.write_bytes(data[:42] + extra + data[42:])
    source = BytesSource(path.read_bytes())
    rendering = marker_of(sniff(source)).render(source, Mark())
    after = BytesSource(in_memory(source, rendering.plan))
    _, blocks = flac.blocks(after)
    assert 3 not in {block.kind for block in blocks}
    assert "seek table" in rendering.way.en
    held = next(block for block in blocks if block.kind == 5)
    moved = int.from_bytes(after.at(held.offset + 396, 8), "big") - 1234
    assert moved == round(1.4 * 44100)


@pytest.mark.oracle("ffmpeg")
def test_a_damaged_flac_file_is_not_passed_on_as_whole(tmp_path: Path) -> None:
    path = made(tmp_path, "flac")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(bytes(data))
    with pytest.raises(NotConfirmed):
        marked(path, Mark())


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize(
    ("suffix", "options"),
    [("wav", ("-c:a", "adpcm_ms")), ("wv", ())],
    ids=["adpcm", "wavpack"],
)
def test_what_would_need_encoding_anew_is_refused_with_a_way_on(
    suffix: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(UnsupportedFormat) as refused:
        marked(made(tmp_path, suffix, *options), Mark())
    assert refused.value.remedy.en


@pytest.mark.oracle("ffmpeg")
def test_an_mp3_cut_out_of_a_longer_one_takes_a_mark_only_at_its_end(tmp_path: Path) -> None:
    path = made(tmp_path, "mp3", "-b:a", "64k", "-id3v2_version", "0", "-write_xing", "0")
    data = path.read_bytes()
    frames = list(mpeg_audio.frames(BytesSource(data), 0, len(data)))
    cut = next(one for one in frames if mpeg_audio.reservoir(BytesSource(data), one))
    path.write_bytes(data[cut.offset :])
    with pytest.raises(UnsupportedFormat, match="cut out"):
        marked(path, Mark())
    marked(path, Mark(position=Position.END))


@pytest.mark.oracle("ffmpeg")
def test_the_torso_of_a_frame_stays_behind_the_mark(tmp_path: Path) -> None:
    path = made(tmp_path, "mp3", "-id3v2_version", "0")
    torso = path.read_bytes()[:-100]
    path.write_bytes(torso)
    after = marked(path, Mark(position=Position.END)).read_bytes()
    assert after[-100:] == torso[-100:]


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("speech", list(Speech))
def test_voices_keep_the_samples_too(speech: Speech, tmp_path: Path) -> None:
    path = made(tmp_path, "wav", "-ac", "1")
    before, after = decoded(path), decoded(marked(path, Mark(sound=SoundForm.VOICE, speech=speech)))
    assert holds(after, before, Position.START)


@pytest.mark.oracle("ffmpeg")
def test_a_stream_of_samples_without_end_takes_a_mark(tmp_path: Path) -> None:
    """What ffmpeg writes into a pipe: sizes of 0xFFFFFFFF, samples to the end of the file."""
    path = tmp_path / "piped.wav"
    path.write_bytes(run("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", CONTENT, "-f", "wav", "-"))
    for side in SIDES:
        assert holds(decoded(marked(path, Mark(position=side))), decoded(path), side)


def test_a_full_wav_file_says_so(tmp_path: Path) -> None:
    form = b"\1\0\1\0" + (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little") + b"\2\0\x10\0"
    head = b"RIFF" + (0xFFFFFFF0).to_bytes(4, "little") + b"WAVE" + chunk(b"fmt ", form)
    path = tmp_path / "full.wav"
    with path.open("wb") as file:
        file.write(head + b"data" + (0xFFFFFFF0 - 36).to_bytes(4, "little"))
        file.truncate(8 + 0xFFFFFFF0)
    from aigc_label.output import opened

    with opened(path) as source, pytest.raises(AigcLabelError) as full:
        marker_of(sniff(source)).render(source, Mark())
    assert full.value.code == "limit-exceeded"
