"""Marks on GIF: the mark is seen on every frame, whatever the frames cover and clear, and nothing else changes."""

from __future__ import annotations

import io
import subprocess
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_label.errors import AigcLabelError, InvalidMark, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars import gif
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers.gif import render
from aigc_label.markers.inks import luminance
from aigc_label.marking import Mark, Place
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

Pixels = np.ndarray[Any, Any]
SIZE = WIDE, HIGH = 96, 72
FULL = (0, 0, WIDE, HIGH)
CORNER = (40, 30, 50, 40)  # meets the bottom right corner, where the mark stands
AWAY = (3, 2, 30, 20)
KEEP, CLEAR, RESTORE = 1, 2, 3
NETSCAPE = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x07\x00\x00"
COMMENT = b"\x21\xfe\x05hello\x00"
TABLE = bytes(value for at in range(16) for value in (at * 17, 255 - at * 11, at * at % 256))
LEGIBLE = bytes((0, 0, 0, 255, 255, 255)) + TABLE[6:]
CLEAR_INDEX = 7

Frame = tuple[tuple[int, int, int, int], int, bool]  # place, disposal, whether some of its pixels are transparent


def frame(place: tuple[int, int, int, int], disposal: int, holes: bool, seed: int, *, local: bytes = b"") -> bytes:
    _, _, wide, high = place
    indices = np.random.default_rng(seed).integers(0, 16, (high, wide), dtype=np.uint8)
    if not holes:
        indices[indices == CLEAR_INDEX] = 3
    control = bytes((0x21, 0xF9, 4, disposal << 2 | holes, 9 + seed, 0, CLEAR_INDEX * holes, 0))
    interlaced = seed % 2
    sides = b"".join(side.to_bytes(2, "little") for side in place)
    flags = interlaced << 6 | (0x83 if local else 0)
    data = Image.fromarray(indices).tobytes("gif", ("L", 4, interlaced))
    return control + b"\x2c" + sides + bytes((flags,)) + local + b"\x04" + data + b"\0"


def animation(frames: list[Frame], *, table: bytes = LEGIBLE, local: bytes = b"") -> bytes:
    screen = WIDE.to_bytes(2, "little") + HIGH.to_bytes(2, "little") + bytes((0xF3, 0, 0))
    drawn = [frame(*one, seed, local=local) for seed, one in enumerate(frames)]
    return b"".join([b"GIF89a", screen, table, NETSCAPE, COMMENT, *drawn, b"\x3b"])


def marked(data: bytes, place: Place = Place.BOTTOM_RIGHT) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, Mark(place=place))
    return in_memory(source, rendering.plan), rendering


def seen(data: bytes) -> Pixels:
    """Every frame as ImageMagick composes it, RGBA, colours of clear pixels dropped."""
    raw = subprocess.run(
        ["convert", "gif:-", "-coalesce", "-depth", "8", "rgba:-"], input=data, capture_output=True, check=True
    )
    frames = np.frombuffer(raw.stdout, np.uint8).reshape(-1, HIGH, WIDE, 4).copy()
    frames[frames[..., 3] == 0] = 0
    return frames


def assert_marked_throughout(data: bytes, out: bytes, box: Box) -> None:
    before, after = seen(data), seen(out)
    assert before.shape == after.shape
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    ink = luminance(after[0][inside][:, :, :3]) > 0.3
    assert 0 < ink.mean() < 0.6
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        badge = new[inside]
        assert (badge[:, :, 3] == 255).all(), f"frame {index} shows through the mark"
        assert ((luminance(badge[:, :, :3]) > 0.3) == ink).all(), f"frame {index} does not show the mark"
        old[inside] = badge
        assert (old == new).all(), f"frame {index} differs outside the mark"
    assert others(data) == others(out)


def others(data: bytes) -> list[bytes]:
    """All extensions, the control extensions without their transparency."""
    out = []
    for block in gif.blocks(BytesSource(data)):
        raw = data[block.offset : block.end]
        if block.label == gif.GRAPHIC_CONTROL:
            out.append(bytes((raw[3] & ~1,)) + raw[4:6])
        elif block.label != gif.IMAGE:
            out.append(raw)
    return out


SHAPES: dict[str, list[Frame]] = {
    "one picture": [(FULL, 0, False)],
    "all frames full": [(FULL, KEEP, False), (FULL, KEEP, True), (FULL, CLEAR, True), (FULL, KEEP, False)],
    "small frames over a full one": [
        (FULL, KEEP, False),
        (CORNER, KEEP, True),
        (AWAY, KEEP, False),
        (CORNER, KEEP, False),
    ],
    "restored": [(FULL, KEEP, False), (CORNER, RESTORE, True), (AWAY, KEEP, True), (CORNER, RESTORE, False)],
    "cleared under the mark": [(FULL, KEEP, False), (CORNER, CLEAR, True), (AWAY, KEEP, True), (CORNER, KEEP, True)],
    "a sticker": [(CORNER, CLEAR, True), (AWAY, CLEAR, True), (CORNER, CLEAR, True), (FULL, CLEAR, True)],
    "small first frame": [(AWAY, KEEP, True), (CORNER, KEEP, True), (AWAY, KEEP, False)],
}


@pytest.mark.oracle("convert")
@pytest.mark.parametrize("place", [Place.BOTTOM_RIGHT, Place.TOP_LEFT, Place.BOTTOM])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_mark_is_seen_on_every_frame_and_nothing_else_changes(shape: str, place: Place) -> None:
    data = animation(SHAPES[shape])
    out, rendering = marked(data, place)
    assert_marked_throughout(data, out, rendering.box)


@pytest.mark.oracle("convert")
@pytest.mark.parametrize("seed", range(30))
def test_any_sequence_of_frames_shows_the_mark_or_is_refused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames: list[Frame] = [(FULL, int(rng.integers(0, 3)), bool(rng.integers(0, 2)))]
    for _ in range(5):
        left, top = int(rng.integers(0, 70)), int(rng.integers(0, 50))
        wide, high = int(rng.integers(1, WIDE - left + 1)), int(rng.integers(1, HIGH - top + 1))
        frames.append(((left, top, wide, high), int(rng.integers(0, 4)), True))
    data = animation(frames, local=LEGIBLE if seed % 3 else b"")
    try:
        out, rendering = marked(data, list(Place)[seed % 8])
    except UnsupportedFormat:
        return
    assert_marked_throughout(data, out, rendering.box)


@pytest.mark.oracle("convert")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_without_legible_colours_gets_its_own_greys(shape: str) -> None:
    dark = bytes(value % 60 for value in range(48))
    data = animation(SHAPES[shape], table=dark)
    out, rendering = marked(data)
    assert_marked_throughout(data, out, rendering.box)
    assert out[13 : 13 + 48] == dark


@pytest.mark.oracle("convert")
def test_a_local_table_is_replaced_in_its_frame() -> None:
    data = animation(SHAPES["small frames over a full one"], local=bytes(value % 60 for value in range(48)))
    out, rendering = marked(data)
    assert_marked_throughout(data, out, rendering.box)


def saved(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "GIF", **options)
    return out.getvalue()


def dark(used: int) -> bytes:
    image = Image.new("P", SIZE)
    image.putpalette([value % 60 for index in range(256) for value in (index, index * 3, index * 7)])
    image.putdata([at % used for at in range(WIDE * HIGH)])
    return saved(image, optimize=False)


@pytest.mark.oracle("convert")
def test_a_full_dark_table_lends_the_entries_that_no_pixel_shows() -> None:
    data = dark(used=250)
    out, rendering = marked(data)
    assert_marked_throughout(data, out, rendering.box)


def test_a_dark_table_without_a_free_entry_is_refused_with_a_remedy() -> None:
    with pytest.raises(InvalidMark) as caught:
        marked(dark(used=256))
    assert "true colour" in caught.value.remedy.en


def test_frames_away_from_the_mark_are_kept_byte_for_byte() -> None:
    data = animation(SHAPES["small frames over a full one"])
    out, _ = marked(data)

    def frames(of: bytes) -> list[bytes]:
        return [of[block.offset : block.end] for block in gif.blocks(BytesSource(of)) if block.label == gif.IMAGE]

    before, after = frames(data), frames(out)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True, False]


def test_pillow_sees_the_same_durations_and_loop() -> None:
    data = animation(SHAPES["all frames full"])
    out, _ = marked(data)

    def timing(of: bytes) -> list[Any]:
        image = Image.open(io.BytesIO(of))
        found = [image.info["loop"]]
        for index in range(image.n_frames):
            image.seek(index)
            found.append(image.info["duration"])
        return found

    assert timing(out) == timing(data)


@pytest.mark.oracle("convert")
def test_an_old_version_is_raised_where_transparency_is_needed() -> None:
    data = animation([(AWAY, KEEP, False)])
    control = data.index(b"\x21\xf9")
    data = b"GIF87a" + data[6:control] + data[control + 8 :]
    out, rendering = marked(data)
    assert out[:6] == b"GIF89a"
    before, after, box = seen(data)[0], seen(out)[0], rendering.box
    place = slice(box.top, box.bottom), slice(box.left, box.right)
    assert (after[place][:, :, 3] == 255).all()
    left, top, wide, high = AWAY
    drawn = slice(top, top + high), slice(left, left + wide)
    assert (before[drawn] == after[drawn]).all()


def test_growing_over_what_must_not_be_cleared_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        marked(animation([(FULL, KEEP, False), (CORNER, CLEAR, True), (AWAY, CLEAR, True), (AWAY, KEEP, True)]))
    assert "frame 3" in caught.value.what.en


def test_more_frames_than_the_limit_are_refused() -> None:
    source = BytesSource(animation(SHAPES["all frames full"]), limits=Limits(frames=3))
    with pytest.raises(LimitExceeded):
        render(source, Mark())


def test_a_bomb_is_refused_before_anything_is_decoded() -> None:
    data = bytearray(animation(SHAPES["one picture"]))
    data[6:10] = b"\xff\xff\xff\xff"
    with pytest.raises(LimitExceeded) as caught:
        marked(bytes(data))
    assert caught.value.limit == "pixels"


def test_frame_data_that_ends_early_is_malformed() -> None:
    data = animation(SHAPES["one picture"])
    image = next(block for block in gif.blocks(BytesSource(data)) if block.label == gif.IMAGE)
    with pytest.raises(MalformedFile):
        marked(data[: image.data_at] + b"\x04\x10\x32\x54\x05\x00\x3b")


def test_damage_anywhere_raises_only_our_errors() -> None:
    data = animation([(CORNER, KEEP, True), (AWAY, CLEAR, True), (CORNER, KEEP, False)])
    for at in range(0, len(data), 7):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]):
            try:
                marked(broken)
            except AigcLabelError:
                continue
