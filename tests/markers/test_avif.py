"""Marks on AVIF: still pictures keep all but the picture, sequences keep their exact times."""

from __future__ import annotations

import io
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, LimitExceeded, UnsupportedFormat
from aigc_label.grammars import bmff
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers import avif_sequence as sequence
from aigc_label.markers.avif import render
from aigc_label.marking import Mark, complies
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "avif"
SIZE = 183, 135


def painting(mode: str = "RGB", shift: int = 0) -> Image.Image:
    wide, high = SIZE
    x, y = np.meshgrid(np.arange(wide), np.arange(high))
    planes = np.stack(
        [x * 200 // wide + shift, y * 220 // high, (x + y) * 120 // (wide + high), x * 255 // wide], axis=2
    )
    return Image.fromarray(planes.astype(np.uint8)).convert(mode)


def saved(image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or painting()).save(out, "AVIF", **{"quality": 70, **options})
    return out.getvalue()


def avifenc(folder: Path, *options: str, frames: int = 1) -> bytes:
    names = []
    for index in range(frames):
        names.append(f"{index}.png")
        painting(shift=10 * index).save(folder / names[-1])
    subprocess.run(["avifenc", "-s", "8", *options, *names, "x.avif"], cwd=folder, check=True, capture_output=True)
    return (folder / "x.avif").read_bytes()


def facts(folder: Path, data: bytes) -> dict[str, str]:
    """What avifdec says about a file, without its frames."""
    path = folder / "facts.avif"
    path.write_bytes(data)
    said = subprocess.run(["avifdec", "--info", str(path)], capture_output=True, text=True, check=True).stdout
    pairs = (
        line.strip(" *").split(":", 1) for line in said.splitlines() if ":" in line and "Image decoded" not in line
    )
    return {name.strip(): value.strip() for name, value in pairs}


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def frames(data: bytes) -> list[np.ndarray]:
    image = Image.open(io.BytesIO(data))
    found = []
    for index in range(image.n_frames):
        image.seek(index)
        found.append(np.asarray(ImageOps.exif_transpose(image)).astype(int))
    return found


def apart(before: bytes, after: bytes, rendering: Rendering) -> float:
    box, worst = rendering.box, 0.0
    for old, new in zip(frames(before), frames(after), strict=True):
        away = np.ones(old.shape[:2], bool)
        away[max(0, box.top - 2) : box.bottom + 2, max(0, box.left - 2) : box.right + 2] = False
        worst = max(worst, float(np.abs(old - new)[away].mean()))
    return worst


def assert_reads(data: bytes) -> None:
    for picture in frames(data):
        first, *_ = sightings(picture[:, :, :3].astype(np.uint8))
        assert complies(first.text)


@pytest.mark.oracle("avifdec")
@pytest.mark.parametrize("subsampling", ["4:2:0", "4:2:2", "4:4:4"])
def test_chroma_stays(subsampling: str, tmp_path: Path) -> None:
    data = saved(subsampling=subsampling)
    after, rendering = marked(data)
    assert facts(tmp_path, after) == facts(tmp_path, data)
    assert apart(data, after, rendering) < 1.5
    assert_reads(after)


@pytest.mark.oracle("avifenc", "avifdec")
@pytest.mark.parametrize(
    "options",
    [["--cicp", "1/13/1", "-r", "limited"], ["--cicp", "12/13/6"], ["-y", "400"], ["--cicp", "1/13/0", "-y", "444"]],
)
def test_colours_look_the_same_whatever_matrix_the_file_had(options: list[str], tmp_path: Path) -> None:
    data = avifenc(tmp_path, *options)
    after, rendering = marked(data)
    assert apart(data, after, rendering) < 1.5
    old, new = facts(tmp_path, data), facts(tmp_path, after)
    for name in ("Format", "Bit Depth", "Color Primaries", "Transfer Char."):
        assert old[name] == new[name]


def test_alpha_is_opaque_under_the_mark_and_stays_elsewhere() -> None:
    image = painting("RGBA")
    image.putalpha(painting("L").point(lambda level: max(0, 255 - 2 * level)))
    data = saved(image)
    after, rendering = marked(data)
    assert apart(data, after, rendering) < 1.5
    box = rendering.box
    inside = frames(after)[0][box.top + 1 : box.bottom - 1, box.left + 1 : box.right - 1, 3]
    assert (inside >= 250).all()


@pytest.mark.oracle("avifenc")
@pytest.mark.parametrize("options", [["--irot", "1"], ["--irot", "2"], ["--imir", "0"], ["--irot", "3", "--imir", "1"]])
def test_the_mark_stands_upright_however_the_picture_is_turned(options: list[str], tmp_path: Path) -> None:
    data = avifenc(tmp_path, *options)
    after, rendering = marked(data)
    assert_reads(after)
    assert apart(data, after, rendering) < 1.5


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", ["metadata.avif", "sequence-metadata.avif"])
def test_exif_and_xmp_stay(name: str, tmp_path: Path) -> None:
    data = (FIXTURES / name).read_bytes()

    def told(of: bytes) -> bytes:
        (tmp_path / "x.avif").write_bytes(of)
        return subprocess.run(
            ["exiftool", "-j", "-EXIF:all", "-XMP:all", "x.avif"], cwd=tmp_path, capture_output=True, check=True
        ).stdout

    assert told(marked(data)[0]) == told(data)


@pytest.mark.oracle("avifenc")
def test_more_than_eight_bits_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="more than 8 bits"):
        render(BytesSource(avifenc(tmp_path, "-d", "10")), Mark())
    with pytest.raises(UnsupportedFormat, match="more than 8 bits"):
        render(BytesSource(avifenc(tmp_path, "-d", "10", frames=2)), Mark())


@pytest.mark.oracle("avifenc")
def test_a_grid_is_refused_by_name(tmp_path: Path) -> None:
    painting().resize((256, 256)).save(tmp_path / "big.png")
    subprocess.run(
        ["avifenc", "-s", "8", "--grid", "2x2", "big.png", "x.avif"], cwd=tmp_path, check=True, capture_output=True
    )
    with pytest.raises(UnsupportedFormat, match="grid of tiles"):
        render(BytesSource((tmp_path / "x.avif").read_bytes()), Mark())


@pytest.mark.oracle("avifenc", "avifdec", "ffprobe")
@pytest.mark.parametrize("options", [["--timescale", "30"], ["--timescale", "30000", "--duration", "1001"]])
def test_a_sequence_keeps_its_exact_times(options: list[str], tmp_path: Path) -> None:
    data = avifenc(tmp_path, *options, frames=4)
    after, rendering = marked(data)

    def times(of: bytes) -> str:
        (tmp_path / "t.avif").write_bytes(of)
        return subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=time_base", "-show_entries",
             "packet=pts,duration", "-of", "csv", "t.avif"],
            cwd=tmp_path, capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip

    assert times(after) == times(data)
    assert "4 frames" in rendering.way.en
    assert apart(data, after, rendering) < 1.5
    assert_reads(after)
    assert facts(tmp_path, after) == facts(tmp_path, data)


@pytest.mark.parametrize("repeats", [0, 3])
def test_a_sequence_keeps_how_often_it_plays(repeats: int) -> None:
    forever = BytesSource(saved(save_all=True, append_images=[painting(shift=9)], duration=70))

    def timing(of: BytesSource) -> sequence.Timing:
        (movie,) = (box for box in bmff.top(of)[0] if box.kind == b"moov")
        return sequence._timing(of, sequence._tracks(of, movie)[0])

    assert timing(forever).plays is None
    limited = BytesSource(sequence._timed(forever, sequence.Timing(1000, (70, 70), sequence.Fraction(repeats + 1))))
    assert timing(limited).plays == repeats + 1
    assert timing(BytesSource(marked(limited.data)[0])) == timing(limited)


def test_limits_hold() -> None:
    with pytest.raises(LimitExceeded):
        render(BytesSource(saved(), limits=Limits(pixels=1000)), Mark())
    moving = saved(save_all=True, append_images=[painting(shift=9)] * 3, duration=70)
    with pytest.raises(LimitExceeded):
        render(BytesSource(moving, limits=Limits(frames=2)), Mark())


@pytest.mark.parametrize("name", ["alpha.avif", "sequence.avif"])
def test_flipped_bytes_raise_only_our_errors(name: str) -> None:
    data = bytearray((FIXTURES / name).read_bytes())
    for at in range(0, len(data), 23):
        data[at] ^= 0x55
        with suppress(AigcLabelError):
            render(BytesSource(bytes(data)), Mark())
        data[at] ^= 0x55
