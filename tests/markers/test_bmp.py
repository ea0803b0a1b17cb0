"""Marks on BMP: the pixels under the mark are overwritten in place, no other byte changes."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.markers import Rendering
from aigc_label.markers.bmp import render
from aigc_label.markers.inks import luminance
from aigc_label.marking import Mark, Place
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory, new_bytes_of

Pixels = np.ndarray[Any, Any]
SIZE = WIDE, HIGH = 97, 75
GREYS = b"".join(bytes((level, level, level, 0)) for level in range(256))


def marked(data: bytes, place: Place = Place.BOTTOM_RIGHT) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, Mark(place=place))
    return in_memory(source, rendering.plan), rendering


def seen(data: bytes) -> Pixels:
    """The picture as ImageMagick decodes it; Pillow knows fewer variants."""
    raw = subprocess.run(["convert", "bmp:-", "-depth", "8", "rgba:-"], input=data, capture_output=True, check=True)
    return np.frombuffer(raw.stdout, np.uint8).reshape(HIGH, WIDE, 4).copy()


def assert_only_the_box_differs(before: Pixels, after: Pixels, box: Box) -> None:
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    badge = after[inside]
    light = luminance(badge[:, :, :3])
    assert (light.max() + 0.05) / (light.min() + 0.05) >= 4.5
    assert (badge[:, :, 3] == 255).all()
    before[inside] = badge
    assert (before == after).all()


def bitmap(
    bits: int,
    *,
    header: int = 40,
    compression: int = 0,
    masks: bytes = b"",
    palette: bytes = b"",
    top_down: bool = False,
) -> bytes:
    """A BMP of grain, header by header."""
    stride = (WIDE * bits + 31) // 32 * 4
    pixels = np.random.default_rng(bits).integers(0, 256, stride * HIGH, dtype=np.uint8).tobytes()
    if header == 12:
        info = pack("<IHHHH", 12, WIDE, HIGH, 1, bits)
    else:
        high = -HIGH if top_down else HIGH
        colours = len(palette) // 4
        info = pack("<IiiHHIIiiII", header, WIDE, high, 1, bits, compression, len(pixels), 2835, 2835, colours, 0)
        info += (masks if header > 40 else b"").ljust(header - 40, b"\0")
        masks = b"" if header > 40 else masks
    at = 14 + header + len(masks) + len(palette)
    return b"BM" + pack("<IHHI", at + len(pixels), 0, 0, at) + info + masks + palette + pixels


VARIANTS = {
    "1 bit": bitmap(1, palette=bytes((0, 0, 0, 0, 255, 255, 255, 0))),
    "4 bits": bitmap(4, palette=b"".join(GREYS[at * 68 : at * 68 + 4] for at in range(16))),
    "8 bits": bitmap(8, palette=GREYS),
    "8 bits, top-down": bitmap(8, palette=GREYS, top_down=True),
    "8 bits, OS/2": bitmap(8, header=12, palette=b"".join(bytes((level,) * 3) for level in range(256))),
    "16 bits, 555": bitmap(16),
    "16 bits, 565": bitmap(16, compression=3, masks=pack("<3I", 0xF800, 0x07E0, 0x001F)),
    "24 bits": bitmap(24),
    "24 bits, top-down": bitmap(24, top_down=True),
    "24 bits, V5 header": bitmap(24, header=124),
    "32 bits, masks in the header": bitmap(
        32, header=108, compression=3, masks=pack("<4I", 0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000)
    ),
    "32 bits, masks turned round": bitmap(
        32, header=108, compression=3, masks=pack("<4I", 0x000000FF, 0x0000FF00, 0x00FF0000, 0xFF000000)
    ),
}


@pytest.mark.oracle("convert")
@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("place", [Place.BOTTOM_RIGHT, Place.TOP_LEFT, Place.LEFT])
def test_every_variant_changes_in_place_under_the_mark_alone(name: str, place: Place) -> None:
    data = VARIANTS[name]
    out, rendering = marked(data, place)
    assert len(out) == len(data)
    assert_only_the_box_differs(seen(data), seen(out), rendering.box)
    box = rendering.box
    assert new_bytes_of(rendering.plan) <= box.height * (box.width * 4 + 2)


@pytest.mark.oracle("convert")
def test_an_unused_palette_entry_lends_itself() -> None:
    dark = b"".join(bytes((at % 60, at % 50, at % 40, 0)) for at in range(256))
    data = bytearray(bitmap(8, palette=dark))
    pixels = 14 + 40 + len(dark)
    data[pixels:] = bytes(value % 250 for value in data[pixels:])
    out, rendering = marked(bytes(data))
    assert_only_the_box_differs(seen(bytes(data)), seen(out), rendering.box)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_pillow_finds_only_the_box_changed(mode: str) -> None:
    data = io.BytesIO()
    Image.open(Path(__file__).parents[2] / "fixtures/jpeg/baseline.jpg").resize(SIZE).convert(mode).save(data, "BMP")
    out, rendering = marked(data.getvalue())

    def pixels(of: bytes) -> Pixels:
        return np.asarray(Image.open(io.BytesIO(of)).convert("RGBA")).copy()

    assert_only_the_box_differs(pixels(data.getvalue()), pixels(out), rendering.box)


@pytest.mark.parametrize(("compression", "name"), [(1, "RLE8"), (2, "RLE4"), (4, "JPEG"), (5, "PNG")])
def test_compressed_bitmaps_are_refused_by_name_with_a_remedy(compression: int, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=name) as caught:
        marked(bitmap(8, compression=compression, palette=GREYS))
    assert "PNG" in caught.value.remedy.zh


def test_a_bomb_is_refused_before_anything_is_read() -> None:
    data = bytearray(bitmap(24))
    data[18:26] = pack("<ii", 65535, 65535)
    with pytest.raises(LimitExceeded):
        marked(bytes(data))


def test_masks_with_gaps_are_malformed() -> None:
    with pytest.raises(MalformedFile):
        marked(bitmap(16, compression=3, masks=pack("<3I", 0xF801, 0x07E0, 0x001E)))


def test_damage_anywhere_raises_only_our_errors() -> None:
    data = VARIANTS["4 bits"]
    for at in range(0, len(data), 1 if len(data) < 400 else 3):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]):
            try:
                marked(broken)
            except AigcLabelError:
                continue
