"""Measures what text recognition adds: `python -m tools.ocr_figures [COUNT]` prints a table of docs/detector.md.

Marks that others might draw: seven typefaces, with and without a plate, an outline or a logo, half transparent, from 3 to
10 % of the shortest side, on photographs (1/f noise), noise, gradients and patches, through JPEG and WebP, some turned by
their EXIF flag. And pictures that bear none: other Chinese words, logos with AI in them, pages of text, nothing at all.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aigc_label.badge import design
from aigc_label.detectors import Asked
from aigc_label.detectors.recognised import recognised
from aigc_label.detectors.seeing import marks
from aigc_label.evidence import Eyes, Sighting
from aigc_label.formats import BY_NAME
from aigc_label.lettering import shipped_font
from aigc_label.marking import MIN_HEIGHT_SHARE, Mark, Place, complies
from aigc_label.raster import frames
from aigc_label.source import BytesSource
from tools.detector_figures import BACKDROPS, gradient, noise, patches, photo

NOTO, WQY, ARPHIC = (
    Path("/usr/share/fonts") / folder for folder in ("opentype/noto", "truetype/wqy", "truetype/arphic")
)
TYPES = {  # name: file, face within it
    "AIGC Label Sans": (shipped_font(), 0),
    "Noto Sans CJK Regular": (NOTO / "NotoSansCJK-Regular.ttc", 2),
    "Noto Sans CJK Bold": (NOTO / "NotoSansCJK-Bold.ttc", 2),
    "Noto Serif CJK Regular": (NOTO / "NotoSerifCJK-Regular.ttc", 2),
    "WenQuanYi Micro Hei": (WQY / "wqy-microhei.ttc", 0),
    "WenQuanYi Zen Hei": (WQY / "wqy-zenhei.ttc", 0),
    "AR PL UKai": (ARPHIC / "ukai.ttc", 0),
}
DRESSES = ("plate", "outline", "straight", "half transparent", "logo beside")
WORDS = ("AI生成", "人工智能生成", "由AI合成", "图片由人工智能生成", "工场AI生成", "AI生成 仅供参考")
OTHERS = (
    "智能手机",
    "人工智能",
    "AI",
    "AI助手",
    "生成报告",
    "合成材料",
    "新品上市",
    "用户上传内容",
    "MAIL生成",
    "AI 2026",
    "人工智熊生戎",
    "限时优惠",
)
SHARES = (0.03, 0.04, 0.046, 0.05, 0.054, 0.06, 0.07, 0.08, 0.1)
SIZES = ((1024, 768), (800, 800), (640, 960), (1920, 1080), (512, 512), (3000, 2000))


@dataclass(frozen=True)
class Case:
    """One file with what is on it: the share is that of the smallest letter of the two elements, as drawn."""

    name: str
    data: bytes
    format: str
    share: float = 0.0


def lettered(rng: np.random.Generator, typeface: str, dress: str, count: int, words: tuple[str, ...]) -> Iterator[Case]:
    for _ in range(count):
        wide, high = SIZES[rng.integers(len(SIZES))]
        backdrop = (photo, photo, gradient, patches, noise)[rng.integers(5)]
        words_here, share = str(rng.choice(words)), float(rng.choice(SHARES))
        picture = Image.fromarray(backdrop(rng, wide, high))
        if backdrop is noise:  # as a camera's: white noise of full strength hides any letters
            picture = Image.blend(picture, Image.new("RGB", picture.size, (90, 100, 110)), 0.7)
        file, face = TYPES[typeface]
        exact = share * min(wide, high) / smallest(ImageFont.truetype(str(file), 1000, index=face), words_here) * 1000
        font = ImageFont.truetype(str(file), exact, index=face)
        drawn = smallest(font, words_here)
        draw_words(picture, words_here, font, dress, rng)
        data, name = coded(picture, rng)
        yield Case(f"{typeface}, {dress}, {backdrop.__name__}, {words_here}", data, name, drawn / min(wide, high))


def smallest(font: ImageFont.FreeTypeFont, words: str) -> int:
    """Give the rows of ink of the smallest letter of the elements."""
    return min((rows(font, char) for char in words if char in "人工智能AI生成合"), default=rows(font, words[0]))


def rows(font: ImageFont.FreeTypeFont, char: str) -> int:
    canvas = Image.new("L", (round(font.size * 2), round(font.size * 2)))
    ImageDraw.Draw(canvas).text((font.size / 2, font.size / 2), char, fill=255, font=font)
    return int((np.asarray(canvas) >= 128).any(axis=1).sum())


def draw_words(
    picture: Image.Image, words: str, font: ImageFont.FreeTypeFont, dress: str, rng: np.random.Generator
) -> None:
    """Draw words near a corner, a twentieth of the shortest side from the edges."""
    size = font.size
    draw = ImageDraw.Draw(picture, "RGBA")
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    away = round(0.05 * min(picture.size))
    x = away - left if rng.integers(2) else picture.width - away - right
    y = away - top if rng.integers(2) else picture.height - away - bottom
    box = (x + left - size / 4, y + top - size / 4, x + right + size / 4, y + bottom + size / 4)
    if dress == "plate":
        dark = bool(rng.integers(2))
        draw.rectangle(box, fill=(30, 30, 30) if dark else (235, 235, 235))
        draw.text((x, y), words, fill="white" if dark else "black", font=font)
    elif dress == "outline":
        draw.text((x, y), words, fill="white", font=font, stroke_width=max(1, round(size / 14)), stroke_fill="black")
    elif dress == "half transparent":
        below = picture.copy()
        draw.text((x, y), words, fill="white", font=font)
        picture.paste(Image.blend(below, picture, 0.5))
    else:
        draw.text((x, y), words, fill="white", font=font)
    if dress == "logo beside":
        at = box[2] + size / 8 if box[2] + size < picture.width else box[0] - size
        draw.ellipse(
            (at, y + top, at + size * 0.8, y + top + size * 0.8), fill=(30, 120, 240), outline="white", width=3
        )


def coded(picture: Image.Image, rng: np.random.Generator) -> tuple[bytes, str]:
    """Give a file and its format: JPEG or WebP of some quality, every third JPEG turned by its flag."""
    out = io.BytesIO()
    quality = int(rng.choice([50, 70, 85, 95]))
    if rng.integers(3) == 0:
        picture.save(out, "WEBP", quality=quality)
        return out.getvalue(), "webp"
    exif = Image.Exif()
    if rng.integers(3) == 0:
        exif[0x0112] = 6
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    picture.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue(), "jpeg"


def plain(rng: np.random.Generator, count: int) -> Iterator[Case]:
    for number in range(count):
        wide, high = SIZES[number % len(SIZES)]
        backdrop = BACKDROPS[number % len(BACKDROPS)]
        yield Case(backdrop.__name__, *coded(Image.fromarray(backdrop(rng, wide, high)), rng))


@dataclass
class Tally:
    """What was seen of one kind of pictures; `pairs` are (share drawn, share measured, error stated)."""

    total: int = 0
    hits: int = 0
    pairs: list[tuple[float, float, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def look(self, cases: Iterable[Case]) -> None:
        for case in cases:
            self.total += 1
            pixels = next(frames(BytesSource(case.data), BY_NAME[case.format]))
            start = time.process_time()
            seen = first(pixels)
            self.seconds.append(time.process_time() - start)
            self.hits += seen is not None
            if seen is not None and not case.share:
                print("false:", case.name, seen.text)
            elif seen is not None and seen.height_share is not None:
                self.pairs.append((case.share, seen.height_share, seen.height_error))

    def told(self) -> str:
        wrong = sorted(seen - drawn for drawn, seen, _ in self.pairs)
        outside = sum(abs(seen - drawn) > error for drawn, seen, error in self.pairs)
        line = f"{self.hits} of {self.total} | {len(self.pairs)}"
        if wrong:
            tenth = len(wrong) // 20
            line += f" | {np.mean(wrong):+.4f} | {wrong[tenth]:+.4f} to {wrong[-1 - tenth]:+.4f} | {outside}"
        return f"{line} | {np.median(self.seconds) * 1e3:.0f} ms"


def first(pixels: np.ndarray) -> Sighting | None:
    return next((seen for seen in recognised(pixels) if complies(seen.text)), None)


def cost(count: int) -> None:
    """Print the CPU time of each way to look at a picture of 1200 x 800, after decoding, and the memory of all this."""
    rng = np.random.default_rng(45440)
    ways: dict[str, list[float]] = {}
    start = time.process_time()
    marks(photo(rng, 320, 240))
    print(f"first picture, networks loaded: {time.process_time() - start:.2f} s CPU, {resident():.0f} MiB")
    for number in range(count):
        bare = BACKDROPS[number % len(BACKDROPS)](rng, 1200, 800)
        badge = design(Mark(place=list(Place)[number % 8]), 1200, 800)
        own, others = bare.copy(), Image.fromarray(bare)
        box = badge.box
        own[box.top : box.bottom, box.left : box.right] = badge.levels()[..., None]
        file, face = TYPES["WenQuanYi Micro Hei"]
        draw_words(others, "人工智能生成", ImageFont.truetype(str(file), 70, index=face), "plate", rng)
        looks = (
            ("our mark, at its place alone", own, Asked(eyes=Eyes.OWN, near=box)),
            ("our mark, whole picture", own, Asked(eyes=Eyes.OWN)),
            ("others' mark, both detectors", np.asarray(others), Asked()),
            ("no mark, our detector alone", bare, Asked(eyes=Eyes.OWN)),
            ("no mark, both detectors", bare, Asked()),
        )
        for name, pixels, asked in looks:
            start = time.process_time()
            marks(pixels, asked)
            ways.setdefault(name, []).append(time.process_time() - start)
    for name, seconds in ways.items():
        print(f"{name}: CPU median {np.median(seconds) * 1e3:.1f} ms, worst {max(seconds) * 1e3:.1f} ms")
    print(f"peak memory {resident():.0f} MiB")


def resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    cost(count)
    by_dress = {dress: Tally() for dress in DRESSES}
    for dress in DRESSES:
        for typeface in TYPES:
            rng = np.random.default_rng([45438, DRESSES.index(dress), list(TYPES).index(typeface)])
            by_dress[dress].look(lettered(rng, typeface, dress, count, WORDS))
    print("| letters | seen | measured | mean error | nine in ten | outside the stated error | CPU |")
    for name, tally in by_dress.items():
        print(f"| {name} | {tally.told()} |")
    heights([pair for tally in by_dress.values() for pair in tally.pairs])
    rng = np.random.default_rng(45439)
    for typeface in TYPES:
        others = Tally()
        others.look(replace(case, share=0.0) for case in lettered(rng, typeface, "plate", count, OTHERS))
        print(f"| {typeface}, other words | {others.told()} |")
    bare = Tally()
    bare.look(plain(rng, 5 * count))
    print(f"| no words | {bare.told()} |")


def heights(pairs: list[tuple[float, float, float]]) -> None:
    """Print how heights near the floor are judged."""
    for name, low, high in (
        ("below 4.6 %", 0, 0.046),
        ("4.6 to 5 %", 0.046, 0.05),
        ("5 to 5.4 %", 0.05, 0.0541),
        ("more", 0.0541, 1),
    ):
        part = [(seen, error) for drawn, seen, error in pairs if low <= drawn < high]
        passed = sum(seen - error >= MIN_HEIGHT_SHARE for seen, error in part)
        failed = sum(seen + error < MIN_HEIGHT_SHARE for seen, error in part)
        print(f"| drawn {name} | {len(part)} | {passed} | {len(part) - passed - failed} | {failed} |")


if __name__ == "__main__":
    main()
