"""Lays pictures out side by side, before and after, with each mark outlined and enlarged."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from aigc_label import raster
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource

FONT: Final = Path(__file__).parents[1] / "src/aigc_label/data/aigc-label-sans.otf"
CJK: Final = (  # the shipped font holds the words of marks only; these say more where they are installed
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
)
PAPER, INK, QUIET, LINE = "#f6f4ef", "#1d1d1f", "#6b6862", "#dcd8cf"
COLOURS: Final = {"compliant": "#1c7c3c", "unlabelled": "#b3261e", "non-compliant": "#b3261e", "undecidable": "#946200"}
CHINESE: Final = {"compliant": "合规", "unlabelled": "未标识", "non-compliant": "不合规", "undecidable": "无法判定"}
CARD: Final = (1000, 352)
FRAME: Final = (326, 236)
COLUMNS: Final = 2
EDGE: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One picture before and after, with what `verify` reported of both (schema aigc-label/report/1)."""

    before: Path
    after: Path
    shows: str
    was: dict[str, Any]
    now: dict[str, Any]


def seen(path: Path) -> Image.Image:
    """Give the picture as a person is shown it: first frame, turned as EXIF says, transparency on white."""
    source = BytesSource(path.read_bytes())
    row = sniff(source)
    if row.name == "jxl":
        return _through_djxl(path)
    if not row.marker:
        with Image.open(path) as image:
            return image.convert("RGB")
    return Image.fromarray(next(iter(raster.frames(source, row))))


def _through_djxl(path: Path) -> Image.Image:
    if shutil.which("djxl") is None:
        return Image.new("RGB", (480, 320), LINE)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "a.png")
        subprocess.run(["djxl", "--quiet", str(path), str(target)], check=True, capture_output=True)
        with Image.open(target) as image:
            return image.convert("RGB")


def lay_out(pairs: Sequence[Pair]) -> Image.Image:
    """Give the contact sheet: two columns of cards under a headline."""
    rows = -(-len(pairs) // COLUMNS)
    top = 118
    sheet = Image.new("RGB", (COLUMNS * (CARD[0] + EDGE) + EDGE, top + rows * (CARD[1] + EDGE)), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((EDGE, 22), "aigc-label: before and after", INK, _font(38))
    _said(pen, (EDGE, 76), "left: as it came · middle: marked and labelled · right: the mark, enlarged", 21)
    _said(pen, (EDGE + 840, 76), "左：原图　中：添加显式与隐式标识之后　右：显式标识放大", 21)
    for number, pair in enumerate(pairs):
        at = (EDGE + number % COLUMNS * (CARD[0] + EDGE), top + number // COLUMNS * (CARD[1] + EDGE))
        sheet.paste(_card(pair), at)
    return sheet


def in_brief(pairs: Sequence[Pair]) -> Image.Image:
    """Give a small sheet in few colours, for a page."""
    sheet = lay_out(pairs)
    small = sheet.resize((sheet.width * 3 // 4, sheet.height * 3 // 4), Image.Resampling.LANCZOS)
    return small.quantize(256, dither=Image.Dither.NONE)


def _card(pair: Pair) -> Image.Image:
    card = Image.new("RGB", CARD, "white")
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, CARD[0] - 1, CARD[1] - 1), outline=LINE)
    before, after = seen(pair.before), seen(pair.after)
    box = _box(pair.now)
    _placed(card, before, 0, None)
    _placed(card, after, 1, box)
    if box is not None:
        _placed(card, _enlarged(after, box), 2, None)
    elif pair.now["label"]:
        _said(pen, (2 * FRAME[0] + 24, 96), "label only: this format", 18)
        _said(pen, (2 * FRAME[0] + 24, 122), "cannot be drawn on", 18)
    _captions(pen, pair, before.size)
    return card


def _captions(pen: ImageDraw.ImageDraw, pair: Pair, size: tuple[int, int]) -> None:
    y = FRAME[1] + 24
    pen.text((12, y), pair.after.name, INK, _font(22))
    pen.text((12, y + 34), f"{pair.shows} · {size[0]} x {size[1]}".replace("×", "x"), QUIET, _font(17))
    facts = [_measured(sighting) for sighting in pair.now["sightings"][:1]]
    facts += [f"label read from {reading['carrier']}" for reading in pair.now["readings"][:1]]
    pen.text((12, y + 60), " · ".join(facts), QUIET, _font(17))
    x = 2 * FRAME[0] + 24
    for report, arrow in ((pair.was, "before: "), (pair.now, "after: ")):
        verdict = report["verdict"]
        pen.text((x, y), arrow, QUIET, _font(18))
        pen.text((x + 72, y), verdict, COLOURS[verdict], _font(18))
        chinese = _chinese(18)
        if chinese is not None:
            pen.text((x + 214, y - 3), CHINESE[verdict], COLOURS[verdict], chinese)
        y += 30
    if pair.now["scope"] != "both":
        pen.text((x, y), f"judged: the {pair.now['scope']} only", QUIET, _font(17))


def _measured(sighting: dict[str, Any]) -> str:
    share, contrast = sighting["height_share"] or 0, sighting["contrast"] or 0
    return f"ink {share:.1%} of the shortest side, contrast {contrast:.0f}:1"


def _box(report: dict[str, Any]) -> tuple[int, int, int, int] | None:
    for sighting in report["sightings"]:
        if sighting["box"]:
            return tuple(sighting["box"][side] for side in ("left", "top", "right", "bottom"))
    return None


def _placed(card: Image.Image, picture: Image.Image, slot: int, box: tuple[int, int, int, int] | None) -> None:
    """Put a picture into one of the card's three frames, never enlarged beyond sharp pixels, its box outlined."""
    scale = min(FRAME[0] / picture.width, FRAME[1] / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    way = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.NEAREST
    x = 8 + slot * (FRAME[0] + 3) + (FRAME[0] - size[0]) // 2
    y = 10 + (FRAME[1] - size[1]) // 2
    card.paste(picture.resize(size, way), (x, y))
    if box is not None:
        left, top, right, bottom = (round(side * scale) for side in box)
        around = round((bottom - top) * 0.6) + 2  # the box is the ink's: the outline goes round the plate
        for grow in (around, around + 1):
            outline = (x + left - grow, y + top - grow, x + right + grow - 1, y + bottom + grow - 1)
            ImageDraw.Draw(card).rectangle(outline, outline="#e4002b")


def _enlarged(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """Give the mark with a little of what surrounds it."""
    left, top, right, bottom = box
    around = round((bottom - top) * 0.6) + 2
    area = (max(0, left - around), max(0, top - around), right + around, bottom + around)
    return picture.crop((*area[:2], min(picture.width, area[2]), min(picture.height, area[3])))


def _said(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int) -> None:
    font = _font(size) if text.isascii() or "·" in text else _chinese(size)
    if font is not None:
        pen.text(at, text, QUIET, font)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _chinese(size: int) -> ImageFont.FreeTypeFont | None:
    found = next((path for path in CJK if path.exists()), None)
    return ImageFont.truetype(found, size, index=2) if found else None
