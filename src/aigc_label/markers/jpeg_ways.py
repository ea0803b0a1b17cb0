"""Puts a badge into a JPEG's coefficients: through jpegtran, through jpeglib, or by coding the picture anew."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import numpy as np
from PIL import Image

from aigc_label import badge, optional, transcoder
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, MissingTool, ToolFailed
from aigc_label.evidence import Box
from aigc_label.formats import BY_NAME
from aigc_label.grammars import jpeg, jpeg_frame
from aigc_label.grammars.jpeg_frame import Component, Frame
from aigc_label.limits import Limits
from aigc_label.raster import opened, told
from aigc_label.source import BytesSource

# zigzag position -> row-major position (T.81 figure A.6)
NATURAL: Final = sorted(range(64), key=lambda i: (i // 8 + i % 8, i % 8 if (i // 8 + i % 8) % 2 == 0 else i // 8))
PILLOW_SAMPLING: Final = {(1, 1): 0, (2, 1): 1, (2, 2): 2}  # luma factors over chroma 1 x 1 -> Pillow's name for it
HARMLESS: Final = "extraneous bytes before marker"  # of jpegtran's warnings, the one that loses no coefficient
WARNED: Final = 2  # jpegtran's exit status for "done, but the data are corrupt"
ARRAYS: Final = ("Y", "Cb", "Cr")  # jpeglib's names of the components; it does not write a fourth one right

TRANSFORMED: Final = Bilingual(
    "only the JPEG blocks under the mark were replaced (jpegtran -drop); all other coefficients are unchanged",
    "仅替换了标识下方的 JPEG 数据块（jpegtran -drop），其余系数均未改变",
)
REPLACED: Final = Bilingual(
    "only the JPEG blocks under the mark were replaced (jpeglib); all other coefficients are unchanged",
    "仅替换了标识下方的 JPEG 数据块（jpeglib），其余系数均未改变",
)
REPLACED_PLAIN: Final = Bilingual(
    f"{REPLACED.en}; the scans became one plain scan without restart markers",
    f"{REPLACED.zh}；扫描顺序变为单一基线扫描，重启标记未保留",
)
CODED_ANEW: Final = Bilingual(
    "the whole picture was coded anew with the file's own quantisation tables and subsampling (Pillow); pixels outside "
    "the mark may differ by a few levels. Install jpegtran (libjpeg-turbo) to change only the blocks under the mark",
    "整幅图片使用原文件的量化表和色度抽样重新编码（Pillow），标识以外的像素可能有几个灰度级的差异；"
    "安装 jpegtran（libjpeg-turbo）后可仅改变标识下方的数据块",
)


class Colours(Enum):
    """How the components of a JPEG are to be read, by the rules that libjpeg and browsers share."""

    GREY = auto()
    YCC = auto()
    RGB = auto()
    CMYK = auto()
    CMYK_INVERTED = auto()  # Adobe's: 255 is no ink
    YCCK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every way needs: the picture alone (SOI to EOI), its frame, and the badge in stored coordinates."""

    data: bytes
    frame: Frame
    colours: Colours
    box: Box
    levels: badge.Levels
    limits: Limits


def drawn(job: Job) -> tuple[bytes, Bilingual]:
    """Give the new picture, with what was done, by the first way that this machine has.

    Lossless ways come first. Raises what the last way raises: `MalformedFile` for damaged data.
    """
    for way in (by_jpegtran, by_jpeglib):
        try:
            return way(job)
        except (MissingTool, ToolFailed):
            continue
    return by_pillow(job)


def by_jpegtran(job: Job) -> tuple[bytes, Bilingual]:
    """Drop the badge's blocks into the picture's; order of scans, progressive mode and restart markers are kept.

    Raises `MissingTool`, `ToolFailed` (also where this jpegtran has no `-drop`), `MalformedFile` for damaged data.
    """
    frame = job.frame
    arguments = ["-copy", "none", "-outfile", "marked.jpg", "-drop", f"+{job.box.left}+{job.box.top}", "tile.jpg"]
    if frame.restart_interval:
        arguments += ["-restart", f"{frame.restart_interval}B"]
    if not frame.standard_huffman:
        arguments.append("-optimize")
    with transcoder.workplace() as folder:
        (folder / "tile.jpg").write_bytes(_tile(job))
        (folder / "picture.jpg").write_bytes(job.data)  # files, not pipes: libjpeg moves 4 KiB at a time
        if len(frame.scans) == 1:
            return _jpegtran(job, arguments, folder), TRANSFORMED
        (folder / "scans").write_text(_script(frame), "ascii")
        try:
            return _jpegtran(job, [*arguments, "-scans", "scans"], folder), TRANSFORMED
        except ToolFailed:  # an order of scans that libjpeg reads but does not write: its own order then
            return _jpegtran(job, [*arguments, "-progressive"], folder), TRANSFORMED


def _jpegtran(job: Job, arguments: list[str], folder: Path) -> bytes:
    most = 4 * len(job.data) + 65_536
    ran = transcoder.run(
        "jpegtran", [*arguments, "picture.jpg"], limits=job.limits, folder=folder, most=most, accepted=(0, WARNED)
    )
    if ran.status == WARNED and any(HARMLESS not in line for line in ran.said.splitlines()):
        raise MalformedFile(
            Bilingual(f"the compressed picture is damaged: {ran.said}", f"压缩的图像数据已损坏：{ran.said}"),
            remedy=Bilingual("Open and save it again in an image editor.", "请用图像编辑器打开后重新保存。"),
        )
    return (folder / "marked.jpg").read_bytes()


def _script(frame: Frame) -> str:
    """Give the file's own order of scans as jpegtran reads it."""
    return "".join(
        f"{','.join(map(str, scan.components))}: {scan.start}-{scan.end}, {scan.high}, {scan.low};\n"
        for scan in frame.scans
    )


def by_jpeglib(job: Job) -> tuple[bytes, Bilingual]:
    """Replace the badge's blocks in jpeglib's arrays; it writes one plain scan, whatever the file had.

    Raises `MissingTool`, `ToolFailed` (also for four components).
    """
    library = _jpeglib()
    if len(job.frame.components) > len(ARRAYS):
        raise ToolFailed(Bilingual("jpeglib does not write CMYK", "jpeglib 不支持写入 CMYK"))
    with transcoder.workplace() as folder:
        whole, tile, marked = (folder / name for name in ("picture.jpg", "tile.jpg", "marked.jpg"))
        whole.write_bytes(job.data)
        tile.write_bytes(_tile(job))
        try:
            picture, new = library.read_dct(str(whole)), library.read_dct(str(tile))
            for name, part in zip(ARRAYS, job.frame.components, strict=False):
                _put(getattr(picture, name), getattr(new, name), _first_block(job, part))
            picture.write_dct(str(marked))
            data = marked.read_bytes()
        except (OSError, ValueError, RuntimeError, AttributeError, IndexError) as problem:
            raise ToolFailed(Bilingual(f"jpeglib failed: {problem}", f"jpeglib 出错：{problem}")) from problem
    lost = len(job.frame.scans) > 1 or job.frame.restart_interval
    return data, REPLACED_PLAIN if lost else REPLACED


def _jpeglib() -> Any:
    return optional.package("jpeglib", "fast", Bilingual("the package jpeglib is not installed", "未安装 jpeglib 包"))


def _first_block(job: Job, part: Component) -> tuple[int, int]:
    """Give row and column of the component's block in which the badge begins."""
    if len(job.frame.components) == 1:
        return job.box.top // jpeg_frame.BLOCK, job.box.left // jpeg_frame.BLOCK
    across, down = job.frame.grid
    return job.box.top // down * part.down, job.box.left // across * part.across


def _put(blocks: Any, new: Any, first: tuple[int, int]) -> None:
    """Replace blocks; at the right and lower edge the tile may have padding blocks that the picture has not."""
    top, left = first
    high, wide = min(new.shape[0], blocks.shape[0] - top), min(new.shape[1], blocks.shape[1] - left)
    blocks[top : top + high, left : left + wide] = new[:high, :wide]


def by_pillow(job: Job) -> tuple[bytes, Bilingual]:
    """Decode to the stored colour planes, without a detour through RGB where that is possible, and code them anew.

    Keeps tables, subsampling, progressive mode and restart interval. Raises `MalformedFile`, `ToolFailed`.
    """
    frame = job.frame
    with told(BY_NAME["jpeg"]), catch_warnings():
        simplefilter("ignore")
        image = opened(BytesSource(job.data, limits=job.limits), BY_NAME["jpeg"])
        if job.colours is Colours.YCC:
            image.draft("YCbCr", None)
        image.load()
        sampling = _pillow_sampling(frame) if job.colours in (Colours.GREY, Colours.YCC) else None
        if sampling is None:
            planes = _stored_planes(image, job.colours)
            for plane, new in zip(planes, _badge_planes(job), strict=True):
                plane.paste(new, (job.box.left, job.box.top))
            return _in_planes(frame, (frame.width, frame.height), planes), CODED_ANEW
        tile = _badge_planes(job)
        image.paste(tile[0] if len(tile) == 1 else Image.merge("YCbCr", tile), (job.box.left, job.box.top))
        slots = dict.fromkeys(part.table for part in frame.components)
        out = io.BytesIO()
        image.save(
            out,
            "JPEG",
            qtables=[_natural(frame.tables[slot]) for slot in slots],
            subsampling=sampling,
            progressive=frame.marker == jpeg_frame.PROGRESSIVE,
            optimize=not frame.standard_huffman,
            restart_marker_blocks=frame.restart_interval,
        )
    return out.getvalue(), CODED_ANEW


def _pillow_sampling(frame: Frame) -> int | None:
    """Give Pillow's number for the file's subsampling; None where it cannot write this sampling or these tables."""
    first, *others = frame.components
    if not others:
        return 0
    plain = all((part.across, part.down) == (1, 1) for part in others)
    if not plain or others[0].table != others[1].table or others[0].table == first.table:
        return None
    return PILLOW_SAMPLING.get((first.across, first.down))


def _stored_planes(image: Image.Image, colours: Colours) -> list[Image.Image]:
    """Give the component planes at full size, as the file stores them (Pillow turns CMYK round)."""
    planes = list(image.split())
    if colours is Colours.YCCK:
        return [*Image.merge("RGB", planes[:3]).convert("YCbCr").split(), planes[3].point(_turned)]
    if colours in (Colours.CMYK, Colours.CMYK_INVERTED):
        return [plane.point(_turned) for plane in planes]
    return planes


def _turned(level: Any) -> Any:
    return 255 - level


def _badge_planes(job: Job) -> list[Image.Image]:
    """Give the badge in every component: a neutral grey, so chroma is flat and ink is black alone."""
    grey = Image.fromarray(job.levels)
    flat = {level: Image.new("L", grey.size, level) for level in (0, 128, 255)}
    return {
        Colours.GREY: [grey],
        Colours.YCC: [grey, flat[128], flat[128]],
        Colours.RGB: [grey] * 3,
        Colours.CMYK: [grey] * 4,  # without Adobe's segment readers differ on what 255 means: legible either way round
        Colours.CMYK_INVERTED: [flat[255]] * 3 + [grey],
        Colours.YCCK: [flat[0], flat[128], flat[128], grey],  # its YCC are of the inverse of what CMYK_INVERTED stores
    }[job.colours]


def _tile(job: Job) -> bytes:
    """Give the badge as a JPEG of its own, with the file's tables, sampling and colour segments."""
    kept = b"".join(
        job.data[part.offset : part.end] for part in job.frame.head if part.marker in (jpeg.APP0, jpeg_frame.APP14)
    )
    tile = _in_planes(job.frame, (job.box.width, job.box.height), _badge_planes(job))
    return tile[:2] + kept + tile[2:]


def _in_planes(frame: Frame, size: tuple[int, int], planes: list[Image.Image]) -> bytes:
    coded = [_coded(frame, part, plane) for part, plane in zip(frame.components, planes, strict=True)]
    return jpeg_frame.sewn(frame, size, coded)


def _coded(frame: Frame, part: Component, plane: Image.Image) -> bytes:
    """Give one plane as a greyscale JPEG of the component's size, with the component's table."""
    across, down = frame.sampling
    if across % part.across == 0 and down % part.down == 0:
        plane = plane.reduce((across // part.across, down // part.down))
    else:
        size = -(-plane.width * part.across // across), -(-plane.height * part.down // down)
        plane = plane.resize(size, Image.Resampling.BOX)
    out = io.BytesIO()
    plane.save(out, "JPEG", qtables=[_natural(frame.tables[part.table])])
    return out.getvalue()


def _natural(zigzag: tuple[int, ...]) -> list[int]:
    table = np.zeros(64, int)
    table[NATURAL] = zigzag
    return table.tolist()
