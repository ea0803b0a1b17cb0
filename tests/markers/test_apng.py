"""Marks on APNG: the mark is seen on every frame, and nothing else about the animation changes."""

from __future__ import annotations

import io
import subprocess
import zlib
from pathlib import Path
from struct import pack, unpack
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars.png import SIGNATURE, chunk, chunks
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers.png import render
from aigc_label.marking import Mark, Place
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

Pixels = np.ndarray[Any, Any]
Frame = tuple[tuple[int, int, int, int], int, int]  # left, top, width, height; dispose; blend
SIZE = WIDE, HIGH = 96, 72
FULL = (0, 0, WIDE, HIGH)
CORNER = (40, 30, 50, 40)  # meets the bottom right corner, where the mark stands
AWAY = (3, 2, 30, 20)
NONE, BACKGROUND, PREVIOUS = 0, 1, 2
SOURCE, OVER = 0, 1
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def samples(size: tuple[int, int], colour: int, seed: int) -> Pixels:
    """Grain; where there is alpha, pixels are opaque or fully transparent (partial ones are for one test below)."""
    rng = np.random.default_rng(seed)
    out = rng.integers(0, 250, (size[1], size[0], CHANNELS[colour]), dtype=np.uint8)
    if colour in (4, 6):
        out[:, :, -1] = 255 * rng.integers(0, 2, out.shape[:2])
    if colour == 3:
        out %= 8
    return out


def animation(
    frames: list[Frame], *, colour: int = 6, default: bool = False, split: int = 1, more: bytes = b"", plays: int = 3
) -> bytes:
    """An APNG made chunk by chunk; `default` adds a default image that is not a frame."""
    parts = [SIGNATURE, chunk(b"IHDR", pack(">IIBBBBB", WIDE, HIGH, 8, colour, 0, 0, 0)), more]
    parts.append(chunk(b"acTL", pack(">II", len(frames), plays)))
    if default:
        parts.append(chunk(b"IDAT", coded(samples(SIZE, colour, 99))))
    number = 0
    for index, ((left, top, wide, high), dispose, blend) in enumerate(frames):
        control = pack(">IIIIIHHBB", number, wide, high, left, top, 7 + index, 100, dispose, blend)
        parts.append(chunk(b"fcTL", control))
        number += 1
        data = coded(samples((wide, high), colour, index))
        if index == 0 and not default:
            parts.append(chunk(b"IDAT", data))
            continue
        share = -(-len(data) // split)
        for at in range(0, len(data), share):
            parts.append(chunk(b"fdAT", pack(">I", number) + data[at : at + share]))
            number += 1
    return b"".join([*parts, chunk(b"IEND", b"")])


def coded(picture: Pixels) -> bytes:
    rows = np.zeros((picture.shape[0], 1 + picture.shape[1] * picture.shape[2]), np.uint8)
    rows[:, 1:] = picture.reshape(len(rows), -1)
    return zlib.compress(rows.tobytes())


PALETTE = chunk(
    b"PLTE", bytes((0, 0, 0, 255, 255, 255, 200, 0, 0, 0, 200, 0, 0, 0, 200, 90, 90, 90, 9, 9, 9, 50, 0, 0))
)
CLEAR_FIVE = chunk(b"tRNS", bytes((255, 255, 255, 255, 255, 0)))


def marked(data: bytes, place: Place = Place.BOTTOM_RIGHT) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, Mark(place=place))
    return in_memory(source, rendering.plan), rendering


def seen(data: bytes) -> Pixels:
    """Every frame as ffmpeg composes it, RGBA, colours of clear pixels dropped.

    Pillow is no oracle here: it restores more than APNG_DISPOSE_OP_PREVIOUS asks for when such frames follow others.
    """
    with NamedTemporaryFile(suffix=".png") as file:
        file.write(data)
        file.flush()
        command = ["ffmpeg", "-v", "error", "-f", "apng", "-i", file.name, "-fps_mode", "passthrough"]
        raw = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgba", "-"], capture_output=True, check=True)
    frames = np.frombuffer(raw.stdout, np.uint8).reshape(-1, HIGH, WIDE, 4).copy()
    frames[frames[..., 3] == 0] = 0
    return frames


def durations(data: bytes) -> list[bytes]:
    return [data[p.data_at + 20 : p.data_at + 24] for p in parts(data) if p.kind == b"fcTL"]


def assert_marked_throughout(data: bytes, out: bytes, box: Box) -> None:
    before, after = seen(data), seen(out)
    assert before.shape == after.shape
    assert durations(data) == durations(out)
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    badge = after[0][inside]
    assert np.ptp(badge[:, :, 0]) > 100
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        assert (new[inside] == badge).all(), f"frame {index} does not show the mark"
        old[inside] = badge
        assert (old == new).all(), f"frame {index} differs outside the mark"


N, B, P, S, V = NONE, BACKGROUND, PREVIOUS, SOURCE, OVER
SHAPES = {
    "all frames full": [(FULL, N, S), (FULL, N, V), (FULL, B, S), (FULL, N, S)],
    "small frames over a full one": [(FULL, N, S), (CORNER, N, V), (AWAY, N, V), (CORNER, N, S)],
    "restored to what was before": [(FULL, N, S), (CORNER, P, V), (AWAY, N, V), (CORNER, P, S)],
    "cleared under the mark": [(FULL, N, S), (CORNER, B, V), (AWAY, N, V), (CORNER, N, V)],
    "cleared away from the mark": [(FULL, N, S), (AWAY, B, S), (CORNER, N, V)],
    "cleared at the very first": [(FULL, B, S), (CORNER, B, V), (AWAY, B, S), (CORNER, P, V)],
}  # fmt: skip


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", [Place.BOTTOM_RIGHT, Place.TOP_LEFT])
def test_the_mark_is_seen_on_every_frame_and_nothing_else_changes(shape: str, place: Place) -> None:
    data = animation(SHAPES[shape])
    out, rendering = marked(data, place)
    assert_marked_throughout(data, out, rendering.box)


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("seed", range(30))
def test_any_sequence_of_frames_shows_the_mark(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames: list[Frame] = [(FULL, int(rng.integers(0, 2)), SOURCE)]
    for _ in range(6):
        left, top = int(rng.integers(0, 70)), int(rng.integers(0, 50))
        wide, high = int(rng.integers(1, WIDE - left + 1)), int(rng.integers(1, HIGH - top + 1))
        frames.append(((left, top, wide, high), int(rng.integers(0, 3)), int(rng.integers(0, 2))))
    data = animation(frames, split=1 + seed % 4)
    out, rendering = marked(data, list(Place)[seed % 8])
    assert_marked_throughout(data, out, rendering.box)


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("shape", ["all frames full", "small frames over a full one", "restored to what was before"])
@pytest.mark.parametrize("colour", [0, 2, 3, 4])
def test_colour_types_without_alpha_keep_theirs(shape: str, colour: int) -> None:
    frames = [(box, NONE if dispose == BACKGROUND else dispose, blend) for box, dispose, blend in SHAPES[shape]]
    data = animation(frames, colour=colour, more=PALETTE if colour == 3 else b"")
    out, rendering = marked(data)
    assert out[25] == colour
    assert_marked_throughout(data, out, rendering.box)


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_palette_with_a_clear_entry_can_be_cleared(shape: str) -> None:
    data = animation(SHAPES[shape], colour=3, more=PALETTE + CLEAR_FIVE)
    out, rendering = marked(data)
    assert_marked_throughout(data, out, rendering.box)


def test_clearing_without_any_transparency_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        marked(animation(SHAPES["cleared under the mark"], colour=2))
    assert "RGBA" in caught.value.remedy.en


@pytest.mark.parametrize("first", [FULL, AWAY, CORNER])
def test_a_default_image_outside_the_animation_is_marked_too(first: tuple[int, int, int, int]) -> None:
    data = animation([(first, NONE, SOURCE), (AWAY, NONE, OVER), (CORNER, BACKGROUND, OVER)], default=True)
    out, rendering = marked(data)
    box = rendering.box
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    before, after = composed(data), composed(out)
    badge = after[0][inside]
    assert np.ptp(badge[:, :, 0]) > 100
    for old, new in zip(before, after, strict=True):
        assert (new[inside] == badge).all()
        old[inside] = badge
        assert (old == new).all()


def composed(data: bytes) -> list[Pixels]:
    """The default image and every frame, composed as the specification says (ffmpeg refuses a small first frame)."""
    canvas = np.zeros((HIGH, WIDE, 4), np.uint8)
    out, control, header = [], b"", data[16:29]
    for part in parts(data):
        body = data[part.data_at : part.data_at + part.length]
        if part.kind == b"IDAT":
            out.append(alone(header, body))
        elif part.kind == b"fcTL":
            control = body
        elif part.kind == b"fdAT":
            wide, high, left, top = unpack(">IIII", control[4:20])
            new = alone(control[4:12] + header[8:], body[4:])
            place = canvas[top : top + high, left : left + wide]
            place[:] = np.where(new[:, :, 3:] == 255, new, place) if control[25] == OVER else new
            shown = canvas.copy()
            out.append(np.where(shown[:, :, 3:] > 0, shown, 0))
            if control[24] == BACKGROUND:
                place[:] = 0
    return out


def alone(header: bytes, stored: bytes) -> Pixels:
    png = SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).copy()


def parts(data: bytes) -> list[Any]:
    return list(chunks(BytesSource(data)))


def test_frames_away_from_the_mark_are_kept_byte_for_byte() -> None:
    data = animation([(FULL, NONE, SOURCE), (AWAY, NONE, OVER), (CORNER, NONE, OVER)], split=3)
    out, _ = marked(data)

    def stored(of: bytes, index: int) -> bytes:
        controls = [part for part in parts(of) if part.kind == b"fcTL"]
        return of[controls[index].offset : controls[index + 1].offset]

    assert stored(out, 1) == stored(data, 1)


def test_sequence_numbers_loop_count_and_frame_count_stay() -> None:
    data = animation(SHAPES["small frames over a full one"], split=4, plays=5)
    out, _ = marked(data)

    def numbers(of: bytes) -> list[bytes]:
        return [of[p.data_at : p.data_at + 4] for p in parts(of) if p.kind in (b"fcTL", b"fdAT")]

    def loop(of: bytes) -> bytes:
        return next(of[p.offset : p.end] for p in parts(of) if p.kind == b"acTL")

    assert numbers(out) == numbers(data)
    assert loop(out) == loop(data)
    assert numbers(out) == [pack(">I", index) for index in range(len(numbers(out)))]


@pytest.mark.oracle("ffmpeg")
def test_partly_transparent_frames_stay_within_rounding() -> None:
    """Only composing can tell what lies under a cleared, partly transparent frame: players round by one level."""
    frames = [(FULL, NONE, SOURCE), (CORNER, BACKGROUND, OVER), (AWAY, NONE, OVER), (CORNER, NONE, OVER)]
    data = bytearray(animation(frames))
    rng = np.random.default_rng(3)
    translucent = rng.integers(1, 255, (40, 50, 4), dtype=np.uint8)
    last = [part for part in parts(bytes(data)) if part.kind == b"fdAT"][-1]
    number = bytes(data[last.data_at : last.data_at + 4])
    data[last.offset : last.end] = chunk(b"fdAT", number + coded(translucent))
    out, rendering = marked(bytes(data))
    box = rendering.box
    old, new = seen(bytes(data))[-1].astype(int), seen(out)[-1].astype(int)
    old[box.top : box.bottom, box.left : box.right] = new[box.top : box.bottom, box.left : box.right]
    assert np.abs(old - new).max() <= 1


@pytest.mark.oracle("pngcheck")
def test_pngcheck_finds_nothing(tmp_path: Path) -> None:
    for name, shape in SHAPES.items():
        target = tmp_path / f"{name}.png"
        target.write_bytes(marked(animation(shape, split=2))[0])
        subprocess.run(["pngcheck", "-q", str(target)], check=True)


def test_more_frames_than_the_limit_are_refused() -> None:
    source = BytesSource(animation(SHAPES["all frames full"]), limits=Limits(frames=3))
    with pytest.raises(LimitExceeded) as caught:
        render(source, Mark())
    assert caught.value.limit == "frames"


def test_a_frame_that_leaves_the_canvas_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        marked(animation([(FULL, NONE, SOURCE), ((60, 60, 50, 40), NONE, SOURCE)]))


def test_damage_anywhere_raises_only_our_errors() -> None:
    data = animation([(FULL, NONE, SOURCE), (CORNER, BACKGROUND, OVER), (AWAY, NONE, OVER)])
    for at in range(8, len(data), 97):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]):
            try:
                marked(broken)
            except AigcLabelError:
                continue
