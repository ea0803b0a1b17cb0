"""Marks on WebP: lossless pictures keep their pixels, animations show the mark in every frame and stay themselves."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.evidence import Box
from aigc_label.grammars import riff
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers.webp import render
from aigc_label.marking import Mark, Place, complies
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

SIZE = 181, 133


def painting(mode: str = "RGB", size: tuple[int, int] = SIZE, seed: int = 5) -> Image.Image:
    wide, high = size
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(wide), np.arange(high))
    planes = np.stack([x * 200 // wide, y * 200 // high, (x + y) * 99 // (wide + high), x * 255 // wide], axis=2)
    planes += rng.integers(0, 30, planes.shape)
    return Image.fromarray(planes.clip(0, 255).astype(np.uint8)).convert(mode)


def saved(image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or painting()).save(out, "WEBP", **options)
    return out.getvalue()


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def frames(data: bytes) -> list[np.ndarray]:
    image = Image.open(io.BytesIO(data))
    return [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]


def timing(data: bytes) -> tuple[Any, ...]:
    image = Image.open(io.BytesIO(data))
    durations = []
    for index in range(image.n_frames):
        image.seek(index)
        image.load()
        durations.append(image.info["duration"])
    return image.info["loop"], image.info["background"], durations


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    source = BytesSource(data)
    return [(part.kind, part.data(source)) for part in riff.chunks(source, riff.form_of(source))]


def others(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(kind, held) for kind, held in chunks(data) if kind not in (b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"VP8X")]


def inside(picture: np.ndarray, box: Box) -> np.ndarray:
    return picture[box.top : box.bottom, box.left : box.right]


def outside(picture: np.ndarray, box: Box) -> np.ndarray:
    cleared = picture.copy()
    inside(cleared, box)[:] = 0
    return cleared


def assert_reads(picture: np.ndarray) -> None:
    first, *_ = sightings(picture[:, :, :3])
    assert complies(first.text)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("place", [Place.TOP_LEFT, Place.RIGHT, Place.BOTTOM_RIGHT])
def test_lossless_keeps_every_pixel_outside_also_colours_that_nobody_sees(mode: str, place: Place) -> None:
    image = painting(mode)
    if mode == "RGBA":
        image.putalpha(painting("L").point(lambda level: 0 if level < 90 else level))
    data = saved(image, lossless=True, exact=True)
    after, rendering = marked(data, Mark(place=place))
    (old,), (new,) = frames(data), frames(after)
    assert (outside(old, rendering.box) == outside(new, rendering.box)).all()
    assert (inside(new, rendering.box)[:, :, 3] == 255).all()
    assert "without loss" in rendering.way.en
    assert_reads(new)


@pytest.mark.parametrize("quality", [20, 50, 75, 90, 100])
def test_lossy_is_coded_at_its_own_quality(quality: int) -> None:
    data = saved(painting(size=(500, 400)), quality=quality)
    after, rendering = marked(data)
    (old,), (new,) = frames(data), frames(after)
    assert abs(len(after) - len(data)) < 0.15 * len(data) + 500
    apart = np.abs(outside(old, rendering.box).astype(int) - outside(new, rendering.box))
    assert apart.mean() < 4
    assert "quality" in rendering.way.en
    assert_reads(new)


def test_an_alpha_plane_that_the_mark_does_not_touch_stays_byte_for_byte() -> None:
    image = painting("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(SIZE).point(lambda level: min(255, 3 * level)))
    data = saved(image, quality=80)
    after, _ = marked(data)
    assert dict(chunks(data))[b"ALPH"] == dict(chunks(after))[b"ALPH"]


def test_the_mark_is_opaque_on_a_transparent_lossy_picture() -> None:
    image = painting("RGBA")
    image.putalpha(0)
    data = saved(image, quality=80)
    after, rendering = marked(data)
    (new,) = frames(after)
    assert (inside(new, rendering.box)[:, :, 3] == 255).all()
    assert (outside(new, rendering.box)[:, :, 3] == 0).all()


def test_other_chunks_and_bytes_behind_the_form_stay() -> None:
    data = saved(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", xmp=b"<x/>", icc_profile=b"some profile")
    strange = riff.chunk(b"ODD ", b"kept")
    data = data[:4] + (len(data) + len(strange) - 8).to_bytes(4, "little") + data[8:] + strange + b"trailing"
    after, _ = marked(data)
    assert others(after) == others(data)
    assert after.endswith(strange + b"trailing")


def test_orientation_in_exif_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(lossless=True, exif=exif)
    after, rendering = marked(data)
    turned = np.rot90(frames(after)[0], -1)
    assert rendering.box.right <= SIZE[1]
    assert_reads(turned)
    assert (outside(np.rot90(frames(data)[0], -1), rendering.box) == outside(turned, rendering.box)).all()


def test_a_lossy_animation_keeps_timing_and_the_frames_that_do_not_touch_the_mark() -> None:
    first = painting(size=(240, 160))
    pictures = [first]
    for step in range(1, 6):
        moved = first.copy()
        moved.paste((255, 0, 0), (10 + 8 * step, 10, 40 + 8 * step, 40))
        pictures.append(moved)
    durations = [100, 50, 70, 30, 500, 40]
    data = saved(
        first,
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=3,
        quality=70,
        background=(9, 8, 7, 6),
    )
    after, rendering = marked(data)
    assert timing(after) == timing(data)
    assert timing(after)[2] == durations
    same = sum(one == other for one, other in zip(chunks(data), chunks(after), strict=True) if one[0] == b"ANMF")
    assert same >= 3
    assert f"{6 - same} of 6" in rendering.way.en
    for picture in frames(after):
        assert_reads(picture)


@pytest.mark.oracle("gif2webp", "webpinfo", "dwebp")
def test_what_gif2webp_makes_shows_the_mark_in_every_frame(tmp_path: Path) -> None:
    gif, webp, out = (tmp_path / name for name in ("a.gif", "a.webp", "b.webp"))
    pictures = [painting("RGBA", (200, 150), seed) for seed in range(4)]
    for index, picture in enumerate(pictures):
        picture.putalpha(0)
        picture.paste((200, 40 * index, 0, 255), (60 + 20 * index, 70 + 10 * index, 140 + 20 * index, 120 + 10 * index))
    pictures[0].save(gif, save_all=True, append_images=pictures[1:], duration=80, loop=0, disposal=2)
    subprocess.run(["gif2webp", "-quiet", str(gif), "-o", str(webp)], check=True)
    data = webp.read_bytes()
    after, rendering = marked(data)
    out.write_bytes(after)
    assert timing(after) == timing(data)
    for old, new in zip(frames(data), frames(after), strict=True):
        assert (outside(old, rendering.box) == outside(new, rendering.box)).all()
        assert_reads(new)
    said = subprocess.run(["webpinfo", str(out)], capture_output=True, text=True, check=True).stdout
    assert "No error detected" in said


@pytest.mark.oracle("webpinfo", "dwebp")
@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_google_s_own_tools_find_no_fault(mode: str, lossless: bool, tmp_path: Path) -> None:
    path = tmp_path / "out.webp"
    path.write_bytes(marked(saved(painting(mode), lossless=lossless))[0])
    said = subprocess.run(["webpinfo", str(path)], capture_output=True, text=True, check=True).stdout
    assert "No error detected" in said
    subprocess.run(["dwebp", "-quiet", str(path), "-o", str(tmp_path / "out.png")], check=True)


CANVAS = 96, 80


@st.composite
def animations(draw: st.DrawFn) -> bytes:
    """Animations of lossless frames anywhere on the canvas, blended or not, cleared or not, some pixels transparent."""
    parts = []
    for index in range(draw(st.integers(1, 6))):
        left, top = (2 * draw(st.integers(0, side // 2 - 1)) for side in CANVAS)
        wide, high = draw(st.integers(1, CANVAS[0] - left)), draw(st.integers(1, CANVAS[1] - top))
        image = painting("RGBA", (wide, high), index)
        alpha = np.random.default_rng(index).choice([0, 255], (high, wide)).astype(np.uint8)
        image.putalpha(Image.fromarray(alpha) if draw(st.booleans()) else 255)
        stream = dict(chunks(saved(image, lossless=True, exact=True)))[b"VP8L"]
        header = b"".join(n.to_bytes(3, "little") for n in (left // 2, top // 2, wide - 1, high - 1, 40 + index))
        flags = draw(st.integers(0, 3))
        parts.append(riff.chunk(b"ANMF", header + bytes((flags,)) + riff.chunk(b"VP8L", stream)))
    size = b"".join((side - 1).to_bytes(3, "little") for side in CANVAS)
    head = riff.chunk(b"VP8X", b"\x12\0\0\0" + size) + riff.chunk(b"ANIM", b"\1\2\3\4\5\0")
    return riff.chunk(b"RIFF", b"WEBP" + head + b"".join(parts))


@given(animations(), st.sampled_from(Place))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_frames_do_the_mark_stands_in_all_of_them_and_nothing_else_changes(data: bytes, place: Place) -> None:
    after, rendering = marked(data, Mark(place=place))
    assert timing(after) == timing(data)
    pictures = list(zip(frames(data), frames(after), strict=True))
    badge = inside(pictures[0][1], rendering.box)
    assert_reads(pictures[0][1])
    for old, new in pictures:
        assert (inside(new, rendering.box) == badge).all()
        visible = outside(old, rendering.box), outside(new, rendering.box)
        assert (visible[0][:, :, 3] == visible[1][:, :, 3]).all()
        shown = visible[0][:, :, 3] > 0
        assert (visible[0][shown] == visible[1][shown]).all()


def test_a_second_mark_in_the_same_place_changes_no_pixel() -> None:
    once, _ = marked(saved(lossless=True))
    assert (frames(marked(once)[0])[0] == frames(once)[0]).all()


def broken() -> Iterator[tuple[str, bytes, type[AigcLabelError]]]:
    still, moving = saved(), saved(save_all=True, append_images=[painting(seed=6), painting(seed=7)])
    yield "no bitstream", riff.chunk(b"RIFF", b"WEBP" + riff.chunk(b"VP8X", bytes(10))), MalformedFile
    yield "size lies", still[:16] + b"\xff\xff\xff\x00" + still[20:], MalformedFile
    at = moving.index(b"ANMF") + 8
    yield "frame off canvas", moving[:at] + b"\x40\0\0" + moving[at + 3 :], MalformedFile
    at = moving.index(b"VP8X") + 12
    yield "huge canvas", moving[:at] + b"\xff\xff\x3f\xff\xff\x3f" + moving[at + 6 :], LimitExceeded


@pytest.mark.parametrize(("data", "expected"), [pytest.param(data, kind, id=name) for name, data, kind in broken()])
def test_broken_files_are_named(data: bytes, expected: type[AigcLabelError]) -> None:
    with pytest.raises(expected):
        render(BytesSource(data), Mark())


def test_limits_hold() -> None:
    moving = saved(save_all=True, append_images=[painting(seed=6), painting(seed=7)])
    with pytest.raises(LimitExceeded):
        render(BytesSource(moving, limits=Limits(frames=2)), Mark())
    with pytest.raises(LimitExceeded):
        render(BytesSource(saved(), limits=Limits(pixels=1000)), Mark())


@pytest.mark.parametrize("data", [saved(quality=50), saved(painting("RGBA"), quality=50), saved(lossless=True)])
def test_flipped_bytes_raise_only_our_errors(data: bytes) -> None:
    changed = bytearray(data)
    for at in range(0, len(data), max(1, len(data) // 60)):
        changed[at] ^= 0x55
        with suppress(AigcLabelError):
            render(BytesSource(bytes(changed)), Mark())
        changed[at] ^= 0x55
