"""Reads from a TIFF directory how its picture is stored: size, samples, strips or tiles."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars.exif import UPRIGHT
from aigc_label.grammars.tiff import PAGE, SUB_IFDS, Directory, Entry, numbers
from aigc_label.markers.samples import row_bytes
from aigc_label.markers.tiff_codecs import CODECS, PLAIN
from aigc_label.source import Source

SUBFILE: Final = 254
REDUCED: Final = 1  # bits of NewSubfileType
MASK: Final = 4
COLOR_MAP: Final = 320
STRIPS: Final = (273, 279)
TILES: Final = (324, 325)
WHITE_IS_ZERO: Final = 0  # PhotometricInterpretation
BLACK_IS_ZERO: Final = 1
RGB: Final = 2
PALETTE: Final = 3
SEPARATED: Final = 5
COLOUR_SAMPLES: Final = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, SEPARATED: 4}
COMPRESSIONS: Final = {
    2: "CCITT RLE", 3: "CCITT T.4", 4: "CCITT T.6", 6: "old-style JPEG", 7: "JPEG", 9: "JBIG", 10: "JBIG",
    34661: "JBIG", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
}  # fmt: skip
PHOTOMETRICS: Final = {
    6: "YCbCr",
    8: "CIE L*a*b*",
    9: "ICC L*a*b*",
    10: "ITU L*a*b*",
    32803: "CFA",
    34892: "linear raw",
}
DEPTHS: Final = (1, 2, 4, 8, 16)
ALPHAS: Final = (1, 2)  # ExtraSamples: associated and unassociated alpha
UNSIGNED: Final = (1, 4)  # SampleFormat: unsigned, undefined
DIFFERENCING: Final = 2  # Predictor


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One picture of the file. `cell` is the size of a strip or tile in pixels, `across` how many stand side by side.

    `extra` are the ExtraSamples values; `offsets` and `counts` the entries that say where the cells are stored, `starts`
    and `lengths` their values.
    """

    directory: Directory
    width: int
    height: int
    depth: int
    channels: int
    photometric: int
    extra: tuple[int, ...]
    compression: int
    differencing: bool
    planes: int
    orientation: int
    cell: tuple[int, int]
    tiled: bool
    offsets: Entry
    counts: Entry | None
    starts: array[int]
    lengths: array[int]
    secondary: bool

    @property
    def across(self) -> int:
        return -(-self.width // self.cell[0])

    @property
    def down(self) -> int:
        return -(-self.height // self.cell[1])

    @property
    def cell_channels(self) -> int:
        return 1 if self.planes > 1 else self.channels

    @property
    def pixel_bits(self) -> int:
        return self.depth * self.cell_channels

    @property
    def stride(self) -> int:
        return row_bytes(self.cell[0], self.pixel_bits)

    @property
    def order(self) -> str:
        return "<" if self.directory.header.little else ">"

    def rows_of(self, row: int) -> int:
        """Give how many rows the cells of the `row`-th row of cells hold: a last strip may be short, a tile never is."""
        return self.cell[1] if self.tiled else min(self.cell[1], self.height - row * self.cell[1])


def page_of(source: Source, directory: Directory) -> Page | None:
    """Give the picture of a directory; None where it holds none that is seen (EXIF, masks).

    Raises `UnsupportedFormat` by name for what cannot be drawn on, `MalformedFile`, `LimitExceeded`.
    """
    if directory.via not in (PAGE, SUB_IFDS):
        return None
    fields = _Fields(source, directory)
    subfile = fields.one(SUBFILE, 0)
    if subfile & MASK or not (directory.find(256) and directory.find(257)):
        return None
    compression = _compression_of(fields)
    tiled = directory.find(TILES[0]) is not None
    offsets, counts = (directory.find(tag) for tag in (TILES if tiled else STRIPS))
    if offsets is None:
        raise MalformedFile(Bilingual("a page has no strips and no tiles", "某页既无条带也无图块"), offset=directory.at)
    width, height = fields.one(256, 0), fields.one(257, 0)
    cell = (
        (fields.one(322, 0), fields.one(323, 0)) if tiled else (width, min(fields.one(278, height) or height, height))
    )
    _bounded(source, directory, width, height, cell)
    depth, channels, photometric, extra = _samples_of(fields)
    page = Page(
        directory=directory,
        width=width,
        height=height,
        depth=depth,
        channels=channels,
        photometric=photometric,
        extra=extra,
        compression=compression,
        differencing=_differencing(fields, compression, depth),
        planes=channels if fields.one(284, 1) == 2 else 1,
        orientation=value if 1 <= (value := fields.one(274, UPRIGHT)) <= 8 else UPRIGHT,
        cell=cell,
        tiled=tiled,
        offsets=offsets,
        counts=counts,
        starts=numbers(source, directory.header, offsets),
        lengths=array("Q") if counts is None else numbers(source, directory.header, counts),
        secondary=bool(subfile & REDUCED) or directory.via == SUB_IFDS,
    )
    _check_whole(page)
    return page


def _check_whole(page: Page) -> None:
    cells = page.across * page.down * page.planes
    if len(page.starts) < cells or (len(page.lengths) < cells and (page.counts or page.compression != PLAIN)):
        raise MalformedFile(
            Bilingual(
                f"a page needs {cells} strips or tiles and lists fewer", f"某页需要 {cells} 个条带或图块，实际不足"
            ),
            offset=page.offsets.at,
        )


class _Fields:
    def __init__(self, source: Source, directory: Directory) -> None:
        self.source, self.directory = source, directory

    def all(self, tag: int, default: tuple[int, ...]) -> tuple[int, ...]:
        entry = self.directory.find(tag)
        return tuple(numbers(self.source, self.directory.header, entry)) or default if entry else default

    def one(self, tag: int, default: int) -> int:
        return self.all(tag, (default,))[0]


def _bounded(source: Source, directory: Directory, width: int, height: int, cell: tuple[int, int]) -> None:
    if not (width and height and cell[0] and cell[1]):
        raise MalformedFile(Bilingual("a page has no pixels", "某页没有像素"), offset=directory.at)
    pixels = max(width * height, cell[0] * cell[1])
    if pixels > source.limits.pixels:
        raise LimitExceeded(
            Bilingual(f"a page has {pixels} pixels", f"某页有 {pixels} 像素"), limit="pixels", offset=directory.at
        )


def _compression_of(fields: _Fields) -> int:
    compression = fields.one(259, PLAIN)
    if compression not in CODECS or fields.directory.find(513):
        name = COMPRESSIONS.get(compression, str(compression))
        raise _refused(Bilingual(f"{name} compression", f" {name} 压缩"))
    return compression


def _samples_of(fields: _Fields) -> tuple[int, int, int, tuple[int, ...]]:
    """Give depth, channels, photometric interpretation and extra samples of a page that can be drawn on."""
    depths, channels = fields.all(258, (1,)), fields.one(277, 1)
    photometric = fields.one(262, -1)
    if photometric not in COLOUR_SAMPLES or (photometric == SEPARATED and fields.one(332, 1) != 1):
        name = PHOTOMETRICS.get(photometric, str(photometric))
        raise _refused(Bilingual(f"the colour space {name}", f" {name} 色彩空间"))
    if any(kind not in UNSIGNED for kind in fields.all(339, (1,))):
        raise _refused(Bilingual("signed or floating-point samples", "有符号或浮点采样"))
    if len(set(depths)) != 1 or depths[0] not in DEPTHS or (photometric == PALETTE and depths[0] > 8):
        name = " + ".join(map(str, depths[:5]))
        raise _refused(Bilingual(f"samples of {name} bits", f" {name} 位采样"))
    if fields.one(266, 1) != 1:
        raise _refused(Bilingual("reversed bit order (FillOrder 2)", "反向位序（FillOrder 2）"))
    extra = fields.all(338, ())
    colours = COLOUR_SAMPLES[photometric]
    if not colours <= channels <= 64:
        raise MalformedFile(
            Bilingual(f"{channels} samples a pixel are too few or too many", f"每像素 {channels} 个采样，数量有误"),
            offset=fields.directory.at,
        )
    missing = max(0, channels - colours - len(extra))  # extra samples without a meaning of their own
    return depths[0], channels, photometric, (*((0,) * missing), *extra)[: channels - colours]


def _differencing(fields: _Fields, compression: int, depth: int) -> bool:
    predictor = fields.one(317, 1)
    if predictor == 1 or compression in (PLAIN, 32773):
        return False
    if predictor != DIFFERENCING or depth < 8:
        raise _refused(Bilingual(f"predictor {predictor}", f"预测器 {predictor}"))
    return True


def _refused(what: Bilingual) -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual(f"marks cannot be drawn on TIFF with {what.en}", f"无法在采用{what.zh}的 TIFF 上绘制标识"),
        remedy=Bilingual(
            "Convert it first, for instance with `tiffcp -c lzw` or to PNG, then mark it.",
            "请先转换（例如 `tiffcp -c lzw` 或转换为 PNG），再添加显式标识。",
        ),
    )
