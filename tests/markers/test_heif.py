"""Marks on HEIC: the picture is coded anew at its own depth and chroma, everything else in the file stays."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from aigc_label import optional
from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, LimitExceeded, MissingTool, UnsupportedFormat
from aigc_label.grammars import bmff, heif, heif_properties
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers.heif import render
from aigc_label.marking import Mark, complies
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "heic"
SIZE = 182, 134


def painting(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    wide, high = size
    x, y = np.meshgrid(np.arange(wide), np.arange(high))
    planes = np.stack([x * 220 // wide, y * 220 // high, (x + y) * 120 // (wide + high), x * 255 // wide], axis=2)
    return Image.fromarray(planes.astype(np.uint8)).convert(mode)


def saved(image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image or painting()).save(out, **{"quality": 70, **options})
    return out.getvalue()


def deep(depth: int, chroma: int = 420) -> bytes:
    samples = np.asarray(painting()).astype(np.uint16) << depth - 8
    out = io.BytesIO()
    pillow_heif.encode(f"RGB;{depth}", SIZE, samples.tobytes(), out, quality=70, chroma=chroma)
    return out.getvalue()


def turned(properties: bytes) -> bytes:
    """A picture with more properties behind its own, as a camera writes `irot` and `imir`."""
    data = saved()
    source = BytesSource(data)
    meta = heif.layout_of(source).meta
    assert meta is not None
    held = heif_properties.properties_of(source, meta)
    own = [source.at(box.offset, box.size) for box in held.of(meta.primary or 0)]
    extra = split(properties)
    picture = b"".join(source.at(start, end - start) for start, end in heif.spans_of(source, meta, meta.primary or 0))
    return heif_properties.alone(b"heic", b"hvc1", [*own, *extra], picture)


def split(boxes: bytes) -> list[bytes]:
    source = BytesSource(boxes)
    return [source.at(box.offset, box.size) for box in bmff.boxes(source, 0, len(boxes))]


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def opened(data: bytes) -> Any:
    return pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False, hdr_to_16bit=False)


def assert_reads(data: bytes) -> None:
    pixels = np.asarray(pillow_heif.open_heif(io.BytesIO(data)).to_pillow().convert("RGB"))
    first, *_ = sightings(pixels)
    assert complies(first.text)


def apart(before: bytes, after: bytes, rendering: Rendering) -> float:
    old, new = (np.asarray(opened(data)).astype(float) for data in (before, after))
    box, depth = rendering.box, opened(before).info["bit_depth"]
    away = np.ones(old.shape[:2], bool)
    away[box.top - 2 : box.bottom + 2, box.left - 2 : box.right + 2] = False
    return float(np.abs(old - new)[away].mean()) / (1 << depth - 8)


@pytest.mark.parametrize("depth", [8, 10, 12])
@pytest.mark.parametrize("chroma", [420, 422, 444])
def test_depth_and_chroma_stay(depth: int, chroma: int) -> None:
    data = saved(chroma=chroma) if depth == 8 else deep(depth, chroma)
    after, rendering = marked(data)
    for key in ("bit_depth", "chroma"):
        assert opened(after).info[key] == opened(data).info[key]
    assert apart(data, after, rendering) < 1
    assert_reads(after)
    assert "coded anew" in rendering.way.en


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA"])
def test_grey_and_alpha_stay(mode: str) -> None:
    image = painting(mode)
    if mode != "L":
        image.putalpha(painting("L").point(lambda level: max(0, 255 - 2 * level)))
    data = saved(image)
    after, rendering = marked(data)
    assert opened(after).mode == opened(data).mode
    assert apart(data, after, rendering) < 1.5
    if mode != "L":
        alpha = np.asarray(opened(after))[:, :, -1]
        box = rendering.box
        assert (alpha[box.top + 1 : box.bottom - 1, box.left + 1 : box.right - 1] >= 250).all()


def test_an_opaque_alpha_plane_is_not_coded_anew() -> None:
    image = painting("RGBA")
    image.putalpha(255)
    data = saved(image)
    after, _ = marked(data)

    def plane(of: bytes) -> bytes:
        source = BytesSource(of)
        meta = heif.layout_of(source).meta
        assert meta is not None
        (number,) = {ref.origin for ref in meta.references if ref.kind == b"auxl"}
        return b"".join(source.at(start, end - start) for start, end in heif.spans_of(source, meta, number))

    assert plane(after) == plane(data)


IROT = {quarter: bmff.box(b"irot", bytes((quarter,))) for quarter in range(4)}
IMIR = {axis: bmff.box(b"imir", bytes((axis,))) for axis in range(2)}


@pytest.mark.oracle("heif-convert")
@pytest.mark.parametrize(
    "properties",
    [*IROT.values(), *IMIR.values(), IROT[1] + IMIR[0], IROT[3] + IMIR[1], IMIR[0] + IROT[1]],
    ids=["0", "90", "180", "270", "mirror 0", "mirror 1", "90 mirror 0", "270 mirror 1", "mirror 0 then 90"],
)
def test_the_mark_stands_upright_however_the_picture_is_turned(properties: bytes, tmp_path: Path) -> None:
    data = turned(properties)
    after, rendering = marked(data)
    (tmp_path / "a.heic").write_bytes(after)
    subprocess.run(["heif-convert", "a.heic", "a.png"], cwd=tmp_path, check=True, capture_output=True)
    shown = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    first, *_ = sightings(shown)
    assert complies(first.text)
    assert first.box is not None
    assert rendering.box.left <= first.box.left
    assert first.box.bottom <= rendering.box.bottom
    assert apart(data, after, rendering) < 1


@pytest.mark.oracle("exiftool", "heif-info")
@pytest.mark.parametrize("name", ["metadata.heic", "several.heic", "split.heic", "room.heic", "alpha.heic"])
def test_independent_readers_find_the_same_metadata(name: str, tmp_path: Path) -> None:
    data = (FIXTURES / name).read_bytes()
    after, _ = marked(data)

    def told(of: bytes) -> dict[str, Any]:
        path = tmp_path / "x.heic"
        path.write_bytes(of)
        said = subprocess.run(["exiftool", "-j", "-G1", str(path)], capture_output=True, check=True).stdout
        subprocess.run(["heif-info", str(path)], check=True, capture_output=True)
        leave_out = (
            "System:",
            "File:",
            "MediaData",
            "Meta:MediaDataOffset",
            "HEVCConfiguration",
            "QuickTime:MediaData",
        )
        found = json.loads(said)[0]
        return {key: value for key, value in found.items() if not key.startswith(leave_out) and "HEVC" not in key and "Constraint" not in key and "GenProfile" not in key and "Generalized" not in key and "GenLevel" not in key and "GenTier" not in key and "GenGeneral" not in key and "Composite:" not in key}  # fmt: skip  # noqa: E501

    assert told(after) == told(data)


def test_only_the_picture_and_its_configuration_are_new() -> None:
    data = saved(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", xmp=b"<x:xmpmeta/>", icc_profile=b"profile " * 20)
    source = BytesSource(data)
    after = BytesSource(in_memory(source, render(source, Mark()).plan))
    old, new = (heif.layout_of(file).meta for file in (source, after))
    assert old is not None
    assert new is not None
    assert [item.kind for item in old.items] == [item.kind for item in new.items]
    for item in old.items[1:]:
        one, other = (
            b"".join(file.at(start, end - start) for start, end in heif.spans_of(file, meta, item.number))
            for file, meta in ((source, old), (after, new))
        )
        assert one == other

    def properties(file: BytesSource, meta: heif.Meta) -> list[bytes]:
        held = heif_properties.properties_of(file, meta)
        return [file.at(box.offset, box.size) for box in held.of(meta.primary or 0) if box.kind != b"hvcC"]

    assert properties(source, old) == properties(after, new)


def test_a_grid_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedFormat, match="grid of tiles"):
        render(BytesSource((FIXTURES / "grid.heic").read_bytes()), Mark())


def test_without_the_package_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", gone)
    with pytest.raises(MissingTool) as caught:
        render(BytesSource(saved()), Mark())
    assert "pip install" in caught.value.remedy.zh


def test_too_many_pixels_are_refused_before_decoding() -> None:
    with pytest.raises(LimitExceeded):
        render(BytesSource(saved(), limits=Limits(pixels=1000)), Mark())


def test_flipped_bytes_raise_only_our_errors() -> None:
    data = bytearray((FIXTURES / "alpha.heic").read_bytes())
    for at in range(0, len(data), 23):
        data[at] ^= 0x55
        with suppress(AigcLabelError):
            render(BytesSource(bytes(data)), Mark())
        data[at] ^= 0x55
