"""What every sound marker promises; a format joins by being in the table and having fixtures."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from media import decodes_cleanly, exiftool, packets, without_labels

import aigc_label
from aigc_label.detectors.sounds import listen
from aigc_label.errors import AigcLabelError, UnsupportedFormat
from aigc_label.evidence import Moment
from aigc_label.formats import FORMATS, Medium
from aigc_label.label import Label
from aigc_label.markers import Rendering, marker_of
from aigc_label.marking import Mark, Position, SoundForm
from aigc_label.order import Order
from aigc_label.sniff import sniff
from aigc_label.sound_rules import sounds_right
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, in_memory

ROOT = Path(__file__).parents[2] / "fixtures"
LABEL = Label.generated(producer="Example Ltd", produce_id="sound-1")
FILES = [
    path for row in FORMATS if row.medium is Medium.AUDIO and row.marker for path in sorted((ROOT / row.name).glob("*"))
]
SIDES = (Position.START, Position.END, Position.BOTH)
REWRITTEN = {"flac"}  # encoded anew without loss; of the others every packet is kept
OF_TIME = re.compile(
    r"Table|SampleTo|ChunkOffset|MediaData|Duration|Samples|Frames|Size|Bytes|Length|Bitrate|MD5|Chapter|Number"
    r"|TimeReference|Cue|CRC"
)


@cache
def marked(path: Path, mark: Mark) -> tuple[bytes, Rendering] | AigcLabelError:
    source = BytesSource(path.read_bytes(), path.name)
    try:
        rendering = marker_of(sniff(source)).render(source, mark)
    except AigcLabelError as refusal:
        return refusal
    return in_memory(source, rendering.plan), rendering


MARKABLE = [path for path in FILES if not isinstance(marked(path, Mark()), AigcLabelError)]
of_files = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
of_markable = pytest.mark.parametrize("path", MARKABLE, ids=lambda path: f"{path.parent.name}/{path.name}")
of_sides = pytest.mark.parametrize("side", SIDES)


def done(path: Path, mark: Mark) -> tuple[bytes, Rendering]:
    answer = marked(path, mark)
    if isinstance(answer, AigcLabelError):
        raise answer
    return answer


@of_files
def test_what_cannot_be_marked_is_refused_by_name_with_a_way_on(path: Path) -> None:
    answer = marked(path, Mark())
    if isinstance(answer, AigcLabelError):
        assert isinstance(answer, UnsupportedFormat)
        assert answer.remedy.en
        assert answer.remedy.zh


@pytest.mark.parametrize("name", sorted({path.parent.name for path in FILES}))
def test_every_format_with_a_marker_takes_a_mark(name: str) -> None:
    assert [path for path in MARKABLE if path.parent.name == name]


@of_markable
@of_sides
def test_the_mark_is_heard_where_it_was_put(path: Path, side: Position) -> None:
    data, rendering = done(path, Mark(position=side))
    source = BytesSource(data)
    heard = [one for one in listen(source, sniff(source)).sightings if sounds_right(one)]
    for span in rendering.spans:
        assert min(abs((one.start or 0) - span.start) for one in heard) < 0.1
    moments = {Moment.START: side is not Position.END, Moment.END: side is not Position.START}
    if not is_brief(path):
        assert {one.moment for one in heard} == {moment for moment, asked in moments.items() if asked}


def is_brief(path: Path) -> bool:
    """The WAV fixtures hold 50 ms: too little for a content that a mark could stand before or behind."""
    return path.parent.name == "wav"


@of_markable
def test_a_voice_is_heard_too(path: Path) -> None:
    data, _ = done(path, Mark(sound=SoundForm.VOICE))
    source = BytesSource(data)
    assert [one.text for one in listen(source, sniff(source)).sightings] == ["本音频由人工智能生成"]


@of_files
def test_nothing_is_heard_before(path: Path) -> None:
    source = BytesSource(path.read_bytes())
    try:
        heard = listen(source, sniff(source)).sightings
    except UnsupportedFormat:
        return
    assert not [one for one in heard if sounds_right(one)]


@of_markable
@of_sides
def test_every_byte_of_media_is_kept_in_its_order(path: Path, side: Position) -> None:
    if path.parent.name in REWRITTEN:
        pytest.skip("encoded anew: test_sound_lossless compares the samples")
    _, rendering = done(path, Mark(position=side))
    kept = [piece for piece in rendering.plan if isinstance(piece, Keep)]
    assert [piece.offset for piece in kept] == sorted(piece.offset for piece in kept)
    gone = path.stat().st_size - sum(piece.length for piece in kept)
    assert gone <= {"ogg": 500, "m4a": 600}.get(path.parent.name, 200)  # headers of pages, tables of samples


@of_markable
@of_sides
@pytest.mark.oracle("ffmpeg")
def test_the_packets_of_the_content_stand_in_a_row_in_the_marked_file(
    path: Path, side: Position, tmp_path: Path
) -> None:
    if path.parent.name in REWRITTEN | {"wav", "aiff"}:
        pytest.skip("no packets of its own: test_sound_lossless compares the samples")
    target = tmp_path / path.name
    target.write_bytes(done(path, Mark(position=side))[0])
    before, after = hashes(path), hashes(target)
    assert "".join(before) in "".join(after)


def hashes(path: Path) -> list[str]:
    """Give the hash of each sound packet; the first of MP3 may count frames and is left out."""
    lines = [line.split(",") for line in packets(path).splitlines() if line.startswith("0,")]
    return [f"{line[4].strip()}:{line[5].strip()};" for line in lines][1 if path.suffix == ".mp3" else 0 :]


@of_markable
@of_sides
@pytest.mark.oracle("ffmpeg")
def test_a_marked_file_decodes_as_cleanly_as_before(path: Path, side: Position, tmp_path: Path) -> None:
    target = tmp_path / path.name
    target.write_bytes(done(path, Mark(position=side))[0])
    assert decodes_cleanly(target) >= decodes_cleanly(path)


@of_markable
@pytest.mark.oracle("exiftool")
def test_every_text_is_as_before(path: Path, tmp_path: Path) -> None:
    if path.name == "bare.aac":
        pytest.skip("exiftool 12.57 does not read AAC without a tag")
    target = tmp_path / path.name
    target.write_bytes(done(path, Mark(position=Position.BOTH))[0])
    before, after = without_labels(exiftool(path)), without_labels(exiftool(target))
    lasting = [line for line in before if not OF_TIME.search(line)]
    assert [line for line in lasting if line not in after] == []


@of_markable
def test_both_labels_go_on_in_one_step_and_a_second_step_changes_nothing(path: Path) -> None:
    order = Order(label=LABEL, mark=Mark(), replace="test")
    first = aigc_label.carry_out(path.read_bytes(), None, order).data or b""
    second = aigc_label.carry_out(first, None, order)
    assert second.data == first
    assert second.drawn is None


@pytest.mark.parametrize("path", MARKABLE[::2], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_that_is_cut_off_anywhere_raises_only_our_errors(path: Path) -> None:
    data = path.read_bytes()
    for size in range(0, len(data), max(1, len(data) // 60)):
        source = BytesSource(data[:size])
        try:
            row = sniff(source)
            in_memory(source, marker_of(row).render(source, Mark()).plan)
        except AigcLabelError:
            continue


@pytest.mark.parametrize("path", MARKABLE[::2], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_with_a_flipped_byte_raises_only_our_errors(path: Path) -> None:
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 60)):
        flipped = bytearray(data)
        flipped[at] ^= 0xFF
        source = BytesSource(bytes(flipped))
        try:
            row = sniff(source)
            if row.medium is Medium.AUDIO:
                in_memory(source, marker_of(row).render(source, Mark()).plan)
        except AigcLabelError:
            continue
